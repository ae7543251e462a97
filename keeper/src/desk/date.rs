//! Times on the command line.

use super::table::unix_seconds;
use time::OffsetDateTime;

/// A time as an argument, in Unix seconds: what a table's column of times may hold.
///
/// # Errors
/// What is expected instead, for the argument's message.
pub fn time(text: &str) -> Result<i64, String> {
    unix_seconds(text)
        .ok_or_else(|| "no time; write Unix seconds, 2021-05-19 or 2021-05-19T12:00:00Z".to_owned())
}

/// The day of a time (UTC); the number itself where it lies beyond the calendar.
#[must_use]
pub fn show(time: i64) -> String {
    OffsetDateTime::from_unix_timestamp(time)
        .map_or_else(|_| time.to_string(), |time| time.date().to_string())
}

/// The year of a time (UTC).
#[must_use]
pub fn year(time: i64) -> Option<i32> {
    OffsetDateTime::from_unix_timestamp(time)
        .ok()
        .map(OffsetDateTime::year)
}

#[cfg(test)]
mod tests {
    use super::{show, time, year};

    #[test]
    fn a_day_is_shown_as_it_is_read() {
        assert_eq!(show(1_542_153_600 + 3_600), "2018-11-14");
        assert_eq!(year(1_542_153_600), Some(2018));
        assert_eq!((show(i64::MAX), year(i64::MAX)), (i64::MAX.to_string(), None));
    }

    #[test]
    fn a_day_is_its_begin_and_a_word_is_refused() {
        assert_eq!(time("2021-05-19"), Ok(1_621_382_400));
        assert_eq!(time("1621382400"), Ok(1_621_382_400));
        assert!(time("yesterday").unwrap_err().contains("2021-05-19"));
    }
}
