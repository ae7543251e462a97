//! The time-scaled rate limit and the baseline.

use crate::decay::Decay;
use crate::error::{HurdleError, Result};
use crate::multiplier::DAY;
use crate::quantity::{Rate, UnixTime, Wide};

/// How far the published rate may move per day: fast up, where margin protects, and slowly down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct RateLimit {
    /// The largest rise per day.
    pub rise_per_day: Rate,
    /// The largest fall per day, as a positive rate.
    pub fall_per_day: Rate,
}

impl RateLimit {
    /// Checks the domains, and that both allow at least one unit a second: less would round to nothing between
    /// publications of every second.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let domain = self.rise_per_day.validate().is_ok() && self.fall_per_day.validate().is_ok();
        if !domain || self.rise_per_day.raw() < DAY || self.fall_per_day.raw() < DAY {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// The rate nearest to `wanted` that may be published `elapsed` seconds after `last`.
    ///
    /// The allowance grows with the time since the last publication and has no upper end, so that an outage of any
    /// length ends with a reachable rate. Being proportional to time, it is its own cap over any window: many small steps
    /// gain nothing over one. A limited rate is published and flagged, never refused: refusing would leave
    /// the older one standing.
    #[inline(always)]
    pub fn limited(&self, last: Rate, wanted: Rate, elapsed: i64) -> Rate {
        // 4e9 · 1e9 seconds fits; thirty years allow any move inside the domain
        let elapsed = elapsed.clamp(0, 1_000_000_000);
        let allowance = |per_day: Rate| per_day.raw().wrapping_mul(elapsed) / DAY;
        let high = last.raw().saturating_add(allowance(self.rise_per_day));
        let low = last.raw().saturating_sub(allowance(self.fall_per_day));
        // between two rates of the domain, hence in it
        Rate(wanted.raw().min(high).max(low))
    }
}

/// The baseline after the rate `held` has stood from `since` until `now`: an exponentially weighted average over time,
/// `held + (baseline − held)·2^(−Δt/half_life)`, rounded down since margin rises as the baseline falls.
///
/// It weighs a rate by the time it stood, not by the number of updates, so a burst of extreme reports within a short
/// time leaves it where it was. In 1e-16, so that publishing every second neither stalls nor bends it.
#[inline(always)]
pub fn baseline_after(baseline: Wide, held: Rate, since: UnixTime, now: UnixTime, half_life: i64) -> Wide {
    let held = Wide::from_rate(held);
    let moved = Decay::new(now.seconds_since(since), half_life).approach_down(baseline.0, held.0);
    // an average of two rates, held to their range against the last unit of rounding
    Wide(moved.max(baseline.0.min(held.0)).min(baseline.0.max(held.0)))
}

#[cfg(test)]
mod tests;
