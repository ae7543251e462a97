//! Tables: CSV files with a header, whose faults are named by file, line and column.
//!
//! Lines that begin with `#` are comments. Times are Unix seconds, milliseconds (numbers of 10¹¹ and above), microseconds
//! (10¹⁴) or nanoseconds (10¹⁷), a date (2021-05-19), a date and a time with a space or T between them, in UTC, or RFC
//! 3339.

mod lines;
mod timestamp;

use super::DeskError;
use csv::{ReaderBuilder, StringRecord};
use hurdle_model::series::{PositiveSeries, Series};
use lines::Lines;
use std::path::{Path, PathBuf};
use thiserror::Error;
pub(super) use timestamp::unix_seconds;

/// What is wrong with a table.
#[derive(Debug, Error)]
pub enum TableError {
    /// It cannot be read.
    #[error("{}: {reason}; check the path and its permissions", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        reason: std::io::Error,
    },
    /// It is no CSV.
    #[error("{}:{line}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// It has no rows to compute with.
    #[error("{}: no rows {wanted}", path.display())]
    NoRows {
        /// The file.
        path: PathBuf,
        /// Which rows were looked for.
        wanted: String,
    },
    /// It has no such column.
    #[error("{}: no column `{title}`; its columns are {}", path.display(), there.join(", "))]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        title: String,
        /// What there is.
        there: Vec<String>,
    },
    /// A field is not what it must be.
    #[error("{}:{line}:{column} ({title}): {reason}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Number of the column, from 1.
        column: usize,
        /// Its title.
        title: String,
        /// What is wrong and what is expected.
        reason: String,
    },
}

struct Row {
    line: u64,
    fields: StringRecord,
}

/// A table in memory.
pub struct Table {
    path: PathBuf,
    titles: Vec<String>,
    rows: Vec<Row>,
}

/// A column of a table.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    table: &'a Table,
    index: usize,
}

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// [`TableError::Unreadable`], and as [`Self::parse`].
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let bytes = std::fs::read(path).map_err(|reason| TableError::Unreadable {
            path: path.to_owned(),
            reason,
        })?;
        Self::parse(&bytes, path)
    }

    /// Reads a table from memory; `path` is for messages.
    ///
    /// # Errors
    /// [`TableError::Malformed`], [`TableError::NoRows`].
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Self, TableError> {
        let malformed = |line: u64, reason: String| TableError::Malformed {
            path: path.to_owned(),
            line,
            reason,
        };
        let mut reader = ReaderBuilder::new()
            .comment(Some(b'#'))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let fault = |error: csv::Error| {
            let line = error
                .position()
                .map_or(1, |position| Lines::of(bytes).record_from(position.byte()));
            let reason = match error.kind() {
                csv::ErrorKind::Utf8 { .. } => "not UTF-8; save the file as UTF-8 text".to_owned(),
                _ => error.to_string(),
            };
            malformed(line, reason)
        };
        let titles: Vec<String> = reader
            .headers()
            .map_err(fault)?
            .iter()
            .map(|title| title.trim_start_matches('\u{feff}').to_owned())
            .collect();
        if titles.iter().all(String::is_empty) {
            return Err(malformed(
                1,
                "no header; the first line names the columns".to_owned(),
            ));
        }
        let (mut rows, mut lines) = (Vec::new(), Lines::of(bytes));
        for record in reader.records() {
            let fields = record.map_err(fault)?;
            let line = fields
                .position()
                .map_or(0, |position| lines.record_from(position.byte()));
            if fields.len() != titles.len() {
                let reason = format!("{} fields under a header of {}", fields.len(), titles.len());
                return Err(malformed(line, reason));
            }
            rows.push(Row { line, fields });
        }
        let table = Self {
            path: path.to_owned(),
            titles,
            rows,
        };
        table.with_rows("under the header")
    }

    /// The number of rows under the header.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The titles of the columns.
    #[must_use]
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// A column by its title.
    ///
    /// # Errors
    /// [`TableError::NoColumn`].
    pub fn column(&self, title: &str) -> Result<Column<'_>, TableError> {
        let found = self.titles.iter().position(|there| there == title);
        found
            .map(|index| Column { table: self, index })
            .ok_or_else(|| TableError::NoColumn {
                path: self.path.clone(),
                title: title.to_owned(),
                there: self.titles.clone(),
            })
    }

    /// The table, if it has rows.
    fn with_rows(self, wanted: &str) -> Result<Self, TableError> {
        if self.rows.is_empty() {
            return Err(TableError::NoRows {
                path: self.path,
                wanted: wanted.to_owned(),
            });
        }
        Ok(self)
    }

    /// The table without the rows in which one of these columns is empty.
    ///
    /// # Errors
    /// [`TableError::NoColumn`], [`TableError::NoRows`] where none is left.
    pub fn without_gaps(mut self, titles: &[&str]) -> Result<Self, TableError> {
        let indices = titles
            .iter()
            .map(|title| self.column(title).map(|column| column.index))
            .collect::<Result<Vec<_>, _>>()?;
        self.rows.retain(|row| {
            indices
                .iter()
                .all(|index| row.fields.get(*index).is_some_and(|field| !field.is_empty()))
        });
        self.with_rows(&format!("with a value under each of {}", titles.join(", ")))
    }

    /// The table without the rows in which a column is zero.
    ///
    /// # Errors
    /// [`TableError::NoColumn`].
    pub fn without_zeros(mut self, title: &str) -> Result<Self, TableError> {
        let index = self.column(title)?.index;
        self.rows.retain(|row| {
            let field = row.fields.get(index).unwrap_or_default();
            field.parse::<f64>().ok().is_none_or(|value| value != 0.0)
        });
        Ok(self)
    }

    /// Values over time. Times must increase, values be numbers.
    ///
    /// # Errors
    /// [`TableError::NoColumn`], [`TableError::Field`] at the first fault.
    pub fn series(&self, time: &str, value: &str) -> Result<Series, DeskError> {
        let times = self.column(time)?.increasing_times()?;
        let values = self.column(value)?.numbers()?;
        Series::new(times.into_iter().zip(values)).map_err(DeskError::model("series"))
    }

    /// Positive values over time, such as prices.
    ///
    /// # Errors
    /// As [`Self::series`], and [`TableError::Field`] at a value that is not above zero.
    pub fn positive_series(&self, time: &str, value: &str) -> Result<PositiveSeries, DeskError> {
        self.column(value)?.positive_numbers()?;
        PositiveSeries::try_from(self.series(time, value)?).map_err(DeskError::model("series"))
    }
}

