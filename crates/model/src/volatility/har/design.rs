//! The rows of the regression.

use super::{COLUMNS, Scale, Specification};
use crate::error::{ModelError, Result, at_least, count, non_negative, positive};
use crate::volatility::EvenSeries;

/// Fewer rows than this per coefficient make a forecast of noise.
const ROWS_PER_COLUMN: usize = 5;

/// What is regressed on what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Design {
    /// A constant and the averages, column by column.
    pub columns: Vec<Vec<f64>>,
    /// The average variance of the steps ahead.
    pub targets: Vec<f64>,
    /// The regressors at the end of the series.
    pub latest: [f64; COLUMNS],
    /// What variances are divided by before they are regressed in levels: their mean, lest squares underflow.
    pub unit: f64,
}

impl Design {
    pub fn new(variances: &EvenSeries, specification: &Specification) -> Result<Self> {
        let longest = longest(specification)?;
        let values = variances.values();
        for value in values.iter().flatten() {
            non_negative("realised variance", *value)?;
        }
        let unit = match specification.scale {
            Scale::Levels => mean_of_known(values)?,
            Scale::Logarithms => 1.0,
        };
        let transform = |average: f64| match specification.scale {
            Scale::Levels => Ok(average / unit),
            Scale::Logarithms => Ok(positive("average realised variance", average)?.ln()),
        };
        let regressors = |end: usize| -> Result<Option<[f64; COLUMNS]>> {
            let mut row = [1.0; COLUMNS];
            for (cell, horizon) in row[1..].iter_mut().zip(specification.horizons) {
                let start = end.checked_sub(horizon);
                let Some(mean) = start.and_then(|start| average(&values[start..end])) else {
                    return Ok(None);
                };
                *cell = transform(mean)?;
            }
            Ok(Some(row))
        };
        let (mut columns, mut targets) = (vec![Vec::new(); COLUMNS], Vec::new());
        for (end, future) in values.windows(specification.ahead).enumerate().skip(longest) {
            if let (Some(future), Some(row)) = (average(future), regressors(end)?) {
                targets.push(transform(future)?);
                for (column, cell) in columns.iter_mut().zip(row) {
                    column.push(cell);
                }
            }
        }
        at_least(
            "steps with known averages and future",
            ROWS_PER_COLUMN * COLUMNS,
            targets.len(),
        )?;
        let latest = regressors(values.len())?.ok_or(ModelError::TooFew {
            what: "realised variances without a gap at the end of the series",
            needed: longest,
            got: values.iter().rev().take_while(|value| value.is_some()).count(),
        })?;
        Ok(Self {
            columns,
            targets,
            latest,
            unit,
        })
    }
}

/// The longest horizon of an admissible specification.
fn longest(specification: &Specification) -> Result<usize> {
    at_least("steps ahead", 1, specification.ahead)?;
    let [short, medium, long] = specification.horizons;
    at_least("steps in the shortest average", 1, short)?;
    if short < medium && medium < long {
        Ok(long)
    } else {
        Err(ModelError::NotIncreasing {
            what: "horizons of the averages",
            index: if short < medium { 2 } else { 1 },
        })
    }
}

fn mean_of_known(values: &[Option<f64>]) -> Result<f64> {
    let known: Vec<f64> = values.iter().filter_map(|value| *value).collect();
    let largest = known.iter().copied().fold(0.0, f64::max);
    let mean = largest * (known.iter().map(|v| v / largest).sum::<f64>() / count(known.len()));
    if mean.is_normal() {
        Ok(mean)
    } else {
        Err(ModelError::Unidentified {
            what: "regression of the realised variance",
        })
    }
}

/// The mean, if every value is known.
fn average(values: &[Option<f64>]) -> Option<f64> {
    let n = count(values.len());
    // Divided first: the sum may be beyond f64.
    values
        .iter()
        .try_fold(0.0, |sum, value| Some(sum + (*value)? / n))
}
