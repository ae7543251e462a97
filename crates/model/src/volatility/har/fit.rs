//! The regression and its forecast.

use super::design::Design;
use super::{COLUMNS, Coefficients, Forecast, Scale, Specification};
use crate::error::{ModelError, Result, count, representable};
use crate::linear::{LeastSquares, automatic_lags};
use crate::quadratic::{HalfSpace, dot, minimise};
use crate::volatility::EvenSeries;

/// A fitted heterogeneous autoregression.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// What was fitted.
    pub specification: Specification,
    /// Least squares.
    pub coefficients: Coefficients,
    /// Standard errors of Newey & West (1987) with `lags` lags.
    pub standard_errors: Coefficients,
    /// Twice the steps ahead, since forecasts overlap (Andersen, Bollerslev & Diebold 2007), or the automatic number of
    /// [`automatic_lags`] if that is larger.
    pub lags: usize,
    /// Variance of the residuals, with the degrees of freedom taken off, in the unit of what is regressed.
    pub residual_variance: f64,
    /// Share of the variation that is explained.
    pub r_squared: f64,
    /// Rows of the regression: steps whose averages and whose future are known.
    pub rows: usize,
    /// Least squares with no coefficient below zero; in levels only.
    pub non_negative: Option<Coefficients>,
    /// The forecast from the end of the series.
    pub forecast: Forecast,
}

/// Regresses the average variance of the next steps on the averages of the last ones, over every step for which both
/// are known; steps near a gap are left out. `variances` are per step, as [`EvenSeries::realised_variances`] gives.
///
/// In levels, a forecast outside the range of the averages ever observed is replaced by the one with non-negative
/// coefficients (the sanity filter of Bollerslev, Patton & Quaedvlieg 2016 replaces it by the mean).
///
/// # Errors
/// [`ModelError::OutOfRange`] for a negative variance, [`ModelError::NotIncreasing`] for horizons that do not increase,
/// [`ModelError::NotPositive`] for an average of zero in logarithms, [`ModelError::TooFew`] below 20 rows or if the
/// latest averages are not known, [`ModelError::Unidentified`] for variances that do not vary,
/// [`ModelError::Overflow`].
pub fn fit(variances: &EvenSeries, specification: Specification) -> Result<Fit> {
    let design = Design::new(variances, &specification)?;
    let targets = &design.targets;
    let lags = automatic_lags(targets.len()).max(specification.ahead.saturating_mul(2));
    let regression = LeastSquares::fit(design.columns.clone(), targets)?;
    let errors = regression.hac_errors(lags);
    let rows = targets.len();
    let mean = targets.iter().sum::<f64>() / count(rows);
    let scatter: f64 = targets.iter().map(|y| (y - mean).powi(2)).sum();
    let squared_error = regression.squared_error();
    let residual_variance = squared_error / count(rows - COLUMNS);
    let beta: [f64; COLUMNS] = core::array::from_fn(|i| regression.coefficients[i]);
    let (forecast, non_negative) = match specification.scale {
        Scale::Logarithms => {
            let variance = (dot(&beta, &design.latest) + 0.5 * residual_variance).exp();
            (unconstrained(variance), None)
        }
        Scale::Levels => {
            let restricted = not_below_zero(&design)?;
            let predicted = dot(&beta, &design.latest);
            let lowest = targets.iter().copied().fold(f64::INFINITY, f64::min);
            let highest = targets.iter().copied().fold(0.0, f64::max);
            let forecast = if predicted > 0.0 && (lowest..=highest).contains(&predicted) {
                unconstrained(predicted * design.unit)
            } else {
                Forecast {
                    variance: dot(&restricted, &design.latest).max(0.0) * design.unit,
                    constrained: true,
                }
            };
            (forecast, Some(Coefficients::new(&restricted, design.unit)))
        }
    };
    representable("forecast variance", forecast.variance)?;
    Ok(Fit {
        specification,
        coefficients: Coefficients::new(&beta, design.unit),
        standard_errors: Coefficients::new(&core::array::from_fn(|i| errors[i]), design.unit),
        lags,
        residual_variance: residual_variance * design.unit * design.unit,
        r_squared: if scatter > 0.0 {
            1.0 - squared_error / scatter
        } else {
            0.0
        },
        rows,
        non_negative,
        forecast,
    })
}

impl Coefficients {
    fn new(column: &[f64; COLUMNS], unit: f64) -> Self {
        let [constant, short, medium, long] = *column;
        Self {
            intercept: constant * unit,
            averages: [short, medium, long],
        }
    }
}

fn unconstrained(variance: f64) -> Forecast {
    Forecast {
        variance,
        constrained: false,
    }
}

/// Least squares with every coefficient at least zero (Lawson & Hanson 1974).
fn not_below_zero(design: &Design) -> Result<[f64; COLUMNS]> {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let columns = &design.columns;
    let gram = core::array::from_fn(|i| core::array::from_fn(|j| product(&columns[i], &columns[j])));
    let gradient: [f64; COLUMNS] = core::array::from_fn(|i| -product(&columns[i], &design.targets));
    let constraints: Vec<HalfSpace<COLUMNS>> = (0..COLUMNS)
        .map(|i| HalfSpace {
            normal: core::array::from_fn(|j| f64::from(u8::from(i == j))),
            bound: 0.0,
        })
        .collect();
    let found = minimise(&gram, &gradient, &constraints, 0).ok_or(ModelError::Unidentified {
        what: "regression of the realised variance",
    })?;
    Ok(found.x.map(|coefficient| coefficient.max(0.0)))
}
