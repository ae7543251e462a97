//! What a forecast of difficulty answers.

use crate::clock::moment;
use crate::desk::Sheet;
use crate::desk::pow::outlook::after;
use hurdle_model::pow::difficulty::Accuracy;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// The next retarget. Changes as shares of the difficulty now.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Next {
    /// Median of the days until then.
    pub days: f64,
    /// Their interval's lower end.
    pub days_low: f64,
    /// Its upper end.
    pub days_high: f64,
    /// Expected change, by the mean of its logarithm.
    pub change: f64,
    /// Standard deviation of the logarithm.
    pub deviation: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Probability that difficulty rises.
    pub probability_of_rise: f64,
}

/// A retarget ahead, or a day for a chain that retargets with every block.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Expected time, Unix seconds; none without a record.
    pub time: Option<i64>,
    /// Expected days ahead.
    pub days: f64,
    /// Their standard deviation.
    pub days_deviation: f64,
    /// Median difficulty from then on.
    pub difficulty: f64,
    /// Its change since now, as a share.
    pub change: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Errors of the forecasts of one horizon; of the logarithm of difficulty.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ErrorRow {
    /// Nominal days before the next retarget; days ahead for a chain that retargets with every block.
    pub days_before: f64,
    /// Which retarget from there.
    pub retarget: usize,
    /// Forecasts.
    pub forecasts: usize,
    /// Mean absolute error.
    pub mae: f64,
    /// That of "no change".
    pub mae_no_change: f64,
    /// Root mean squared error.
    pub rmse: f64,
    /// That of "no change".
    pub rmse_no_change: f64,
    /// Mean of what came less the forecast.
    pub bias: f64,
    /// Probability of so much better forecasts if both were equally accurate.
    pub equal_accuracy_p_value: Option<f64>,
    /// Share within the interval.
    pub covered: f64,
    /// Kupiec's test of that.
    pub kupiec_p_value: f64,
}

impl From<&Accuracy> for ErrorRow {
    fn from(row: &Accuracy) -> Self {
        Self {
            days_before: row.days_before,
            retarget: row.retarget,
            forecasts: row.outcomes.len(),
            mae: row.mae,
            mae_no_change: row.mae_no_change,
            rmse: row.rmse,
            rmse_no_change: row.rmse_no_change,
            bias: row.bias,
            equal_accuracy_p_value: row.equal.map(|test| test.p_value),
            covered: row.covered,
            kupiec_p_value: row.kupiec.p_value,
        }
    }
}

/// A forecast.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Time of the forecast: the end of the record, Unix seconds.
    pub time: Option<i64>,
    /// Probability of the intervals.
    pub level: f64,
    /// Difficulty now.
    pub difficulty: f64,
    /// Hash rate now, TH/s.
    pub hash_rate: f64,
    /// Its relative standard error.
    pub hash_rate_error: f64,
    /// Its growth per day.
    pub growth: f64,
    /// Standard error of that.
    pub growth_error: f64,
    /// Growth per day in the long run.
    pub drift: f64,
    /// Blocks until the next retarget.
    pub remaining: Option<f64>,
    /// Seconds since the last one.
    pub elapsed_seconds: Option<f64>,
    /// The next retarget; none for a chain that retargets with every block.
    pub next: Option<Next>,
    /// Retargets or days ahead.
    pub ahead: Vec<Point>,
    /// Errors of past forecasts.
    pub backtest: Vec<ErrorRow>,
}

impl Answer {
    fn when(&self, days: f64) -> String {
        self.time
            .map_or_else(|| format!("in {days:.2} days"), |time| moment(after(time, days)))
    }

    fn now(&self) -> Sheet {
        let title = self
            .time
            .map_or_else(|| "now".to_owned(), |time| format!("at {} UTC", moment(time)));
        let sheet = Sheet::new()
            .heading(title)
            .line("difficulty", format_args!("{:.6e}", self.difficulty))
            .line(
                "hash rate, TH/s",
                format_args!(
                    "{:.5e}, standard error {:.2} %",
                    self.hash_rate,
                    100.0 * self.hash_rate_error
                ),
            )
            .line(
                "its growth per day",
                format_args!(
                    "{:+.3} %, standard error {:.3} %",
                    100.0 * self.growth,
                    100.0 * self.growth_error
                ),
            )
            .line("in the long run", format_args!("{:+.3} %", 100.0 * self.drift));
        match (self.remaining, self.elapsed_seconds) {
            (Some(remaining), Some(elapsed)) => sheet
                .line("blocks until the retarget", format_args!("{remaining:.0}"))
                .line("days since the last", format_args!("{:.3}", elapsed / 86_400.0)),
            _ => sheet,
        }
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = self.now();
        let percent = 100.0 * self.level;
        if let Some(next) = &self.next {
            sheet = sheet
                .heading("next retarget")
                .line(
                    "when",
                    format_args!(
                        "{}, {percent:.0} % between {} and {}",
                        self.when(next.days),
                        self.when(next.days_low),
                        self.when(next.days_high)
                    ),
                )
                .line(
                    "change",
                    format_args!(
                        "{:+.2} %, {percent:.0} % between {:+.2} % and {:+.2} %",
                        100.0 * next.change,
                        100.0 * next.low,
                        100.0 * next.high
                    ),
                )
                .percent("probability of a rise", next.probability_of_rise);
        }
        sheet = sheet.heading(format!(
            "difficulty ahead: median, change since now, {percent:.0} % interval"
        ));
        for point in &self.ahead {
            sheet = sheet.line(
                self.when(point.days),
                format_args!(
                    "{:.5e}  {:+.2} %  {:+.2} % to {:+.2} %",
                    point.difficulty,
                    100.0 * point.change,
                    100.0 * point.low,
                    100.0 * point.high
                ),
            );
        }
        if !self.backtest.is_empty() {
            sheet = sheet.heading(format!(
                "past forecasts: mean absolute error of ln difficulty, that of \"no change\", p-value of equality, covered by \
                 the {percent:.0} % interval"
            ));
        }
        for row in &self.backtest {
            let label = match row.retarget {
                1 if self.next.is_none() => format!("{} days ahead ({})", row.days_before, row.forecasts),
                1 => format!("{:.1} days before ({})", row.days_before, row.forecasts),
                n => format!("{n} retargets ahead ({})", row.forecasts),
            };
            let p_value = row
                .equal_accuracy_p_value
                .map_or_else(|| "none".to_owned(), |p_value| format!("{p_value:.1e}"));
            sheet = sheet.line(
                label,
                format_args!(
                    "{:.4}  {:.4}  {p_value}  {:.1} % (Kupiec's p-value {:.3})",
                    row.mae,
                    row.mae_no_change,
                    100.0 * row.covered,
                    row.kupiec_p_value
                ),
            );
        }
        sheet.fmt(f)
    }
}
