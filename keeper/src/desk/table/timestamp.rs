//! Times as exchanges and chains write them.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// Numbers from here on are in a finer unit, of which this many are a second: in the coarser one they would lie beyond the
/// year 5100.
const FINER_UNITS: [(u64, i64); 3] = [
    (100_000_000_000_000_000, 1_000_000_000),
    (100_000_000_000_000, 1_000_000),
    (100_000_000_000, 1000),
];

/// Unix seconds of a field, if it is a time.
pub(in crate::desk) fn unix_seconds(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<i64>() {
        let finer = FINER_UNITS
            .iter()
            .find(|(from, _)| number.unsigned_abs() >= *from);
        return Some(finer.map_or(number, |(_, per_second)| number.div_euclid(*per_second)));
    }
    let day = format_description!("[year]-[month]-[day]");
    if let Ok(date) = Date::parse(text, day) {
        return Some(date.midnight().assume_utc().unix_timestamp());
    }
    // exchanges write a space where RFC 3339 has a T
    let joined = text.replacen(' ', "T", 1);
    if let Ok(time) = OffsetDateTime::parse(&joined, &Rfc3339) {
        return Some(time.unix_timestamp());
    }
    let zoneless = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    let time = PrimitiveDateTime::parse(&joined, zoneless).ok()?;
    Some(time.assume_utc().unix_timestamp())
}
