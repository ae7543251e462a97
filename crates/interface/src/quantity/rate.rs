use super::{ONE, Ratio, Wide, add_checked, sub_checked};
use crate::error::{HurdleError, Result};

/// An annualised simple rate in units of 1e-8 per year; 0.05 a year is `5_000_000`.
///
/// Domain ±40 (4,000 % a year). Negative rates are real: a hedged carry, an organic hurdle under heavy emissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct Rate(pub(crate) i64);

impl Rate {
    /// The largest rate, 40 per year.
    pub const MAX: Self = Self(40 * ONE);
    /// The smallest rate, −40 per year.
    pub const MIN: Self = Self(-40 * ONE);
    /// No return.
    pub const ZERO: Self = Self(0);

    /// A rate from its raw value in 1e-8 per year.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] outside ±40.
    #[inline(always)]
    pub const fn new(raw: i64) -> Result<Self> {
        if raw > Self::MAX.0 || raw < Self::MIN.0 {
            return Err(HurdleError::RateOutOfDomain);
        }
        Ok(Self(raw))
    }

    /// The raw value in 1e-8 per year.
    #[inline(always)]
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// Checks a rate that came from bytes.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] outside ±40.
    #[inline(always)]
    pub const fn validate(self) -> Result<Self> {
        Self::new(self.0)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] where the sum leaves the domain.
    #[inline(always)]
    pub const fn add(self, other: Self) -> Result<Self> {
        match add_checked(self.0, other.0) {
            Some(sum) => Self::new(sum),
            None => Err(HurdleError::RateOutOfDomain),
        }
    }

    /// The difference.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] where the difference leaves the domain.
    #[inline(always)]
    pub const fn sub(self, other: Self) -> Result<Self> {
        match sub_checked(self.0, other.0) {
            Some(difference) => Self::new(difference),
            None => Err(HurdleError::RateOutOfDomain),
        }
    }

    /// The exact product with a ratio, in 1e-16.
    #[inline(always)]
    pub const fn times(self, ratio: Ratio) -> Wide {
        // 4e9 · 1e9 < 2^63: cannot wrap for values in their domains (see the assertion in `wide`).
        Wide(self.0.wrapping_mul(ratio.0))
    }

    /// The product with a ratio, rounded up.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] where the product leaves the domain.
    #[inline(always)]
    pub fn times_up(self, ratio: Ratio) -> Result<Self> {
        self.times(ratio).to_rate_up()
    }

    /// The product with a ratio, rounded down.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] where the product leaves the domain.
    #[inline(always)]
    pub fn times_down(self, ratio: Ratio) -> Result<Self> {
        self.times(ratio).to_rate_down()
    }

    /// The distance between two rates, never negative. Both in domain, so it fits 64 bits; it may exceed the domain.
    #[inline(always)]
    pub const fn distance(self, other: Self) -> i64 {
        self.0.wrapping_sub(other.0).wrapping_abs()
    }

    /// The rate, held between two others (`low` wins where they cross).
    #[inline(always)]
    pub fn clamp_between(self, low: Self, high: Self) -> Self {
        self.min(high).max(low)
    }
}
