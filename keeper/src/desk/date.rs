//! Times on the command line.

use super::table::unix_seconds;

/// A time as an argument, in Unix seconds: what a table's column of times may hold.
///
/// # Errors
/// What is expected instead, for the argument's message.
pub fn time(text: &str) -> Result<i64, String> {
    unix_seconds(text)
        .ok_or_else(|| "no time; write Unix seconds, 2021-05-19 or 2021-05-19T12:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn a_day_is_its_begin_and_a_word_is_refused() {
        assert_eq!(time("2021-05-19"), Ok(1_621_382_400));
        assert_eq!(time("1621382400"), Ok(1_621_382_400));
        assert!(time("yesterday").unwrap_err().contains("2021-05-19"));
    }
}
