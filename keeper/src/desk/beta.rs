//! `hurdle model beta`.

use super::table::Table;
use super::{Command, DeskError, Sheet, significant, with_error};
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::hac::Bandwidth;
use hurdle_model::systematic::{
    FactorModel, FactorRule, Loading, Prior, cross_sectional_prior, factor_table, fit_factors_with,
    rolling_factors, shrink, systematic_premium,
};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::str::FromStr;

/// The factors, in the order of their columns.
const FACTORS: [&str; 3] = ["market", "volatility change", "gas spike"];

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Beta {
    /// Evenly spaced observations, CSV with a header.
    #[arg(long, value_name = "CSV")]
    returns: PathBuf,
    /// Title of the column with the value of the provider's share, fees and losses included.
    #[arg(long, value_name = "TITLE", default_value = "value")]
    value_column: String,
    /// Title of the column with the price of the market.
    #[arg(long, value_name = "TITLE", default_value = "market")]
    market_column: String,
    /// Title of the column with the price of gas.
    #[arg(long, value_name = "TITLE", default_value = "gas")]
    gas_column: String,
    /// Title of the column with the times, whose spacing is then checked [default: none].
    #[arg(long, value_name = "TITLE")]
    time_column: Option<String>,
    /// Observations that realised volatility and the level of gas look back on.
    #[arg(long, value_name = "N", default_value_t = 24)]
    window: usize,
    /// Multiple of the median beyond which the price of gas is a spike.
    #[arg(long, value_name = "TIMES", default_value_t = 2.0)]
    spike: f64,
    /// Lags of the standard errors: `rule`, `newey-west`, `andrews` or a number.
    #[arg(long, value_name = "HOW", default_value = "newey-west")]
    lags: Lags,
    /// Believed loading and its deviation, in the order market, volatility change, gas spike; repeat for each.
    #[arg(long, value_name = "MEAN:DEVIATION")]
    prior: Vec<Belief>,
    /// Loadings of peers on the same factors, instead of `--prior`: CSV with a header and a row for each peer and factor. A
    /// factor whose peers do not differ beyond their standard errors keeps the estimate.
    #[arg(long, value_name = "CSV", conflicts_with = "prior")]
    peers: Option<PathBuf>,
    /// Title of the column with the factor: market, volatility change or gas spike.
    #[arg(long, value_name = "TITLE", default_value = "factor")]
    factor_column: String,
    /// Title of the column with the loading.
    #[arg(long, value_name = "TITLE", default_value = "beta")]
    beta_column: String,
    /// Title of the column with the loading's standard error.
    #[arg(long, value_name = "TITLE", default_value = "standard_error")]
    error_column: String,
    /// Risk premium of a factor per year and unit of loading, in the same order; repeat for each.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    premium: Vec<f64>,
    /// Observations in the rolling window [default: none].
    #[arg(long, value_name = "N")]
    rolling: Option<usize>,
    /// Observations from one rolling window to the next [default: the window].
    #[arg(long, value_name = "N", requires = "rolling")]
    step: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Lags(Bandwidth);

impl FromStr for Lags {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self(match text {
            "rule" => Bandwidth::Rule,
            "newey-west" => Bandwidth::NeweyWest,
            "andrews" => Bandwidth::Andrews,
            number => Bandwidth::Lags(number.parse().map_err(|_| {
                format!("`{number}` is none of rule, newey-west, andrews and a number of lags")
            })?),
        }))
    }
}

#[derive(Clone, Copy, Debug)]
struct Belief(Prior);

impl FromStr for Belief {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text
            .split_once(':')
            .and_then(|(mean, deviation)| Some((mean.parse().ok()?, deviation.parse().ok()?)));
        let (mean, deviation) =
            parts.ok_or_else(|| format!("`{text}` is no mean and deviation such as 1:0.3"))?;
        Ok(Self(Prior { mean, deviation }))
    }
}

/// A factor's loading.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactorAnswer {
    /// The factor.
    pub factor: &'static str,
    /// Estimated.
    pub beta: f64,
    /// Newey–West standard error.
    pub standard_error: f64,
    /// Shrunk toward the belief; the estimate where there is none.
    pub shrunk: f64,
    /// Its standard error.
    pub shrunk_standard_error: f64,
}

/// The regression over one window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Window {
    /// Row of its last observation, from 1 under the header.
    pub last_row: usize,
    /// Loadings in the order of the factors; none where the window does not identify them.
    pub loadings: Option<Vec<f64>>,
    /// Why not.
    pub fault: Option<String>,
}

/// The factor model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Periods used.
    pub observations: usize,
    /// Lags of the standard errors.
    pub lags: usize,
    /// Return per period beyond the factors.
    pub alpha: f64,
    /// Its standard error.
    pub alpha_standard_error: f64,
    /// Share of the variance explained.
    pub r_squared: f64,
    /// The loadings.
    pub factors: Vec<FactorAnswer>,
    /// b = Σ β·λ per year with the shrunk loadings, where premia are given.
    pub premium: Option<f64>,
    /// Its standard error before shrinking, which takes the loadings' correlation into account.
    pub premium_standard_error: Option<f64>,
    /// The rolling windows.
    pub rolling: Vec<Window>,
}