impl<'a> Column<'a> {
    /// The fields as they are, without the blanks around them.
    pub fn texts(self) -> impl Iterator<Item = &'a str> {
        self.table
            .rows
            .iter()
            .map(move |row| row.fields.get(self.index).unwrap_or_default())
    }

    /// A fault in a row of this column (counted from 0, of those the table has now).
    #[must_use]
    pub fn fault(self, row: usize, reason: impl Into<String>) -> TableError {
        let titles = &self.table.titles;
        TableError::Field {
            path: self.table.path.clone(),
            line: self.table.rows.get(row).map_or(0, |row| row.line),
            column: self.index + 1,
            title: titles.get(self.index).cloned().unwrap_or_default(),
            reason: reason.into(),
        }
    }

    /// The fields, each read by `read`, which says what is wrong with one it refuses.
    ///
    /// # Errors
    /// [`TableError::Field`] at the first field that is refused.
    pub fn map<T>(self, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, TableError> {
        self.texts()
            .enumerate()
            .map(|(row, text)| read(text).map_err(|reason| self.fault(row, reason)))
            .collect()
    }

    /// Finite numbers.
    ///
    /// # Errors
    /// [`TableError::Field`] at the first field that is none.
    pub fn numbers(self) -> Result<Vec<f64>, TableError> {
        self.map(number)
    }

    /// Finite numbers above zero.
    ///
    /// # Errors
    /// [`TableError::Field`] at the first field that is none.
    pub fn positive_numbers(self) -> Result<Vec<f64>, TableError> {
        self.map(|text| match number(text)? {
            value if value > 0.0 => Ok(value),
            _ => Err(format!("`{text}` is not above zero")),
        })
    }

    /// Finite numbers of at least zero.
    ///
    /// # Errors
    /// [`TableError::Field`] at the first field that is none.
    pub fn non_negative_numbers(self) -> Result<Vec<f64>, TableError> {
        self.map(|text| match number(text)? {
            value if value >= 0.0 => Ok(value),
            _ => Err(format!("`{text}` is below zero")),
        })
    }

    /// Finite numbers, and nothing where a field is empty.
    ///
    /// # Errors
    /// [`TableError::Field`] at the first field that is neither.
    pub fn numbers_or_gaps(self) -> Result<Vec<Option<f64>>, TableError> {
        self.map(|text| {
            if text.is_empty() {
                return Ok(None);
            }
            number(text).map(Some)
        })
    }

    /// Times, in Unix seconds.
    ///
    /// # Errors
    /// [`TableError::Field`] at the first field that is none.
    pub fn times(self) -> Result<Vec<i64>, TableError> {
        self.map(|text| {
            unix_seconds(text).ok_or_else(|| {
                format!("`{text}` is no time; write Unix seconds, 2021-05-19 or 2021-05-19T12:00:00Z")
            })
        })
    }

    /// Times, each later than the one before.
    ///
    /// # Errors
    /// [`TableError::Field`] at the first field that is no time or not later.
    pub fn increasing_times(self) -> Result<Vec<i64>, TableError> {
        let times = self.times()?;
        match times.windows(2).position(|pair| pair[1] <= pair[0]) {
            Some(at) => Err(self.fault(
                at + 1,
                "not later than the row before; sort the rows and keep one for each time",
            )),
            None => Ok(times),
        }
    }

    /// Times at one distance from each other, which is that of the first two.
    ///
    /// # Errors
    /// [`TableError::Field`] at the first field that is no time, not later, or at another distance.
    pub fn even_times(self) -> Result<Vec<i64>, TableError> {
        let times = self.increasing_times()?;
        let gaps: Vec<i64> = times
            .windows(2)
            .map(|pair| pair[1].saturating_sub(pair[0]))
            .collect();
        match gaps.iter().position(|gap| *gap != gaps[0]) {
            Some(at) => Err(self.fault(
                at + 1,
                format!(
                    "{} s after the row before, but the first two rows lie {} s apart; bring the rows to even times",
                    gaps[at], gaps[0]
                ),
            )),
            None => Ok(times),
        }
    }
}

fn number(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
        .ok_or_else(|| format!("`{text}` is no finite number"))
}

#[cfg(test)]
mod tests;
