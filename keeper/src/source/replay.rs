//! Replay: an episode from a CSV file, one row per hour.

use super::{Source, SourceError};
use crate::observation::{Metric, Sample};
use hurdle_interface::UnixTime;
use std::path::Path;
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A column: its title, what it measures, at which source, and how far that is to be trusted.
struct Column {
    title: &'static str,
    metric: Metric,
    source: &'static str,
    confidence: f64,
}

const fn measured(title: &'static str, metric: Metric, source: &'static str) -> Column {
    Column {
        title,
        metric,
        source,
        confidence: 1.0,
    }
}

/// Assumed by a stated rule, not measured.
const fn assumed(title: &'static str, metric: Metric, source: &'static str) -> Column {
    Column {
        title,
        metric,
        source,
        confidence: 0.5,
    }
}

/// The columns after `time`, in order.
const COLUMNS: [Column; 8] = [
    measured("sol_price", Metric::Price, "exchange"),
    measured("aave_borrow_rate", Metric::BorrowRate, "aave-v2"),
    measured("aave_utilisation", Metric::Utilisation, "aave-v2"),
    measured("aave_borrowed", Metric::Borrowed, "aave-v2"),
    measured("compound_borrow_rate", Metric::BorrowRate, "compound-v2"),
    measured("compound_borrowed", Metric::Borrowed, "compound-v2"),
    assumed("lst_rate", Metric::LstRate, "assumed"),
    assumed("depth", Metric::Depth, "assumed"),
];

/// One hour.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    time: i64,
    values: [f64; COLUMNS.len()],
}

/// A recorded episode: at least one row, times strictly increasing.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    rows: Vec<Row>,
}

impl Episode {
    /// Reads an episode from a file.
    ///
    /// # Errors
    /// [`SourceError::Unreadable`], [`SourceError::Malformed`].
    pub fn read(path: &Path) -> Result<Self, SourceError> {
        let bytes = std::fs::read(path).map_err(|reason| SourceError::Unreadable {
            path: path.to_owned(),
            reason,
        })?;
        Self::parse(&bytes, path)
    }

    /// Parses an episode: UTF-8, lines that begin with `#` are comments, then the header, then rows. Fields are plain
    /// numbers without quotes; times are RFC 3339. `path` is for messages.
    ///
    /// # Errors
    /// [`SourceError::Malformed`] with the first fault's line and column.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Self, SourceError> {
        let malformed = |line: usize, column: usize, reason: String| SourceError::Malformed {
            path: path.to_owned(),
            line: u64::try_from(line).unwrap_or(u64::MAX),
            column: u64::try_from(column).unwrap_or(u64::MAX),
            reason,
        };
        let mut rows: Vec<Row> = Vec::new();
        let mut header_seen = false;
        let mut lines = 0;
        for (index, bytes) in bytes.split(|byte| *byte == b'\n').enumerate() {
            lines = index + 1;
            let text = std::str::from_utf8(bytes).map_err(|error| {
                let valid = bytes
                    .get(..error.valid_up_to())
                    .map(String::from_utf8_lossy)
                    .unwrap_or_default();
                malformed(
                    lines,
                    valid.chars().count() + 1,
                    "not UTF-8; save the file as UTF-8 text".into(),
                )
            })?;
            let text = text.strip_suffix('\r').unwrap_or(text);
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let checked = if header_seen {
                parse_row(text, rows.last()).map(|row| rows.push(row))
            } else {
                header_seen = true;
                check_header(text)
            };
            checked.map_err(|Fault { column, reason }| malformed(lines, column, reason))?;
        }
        if rows.is_empty() {
            return Err(malformed(
                lines.max(1),
                1,
                format!("no rows; expected `{}` and rows under it", header()),
            ));
        }
        Ok(Self { rows })
    }

    /// Time of the first row, unix seconds.
    pub fn first_time(&self) -> i64 {
        self.rows.first().map_or(0, |row| row.time)
    }

    /// Times of all rows, unix seconds.
    pub fn times(&self) -> impl Iterator<Item = i64> + '_ {
        self.rows.iter().map(|row| row.time)
    }

    /// The price in force at a time: that of the newest row.
    pub fn price_at(&self, time: i64) -> Option<f64> {
        self.row_at(time)?.values.first().copied()
    }

    fn row_at(&self, time: i64) -> Option<&Row> {
        let after = self.rows.partition_point(|row| row.time <= time);
        self.rows.get(after.checked_sub(1)?)
    }
}

