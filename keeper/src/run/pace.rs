//! When the next cycle begins.

use std::time::Duration;

/// Cycles begin at a fixed interval; after failures the pause doubles from one to the next, up to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    interval: Duration,
    longest_pause: Duration,
    failures: u32,
}

/// The pause after the first failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

impl Pace {
    /// A pace without failures.
    #[must_use]
    pub const fn new(interval: Duration, longest_pause: Duration) -> Self {
        Self {
            interval,
            longest_pause,
            failures: 0,
        }
    }

    /// Counts a cycle, which either reached its aim or failed.
    pub const fn count(&mut self, succeeded: bool) {
        self.failures = if succeeded {
            0
        } else {
            self.failures.saturating_add(1)
        };
    }

    /// Failures in a row.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// The pause after a cycle that took `taken`: what is left of the interval, and after failures no less than the
    /// pause that they ask for. A cycle that overran its interval is followed at once; missed ones are not made up for.
    #[must_use]
    pub fn pause(&self, taken: Duration) -> Duration {
        let left = self.interval.saturating_sub(taken);
        let Some(doublings) = self.failures.checked_sub(1) else {
            return left;
        };
        let factor = 1u32.checked_shl(doublings).unwrap_or(u32::MAX);
        left.max(FIRST_PAUSE.saturating_mul(factor).min(self.longest_pause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn cycles_keep_their_interval_whatever_they_take() {
        let pace = Pace::new(seconds(10), seconds(60));
        assert_eq!(pace.pause(seconds(3)), seconds(7));
        assert_eq!(pace.pause(seconds(25)), seconds(0));
    }

    #[test]
    fn pauses_double_after_failures_up_to_the_longest_and_end_with_a_success() {
        let mut pace = Pace::new(seconds(2), seconds(20));
        let pauses: Vec<u64> = (0..7)
            .map(|_| {
                pace.count(false);
                pace.pause(seconds(2)).as_secs()
            })
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 20, 20]);
        pace.count(true);
        assert_eq!(pace.pause(seconds(1)), seconds(1));
    }

    proptest! {
        #[test]
        fn no_pause_is_longer_than_interval_or_longest_pause(
            interval in 1u64..1000, longest in 1u64..1000, failures in 0u32..100, taken in 0u64..2000,
        ) {
            let mut pace = Pace::new(seconds(interval), seconds(longest));
            (0..failures).for_each(|_| pace.count(false));
            prop_assert!(pace.pause(seconds(taken)) <= seconds(interval.max(longest)));
        }
    }
}
