//! Time, as an argument: the only place where the keeper asks for it or waits.

use hurdle_interface::UnixTime;
use time::OffsetDateTime;
use time::macros::format_description;

/// Day, hour and minute in UTC.
#[must_use]
pub fn moment(unix: i64) -> String {
    OffsetDateTime::from_unix_timestamp(unix)
        .ok()
        .and_then(|time| {
            time.format(format_description!("[year]-[month]-[day] [hour]:[minute]"))
                .ok()
        })
        .unwrap_or_else(|| unix.to_string())
}

/// Tells the time and waits. The daemon's is the machine's; the demo's is the embedded chain's, which it moves.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> UnixTime;

    /// Returns once `time` has come; at once if it has passed.
    fn wait_until(&self, time: UnixTime) -> impl Future<Output = ()> + Send;
}
