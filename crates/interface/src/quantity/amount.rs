use super::{ONE, Ratio, mul_checked};
use crate::error::{HurdleError, Result};

/// A non-negative amount in atoms of the quote asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct Amount(pub u64);

const ONE_UNSIGNED: u64 = ONE.unsigned_abs();

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum.
    ///
    /// # Errors
    /// [`HurdleError::Overflow`] above `u64::MAX`.
    #[inline(always)]
    pub const fn add(self, other: Self) -> Result<Self> {
        // Asked before: of `checked_add` the compiler makes a flag, which costs the VM twice as much.
        if self.0 > !other.0 {
            return Err(HurdleError::Overflow);
        }
        Ok(Self(self.0.wrapping_add(other.0)))
    }

    /// The difference.
    ///
    /// # Errors
    /// [`HurdleError::Overflow`] where `other` is the larger.
    #[inline(always)]
    pub const fn sub(self, other: Self) -> Result<Self> {
        if other.0 > self.0 {
            return Err(HurdleError::Overflow);
        }
        Ok(Self(self.0.wrapping_sub(other.0)))
    }

    /// What is missing to `needed`, zero where nothing is.
    #[inline(always)]
    pub const fn shortfall_to(self, needed: Self) -> Self {
        Self(needed.0.saturating_sub(self.0))
    }

    /// The product with a ratio, rounded up: what an account owes.
    ///
    /// # Errors
    /// [`HurdleError::Overflow`] above `u64::MAX`.
    #[inline(always)]
    pub fn times_up(self, ratio: Ratio) -> Result<Self> {
        let (whole, rest) = self.split(ratio)?;
        Self(whole).add(Self(rest.wrapping_add(ONE_UNSIGNED - 1) / ONE_UNSIGNED))
    }

    /// The product with a ratio, rounded down: what an account is credited with.
    ///
    /// # Errors
    /// [`HurdleError::Overflow`] above `u64::MAX`.
    #[inline(always)]
    pub fn times_down(self, ratio: Ratio) -> Result<Self> {
        let (whole, rest) = self.split(ratio)?;
        Self(whole).add(Self(rest / ONE_UNSIGNED))
    }

    /// The product by parts, since the whole needs 128 bits: `whole` atoms and `rest` in 1e-8 atoms, below 1e8 · 1e9.
    #[inline(always)]
    fn split(self, ratio: Ratio) -> Result<(u64, u64)> {
        let ratio = ratio.0.cast_unsigned();
        let whole = mul_checked(self.0 / ONE_UNSIGNED, ratio).ok_or(HurdleError::Overflow)?;
        Ok((whole, (self.0 % ONE_UNSIGNED).wrapping_mul(ratio)))
    }
}
