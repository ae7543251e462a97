//! The curves that governance sets: cost of debt over utilisation, and the two spread multipliers.

use crate::error::{HurdleError, Result};
use crate::quantity::{
    FINE, FINE_ONE, FineRate, FineRatio, ONE, Ratio, Wide, div_up, div_up_unsigned, mul_checked,
};

/// Utilisation in 1e-16, so that a steep curve does not amplify the rounding of its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FineUtilisation(u64);

impl FineUtilisation {
    const FULL: i64 = Wide::ONE.0;

    /// Utilisation from a sum of products, held to 0 … 1.
    #[inline(always)]
    pub fn clamped(wide: Wide) -> Self {
        Self(wide.0.clamp(0, Self::FULL).cast_unsigned())
    }

    /// Utilisation in 1e-8, rounded up.
    #[inline(always)]
    pub fn to_ratio_up(self) -> Ratio {
        Ratio(i64::try_from(self.0.div_ceil(ONE.unsigned_abs())).unwrap_or(ONE))
    }
}

impl From<Ratio> for FineUtilisation {
    #[inline(always)]
    fn from(ratio: Ratio) -> Self {
        Self::clamped(Wide::from_ratio(ratio))
    }
}

/// The cost of debt over utilisation relative to an empty market: the kinked curve of money markets
/// (the "interest rate strategy" of Aave, 2020).
///
/// `K(u) = slope1·u/kink` up to the kink and `slope1 + slope2·(u − kink)/(1 − kink)` beyond. The curve's base is not a
/// parameter: keepers report the borrow rate `d₀` that they observe at utilisation `u₀`, and
/// `d(u) = d₀ + K(u) − K(u₀)`, which is the kinked curve whose base is `d₀ − K(u₀)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct DebtCurve {
    /// Utilisation at which the curve turns steep, strictly between 0 and 1.
    pub kink: Ratio,
    /// Rise of the rate from an empty market to the kink, per year.
    pub slope1: Ratio,
    /// Rise of the rate from the kink to full utilisation, per year.
    pub slope2: Ratio,
}

impl DebtCurve {
    /// Checks the domains and that the kink splits the range.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let domain = self.slope1.validate().is_ok() && self.slope2.validate().is_ok();
        if !domain || self.kink <= Ratio::ZERO || self.kink >= Ratio::ONE {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// K(u), rounded up.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] for a kink outside its range.
    #[inline(always)]
    pub fn rise_up(&self, u: FineUtilisation) -> Result<FineRate> {
        self.rise(u, div_up_unsigned)
    }

    /// K(u), rounded down.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] for a kink outside its range.
    #[inline(always)]
    pub fn rise_down(&self, u: FineUtilisation) -> Result<FineRate> {
        self.rise(u, u64::checked_div)
    }

    #[inline(always)]
    fn rise(&self, u: FineUtilisation, divide: impl Fn(u64, u64) -> Option<u64>) -> Result<FineRate> {
        let kink = Wide::from_ratio(self.kink).0.cast_unsigned();
        let (base, slope, from, leg) = if u.0 <= kink {
            (0, self.slope1, 0, self.kink)
        } else {
            let base = self.slope1.raw().wrapping_mul(FINE);
            (base, self.slope2, kink, self.kink.complement())
        };
        // (u − from) ≤ 1e16, so its hundredfold fits; divided by a leg in 1e-8 it is the position in 1e-10
        let position = divide(
            u.0.wrapping_sub(from).wrapping_mul(100),
            leg.raw().cast_unsigned(),
        );
        let rise = position
            // 1e9 · 1e10 fits, in 1e-18
            .and_then(|position| {
                divide(
                    slope.raw().cast_unsigned().wrapping_mul(position),
                    ONE.unsigned_abs(),
                )
            })
            .and_then(|rise| i64::try_from(rise).ok())
            .ok_or(HurdleError::InvalidParameter)?;
        FineRate::new(base.wrapping_add(rise))
    }

    /// The steepest slope of the curve on a range of utilisation, per unit of utilisation, rounded up.
    ///
    /// Beyond 64 bits it is `u64::MAX`, which no bound admits.
    pub(crate) fn steepest_up(&self, low: FineUtilisation, high: FineUtilisation) -> u64 {
        let kink = Wide::from_ratio(self.kink).0.unsigned_abs();
        let leg = |slope: Ratio, leg: Ratio| {
            div_up(slope.raw().wrapping_mul(ONE), leg.raw()).map_or(u64::MAX, i64::unsigned_abs)
        };
        let first = if low.0 < kink {
            leg(self.slope1, self.kink)
        } else {
            0
        };
        let second = if high.0 > kink {
            leg(self.slope2, self.kink.complement())
        } else {
            0
        };
        first.max(second)
    }
}

/// A spread multiplier `1 + min(cap, slope·excess)`, where the excess is utilisation above a knee (M_u), or what the
/// insurance fund lacks (M_c).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct SpreadMultiplier {
    /// Excess from which the multiplier rises: utilisation for M_u, the missing share of the fund for M_c.
    pub knee: Ratio,
    /// Rise per unit of excess.
    pub slope: Ratio,
    /// The largest rise.
    pub cap: Ratio,
}

impl SpreadMultiplier {
    /// Checks the domains, and that the capped multiplier stays in its own.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let domain =
            self.knee.validate().is_ok() && self.slope.validate().is_ok() && self.cap.validate().is_ok();
        if !domain || self.cap.add(Ratio::ONE).is_err() {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// The multiplier at a share of 0 … 1, rounded up.
    ///
    /// # Errors
    /// [`HurdleError::RatioOutOfDomain`] where the cap breaks its invariant.
    #[inline(always)]
    pub fn at_up(&self, share: FineUtilisation) -> Result<FineRatio> {
        let knee = Wide::from_ratio(self.knee).0.cast_unsigned();
        if share.0 <= knee {
            return Ok(FineRatio::ONE);
        }
        let excess = share
            .0
            .wrapping_sub(knee)
            .div_ceil(Wide::PER_FINE.cast_unsigned());
        // 1e10 · 1e9 fits, in 1e-18
        let rise = excess
            .wrapping_mul(self.slope.raw().cast_unsigned())
            .div_ceil(ONE.cast_unsigned());
        let cap = self.cap.raw().wrapping_mul(FINE).cast_unsigned();
        FineRatio::new(FINE_ONE.wrapping_add(rise.min(cap).cast_signed()))
    }
}

/// `value` in 1e-8 times a slope in 1e-8, rounded up, in 1e-8; saturates. For bounds, where too large is safe.
pub(crate) fn bound_product_up(a: u64, b: u64) -> u64 {
    let one = ONE.unsigned_abs();
    match mul_checked(a, b) {
        Some(product) => product.div_ceil(one),
        // beyond 64 bits in 1e-16: multiply what was divided, still an upper bound
        None => mul_checked(a.max(b).div_ceil(one), a.min(b)).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests;
