use super::{ONE, Rate, Ratio, Wide, div_down, div_up};
use crate::error::{HurdleError, Result};

/// Fine units in a unit of 1e-8.
pub(crate) const FINE: i64 = 100;
/// One, in fine units.
pub(crate) const FINE_ONE: i64 = ONE * FINE;

/// A rate in 1e-10 per year: an intermediate result that is multiplied on, where a unit of 1e-8 would grow past the
/// accuracy of the outcome. Domain ±40, as [`Rate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FineRate(pub(crate) i64);

/// A ratio in 1e-10: the multiplier or weight that belongs to a [`FineRate`]. Domain 0 … 10, as [`Ratio`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FineRatio(pub(crate) i64);

// Products in 1e-16 and the cross terms of `product_up` fit.
const _: () = assert!((Rate::MAX.0 + 1).checked_mul(Ratio::MAX.0 + 1).is_some());

/// Whole units of 1e-8, rounded down, and what remains in 1e-10.
#[inline(always)]
fn split(fine: i64) -> (i64, i64) {
    let whole = div_down(fine, FINE).unwrap_or(0);
    (whole, fine.wrapping_sub(whole.wrapping_mul(FINE)))
}

/// The product of a fine quantity and one in 1e-8, in 1e-16, rounded up. The second may be negative.
#[inline(always)]
pub(super) fn coarse_product_up(fine: i64, coarse: i64) -> i64 {
    let (whole, rest) = split(fine);
    let rest = div_up(rest.wrapping_mul(coarse), FINE).unwrap_or(i64::MAX);
    // of quantities in their domains it fits, as the assertion above says
    whole.wrapping_mul(coarse).wrapping_add(rest)
}

/// The product of two fine quantities in 1e-16, rounded up, by parts since the whole in 1e-20 needs 128 bits.
#[inline(always)]
fn product_up(a: i64, b: i64) -> i64 {
    let (a, a_rest) = split(a);
    let (b, b_rest) = split(b);
    // in 1e-20, at most 5e13
    let cross = a_rest
        .wrapping_mul(b)
        .wrapping_add(a.wrapping_mul(b_rest))
        .wrapping_mul(FINE)
        .wrapping_add(a_rest.wrapping_mul(b_rest));
    a.wrapping_mul(b)
        .wrapping_add(div_up(cross, FINE * FINE).unwrap_or(i64::MAX))
}

impl FineRate {
    /// No return.
    pub const ZERO: Self = Self(0);

    /// A rate from its raw value in 1e-10 per year.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] outside ±40.
    #[inline(always)]
    pub const fn new(raw: i64) -> Result<Self> {
        if raw > Rate::MAX.0 * FINE || raw < Rate::MIN.0 * FINE {
            return Err(HurdleError::RateOutOfDomain);
        }
        Ok(Self(raw))
    }

    /// The sum.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] where the sum leaves the domain.
    #[inline(always)]
    pub const fn add(self, other: Self) -> Result<Self> {
        // two values of the domain cannot wrap
        Self::new(self.0.wrapping_add(other.0))
    }

    /// The difference.
    ///
    /// # Errors
    /// [`HurdleError::RateOutOfDomain`] where the difference leaves the domain.
    #[inline(always)]
    pub const fn sub(self, other: Self) -> Result<Self> {
        Self::new(self.0.wrapping_sub(other.0))
    }

    /// The product in 1e-16, rounded up.
    #[inline(always)]
    pub fn times_up(self, ratio: FineRatio) -> Wide {
        Wide(product_up(self.0, ratio.0))
    }

    /// The product with a ratio in 1e-8, in 1e-16, rounded up.
    #[inline(always)]
    pub fn times_ratio_up(self, ratio: Ratio) -> Wide {
        Wide(coarse_product_up(self.0, ratio.0))
    }

    /// The rate in 1e-8, rounded up.
    #[inline(always)]
    pub fn to_rate_up(self) -> Rate {
        Rate(div_up(self.0, FINE).unwrap_or(0))
    }
}

impl From<Rate> for FineRate {
    #[inline(always)]
    fn from(rate: Rate) -> Self {
        Self(rate.0.wrapping_mul(FINE))
    }
}

impl FineRatio {
    /// One.
    pub const ONE: Self = Self(FINE_ONE);

    /// A ratio from its raw value in 1e-10.
    ///
    /// # Errors
    /// [`HurdleError::RatioOutOfDomain`] outside 0 … 10.
    #[inline(always)]
    pub const fn new(raw: i64) -> Result<Self> {
        if raw < 0 || raw > Ratio::MAX.0 * FINE {
            return Err(HurdleError::RatioOutOfDomain);
        }
        Ok(Self(raw))
    }

    /// The product of two ratios in 1e-8, rounded up.
    ///
    /// # Errors
    /// [`HurdleError::RatioOutOfDomain`] above 10.
    #[inline(always)]
    pub fn product_up(a: Ratio, b: Ratio) -> Result<Self> {
        // 1e9 · 1e9 < 2^63
        Self::new(div_up(a.0.wrapping_mul(b.0), Wide::PER_FINE).unwrap_or(i64::MAX))
    }

    /// The product, rounded up.
    ///
    /// # Errors
    /// [`HurdleError::RatioOutOfDomain`] above 10.
    #[inline(always)]
    pub fn times_up(self, other: Self) -> Result<Self> {
        Self::new(div_up(product_up(self.0, other.0), Wide::PER_FINE).unwrap_or(i64::MAX))
    }

    /// The ratio in 1e-8, rounded up.
    #[inline(always)]
    pub fn to_ratio_up(self) -> Ratio {
        Ratio(div_up(self.0, FINE).unwrap_or(0))
    }
}

impl From<Ratio> for FineRatio {
    #[inline(always)]
    fn from(ratio: Ratio) -> Self {
        Self(ratio.0.wrapping_mul(FINE))
    }
}
