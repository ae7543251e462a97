//! Arguments of a price process: stated, or calibrated on a table of prices.

use super::venue::above_zero;
use crate::desk::{DeskError, SeriesArgs, Sheet, usual_spacing};
use clap::{Args, ValueEnum};
use hurdle_model::jumps::threshold_jumps;
use hurdle_model::simulation::{
    Bates, Bootstrap, Grid, HestonVariance, Kou, PriceProcess, automatic_block_length,
};
use hurdle_model::tail::JumpDiffusion;
use hurdle_model::volatility::EvenSeries;
use serde::Serialize;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Diffusion with lognormal jumps (Merton).
    Merton,
    /// Diffusion with double exponential jumps (Kou).
    Kou,
    /// Stochastic variance with lognormal jumps (Bates).
    Bates,
    /// Stretches of the returns of `--prices` (stationary bootstrap).
    Bootstrap,
}

/// How prices move.
#[derive(Args, Clone, Debug)]
pub struct ProcessArgs {
    /// Price process.
    #[arg(long, value_enum, default_value_t = Kind::Merton)]
    process: Kind,
    /// Prices, CSV with a header: volatility and jumps are calibrated on them where not stated.
    #[arg(long, value_name = "CSV")]
    prices: Option<PathBuf>,
    /// Title of the column with the times.
    #[arg(long, value_name = "TITLE", default_value = "time")]
    time_column: String,
    /// Title of the column with the prices.
    #[arg(long, value_name = "TITLE", default_value = "close")]
    price_column: String,
    /// Leave out rows without a price instead of refusing them.
    #[arg(long)]
    skip_empty: bool,
    /// Longest gap between two prices whose return still counts, seconds [default: any].
    #[arg(long, value_name = "SECONDS", default_value_t = u32::MAX, hide_default_value = true)]
    max_gap: u32,
    /// Standard deviations beyond which a return is a jump.
    #[arg(long, value_name = "TIMES", default_value_t = 4.5)]
    jump_threshold: f64,
    /// Drift of the mean price, per year.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    drift: f64,
    /// Volatility of the diffusion, per √year.
    #[arg(long, value_name = "SIGMA")]
    volatility: Option<f64>,
    /// Jumps per year.
    #[arg(long, value_name = "RATE")]
    jumps: Option<f64>,
    /// Mean of the log-jump.
    #[arg(long, value_name = "LOG", allow_negative_numbers = true)]
    jump_mean: Option<f64>,
    /// Standard deviation of the log-jump.
    #[arg(long, value_name = "LOG")]
    jump_deviation: Option<f64>,
    /// Kou: probability that a jump goes up.
    #[arg(long, value_name = "SHARE", default_value_t = 0.4)]
    upward: f64,
    /// Kou: mean upward log-jump, below 1.
    #[arg(long, value_name = "LOG", default_value_t = 0.04)]
    up_mean: f64,
    /// Kou: mean downward log-jump, as a positive number.
    #[arg(long, value_name = "LOG", default_value_t = 0.06)]
    down_mean: f64,
    /// Bates: variance at the start, per year [default: the volatility's square].
    #[arg(long, value_name = "VARIANCE")]
    variance: Option<f64>,
    /// Bates: long-run variance, per year [default: the volatility's square].
    #[arg(long, value_name = "VARIANCE")]
    long_run_variance: Option<f64>,
    /// Bates: speed at which the variance reverts, per year.
    #[arg(long, value_name = "RATE", default_value_t = 4.0)]
    reversion: f64,
    /// Bates: volatility of the variance, per year.
    #[arg(long, value_name = "XI", default_value_t = 1.5)]
    volatility_of_variance: f64,
    /// Bates: correlation of price and variance.
    #[arg(long, value_name = "RHO", default_value_t = -0.3, allow_negative_numbers = true)]
    correlation: f64,
    /// Bootstrap: mean length of a stretch, steps [default: chosen by Politis & White's rule on squared returns].
    #[arg(long, value_name = "STEPS")]
    mean_block: Option<f64>,
    /// Bootstrap: take the sample's mean growth out.
    #[arg(long)]
    centred: bool,
}

/// What the process is, as used.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProcessAnswer {
    /// Its name.
    pub process: &'static str,
    /// Volatility of the diffusion, or of its start.
    pub volatility: Option<f64>,
    /// Jumps per year.
    pub jumps: Option<f64>,
    /// Mean log-jump.
    pub jump_mean: Option<f64>,
    /// Deviation of the log-jump.
    pub jump_deviation: Option<f64>,
    /// Returns that were resampled or calibrated on.
    pub returns: Option<usize>,
    /// Mean length of a resampled stretch, steps.
    pub mean_block: Option<f64>,
}

impl ProcessAnswer {
    /// Its lines, under a heading that the caller has set.
    #[must_use]
    pub fn lines(&self, mut sheet: Sheet) -> Sheet {
        for (label, value) in [
            ("volatility of the diffusion", self.volatility),
            ("jumps per year", self.jumps),
            ("mean log-jump", self.jump_mean),
            ("deviation of the log-jump", self.jump_deviation),
            ("mean block, steps", self.mean_block),
        ] {
            if let Some(value) = value {
                sheet = sheet.line(label, format_args!("{value:.4}"));
            }
        }
        match self.returns {
            Some(returns) => sheet.line("returns of the prices", returns),
            None => sheet,
        }
    }
}

/// Parameters of the diffusion and its lognormal jumps.
struct Parameters {
    volatility: f64,
    jumps: f64,
    mean: f64,
    deviation: f64,
    returns: Option<usize>,
}

