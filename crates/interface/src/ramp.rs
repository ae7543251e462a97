//! How what requirements grow with moves in time: initial margin tightens at once, maintenance margin at a bounded speed.

use crate::decay::Decay;
use crate::error::{HurdleError, Result};
use crate::quantity::{DAY, DAY_UNSIGNED, Rate, Ratio, UnixTime, YEAR, div_up_unsigned, mul_checked};

/// How fast [`MarginRamps`] follow their targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct RampRule {
    /// The largest rise per day of the margin multiplier that maintenance margin uses.
    pub multiplier_rise_per_day: Ratio,
    /// The largest rise per day of the volatility that maintenance margin uses.
    pub volatility_rise_per_day: Ratio,
    /// The largest rise per day of the carry that maintenance margin uses.
    pub carry_rise_per_day: Ratio,
    /// Seconds in which a loosening covers half of the way to its target.
    pub loosening_half_life: i64,
}

impl RampRule {
    /// Checks the domains, speeds of at least one unit a second (less would round to nothing between publications of
    /// every second) and a half-life between a minute and a week (beyond, the last hundredth would not decay between
    /// publications of every second).
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let speeds = [
            self.multiplier_rise_per_day,
            self.volatility_rise_per_day,
            self.carry_rise_per_day,
        ];
        let sound = speeds
            .iter()
            .all(|speed| speed.validate().is_ok() && speed.raw() >= DAY);
        if !sound || self.loosening_half_life < 60 || self.loosening_half_life > 7 * DAY {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }
}

/// The longest that a liquidation may be said to take, seconds.
pub const LONGEST_HORIZON: i64 = 30 * DAY;

/// The largest carry there is: the largest rate over the longest horizon, rounded up.
pub const LARGEST_CARRY: Ratio = Ratio((Rate::MAX.raw() * LONGEST_HORIZON + YEAR - 1) / YEAR);

/// What the funding of a position costs until a liquidation is through, as a fraction of its value:
/// `max(0, h)·horizon/year`, rounded up.
///
/// # Errors
/// [`HurdleError::RatioOutOfDomain`] beyond ten, which a horizon of at most thirty days excludes.
#[inline(always)]
pub fn carry_up(hurdle: Rate, horizon: i64) -> Result<Ratio> {
    let product = mul_checked(hurdle.raw().max(0).cast_unsigned(), horizon.cast_unsigned());
    let carry = product
        .and_then(|product| div_up_unsigned(product, YEAR.cast_unsigned()))
        .and_then(|carry| i64::try_from(carry).ok());
    Ratio::new(carry.unwrap_or(i64::MAX))
}

/// One quantity on its way: where it stood when the ramp was set and where it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Track {
    /// What the last publication asks for.
    pub target: Ratio,
    /// What initial margin used when the ramp was set; never below `maintenance`.
    pub initial: Ratio,
    /// What maintenance margin used when the ramp was set.
    pub maintenance: Ratio,
}

/// What margin uses of one quantity at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InForce {
    /// For initial margin.
    pub initial: Ratio,
    /// For maintenance margin.
    pub maintenance: Ratio,
}

impl InForce {
    /// Whether initial and maintenance margin use the same.
    #[inline(always)]
    pub(crate) fn is_at_rest(&self) -> bool {
        self.initial == self.maintenance
    }
}

impl Track {
    /// A quantity that stands still.
    pub const fn resting(value: Ratio) -> Self {
        Self {
            target: value,
            initial: value,
            maintenance: value,
        }
    }

    /// Whether some part of it falls toward the target.
    #[inline(always)]
    fn loosens(&self) -> bool {
        self.target < self.initial
    }

    /// Where it stands after `elapsed` seconds; `decay` is that of the same time. What falls is rounded up; by how much
    /// maintenance margin rises is rounded down, and the rest is not carried into the next ramp, so that one set anew every
    /// second lags behind the speed of the rule by up to 1e-8 a second.
    #[inline(always)]
    fn after(&self, elapsed: i64, rise_per_day: Ratio, decay: Decay) -> InForce {
        let maintenance_rises = self.target > self.maintenance;
        if !self.loosens() && !maintenance_rises {
            return InForce {
                initial: self.target,
                maintenance: self.target,
            };
        }
        let initial = if self.loosens() {
            decay.ratio_falls_up(self.initial, self.target)
        } else {
            self.target
        };
        let maintenance = if maintenance_rises {
            // ten years of seconds times 1e9 fits; by then every ramp has ended
            let product = rise_per_day.raw().wrapping_mul(elapsed.min(3650 * DAY));
            let rise = (product.cast_unsigned() / DAY_UNSIGNED).cast_signed();
            Ratio(self.maintenance.raw().wrapping_add(rise).min(self.target.raw()))
        } else {
            // never above initial, which falls from no lower start
            decay.ratio_falls_up(self.maintenance, self.target)
        };
        InForce { initial, maintenance }
    }