fn header() -> String {
    let titles: Vec<&str> = std::iter::once("time")
        .chain(COLUMNS.iter().map(|column| column.title))
        .collect();
    titles.join(",")
}

/// What is wrong in a line, and where.
struct Fault {
    column: usize,
    reason: String,
}

/// The fields of a line, each with the column, in characters from 1, at which it begins.
fn fields(line: &str) -> impl Iterator<Item = (usize, &str)> {
    line.split(',').scan(1usize, |next, field| {
        let start = *next;
        *next = start.saturating_add(field.chars().count()).saturating_add(1);
        Some((start, field))
    })
}

fn check_header(line: &str) -> Result<(), Fault> {
    let expected = header();
    let mut found = fields(line);
    for (index, title) in expected.split(',').enumerate() {
        match found.next() {
            Some((_, name)) if name.trim() == title => {}
            Some((column, name)) => {
                let reason = format!(
                    "column {} is `{}`, expected `{title}`; the header is `{expected}`",
                    index + 1,
                    name.trim()
                );
                return Err(Fault { column, reason });
            }
            None => {
                let column = line.chars().count() + 1;
                return Err(Fault {
                    column,
                    reason: format!("column `{title}` is missing; the header is `{expected}`"),
                });
            }
        }
    }
    found.next().map_or(Ok(()), |(column, name)| {
        Err(Fault {
            column,
            reason: format!("unknown column `{}`; the header is `{expected}`", name.trim()),
        })
    })
}

fn parse_row(line: &str, last: Option<&Row>) -> Result<Row, Fault> {
    let mut found = fields(line);
    let (column, text) = found.next().unwrap_or((1, ""));
    let time = OffsetDateTime::parse(text.trim(), &Rfc3339)
        .map_err(|_| Fault {
            column,
            reason: format!("`{}` is no time; write it as 2021-05-19T12:00:00Z", text.trim()),
        })?
        .unix_timestamp();
    if last.is_some_and(|last| last.time >= time) {
        return Err(Fault {
            column,
            reason: "the time is not later than that of the row before".into(),
        });
    }
    let mut values = [0.0; COLUMNS.len()];
    for (value, definition) in values.iter_mut().zip(&COLUMNS) {
        let Some((column, text)) = found.next() else {
            let column = line.chars().count() + 1;
            return Err(Fault {
                column,
                reason: format!("field `{}` is missing", definition.title),
            });
        };
        let (low, high) = definition.metric.domain();
        *value = text
            .trim()
            .parse()
            .ok()
            .filter(|value| (low..=high).contains(value))
            .ok_or_else(|| Fault {
                column,
                reason: format!(
                    "`{}` is no {} between {low} and {high}",
                    text.trim(),
                    definition.title
                ),
            })?;
    }
    match found.next() {
        Some((column, _)) => Err(Fault {
            column,
            reason: format!("more than the {} fields of the header", COLUMNS.len() + 1),
        }),
        None => Ok(Row { time, values }),
    }
}

/// A source that plays an episode back: the newest row not later than now. It never looks ahead.
#[derive(Clone, Debug)]
pub struct ReplaySource {
    episode: Arc<Episode>,
}

impl ReplaySource {
    /// A source over an episode, which several keepers may share.
    #[must_use]
    pub const fn new(episode: Arc<Episode>) -> Self {
        Self { episode }
    }
}

impl Source for ReplaySource {
    fn name(&self) -> &str {
        "replay"
    }

