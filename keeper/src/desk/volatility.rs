//! `hurdle model volatility`.

use super::{Command, DeskError, SeriesArgs, Sheet};
use clap::Args;
use hurdle_model::series::{LogReturn, SECONDS_PER_YEAR};
use hurdle_model::volatility::{bipower, exponentially_weighted, over_horizon, realised};
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
    /// Decay factor of the exponentially weighted estimate, per interval.
    #[arg(long, value_name = "LAMBDA", default_value_t = 0.94)]
    decay: f64,
    /// Interval of the decay factor, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    decay_interval: u32,
    /// Liquidation horizon, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    horizon: u32,
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
    /// Exponentially weighted.
    pub exponentially_weighted: f64,
    /// Of the continuous part (bipower variation).
    pub continuous: f64,
    /// Share of the variance due to jumps.
    pub jump_share: f64,
    /// Standard deviation of the log-return over the liquidation horizon, by the exponentially weighted estimate.
    pub over_horizon: f64,
}

impl Command for Volatility {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let returns = self.series.read()?.log_returns_within(self.max_gap);
        let fault = DeskError::model("volatility");
        let whole = realised(&returns).map_err(&fault)?;
        let split = bipower(&returns).map_err(&fault)?;
        let interval = f64::from(self.decay_interval) / SECONDS_PER_YEAR;
        let weighted = exponentially_weighted(&returns, self.decay, interval).map_err(&fault)?;
        let horizon = f64::from(self.horizon) / SECONDS_PER_YEAR;
        let end = |r: Option<&LogReturn>| r.map_or(0, |r| r.time);
        Ok(Answer {
            returns: whole.returns,
            span: (end(returns.first()), end(returns.last())),
            realised: whole.volatility,
            realised_standard_error: whole.standard_error,
            exponentially_weighted: weighted,
            continuous: split.continuous,
            jump_share: split.jump_share,
            over_horizon: over_horizon(weighted, horizon).map_err(&fault)?,
        })
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sheet = Sheet::new()
            .heading(format!("volatility of {} returns, per √year", self.returns))
            .percent("realised, close to close", self.realised)
            .percent("  its standard error", self.realised_standard_error)
            .percent("exponentially weighted", self.exponentially_weighted)
            .percent("continuous part (bipower)", self.continuous)
            .percent("share of jumps in the variance", self.jump_share)
            .heading("over the liquidation horizon")
            .percent("standard deviation of the return", self.over_horizon);
        sheet.fmt(f)
    }
}
