//! The margin multiplier m(h) and how it moves in time.

use crate::decay;
use crate::error::{HurdleError, Result};
use crate::quantity::{FINE, FINE_ONE, FineRatio, ONE, Rate, Ratio, UnixTime, div_up};

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
        // h/baseline in 1e-10, in two steps since 4e9 · 1e10 does not fit; it has no upper end, so it saturates
        let scaled = hurdle.raw().wrapping_mul(ONE);
        let whole = scaled
            .checked_div(baseline)
            .ok_or(HurdleError::InvalidParameter)?;
        let rest = scaled
            .checked_rem(baseline)
            .ok_or(HurdleError::InvalidParameter)?;
        let rest = div_up(rest.wrapping_mul(FINE), baseline).ok_or(HurdleError::InvalidParameter)?;
        let relative = whole.saturating_mul(FINE).saturating_add(rest);
        let excess = relative
            .saturating_sub(FINE_ONE)
            .saturating_sub(self.deadband.raw().wrapping_mul(FINE));
        if excess <= 0 {
            return Ok(FineRatio::ONE);
        }
        let cap = self.cap.raw().wrapping_mul(FINE);
        // excess·slope ≥ cap, asked by a division that cannot overflow: the cap is at most nine
        let to_cap = div_up(cap.wrapping_mul(ONE), self.slope.raw()).ok_or(HurdleError::InvalidParameter)?;
        let rise = if excess >= to_cap {
            cap
        } else {
            // excess < cap/slope, so the product is below cap·1e8
            div_up(excess.wrapping_mul(self.slope.raw()), ONE)
                .unwrap_or(i64::MAX)
                .min(cap)
        };
        FineRatio::new(FINE_ONE.saturating_add(rise))
    }

    /// The steepest slope of m over the hurdle, per unit of rate in 1e-8, rounded up: `slope / baseline`.
    pub(crate) fn steepest_up(&self, baseline: Rate) -> u64 {
        let baseline = self.effective_baseline(baseline).raw();
        div_up(self.slope.raw().saturating_mul(ONE), baseline).map_or(u64::MAX, i64::unsigned_abs)
    }
}

/// How fast the multipliers in force follow their target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct RampRule {
    /// The largest rise of the maintenance multiplier per day.
    pub maintenance_rise_per_day: Ratio,
    /// Seconds in which a loosening multiplier covers half of the way to its target.
    pub loosening_half_life: i64,
}

/// Seconds of a day.
pub const DAY: i64 = 86_400;

impl RampRule {
    /// Checks the domains, a speed of at least one unit a second (less would round to nothing between publications of
    /// every second) and a half-life between a minute and a year.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let speed =
            self.maintenance_rise_per_day.validate().is_ok() && self.maintenance_rise_per_day.raw() >= DAY;
        if !speed || self.loosening_half_life < 60 || self.loosening_half_life > 365 * DAY {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// The rise that the maintenance multiplier may make in some seconds, rounded down.
    fn rise_down(&self, seconds: i64) -> i64 {
        // ten years of seconds times 1e9 fits; by then every ramp has ended
        self.maintenance_rise_per_day
            .raw()
            .saturating_mul(seconds.min(3650 * DAY))
            / DAY
    }
}

/// The multipliers in force: where they stood at `since` and where they go.
///
/// Initial margin tightens at once and loosens with a half-life. Maintenance margin tightens at a bounded speed, so that
/// no account that is healthy becomes liquidatable in one slot, and loosens with the same half-life. Both are functions
/// of time that anyone can read ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct MarginRamp {
    /// The multiplier that the last publication asks for.
    pub target: Ratio,
    /// The initial multiplier at `since`.
    pub initial: Ratio,
    /// The maintenance multiplier at `since`.
    pub maintenance: Ratio,
    /// When the ramp was set.
    pub since: UnixTime,
}

impl MarginRamp {
    /// No tightening, from `now` on.
    pub const fn neutral(now: UnixTime) -> Self {
        Self {
            target: Ratio::ONE,
            initial: Ratio::ONE,
            maintenance: Ratio::ONE,
            since: now,
        }
    }

    /// The initial multiplier at a time, rounded up.
    #[inline(always)]
    pub fn initial_at(&self, rule: &RampRule, now: UnixTime) -> Ratio {
        if self.target >= self.initial {
            return self.target;
        }
        self.loosened(self.initial, rule, now)
    }

    /// The maintenance multiplier at a time: rising at a bounded speed or falling with the half-life, never above the
    /// initial one.
    #[inline(always)]
    pub fn maintenance_at(&self, rule: &RampRule, now: UnixTime) -> Ratio {
        if self.target > self.maintenance {
            let risen = self
                .maintenance
                .raw()
                .saturating_add(rule.rise_down(now.seconds_since(self.since)));
            return Ratio(risen.min(self.target.raw()));
        }
        if self.target == self.maintenance {
            return self.target;
        }
        self.loosened(self.maintenance, rule, now)
            .min(self.initial_at(rule, now))
    }

    /// The ramp that leads from where this one stands at `now` to a new target.
    pub fn retargeted(&self, rule: &RampRule, now: UnixTime, target: Ratio) -> Self {
        Self {
            target,
            initial: self.initial_at(rule, now).max(target),
            maintenance: self.maintenance_at(rule, now),
            since: now,
        }
    }

    fn loosened(&self, start: Ratio, rule: &RampRule, now: UnixTime) -> Ratio {
        Ratio(
            decay::approach_up(
                start.raw(),
                self.target.raw(),
                self.since,
                now,
                rule.loosening_half_life,
            )
            .min(start.raw()),
        )
    }
}

#[cfg(test)]
mod tests;