    async fn observe(&mut self, now: UnixTime) -> Result<Vec<Sample>, SourceError> {
        let row = self.episode.row_at(now.0).ok_or_else(|| SourceError::Silent {
            source_name: self.name().to_owned(),
            at: now.0,
            reason: "the episode begins later".into(),
        })?;
        Ok(COLUMNS
            .iter()
            .zip(row.values)
            .map(|(column, value)| Sample {
                metric: column.metric,
                value,
                observed_at: row.time,
                source: column.source.to_owned(),
                confidence: column.confidence,
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: &str = "time,sol_price,aave_borrow_rate,aave_utilisation,aave_borrowed,compound_borrow_rate,\
                          compound_borrowed,lst_rate,depth";
    const ROW: &str = "2021-05-19T12:00:00Z,35.49,0.04,0.85,2.6e9,0.05,3.2e9,1.02,2000000";

    fn fault(text: &str) -> (u64, u64, String) {
        match Episode::parse(text.as_bytes(), Path::new("episode.csv")) {
            Err(SourceError::Malformed {
                line,
                column,
                reason,
                path,
            }) => {
                assert_eq!(path, Path::new("episode.csv"));
                (line, column, reason)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_malformed_field_is_named_by_file_line_and_column() {
        let text = format!(
            "# a comment\n{HEADER}\n{ROW}\n{}\n",
            ROW.replace("12:00", "13:00").replace("0.85", "1.85")
        );
        let (line, column, reason) = fault(&text);
        assert_eq!((line, column), (4, 33));
        assert_eq!(reason, "`1.85` is no aave_utilisation between 0 and 1");
        let error = Episode::parse(text.as_bytes(), Path::new("episode.csv")).unwrap_err();
        assert!(error.to_string().starts_with("episode.csv:4:33: "), "{error}");
    }

    #[test]
    fn every_kind_of_fault_has_its_place() {
        let at = |text: &str| {
            let (line, column, _) = fault(text);
            (line, column)
        };
        assert_eq!(at(""), (1, 1));
        assert_eq!(at(&format!("{HEADER}\n")), (2, 1));
        assert_eq!(
            at(&HEADER.replace("depth", "width")),
            (1, HEADER.find("depth").unwrap() as u64 + 1)
        );
        assert_eq!(at(&HEADER.replace(",depth", "")), (1, HEADER.len() as u64 - 5));
        assert_eq!(at(&format!("{HEADER},x")), (1, HEADER.len() as u64 + 2));
        assert_eq!(at(&format!("{HEADER}\n{ROW}\n{ROW}")), (3, 1));
        assert_eq!(at(&format!("{HEADER}\n{ROW},1")), (2, ROW.len() as u64 + 2));
        assert_eq!(
            at(&format!("{HEADER}\n{}", ROW.replace(",2000000", ""))),
            (2, ROW.len() as u64 - 7)
        );
        assert_eq!(at(&format!("{HEADER}\nyesterday{}", &ROW[20..])), (2, 1));
        assert_eq!(at(&format!("{HEADER}\n{}", ROW.replace("35.49", "NaN"))), (2, 22));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_in_their_line() {
        let mut bytes = format!("{HEADER}\nab").into_bytes();
        bytes.push(0xff);
        let error = Episode::parse(&bytes, Path::new("episode.csv")).unwrap_err();
        assert!(
            error.to_string().starts_with("episode.csv:2:3: not UTF-8"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Episode::read(Path::new("no/such.csv")).unwrap_err();
        assert!(error.to_string().starts_with("no/such.csv: "), "{error}");
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Episode::parse(&bytes, Path::new("x"));
        }

        #[test]
        fn a_damaged_file_never_panics_and_keeps_time_increasing(
            at in 0usize..200, byte in any::<u8>(), cut in 0usize..260,
        ) {
            let mut bytes = format!("{HEADER}\n{ROW}\n{}", ROW.replace("12:00", "13:00")).into_bytes();
            if let Some(target) = bytes.get_mut(at) {
                *target = byte;
            }
            bytes.truncate(cut);
            if let Ok(episode) = Episode::parse(&bytes, Path::new("x")) {
                let times: Vec<i64> = episode.times().collect();
                prop_assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }
    }
}
