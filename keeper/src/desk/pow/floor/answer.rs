//! What `hurdle pow floor` answers.

use crate::desk::Sheet;
use crate::desk::date;
use crate::desk::pow::cost::amount::quote;
use hurdle_model::pow::cost::FloorCoverage;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Day of the floor, Unix seconds.
    pub time: i64,
    /// The price that is held against it.
    pub price: f64,
    /// Share of the running hash rate that is left where the price is at the floor.
    pub left: f64,
    /// Quantiles.
    pub quantiles: Vec<Quantile>,
    /// Mean.
    pub mean: f64,
    /// Probability that the floor lies below the price.
    pub probability_below: f64,
    /// Deviations of the floor's logarithm by which the price stands above it.
    pub distance: f64,
    /// Expected share of the horizon that the price spends under the floor.
    pub time_below: f64,
    /// The volatility behind it, per √year.
    pub volatility: f64,
    /// The floor against recorded prices.
    pub coverage: Vec<CoverageAnswer>,
    /// The floor over time.
    pub series: Vec<FloorPoint>,
}

/// A quantile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quantile {
    /// Probability that the floor lies below.
    pub level: f64,
    /// Price of a coin, quote.
    pub price: f64,
}

/// A quantile against recorded prices.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CoverageAnswer {
    /// Its level.
    pub level: f64,
    /// Windows without overlap.
    pub windows: usize,
    /// Those in which the price went under it.
    pub breaches: usize,
    /// Their share, which the level bounds if prices never go under the floor.
    pub frequency: f64,
    /// Probability of at least so many, if so.
    pub too_many_p_value: f64,
    /// Share of days under it.
    pub days_below: f64,
    /// Mean of ln(quantile ÷ least price) over breached windows.
    pub mean_depth: f64,
    /// The greatest.
    pub greatest_depth: f64,
}

/// The floor on a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FloorPoint {
    /// Unix seconds.
    pub time: i64,
    /// Recorded price.
    pub price: f64,
    /// 5 % quantile.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// 95 % quantile.
    pub high: f64,
    /// Distance of the price.
    pub distance: f64,
}

impl From<&FloorCoverage> for CoverageAnswer {
    fn from(coverage: &FloorCoverage) -> Self {
        Self {
            level: coverage.level,
            windows: coverage.windows,
            breaches: coverage.breaches,
            frequency: coverage.breaches as f64 / coverage.windows.max(1) as f64,
            too_many_p_value: coverage.too_many_p_value,
            days_below: coverage.days_below,
            mean_depth: coverage.mean_depth,
            greatest_depth: coverage.greatest_depth,
        }
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new()
            .heading(format!("floor of the price on {}", date::show(self.time)))
            .percent("of the running hash rate is left there", self.left);
        for quantile in &self.quantiles {
            sheet = sheet.line(format!("quantile {}", quantile.level), quote(quantile.price));
        }
        sheet = sheet
            .line("mean", quote(self.mean))
            .heading(format!("a price of {}", quote(self.price)))
            .percent("probability that the floor lies below", self.probability_below)
            .line("distance, deviations", format_args!("{:+.3}", self.distance))
            .percent("of the horizon spent under the floor, expected", self.time_below)
            .percent("volatility per √year", self.volatility);
        if !self.coverage.is_empty() {
            sheet = sheet.heading("recorded prices against quantiles known before");
        }
        for tested in &self.coverage {
            sheet = sheet.line(
                format!("quantile {}", tested.level),
                format_args!(
                    "under it in {} of {} windows ({:.1} %, p {:.4}), on {:.1} % of days; depth {:.1} %, at most {:.1} %",
                    tested.breaches,
                    tested.windows,
                    100.0 * tested.frequency,
                    tested.too_many_p_value,
                    100.0 * tested.days_below,
                    100.0 * tested.mean_depth,
                    100.0 * tested.greatest_depth
                ),
            );
        }
        sheet.fmt(f)
    }
}