    /// The track from where this one stands to a new target.
    #[inline(always)]
    fn retargeted(standing: InForce, target: Ratio) -> Self {
        Self {
            target,
            initial: standing.initial.max(target),
            maintenance: standing.maintenance,
        }
    }

    /// Whether the track lies between `least` and the largest ratio, and initial margin is not below maintenance.
    #[inline(always)]
    pub(crate) fn is_sound(&self, least: Ratio) -> bool {
        self.target >= least
            && self.maintenance >= least
            && self.initial >= self.maintenance
            && self.initial >= self.target
            && self.initial <= Ratio::MAX
    }
}

/// The quantities that requirements grow with.
///
/// Initial margin tightens at once and loosens with a half-life. Maintenance margin tightens at a bounded speed, so that
/// no account that is healthy becomes liquidatable in one slot, and loosens with the same half-life. Both are functions
/// of time that anyone can read ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct MarginRamps {
    /// The margin multiplier m(h).
    pub multiplier: Track,
    /// Volatility, annualised.
    pub volatility: Track,
    /// Funding until a liquidation is through: [`carry_up`].
    pub carry: Track,
    /// When the ramps were set.
    pub since: UnixTime,
}

/// What margin uses at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RampsInForce {
    /// The margin multiplier.
    pub multiplier: InForce,
    /// Volatility.
    pub volatility: InForce,
    /// Carry.
    pub carry: InForce,
}

/// Where a publication leads the ramps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Targets {
    /// The margin multiplier.
    pub multiplier: Ratio,
    /// Volatility.
    pub volatility: Ratio,
    /// Carry.
    pub carry: Ratio,
}

impl MarginRamps {
    /// Ramps that tighten nothing, from `now` on.
    pub const fn neutral(now: UnixTime) -> Self {
        Self::resting(
            Targets {
                multiplier: Ratio::ONE,
                volatility: Ratio::ZERO,
                carry: Ratio::ZERO,
            },
            now,
        )
    }

    /// Quantities that stand still, from `now` on.
    pub const fn resting(values: Targets, now: UnixTime) -> Self {
        Self {
            multiplier: Track::resting(values.multiplier),
            volatility: Track::resting(values.volatility),
            carry: Track::resting(values.carry),
            since: now,
        }
    }

    /// What margin uses at a time: initial margin the target at once where it tightens; maintenance margin rising toward it
    /// at a bounded speed; both falling toward it with the half-life. Rounded up, but for that rise, which is rounded down
    /// and keeps no rest, so that publications every second slow it by up to 1e-8 a second. Initial is never below
    /// maintenance.
    #[inline(always)]
    pub fn at(&self, rule: &RampRule, now: UnixTime) -> RampsInForce {
        let elapsed = now.seconds_since(self.since);
        let loosens = self.multiplier.loosens() || self.volatility.loosens() || self.carry.loosens();
        // an exponential, shared, and only where something decays
        let decay = Decay::new(if loosens { elapsed } else { 0 }, rule.loosening_half_life);
        RampsInForce {
            multiplier: self
                .multiplier
                .after(elapsed, rule.multiplier_rise_per_day, decay),
            volatility: self
                .volatility
                .after(elapsed, rule.volatility_rise_per_day, decay),
            carry: self.carry.after(elapsed, rule.carry_rise_per_day, decay),
        }
    }

    /// The margin multipliers at a time, as [`Self::at`] has them.
    #[inline(always)]
    pub fn multiplier_at(&self, rule: &RampRule, now: UnixTime) -> InForce {
        let elapsed = now.seconds_since(self.since);
        let decay = Decay::new(
            if self.multiplier.loosens() { elapsed } else { 0 },
            rule.loosening_half_life,
        );
        self.multiplier
            .after(elapsed, rule.multiplier_rise_per_day, decay)
    }

    /// The ramps that lead from where these stand at `now` to new targets.
    #[inline(always)]
    pub fn retargeted(&self, rule: &RampRule, now: UnixTime, targets: Targets) -> Self {
        let standing = self.at(rule, now);
        Self {
            multiplier: Track::retargeted(standing.multiplier, targets.multiplier),
            volatility: Track::retargeted(standing.volatility, targets.volatility),
            carry: Track::retargeted(standing.carry, targets.carry),
            since: now,
        }
    }

    /// The ramps from where they stand at `now` to the targets that they have, so that another rule acts from here on and
    /// not on what has passed.
    pub fn rebased(&self, rule: &RampRule, now: UnixTime) -> Self {
        let targets = Targets {
            multiplier: self.multiplier.target,
            volatility: self.volatility.target,
            carry: self.carry.target,
        };
        self.retargeted(rule, now, targets)
    }
}

#[cfg(test)]
mod tests;
