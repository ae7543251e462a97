//! The table of compute units: measured rows, their markdown, and the comparison of a measurement with a committed
//! table.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Compute units of the Solana VM.
    ComputeUnits,
    /// Bytes of a compiled program.
    Bytes,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ComputeUnits => "CU",
            Self::Bytes => "bytes",
        })
    }
}

impl Unit {
    fn parse(name: &str) -> Option<Self> {
        [Self::ComputeUnits, Self::Bytes]
            .into_iter()
            .find(|unit| unit.to_string() == name)
    }
}

/// One measured figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The section it stands in, for example a program's name.
    pub topic: String,
    /// What was measured, unique within the topic; no `|` and no line break.
    pub case: String,
    /// What the figure counts.
    pub unit: Unit,
    /// The figure; lower is better.
    pub value: u64,
}

impl Row {
    /// A figure in compute units.
    pub fn compute_units(topic: &str, case: impl Into<String>, value: u64) -> Self {
        Self {
            topic: topic.to_owned(),
            case: case.into(),
            unit: Unit::ComputeUnits,
            value,
        }
    }

    /// The size of a compiled program.
    pub fn bytes(topic: &str, case: impl Into<String>, value: u64) -> Self {
        Self {
            topic: topic.to_owned(),
            case: case.into(),
            unit: Unit::Bytes,
            value,
        }
    }
}

/// All figures, in the order of their topics' first appearance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    rows: Vec<Row>,
}

/// Why a table cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TableError {
    /// Two rows claim the same place.
    #[error("{topic} has two rows named \"{case}\": give each its own name")]
    Duplicate {
        /// Their topic.
        topic: String,
        /// Their name.
        case: String,
    },
    /// A name would break the markdown table.
    #[error("\"{name}\" cannot stand in a markdown table: it is empty or contains `|` or a line break")]
    Name {
        /// The name.
        name: String,
    },
    /// A line of the file is not a row of the form that [`Table::markdown`] writes.
    #[error("line {line} is not a row `| case | figure | unit |` under a `## topic`: regenerate the file")]
    Malformed {
        /// Its number, from 1.
        line: usize,
    },
}

/// How a measurement differs from the committed table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Costs more than the tolerance allows.
    Regression {
        /// The committed row.
        before: Row,
        /// The figure now.
        now: u64,
    },
    /// Measured, but not in the committed table.
    New(Row),
    /// In the committed table, but no longer measured.
    Gone(Row),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Regression {
                before:
                    Row {
                        topic,
                        case,
                        unit,
                        value,
                    },
                now,
            } => {
                write!(f, "{topic}, {case}: {now} {unit} instead of {value}")
            }
            Self::New(row) => write!(f, "{}, {}: not in the committed table", row.topic, row.case),
            Self::Gone(row) => write!(
                f,
                "{}, {}: in the committed table, but not measured",
                row.topic, row.case
            ),
        }
    }
}

impl Table {
    /// Collects rows; those of a topic are put together.
    ///
    /// # Errors
    /// When two rows have the same topic and case, or a name breaks a markdown table.
    pub fn new(rows: impl IntoIterator<Item = Row>) -> Result<Self, TableError> {
        let mut by_topic: Vec<(String, Vec<Row>)> = Vec::new();
        for row in rows {
            for name in [&row.topic, &row.case] {
                if name.trim().is_empty() || name.trim() != name || name.contains(['|', '\n', '\r']) {
                    return Err(TableError::Name { name: name.clone() });
                }
            }
            match by_topic.iter_mut().find(|(topic, _)| *topic == row.topic) {
                None => by_topic.push((row.topic.clone(), vec![row])),
                Some((_, rows)) if rows.iter().any(|other| other.case == row.case) => {
                    return Err(TableError::Duplicate {
                        topic: row.topic,
                        case: row.case,
                    });
                }
                Some((_, rows)) => rows.push(row),
            }
        }
        Ok(Self {
            rows: by_topic.into_iter().flat_map(|(_, rows)| rows).collect(),
        })
    }

    /// The rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// One section with a table for each topic.
    pub fn markdown(&self) -> String {
        let mut text = String::from(
            "# Compute units\n\nWritten by `cargo xtask bench` from the compiled programs on LiteSVM; do not edit. \
             `cargo xtask bench --check` fails where a figure has grown by more than 1 %.\n",
        );
        let mut topic = None;
        for row in &self.rows {
            if topic != Some(&row.topic) {
                text += &format!("\n## {}\n\n| case | cost | unit |\n|---|---:|---|\n", row.topic);
                topic = Some(&row.topic);
            }
            text += &format!("| {} | {} | {} |\n", row.case, row.value, row.unit);
        }
        text
    }

