//! Pauses: short, few, and over by themselves. Here is also how the guardian's acts are counted.

use crate::error::{HurdleError, Result};
use crate::quantity::{DAY, UnixTime};
use crate::state::Pauses;

/// The longest pause, six hours.
pub const MAX_PAUSE: i64 = 6 * 3_600;
/// Pauses that the guardian may begin within any 24 hours: together they last less than a day, so it holds no market
/// shut. The authority, which may change the guardian, needs no such limit.
pub const PAUSES_PER_DAY: usize = 3;

/// The times of the guardian's last acts of one kind, the oldest first, after one more at `now`; `None` where within the
/// last 24 hours there have been as many as are kept.
pub(super) fn counted<const N: usize>(last: &[UnixTime; N], now: UnixTime) -> Option<[UnixTime; N]> {
    let mut times = *last;
    times.rotate_left(1);
    let oldest = times.last_mut()?;
    if now.seconds_since(*oldest) < DAY {
        return None;
    }
    *oldest = now;
    Some(times)
}

impl Pauses {
    /// Whether a pause is under way.
    #[inline(always)]
    pub fn is_paused(&self, now: UnixTime) -> bool {
        now < self.until
    }

    /// Begins a pause of some seconds by the authority; it never shortens one that is under way, and leaves the guardian
    /// all of its own.
    ///
    /// # Errors
    /// [`HurdleError::PauseTooLong`].
    pub fn begin_by_authority(&mut self, seconds: i64, now: UnixTime) -> Result<()> {
        if !(1..=MAX_PAUSE).contains(&seconds) {
            return Err(HurdleError::PauseTooLong);
        }
        self.until = self.until.max(UnixTime(now.0.saturating_add(seconds)));
        Ok(())
    }

    /// Begins a pause of some seconds by the guardian, one of [`PAUSES_PER_DAY`]; it never shortens one that is under way.
    ///
    /// # Errors
    /// [`HurdleError::PauseTooLong`], [`HurdleError::TooManyPauses`].
    pub fn begin_by_guardian(&mut self, seconds: i64, now: UnixTime) -> Result<()> {
        let began: Option<[UnixTime; PAUSES_PER_DAY]> = counted(&self.began, now);
        let began = began.ok_or(HurdleError::TooManyPauses)?;
        self.begin_by_authority(seconds, now)?;
        self.began = began;
        Ok(())
    }

    /// Ends the pause under way, if any. The guardian's still counts as one that began.
    pub fn end(&mut self, now: UnixTime) {
        self.until = self.until.min(now);
    }
}
