//! Days as arguments, and as they are shown.

use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// Midnight (UTC) of a day like 2018-11-14, Unix seconds.
pub fn parse(text: &str) -> Result<i64, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map(|date| date.midnight().assume_utc().unix_timestamp())
        .map_err(|_| format!("`{text}` is no day; write it like 2018-11-14"))
}

/// The day of a time; the number itself where it lies beyond the calendar.
pub fn show(time: i64) -> String {
    OffsetDateTime::from_unix_timestamp(time)
        .map_or_else(|_| time.to_string(), |time| time.date().to_string())
}

/// The year of a time.
pub fn year(time: i64) -> Option<i32> {
    OffsetDateTime::from_unix_timestamp(time)
        .ok()
        .map(OffsetDateTime::year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_shown() {
        assert_eq!(parse("2018-11-14"), Ok(1_542_153_600));
        assert_eq!(show(1_542_153_600 + 3_600), "2018-11-14");
        assert_eq!(year(1_542_153_600), Some(2018));
        assert_eq!(show(i64::MAX), i64::MAX.to_string());
        assert!(parse("2018-13-01").is_err() && parse("").is_err());
    }
}