    /// Reads what [`Table::markdown`] wrote; prose outside tables is skipped.
    ///
    /// # Errors
    /// [`TableError`] names the line that is no row.
    pub fn parse(markdown: &str) -> Result<Self, TableError> {
        let mut topic = None;
        let mut rows = Vec::new();
        for (index, line) in markdown.lines().enumerate() {
            if let Some(name) = line.strip_prefix("## ") {
                topic = Some(name.trim());
            } else if line.starts_with('|') && !line.starts_with("|---") && !line.starts_with("| case |") {
                let row = topic.and_then(|topic| parse_row(topic, line));
                rows.push(row.ok_or(TableError::Malformed { line: index + 1 })?);
            }
        }
        Self::new(rows)
    }

    /// What differs from the committed table: every figure that grew by more than `tolerance_percent`, and every row
    /// that only one of the two has. Improvements are no difference.
    pub fn differences(&self, committed: &Self, tolerance_percent: u64) -> Vec<Difference> {
        let index = |table: &Self| -> BTreeMap<(String, String), Row> {
            table
                .rows
                .iter()
                .map(|row| ((row.topic.clone(), row.case.clone()), row.clone()))
                .collect()
        };
        let (before, now) = (index(committed), index(self));
        let gone = before
            .iter()
            .filter(|(key, _)| !now.contains_key(key))
            .map(|(_, row)| Difference::Gone(row.clone()));
        let changed = now.iter().filter_map(|(key, row)| match before.get(key) {
            None => Some(Difference::New(row.clone())),
            Some(before) => {
                let grown = u128::from(row.value) * 100
                    > u128::from(before.value) * u128::from(100 + tolerance_percent);
                grown.then(|| Difference::Regression {
                    before: before.clone(),
                    now: row.value,
                })
            }
        });
        changed.chain(gone).collect()
    }
}

fn parse_row(topic: &str, line: &str) -> Option<Row> {
    let cells: Vec<_> = line
        .trim()
        .strip_prefix('|')?
        .strip_suffix('|')?
        .split('|')
        .map(str::trim)
        .collect();
    let [case, value, unit] = cells.as_slice() else {
        return None;
    };
    Some(Row {
        topic: topic.to_owned(),
        case: (*case).to_owned(),
        unit: Unit::parse(unit)?,
        value: value.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, &str, u64)]) -> Table {
        let rows = rows
            .iter()
            .map(|(topic, case, value)| Row::compute_units(topic, *case, *value));
        Table::new(rows).unwrap_or_default()
    }

    #[test]
    fn a_table_survives_its_markdown() {
        let rows = [
            Row::compute_units("hurdle", "publish, 2 signatures", 2_847),
            Row::bytes("sizes", "hurdle.so", 9_800),
            Row::compute_units("hurdle", "check_margin", 900),
        ];
        let table = Table::new(rows).unwrap_or_default();
        assert_eq!(table.rows().len(), 3);
        assert_eq!(table.rows()[1].case, "check_margin");
        assert_eq!(Table::parse(&table.markdown()), Ok(table));
    }

    #[test]
    fn growth_within_the_tolerance_and_improvement_are_no_difference() {
        let committed = table(&[("a", "x", 1_000), ("a", "y", 1_000)]);
        assert_eq!(
            table(&[("a", "x", 1_010), ("a", "y", 10)]).differences(&committed, 1),
            []
        );
    }

    #[test]
    fn growth_beyond_the_tolerance_is_a_regression() {
        let committed = table(&[("a", "x", 1_000)]);
        let before = committed.rows()[0].clone();
        let expected = [Difference::Regression { before, now: 1_011 }];
        assert_eq!(table(&[("a", "x", 1_011)]).differences(&committed, 1), expected);
    }

    #[test]
    fn a_row_that_only_one_table_has_is_named() {
        let (old, new) = (table(&[("a", "x", 1)]), table(&[("a", "y", 1)]));
        let expected = [
            Difference::New(new.rows()[0].clone()),
            Difference::Gone(old.rows()[0].clone()),
        ];
        assert_eq!(new.differences(&old, 1), expected);
    }

    #[test]
    fn an_unreadable_row_is_refused_by_its_line() {
        assert_eq!(
            Table::parse("## a\n| case | cost | unit |\n| x | many | CU |\n"),
            Err(TableError::Malformed { line: 3 })
        );
        assert_eq!(
            Table::parse("| x | 1 | CU |\n"),
            Err(TableError::Malformed { line: 1 })
        );
        assert_eq!(
            Table::parse("## a\n| x | 1 | parsec |\n"),
            Err(TableError::Malformed { line: 2 })
        );
    }

    #[test]
    fn ambiguous_and_unwritable_names_are_refused() {
        let twice = [Row::compute_units("a", "x", 1), Row::compute_units("a", "x", 2)];
        assert_eq!(
            Table::new(twice),
            Err(TableError::Duplicate {
                topic: "a".into(),
                case: "x".into()
            })
        );
        for name in ["", "x|y", "x\ny", " x"] {
            assert_eq!(
                Table::new([Row::bytes("a", name, 1)]),
                Err(TableError::Name { name: name.into() })
            );
        }
    }
}
