//! Time, as an argument: the only place where the keeper asks for it or waits.

use hurdle_interface::UnixTime;

/// Tells the time and waits. The daemon's is the machine's; the demo's is the embedded chain's, which it moves.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> UnixTime;

    /// Returns once `time` has come; at once if it has passed.
    fn wait_until(&self, time: UnixTime) -> impl Future<Output = ()> + Send;
}
