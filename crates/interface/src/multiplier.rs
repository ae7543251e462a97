//! The margin multiplier m(h).

use crate::error::{HurdleError, Result};
use crate::quantity::{FINE, FINE_ONE, FineRatio, ONE, Rate, Ratio, div_up_unsigned, mul_checked};

/// The margin multiplier as a function of the hurdle rate:
/// `m(h) = 1 + clamp(slope·max(0, h/baseline − 1 − deadband), 0, cap)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct MultiplierRule {
    /// Relative rise over the baseline that leaves margin as it is.
    pub deadband: Ratio,
    /// Rise of the multiplier per unit of relative rise beyond the deadband.
    pub slope: Ratio,
    /// The largest rise of the multiplier.
    pub cap: Ratio,
    /// The least baseline to compare with, so that a rate near or below zero gives a bounded ratio.
    pub baseline_floor: Rate,
}

/// From this many baselines on the excess lies beyond every cap, and its hundredfold still fits.
const MOST_TIMES: u64 = u64::MAX / 200;

impl MultiplierRule {
    /// Checks the domains, a positive baseline floor, and that the capped multiplier stays in its domain.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let domain = self.deadband.validate().is_ok()
            && self.slope.validate().is_ok()
            && self.cap.validate().is_ok()
            && self.baseline_floor.validate().is_ok();
        if !domain || self.cap.add(Ratio::ONE).is_err() || self.baseline_floor <= Rate::ZERO {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// The baseline that a rate is compared with: never below the floor.
    #[inline(always)]
    pub fn effective_baseline(&self, baseline: Rate) -> Rate {
        baseline.max(self.baseline_floor)
    }

    /// m(h) against a baseline, rounded up. Between one and `1 + cap`; one for a hurdle that is not positive.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] where the rule breaks its invariant.
    #[inline(always)]
    pub fn at_up(&self, hurdle: Rate, baseline: Rate) -> Result<Ratio> {
        Ok(self.fine_at_up(hurdle, baseline)?.to_ratio_up())
    }

    /// m(h) in 1e-10, for Φ, which multiplies it on.
    #[inline(always)]
    pub(crate) fn fine_at_up(&self, hurdle: Rate, baseline: Rate) -> Result<FineRatio> {
        let baseline = self.effective_baseline(baseline).raw();
        if hurdle <= Rate::ZERO || self.slope == Ratio::ZERO {
            return Ok(FineRatio::ONE);
        }
        if baseline <= 0 {
            return Err(HurdleError::InvalidParameter);
        }
        // h/baseline in 1e-10, in two steps since 4e9 · 1e10 does not fit; it has no upper end, so it saturates
        let scaled = hurdle.raw().wrapping_mul(ONE).cast_unsigned();
        let divisor = baseline.cast_unsigned();
        let whole = scaled.checked_div(divisor).ok_or(HurdleError::InvalidParameter)?;
        let rest = scaled.wrapping_sub(whole.wrapping_mul(divisor));
        let rest = div_up_unsigned(rest.wrapping_mul(FINE.cast_unsigned()), divisor)
            .ok_or(HurdleError::InvalidParameter)?;
        let relative = whole
            .min(MOST_TIMES)
            .wrapping_mul(FINE.cast_unsigned())
            .wrapping_add(rest);
        let start = FINE_ONE
            .wrapping_add(self.deadband.raw().wrapping_mul(FINE))
            .cast_unsigned();
        if relative <= start {
            return Ok(FineRatio::ONE);
        }
        let excess = relative.wrapping_sub(start);
        let cap = self.cap.raw().wrapping_mul(FINE).cast_unsigned();
        let slope = self.slope.raw().cast_unsigned();
        let one = ONE.cast_unsigned();
        // excess·slope ≥ cap, asked by a division that cannot overflow: the cap is at most nine
        let to_cap = div_up_unsigned(cap.wrapping_mul(one), slope).ok_or(HurdleError::InvalidParameter)?;
        let rise = if excess >= to_cap {
            cap
        } else {
            // excess < cap/slope, so the product is below cap·1e8
            excess.wrapping_mul(slope).div_ceil(one).min(cap)
        };
        FineRatio::new(FINE_ONE.wrapping_add(rise.cast_signed()))
    }

    /// The steepest slope of m over the hurdle, per unit of rate in 1e-8, rounded up: `slope / baseline`.
    pub(crate) fn steepest_up(&self, baseline: Rate) -> u64 {
        let baseline = self.effective_baseline(baseline).raw();
        mul_checked(self.slope.raw().cast_unsigned(), ONE.cast_unsigned())
            .filter(|_| baseline > 0)
            .and_then(|slope| div_up_unsigned(slope, baseline.cast_unsigned()))
            .unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests;
