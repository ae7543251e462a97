use super::fine::{FineRatio, coarse_product_up};
use super::{ONE, Rate, Ratio, Wide};
use crate::error::{HurdleError, Result};

/// The change of one quantity per unit of another, in 1e-8: utilisation per unit of rate (ρ_u), rate per unit of
/// multiplier (ρ_q). Domain ±10.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct Sensitivity(pub(crate) i64);

impl Sensitivity {
    /// No response.
    pub const ZERO: Self = Self(0);
    /// The largest magnitude, 10.
    pub const MAX: Self = Self(10 * ONE);

    /// A sensitivity from its raw value in 1e-8.
    ///
    /// # Errors
    /// [`HurdleError::SensitivityOutOfDomain`] outside ±10.
    #[inline(always)]
    pub const fn new(raw: i64) -> Result<Self> {
        if raw > Self::MAX.0 || raw < -Self::MAX.0 {
            return Err(HurdleError::SensitivityOutOfDomain);
        }
        Ok(Self(raw))
    }

    /// The raw value in 1e-8.
    #[inline(always)]
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// The magnitude.
    #[inline(always)]
    pub const fn magnitude(self) -> Ratio {
        Ratio(self.0.saturating_abs())
    }

    /// The exact response to the move of a rate, in 1e-16.
    #[inline(always)]
    pub const fn to_rate_move(self, from: Rate, to: Rate) -> Wide {
        // 1e9 · 8e9 < 2^63
        Wide(self.0.wrapping_mul(to.0.wrapping_sub(from.0)))
    }

    /// The response to the move of a ratio, in 1e-16, rounded up.
    #[inline(always)]
    pub fn to_ratio_move_up(self, from: FineRatio, to: FineRatio) -> Wide {
        Wide(coarse_product_up(to.0.wrapping_sub(from.0), self.0))
    }
}