const WITHOUT_PRICES: Parameters = Parameters {
    volatility: 0.8,
    jumps: 20.0,
    mean: -0.03,
    deviation: 0.06,
    returns: None,
};

impl ProcessArgs {
    fn series(&self) -> Option<SeriesArgs> {
        self.prices.as_ref().map(|prices| SeriesArgs {
            prices: prices.clone(),
            time_column: self.time_column.clone(),
            price_column: self.price_column.clone(),
            skip_empty: self.skip_empty,
        })
    }

    /// The process over steps of `step` seconds.
    pub fn process(&self, grid: &Grid, step: u32) -> Result<(PriceProcess, ProcessAnswer), DeskError> {
        match self.kind() {
            Kind::Bootstrap => self.bootstrap(step),
            kind => self.parametric(kind, grid),
        }
    }

    const fn kind(&self) -> Kind {
        self.process
    }

    fn parametric(&self, kind: Kind, grid: &Grid) -> Result<(PriceProcess, ProcessAnswer), DeskError> {
        let fault = DeskError::model("price process");
        let Parameters {
            volatility,
            jumps,
            mean,
            deviation,
            returns,
        } = self.parameters()?;
        let (process, name) = match kind {
            Kind::Kou => {
                if above_zero("--up-mean", self.up_mean)? >= 1.0 {
                    return Err(DeskError::Argument {
                        argument: "--up-mean",
                        reason: format!(
                            "`{}` is not below 1: the mean price would be infinite",
                            self.up_mean
                        ),
                    });
                }
                above_zero("--down-mean", self.down_mean)?;
                let process = Kou::new(
                    self.drift,
                    volatility,
                    jumps,
                    self.upward,
                    1.0 / self.up_mean,
                    1.0 / self.down_mean,
                );
                (process.map(PriceProcess::Kou), "kou")
            }
            Kind::Bates => {
                let variance = HestonVariance {
                    start: self.variance.unwrap_or(volatility * volatility),
                    reversion: self.reversion,
                    long_run: self.long_run_variance.unwrap_or(volatility * volatility),
                    volatility_of_variance: self.volatility_of_variance,
                    correlation: self.correlation,
                };
                let process = Bates::new(self.drift, variance, jumps, mean, deviation);
                (process.map(PriceProcess::Bates), "bates")
            }
            Kind::Merton | Kind::Bootstrap => {
                let process = JumpDiffusion::new(self.drift, volatility, jumps, mean, deviation);
                (process.map(PriceProcess::Merton), "merton")
            }
        };
        let (process, lognormal) = (process.map_err(&fault)?, kind != Kind::Kou);
        let answer = ProcessAnswer {
            process: name,
            volatility: Some(match &process {
                PriceProcess::Bates(model) => model.expected_variance(0.5 * grid.step_years()).sqrt(),
                _ => volatility,
            }),
            jumps: Some(jumps),
            jump_mean: lognormal.then_some(mean),
            jump_deviation: lognormal.then_some(deviation),
            returns,
            mean_block: None,
        };
        Ok((process, answer))
    }

    /// What is stated, else what the prices say, else the built-in parameters of a volatile asset.
    fn parameters(&self) -> Result<Parameters, DeskError> {
        let fitted = match self.series() {
            None => WITHOUT_PRICES,
            Some(series) => {
                let returns = series.read()?.log_returns_within(self.max_gap);
                let fit =
                    threshold_jumps(&returns, self.jump_threshold).map_err(DeskError::model("jumps"))?;
                Parameters {
                    volatility: fit.volatility,
                    jumps: fit.intensity,
                    mean: fit.mean,
                    deviation: fit.deviation,
                    returns: Some(fit.returns),
                }
            }
        };
        Ok(Parameters {
            volatility: self.volatility.unwrap_or(fitted.volatility),
            jumps: self.jumps.unwrap_or(fitted.jumps),
            mean: self.jump_mean.unwrap_or(fitted.mean),
            deviation: self.jump_deviation.unwrap_or(fitted.deviation),
            returns: fitted.returns,
        })
    }

    fn bootstrap(&self, step: u32) -> Result<(PriceProcess, ProcessAnswer), DeskError> {
        let Some(series) = self.series() else {
            return Err(DeskError::Argument {
                argument: "--process bootstrap",
                reason: "needs the returns to resample; name a table with --prices".to_owned(),
            });
        };
        let fault = DeskError::model("bootstrap");
        let prices = series.read()?;
        let spacing = usual_spacing(prices.series().samples().iter().map(|sample| sample.time));
        if i64::from(step) < spacing {
            return Err(DeskError::Argument {
                argument: "--steps",
                reason: format!(
                    "a step has {step} s, but usually {spacing} s lie between prices; ask for a longer --horizon or fewer \
                     steps"
                ),
            });
        }
        let even = EvenSeries::log_returns(&prices, step, step.min(self.max_gap)).map_err(&fault)?;
        let returns: Vec<f64> = even.values().iter().flatten().copied().collect();
        let mean_block = match self.mean_block {
            Some(length) => length,
            None => {
                let squares: Vec<f64> = returns.iter().map(|r| r * r).collect();
                automatic_block_length(&squares).map_err(&fault)?
            }
        };
        let mut model = Bootstrap::new(&returns, mean_block).map_err(&fault)?;
        if self.centred {
            model = model.centred().map_err(&fault)?;
        }
        let answer = ProcessAnswer {
            process: "bootstrap",
            volatility: None,
            jumps: None,
            jump_mean: None,
            jump_deviation: None,
            returns: Some(returns.len()),
            mean_block: Some(mean_block),
        };
        Ok((PriceProcess::Bootstrap(model), answer))
    }
}
