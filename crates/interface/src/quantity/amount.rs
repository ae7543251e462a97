use core::hint::cold_path;

use super::{ONE, Ratio, mul_checked};
use crate::error::{HurdleError, Result};

/// A non-negative amount in atoms of the quote asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct Amount(pub u64);

const ONE_UNSIGNED: u64 = ONE.unsigned_abs();

/// So many whole units times a ratio, and one more, fit 64 bits.
const SMALL: u64 = u64::MAX / Ratio::MAX.0.unsigned_abs();

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

    /// The product with a ratio, rounded up: what an account owes.
    ///
    /// # Errors
    /// [`HurdleError::Overflow`] above `u64::MAX`.
    #[inline(always)]
    pub fn times_up(self, ratio: Ratio) -> Result<Self> {
        self.times(ratio, ONE_UNSIGNED - 1)
    }

    /// The product with a ratio, rounded down: what an account is credited with.
    ///
    /// # Errors
    /// [`HurdleError::Overflow`] above `u64::MAX`.
    #[inline(always)]
    pub fn times_down(self, ratio: Ratio) -> Result<Self> {
        self.times(ratio, 0)
    }

    /// The product by parts, since the whole needs 128 bits: of whole units and of the rest in atoms, to which `lift` is
    /// added, in 1e-8 atoms, before it is rounded down.
    #[inline(always)]
    fn times(self, ratio: Ratio, lift: u64) -> Result<Self> {
        let ratio = ratio.0.cast_unsigned();
        let (whole, rest) = (self.0 / ONE_UNSIGNED, self.0 % ONE_UNSIGNED);
        // 1e8 · 1e9
        let rest = rest.wrapping_mul(ratio).wrapping_add(lift) / ONE_UNSIGNED;
        if whole < SMALL {
            return Ok(Self(whole.wrapping_mul(ratio).wrapping_add(rest)));
        }
        cold_path();
        let whole = mul_checked(whole, ratio).ok_or(HurdleError::Overflow)?;
        Self(whole).add(Self(rest))
    }
}
