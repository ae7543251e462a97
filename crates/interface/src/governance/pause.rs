//! Pauses: short, few, and over by themselves.

use crate::error::{HurdleError, Result};
use crate::quantity::{DAY, UnixTime};
use crate::state::Pauses;

/// The longest pause, six hours.
pub const MAX_PAUSE: i64 = 6 * 3_600;
/// Pauses that may begin within any 24 hours: together they last less than a day, so nobody holds a market shut.
pub const PAUSES_PER_DAY: usize = 3;

impl Pauses {
    /// Whether a pause is under way.
    #[inline(always)]
    pub fn is_paused(&self, now: UnixTime) -> bool {
        now < self.until
    }

    /// Begins a pause of some seconds; it never shortens one that is under way.
    ///
    /// # Errors
    /// [`HurdleError::PauseTooLong`], [`HurdleError::TooManyPauses`].
    pub fn begin(&mut self, seconds: i64, now: UnixTime) -> Result<()> {
        if !(1..=MAX_PAUSE).contains(&seconds) {
            return Err(HurdleError::PauseTooLong);
        }
        let [oldest, middle, newest]: [UnixTime; PAUSES_PER_DAY] = self.began;
        if now.seconds_since(oldest) < DAY {
            return Err(HurdleError::TooManyPauses);
        }
        self.began = [middle, newest, now];
        self.until = self.until.max(UnixTime(now.0.saturating_add(seconds)));
        Ok(())
    }

    /// Ends the pause under way, if any. It still counts as one that began.
    pub fn end(&mut self, now: UnixTime) {
        self.until = self.until.min(now);
    }
}
