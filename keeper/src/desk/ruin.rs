//! `hurdle model ruin`: how likely a fund is exhausted, by simulation and, where there is one, in closed form.

use super::table::Table;
use super::tail::RunArgs;
use super::{Command, DeskError, Figures};
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::simulation::{ClaimSize, Surplus};
use hurdle_model::tail::{ExponentialClaims, InsuranceFund};
use std::path::PathBuf;

/// Arguments. Money is in any one unit.
#[derive(Args, Clone, Debug)]
pub struct Ruin {
    /// The fund at the start.
    #[arg(long, value_name = "MONEY")]
    fund: f64,
    /// Its income per year.
    #[arg(long, value_name = "MONEY", allow_negative_numbers = true)]
    income: f64,
    /// Standard deviation of its income, per √year.
    #[arg(long, value_name = "MONEY", default_value_t = 0.0)]
    volatility: f64,
    /// Claims per year.
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    claims: f64,
    /// Mean of exponential claims [default: one].
    #[arg(long, value_name = "MONEY", conflicts_with_all = ["claim_scale", "claim_table"])]
    claim_mean: Option<f64>,
    /// Scale of Pareto claims, P(X > x) = (1 + x/scale)^(−shape).
    #[arg(
        long,
        value_name = "MONEY",
        requires = "claim_shape",
        conflicts_with = "claim_table"
    )]
    claim_scale: Option<f64>,
    /// Tail index of Pareto claims.
    #[arg(long, value_name = "ALPHA", requires = "claim_scale")]
    claim_shape: Option<f64>,
    /// Observed claims, of which each is as likely as another: CSV with a header.
    #[arg(long, value_name = "CSV")]
    claim_table: Option<PathBuf>,
    /// Title of the column with the claims.
    #[arg(long, value_name = "TITLE", default_value = "amount")]
    claim_column: String,
    /// Horizon, years.
    #[arg(long, value_name = "YEARS", default_value_t = 1.0)]
    years: f64,
    /// Share of the protected capital that is lost in ruin, for the ruin loading.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    loss_given_ruin: f64,
    #[command(flatten)]
    run: RunArgs,
}

impl Ruin {
    fn size(&self) -> Result<ClaimSize, DeskError> {
        if let Some(path) = &self.claim_table {
            let table = Table::read(path)?;
            return Ok(ClaimSize::Observed(
                table.column(&self.claim_column)?.positive_numbers()?,
            ));
        }
        Ok(match (self.claim_scale, self.claim_shape) {
            (Some(scale), Some(shape)) => ClaimSize::Pareto { scale, shape },
            _ => ClaimSize::Exponential {
                mean: self.claim_mean.unwrap_or(1.0),
            },
        })
    }

    /// The probability in closed form: of exponential claims on steady income, or of income that only fluctuates.
    fn closed_form(&self, size: &ClaimSize) -> Option<Result<f64, ModelError>> {
        match size {
            _ if self.claims == 0.0 => {
                let fund = InsuranceFund {
                    size: self.fund,
                    drift: self.income,
                    volatility: self.volatility,
                };
                Some(fund.ruin_probability(self.years))
            }
            ClaimSize::Exponential { mean } if self.volatility == 0.0 => {
                Some(self.exponential(*mean).ruin_probability_within(self.years))
            }
            _ => None,
        }
    }

    const fn exponential(&self, mean: f64) -> ExponentialClaims {
        ExponentialClaims {
            fund: self.fund,
            income: self.income,
            claims: self.claims,
            mean_claim: mean,
        }
    }
}

impl Command for Ruin {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("ruin of the fund");
        let run = self.run.paths.run()?;
        let size = self.size()?;
        // Where the closed form has no answer, the simulation still has one.
        let closed = self.closed_form(&size).and_then(Result::ok);
        let ever = match &size {
            ClaimSize::Exponential { mean } if self.volatility == 0.0 && self.claims > 0.0 => {
                self.exponential(*mean).ruin_probability().ok()
            }
            _ => None,
        };
        let surplus = Surplus {
            fund: self.fund,
            income: self.income,
            volatility: self.volatility,
            claims: self.claims,
            size,
        };
        let ruin = surplus
            .ruin(self.years, &run, self.run.confidence)
            .map_err(&fault)?;
        if !(0.0..=1.0).contains(&self.loss_given_ruin) {
            return Err(DeskError::Argument {
                argument: "--loss-given-ruin",
                reason: format!("`{}` is no share between 0 and 1", self.loss_given_ruin),
            });
        }
        let probability = closed.unwrap_or(ruin.value);
        Ok(
            Figures::new(format!("ruin of the fund within {} years", self.years))
                .percent("simulated", "probability, simulated", ruin.value)
                .percent("standard_error", "its standard error", ruin.standard_error)
                .percent("low", "lower end of its interval", ruin.low)
                .percent("high", "upper end of its interval", ruin.high)
                .percent("confidence", "confidence of the interval", ruin.confidence)
                .count("paths", "paths", run.paths())
                .optional_percent(
                    "closed_form",
                    "probability, closed form",
                    closed,
                    "none for these claims",
                )
                .optional_percent(
                    "ever",
                    "probability of ruin ever, closed form",
                    ever,
                    "none for these claims",
                )
                .percent(
                    "loading",
                    "ruin loading per year",
                    probability * self.loss_given_ruin / self.years,
                ),
        )
    }
}
