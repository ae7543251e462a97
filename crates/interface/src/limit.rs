//! The time-scaled rate limit and the baseline.

use crate::decay::Decay;
use crate::error::{HurdleError, Result};
use crate::quantity::{DAY, DAY_UNSIGNED, Rate, UnixTime, Wide};

/// How far the published rate may move: so much per day, fast up, where margin protects, and slowly down; and so much
/// within any window, however the steps are cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct RateLimit {
    /// The largest rise per day.
    pub rise_per_day: Rate,
    /// The largest fall per day, as a positive rate.
    pub fall_per_day: Rate,
    /// The largest rise within a window, over the least rate that stood in it.
    pub window_rise: Rate,
    /// The largest fall within a window, under the greatest rate that stood in it, as a positive rate.
    pub window_fall: Rate,
    /// Length of the window, seconds.
    pub window: i64,
}

/// What the rate limit remembers from one publication to the next.
///
/// Two windows of [`RateLimit::window`] seconds that follow one another, the current one and the one before. Together
/// they hold every rate that stood within the last `window` seconds, whenever one looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct LimitState {
    /// When the current window began.
    pub since: UnixTime,
    /// The least rate that stood in the current window.
    pub low: Rate,
    /// The greatest rate that stood in the current window.
    pub high: Rate,
    /// The least rate that stood in the window before.
    pub previous_low: Rate,
    /// The greatest rate that stood in the window before.
    pub previous_high: Rate,
    /// What the division of the last rise allowance by a day left over, 1e-8·s.
    pub rise_rest: i64,
    /// What the division of the last fall allowance by a day left over, 1e-8·s.
    pub fall_rest: i64,
}

impl RateLimit {
    /// Checks the domains, that both speeds allow at least one unit a second (less would round to nothing between
    /// publications of every second), and a window of an hour to thirty days that allows some move.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let rates = [
            self.rise_per_day,
            self.fall_per_day,
            self.window_rise,
            self.window_fall,
        ];
        let sound = rates
            .iter()
            .all(|rate| rate.validate().is_ok() && rate.raw() >= DAY);
        if !sound || self.window < 3_600 || self.window > 30 * DAY {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// The rate nearest to `wanted` that may be published at `now`, where `last` has stood for `elapsed` seconds, and what
    /// to remember.
    ///
    /// The allowance grows with the time since the last publication, and what its division leaves is carried to the next,
    /// so many small steps gain nothing over one and lose nothing either. The windows forget a rate that stood longer
    /// than two windows ago. An outage of any length therefore ends with a reachable rate. A limited rate is published
    /// and flagged, never refused: refusing would leave the older one standing.
    #[inline(always)]
    pub fn limited(
        &self,
        state: &LimitState,
        last: Rate,
        wanted: Rate,
        elapsed: i64,
        now: UnixTime,
    ) -> (Rate, LimitState) {
        let mut state = state.rolled(self.window, last, now);
        let rise = allowance_down(self.rise_per_day, elapsed, &mut state.rise_rest);
        let fall = allowance_down(self.fall_per_day, elapsed, &mut state.fall_rest);
        // rates and allowances stay below 5e13 in magnitude
        let by_window = |from: Rate, by: i64| from.raw().wrapping_add(by);
        // a window that governance has narrowed holds the rate where it is and moves it nowhere
        let high = last
            .raw()
            .wrapping_add(rise)
            .min(by_window(state.low.min(state.previous_low), self.window_rise.raw()).max(last.raw()));
        let low = last.raw().wrapping_sub(fall).max(
            by_window(
                state.high.max(state.previous_high),
                self.window_fall.raw().wrapping_neg(),
            )
            .min(last.raw()),
        );
        // between two rates of the domain, hence in it
        let published = Rate(wanted.raw().min(high).max(low));
        state.low = state.low.min(published);
        state.high = state.high.max(published);
        (published, state)
    }
}

/// What a speed allows in some seconds together with the rest of the last time, rounded down, and the new rest.
#[inline(always)]
fn allowance_down(per_day: Rate, elapsed: i64, rest: &mut i64) -> i64 {
    // 4e9 · 1e9 seconds fits; thirty years allow any move inside the domain
    let elapsed = elapsed.clamp(0, 1_000_000_000);
    let whole = per_day.raw().wrapping_mul(elapsed).wrapping_add(*rest);
    // a speed, a time and a rest that are not negative
    let whole = whole.cast_unsigned();
    *rest = (whole % DAY_UNSIGNED).cast_signed();
    (whole / DAY_UNSIGNED).cast_signed()
}

impl LimitState {
    /// Windows in which only one rate has stood.
    pub const fn opened(rate: Rate, now: UnixTime) -> Self {
        Self {
            since: now,
            low: rate,
            high: rate,
            previous_low: rate,
            previous_high: rate,
            rise_rest: 0,
            fall_rest: 0,
        }
    }

    /// The windows at `now`, where `last` has stood since the last publication.
    #[inline(always)]
    fn rolled(&self, window: i64, last: Rate, now: UnixTime) -> Self {
        let passed = now.seconds_since(self.since);
        if passed < window {
            return *self;
        }
        if passed.wrapping_sub(window) >= window {
            return Self {
                rise_rest: self.rise_rest,
                fall_rest: self.fall_rest,
                ..Self::opened(last, now)
            };
        }
        Self {
            since: UnixTime(self.since.0.wrapping_add(window)),
            low: last,
            high: last,
            previous_low: self.low,
            previous_high: self.high,
            ..*self
        }
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
