use super::{FineRate, ONE, Rate, Ratio, Sensitivity, add_checked, div_down, div_up};
use crate::error::{HurdleError, Result};

/// An exact product or sum of products, in units of 1e-16, waiting to be rounded once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wide(pub(crate) i64);

// The largest products fit: this is what lets the hot path do without 128-bit arithmetic.
const _: () = assert!(Rate::MAX.0.checked_mul(Ratio::MAX.0).is_some());
const _: () = assert!(Rate::MAX.0.checked_mul(2 * Sensitivity::MAX.0).is_some());

impl Wide {
    /// One, in 1e-16.
    pub const ONE: Self = Self(ONE * ONE);
    /// Units in 1e-10.
    pub(crate) const PER_FINE: i64 = 1_000_000;
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// A rate, exactly.
    #[inline(always)]
    pub const fn from_rate(rate: Rate) -> Self {
        Self(rate.0.wrapping_mul(ONE))
    }

    /// A ratio, exactly.
    #[inline(always)]
    pub const fn from_ratio(ratio: Ratio) -> Self {
        Self(ratio.0.wrapping_mul(ONE))
    }

    /// The sum.
    ///
    /// # Errors
    /// [`HurdleError::Overflow`] beyond ±922, far outside every domain.
    #[inline(always)]
    pub const fn add(self, other: Self) -> Result<Self> {
        match add_checked(self.0, other.0) {
            Some(sum) => Ok(Self(sum)),
            None => Err(HurdleError::Overflow),
        }
    }

    /// The rate, rounded down, and what that left in 1e-16, not negative.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] outside ±40.
    #[inline(always)]
    pub fn split_down(self) -> Result<(Rate, i64)> {
        let rate = self.to_rate_down()?;
        Ok((rate, self.0.wrapping_sub(Self::from_rate(rate).0)))
    }

    /// The rate, rounded up.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] outside ±40.
    #[inline(always)]
    pub fn to_rate_up(self) -> Result<Rate> {
        Rate::new(div_up(self.0, ONE).ok_or(HurdleError::Overflow)?)
    }

    /// The rate in 1e-10, rounded up.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] outside ±40.
    #[inline(always)]
    pub fn to_fine_up(self) -> Result<FineRate> {
        FineRate::new(div_up(self.0, Self::PER_FINE).ok_or(HurdleError::Overflow)?)
    }

    /// The rate, rounded down.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] outside ±40.
    #[inline(always)]
    pub fn to_rate_down(self) -> Result<Rate> {
        Rate::new(div_down(self.0, ONE).ok_or(HurdleError::Overflow)?)
    }
}
