use super::ONE;
use crate::error::{HurdleError, Result};

/// A non-negative ratio in units of 1e-8: weights, fractions, multipliers, utilisation, volatility.
///
/// Domain 0 … 10.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct Ratio(pub(crate) i64);

const ONE_UNSIGNED: u64 = ONE.unsigned_abs();

impl Ratio {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One, the neutral weight and multiplier.
    pub const ONE: Self = Self(ONE);
    /// The largest ratio, 10.
    pub const MAX: Self = Self(10 * ONE);

    /// A ratio from its raw value in 1e-8.
    ///
    /// # Errors
    /// [`HurdleError::RatioOutOfDomain`] outside 0 … 10.
    #[inline(always)]
    pub const fn new(raw: i64) -> Result<Self> {
        // a negative one is above every other without its sign
        if raw.cast_unsigned() > Self::MAX.0.cast_unsigned() {
            return Err(HurdleError::RatioOutOfDomain);
        }
        Ok(Self(raw))
    }

    /// The raw value in 1e-8.
    #[inline(always)]
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// Checks a ratio that came from bytes.
    ///
    /// # Errors
    /// [`HurdleError::RatioOutOfDomain`] outside 0 … 10.
    #[inline(always)]
    pub const fn validate(self) -> Result<Self> {
        Self::new(self.0)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`HurdleError::RatioOutOfDomain`] above 10.
    #[inline(always)]
    pub const fn add(self, other: Self) -> Result<Self> {
        if self.validate().is_err() {
            return Err(HurdleError::RatioOutOfDomain);
        }
        // a ratio and whatever wraps has a sign
        Self::new(self.0.wrapping_add(other.0))
    }

    /// The difference, zero where `other` is the larger.
    #[inline(always)]
    pub const fn excess_over(self, other: Self) -> Self {
        // asked after: asked before, the compiler makes a saturating subtraction of it, which costs the VM twice as much
        let excess = self.0.wrapping_sub(other.0);
        if excess > 0 { Self(excess) } else { Self::ZERO }
    }

    /// What is missing to one, zero from one on.
    #[inline(always)]
    pub const fn complement(self) -> Self {
        Self::ONE.excess_over(self)
    }

    /// The product, rounded up.
    ///
    /// # Errors
    /// [`HurdleError::RatioOutOfDomain`] above 10.
    #[inline(always)]
    pub fn times_up(self, other: Self) -> Result<Self> {
        // 1e9 · 1e9 < 2^63; the VM divides words without a sign
        let product = self.0.wrapping_mul(other.0).cast_unsigned();
        let quotient = product.wrapping_add(ONE_UNSIGNED - 1) / ONE_UNSIGNED;
        Self::new(quotient.cast_signed())
    }
}
