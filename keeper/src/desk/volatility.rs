//! `hurdle model volatility`.

mod forecast;
mod ranges;

use super::{Command, DeskError, SeriesArgs, Sheet};
use clap::Args;
use forecast::{Forecast, ForecastArgs};
use hurdle_model::ModelError;
use hurdle_model::series::{LogReturn, PositiveSeries};
use hurdle_model::volatility::{Quarticity, bipower, jump_test, realised};
use ranges::{RangeArgs, Ranges};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Volatility {
    #[command(flatten)]
    series: SeriesArgs,
    /// Longest gap between two prices whose return still counts, seconds [default: any].
    #[arg(long, value_name = "SECONDS", default_value_t = u32::MAX, hide_default_value = true)]
    max_gap: u32,
    /// Windows before the last price, over each of which the realised volatility is told too, seconds.
    #[arg(long, value_name = "SECONDS", value_delimiter = ',')]
    windows: Vec<u32>,
    #[command(flatten)]
    ranges: RangeArgs,
    #[command(flatten)]
    forecast: ForecastArgs,
}

/// Volatilities, per √year; times unix seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Returns used.
    pub returns: usize,
    /// End of the first and of the last return.
    pub span: (i64, i64),
    /// Realised, close to close.
    pub realised: f64,
    /// Its standard error under normal returns.
    pub realised_standard_error: f64,
    /// Realised over the last seconds, window by window.
    pub windows: Vec<Window>,
    /// Of the continuous part (bipower variation).
    pub continuous: f64,
    /// Share of the variance due to jumps.
    pub jump_share: f64,
    /// Tests for jumps; none where too few returns move.
    pub jump_tests: Option<JumpTests>,
    /// From open, high, low and close, where their columns are named.
    pub ranges: Option<Ranges>,
    /// What is forecast, model by model.
    pub forecasts: Vec<Forecast>,
}

/// Realised volatility over a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Window {
    /// Its length, seconds before the last price.
    pub seconds: u32,
    /// Returns in it.
    pub returns: usize,
    /// Per √year.
    pub volatility: f64,
    /// Its standard error under normal returns.
    pub standard_error: f64,
}

/// Tests of the hypothesis that there were no jumps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct JumpTests {
    /// By the tripower quarticity.
    pub tripower: JumpTest,
    /// By the quad-power quarticity.
    pub quad_power: JumpTest,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct JumpTest {
    /// 1 − bipower ÷ realised variation, small-sample corrected; negative by chance only.
    pub relative_jump: f64,
    /// Standard normal without jumps.
    pub statistic: f64,
    /// Probability of one this large without jumps.
    pub p_value: f64,
}

impl Command for Volatility {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let prices = self.series.read()?;
        let returns = prices.log_returns_within(self.max_gap);
        let fault = DeskError::model("volatility");
        let whole = realised(&returns).map_err(&fault)?;
        let split = bipower(&returns).map_err(&fault)?;
        let end = |r: Option<&LogReturn>| r.map_or(0, |r| r.time);
        Ok(Answer {
            returns: whole.returns,
            span: (end(returns.first()), end(returns.last())),
            realised: whole.volatility,
            realised_standard_error: whole.standard_error,
            windows: self.windows(&prices)?,
            continuous: split.continuous,
            jump_share: split.jump_share,
            jump_tests: jump_tests(&returns).map_err(&fault)?,
            ranges: self.ranges.answer(&self.series, self.max_gap)?,
            forecasts: self.forecast.answer(&prices, self.max_gap)?,
        })
    }
}

impl Volatility {
    fn windows(&self, prices: &PositiveSeries) -> Result<Vec<Window>, DeskError> {
        let window = |seconds: &u32| {
            let returns = prices.trailing(*seconds).log_returns_within(self.max_gap);
            if returns.is_empty() {
                return Err(DeskError::Argument {
                    argument: "--windows",
                    reason: format!("no return within the last {seconds} s"),
                });
            }
            let realised = realised(&returns).map_err(DeskError::model("volatility"))?;
            Ok(Window {
                seconds: *seconds,
                returns: realised.returns,
                volatility: realised.volatility,
                standard_error: realised.standard_error,
            })
        };
        self.windows.iter().map(window).collect()
    }
}

/// Both tests, unless the returns are too few or too still to tell.
fn jump_tests(returns: &[LogReturn]) -> Result<Option<JumpTests>, ModelError> {
    let test = |quarticity| {
        jump_test(returns, quarticity).map(|test| JumpTest {
            relative_jump: test.relative_jump,
            statistic: test.statistic,
            p_value: test.p_value,
        })
    };
    match (test(Quarticity::Tripower), test(Quarticity::QuadPower)) {
        (Ok(tripower), Ok(quad_power)) => Ok(Some(JumpTests { tripower, quad_power })),
        (Err(ModelError::TooFew { .. } | ModelError::Unidentified { .. }), _)
        | (_, Err(ModelError::TooFew { .. } | ModelError::Unidentified { .. })) => Ok(None),
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new()
            .heading(format!("volatility of {} returns, per √year", self.returns))
            .percent("realised, close to close", self.realised)
            .percent("  its standard error", self.realised_standard_error);
        for window in &self.windows {
            let (volatility, error) = (100.0 * window.volatility, 100.0 * window.standard_error);
            sheet = sheet.line(
                format!("  over the last {} s", window.seconds),
                format_args!("{volatility:.4} % ± {error:.4} %"),
            );
        }
        sheet = sheet
            .percent("continuous part (bipower)", self.continuous)
            .percent("share of jumps in the variance", self.jump_share);
        if let Some(tests) = self.jump_tests {
            for (label, test) in [("tripower", tests.tripower), ("quad-power", tests.quad_power)] {
                let value = format!("{:.3}, p = {:.2e}", test.statistic, test.p_value);
                sheet = sheet.line(format!("jump test, {label}"), value);
            }
        }
        if let Some(ranges) = &self.ranges {
            sheet = ranges.lines(sheet);
        }
        for forecast in &self.forecasts {
            sheet = forecast.lines(sheet);
        }
        sheet.fmt(f)
    }
}