impl Command for Beta {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("factor model");
        self.check()?;
        let table = Table::read(&self.returns)?;
        if let Some(title) = &self.time_column {
            table.column(title)?.even_times()?;
        }
        let column = |title: &str| table.column(title)?.positive_numbers();
        let (value, market, gas) = (
            column(&self.value_column)?,
            column(&self.market_column)?,
            column(&self.gas_column)?,
        );
        let rule = FactorRule {
            window: self.window,
            spike: self.spike,
        };
        let factors = factor_table(&value, &market, &gas, rule).map_err(&fault)?;
        let columns = factors.columns();
        let model = fit_factors_with(&factors.returns, &columns, self.lags.0).map_err(&fault)?;
        let mut shrunk: Vec<Loading> = model.loadings.clone();
        for (loading, belief) in shrunk.iter_mut().zip(self.beliefs()?) {
            if let Some(belief) = belief {
                *loading = shrink(*loading, belief).map_err(&fault)?;
            }
        }
        let (premium, error) = if self.premium.is_empty() {
            (None, None)
        } else {
            (
                Some(systematic_premium(&shrunk, &self.premium).map_err(&fault)?),
                Some(model.premium_error(&self.premium).map_err(&fault)?),
            )
        };
        let rolling = match self.rolling {
            None => Vec::new(),
            Some(window) => {
                let step = self.step.unwrap_or(window);
                let fits = rolling_factors(&factors.returns, &columns, window, step, self.lags.0);
                fits.map_err(DeskError::model("rolling windows"))?
                    .into_iter()
                    .map(|fit| Window {
                        // the first return ends at the second row, and the window's rows only feed it
                        last_row: fit.last + self.window + 2,
                        fault: fit.model.as_ref().err().map(ToString::to_string),
                        loadings: fit
                            .model
                            .ok()
                            .map(|model| model.loadings.iter().map(|loading| loading.beta).collect()),
                    })
                    .collect()
            }
        };
        Ok(told(&model, &shrunk, premium.zip(error), rolling))
    }
}

impl Beta {
    /// What is believed of each factor's loading, in their order.
    fn beliefs(&self) -> Result<Vec<Option<Prior>>, DeskError> {
        let Some(path) = &self.peers else {
            return Ok(self.prior.iter().map(|belief| Some(belief.0)).collect());
        };
        let table = Table::read(path)?;
        let factors = table.column(&self.factor_column)?.map(|text| {
            let found = FACTORS.iter().position(|factor| *factor == text);
            found.ok_or_else(|| format!("`{text}` is none of {}", FACTORS.join(", ")))
        })?;
        let betas = table.column(&self.beta_column)?.numbers()?;
        let errors = table.column(&self.error_column)?.non_negative_numbers()?;
        let peers = |factor: usize| -> Vec<Loading> {
            let rows = factors.iter().zip(betas.iter().zip(&errors));
            rows.filter(|(of, _)| **of == factor)
                .map(|(_, (beta, error))| Loading {
                    beta: *beta,
                    standard_error: *error,
                })
                .collect()
        };
        (0..FACTORS.len())
            .map(|factor| match cross_sectional_prior(&peers(factor)) {
                Ok(prior) => Ok(Some(prior)),
                Err(ModelError::Unidentified { .. }) => Ok(None),
                Err(reason) => Err(DeskError::Model {
                    what: FACTORS[factor],
                    reason,
                }),
            })
            .collect()
    }

    fn check(&self) -> Result<(), DeskError> {
        let wrong = |argument, got: usize| DeskError::Argument {
            argument,
            reason: format!("{got} given; give one for each of {}", FACTORS.join(", ")),
        };
        if !self.prior.is_empty() && self.prior.len() != FACTORS.len() {
            return Err(wrong("--prior", self.prior.len()));
        }
        if !self.premium.is_empty() && self.premium.len() != FACTORS.len() {
            return Err(wrong("--premium", self.premium.len()));
        }
        Ok(())
    }
}

fn told(
    model: &FactorModel,
    shrunk: &[Loading],
    premium: Option<(f64, f64)>,
    rolling: Vec<Window>,
) -> Answer {
    let factors = FACTORS
        .into_iter()
        .zip(model.loadings.iter().zip(shrunk))
        .map(|(factor, (loading, shrunk))| FactorAnswer {
            factor,
            beta: loading.beta,
            standard_error: loading.standard_error,
            shrunk: shrunk.beta,
            shrunk_standard_error: shrunk.standard_error,
        })
        .collect();
    Answer {
        observations: model.observations,
        lags: model.lags,
        alpha: model.alpha.beta,
        alpha_standard_error: model.alpha.standard_error,
        r_squared: model.r_squared,
        factors,
        premium: premium.map(|premium| premium.0),
        premium_standard_error: premium.map(|premium| premium.1),
        rolling,
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new()
            .heading(format!(
                "factor model of {} returns, standard errors over {} lags",
                self.observations, self.lags
            ))
            .line(
                "alpha per period",
                with_error(self.alpha, self.alpha_standard_error),
            )
            .percent("share of the variance explained", self.r_squared)
            .heading("loadings: estimated, shrunk");
        for factor in &self.factors {
            sheet = sheet.line(
                factor.factor,
                format_args!(
                    "{}, {}",
                    with_error(factor.beta, factor.standard_error),
                    with_error(factor.shrunk, factor.shrunk_standard_error)
                ),
            );
        }
        if let (Some(premium), Some(error)) = (self.premium, self.premium_standard_error) {
            sheet = sheet
                .heading("systematic premium b per year")
                .percent("premium", premium)
                .percent("  its standard error", error);
        }
        if !self.rolling.is_empty() {
            sheet = sheet.heading("rolling windows, by their last row");
        }
        for window in &self.rolling {
            let told = match (&window.loadings, &window.fault) {
                (Some(loadings), _) => loadings
                    .iter()
                    .map(|beta| significant(*beta))
                    .collect::<Vec<_>>()
                    .join(", "),
                (None, fault) => fault.clone().unwrap_or_default(),
            };
            sheet = sheet.line(window.last_row.to_string(), told);
        }
        sheet.fmt(f)
    }
}
