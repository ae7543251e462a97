//! The margin multiplier m(h) and how it moves in time.

use crate::decay::Decay;
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

/// How fast a [`MarginRamp`] follows its target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct RampRule {
    /// The largest rise per day of what maintenance margin uses.
    pub maintenance_rise_per_day: Ratio,
    /// Seconds in which a loosening covers half of the way to its target.
    pub loosening_half_life: i64,
}

/// Seconds of a day.
pub const DAY: i64 = 86_400;

impl RampRule {
    /// Checks the domains, a speed of at least one unit a second (less would round to nothing between publications of
    /// every second) and a half-life between a minute and a week (beyond, the last hundredth would not decay between
    /// publications of every second).
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let speed =
            self.maintenance_rise_per_day.validate().is_ok() && self.maintenance_rise_per_day.raw() >= DAY;
        if !speed || self.loosening_half_life < 60 || self.loosening_half_life > 7 * DAY {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// The rise that maintenance margin may see in some seconds, rounded down.
    fn rise_down(&self, seconds: i64) -> i64 {
        // ten years of seconds times 1e9 fits; by then every ramp has ended
        self.maintenance_rise_per_day
            .raw()
            .saturating_mul(seconds.min(3650 * DAY))
            / DAY
    }
}

/// A quantity that requirements grow with, the margin multiplier or the volatility: where it stood at `since` and where
/// it goes.
///
/// Initial margin tightens at once and loosens with a half-life. Maintenance margin tightens at a bounded speed, so that
/// no account that is healthy becomes liquidatable in one slot, and loosens with the same half-life. Both are functions
/// of time that anyone can read ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct MarginRamp {
    /// What the last publication asks for.
    pub target: Ratio,
    /// What initial margin used at `since`.
    pub initial: Ratio,
    /// What maintenance margin used at `since`.
    pub maintenance: Ratio,
    /// When the ramp was set.
    pub since: UnixTime,
}

/// What margin uses at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InForce {
    /// For initial margin.
    pub initial: Ratio,
    /// For maintenance margin.
    pub maintenance: Ratio,
}

impl MarginRamp {
    /// A multiplier that tightens nothing, from `now` on.
    pub const fn neutral(now: UnixTime) -> Self {
        Self::resting(Ratio::ONE, now)
    }

    /// A quantity that stands still, from `now` on.
    pub const fn resting(value: Ratio, now: UnixTime) -> Self {
        Self {
            target: value,
            initial: value,
            maintenance: value,
            since: now,
        }
    }

    /// What margin uses at a time, rounded up: initial margin the target at once where it tightens; maintenance margin
    /// rising toward it at a bounded speed; both falling toward it with the half-life. Initial is never below maintenance.
    #[inline(always)]
    pub fn at(&self, rule: &RampRule, now: UnixTime) -> InForce {
        let elapsed = now.seconds_since(self.since);
        if self.target >= self.initial && self.target >= self.maintenance {
            let risen = self.maintenance.raw().saturating_add(rule.rise_down(elapsed));
            return InForce {
                initial: self.target,
                maintenance: Ratio(risen.min(self.target.raw())),
            };
        }
        let decay = Decay::new(elapsed, rule.loosening_half_life);
        let loosened =
            |start: Ratio| Ratio(decay.approach_up(start.raw(), self.target.raw()).min(start.raw()));
        let initial = loosened(self.initial.max(self.target));
        let maintenance = if self.target > self.maintenance {
            let risen = self.maintenance.raw().saturating_add(rule.rise_down(elapsed));
            Ratio(risen.min(self.target.raw()))
        } else {
            loosened(self.maintenance).min(initial)
        };
        InForce { initial, maintenance }
    }

    /// The ramp that leads from where this one stands at `now` to a new target.
    pub fn retargeted(&self, rule: &RampRule, now: UnixTime, target: Ratio) -> Self {
        let standing = self.at(rule, now);
        Self {
            target,
            initial: standing.initial.max(target),
            maintenance: standing.maintenance,
            since: now,
        }
    }
}

#[cfg(test)]
mod tests;
