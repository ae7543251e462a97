//! Elapsed time, as an argument: what waits inside the daemon asks this, so that tests need not wait.

use std::time::Duration;

/// Measures elapsed time and waits. It never jumps, unlike the time of day.
pub trait Timer: Send + Sync {
    /// Time since a point that stays the same.
    fn elapsed(&self) -> Duration;

    /// Returns after a time.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send;
}

/// The machine's own.
#[cfg(feature = "rpc")]
#[derive(Clone, Copy, Debug)]
pub struct MonotonicTimer {
    since: tokio::time::Instant,
}

#[cfg(feature = "rpc")]
impl MonotonicTimer {
    /// Starts at zero.
    #[must_use]
    pub fn start() -> Self {
        Self {
            since: tokio::time::Instant::now(),
        }
    }
}

#[cfg(feature = "rpc")]
impl Timer for MonotonicTimer {
    fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(time)
    }
}
