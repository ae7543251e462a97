//! `hurdle model response …`: the responses that close the recursion, and the elasticity of supply.

use super::table::Table;
use super::walk::SideArg;
use super::{Command, DeskError, Figures};
use clap::{Args, Subcommand};
use hurdle_model::response::{
    Bounds, Response as Estimate, ResponsePrior, supply_elasticity, tail_response, utilisation_response,
};
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::tail::{JumpDiffusion, TailPremium, tail_risk};
use std::path::PathBuf;

/// The responses.
#[derive(Debug, Subcommand)]
pub enum Response {
    /// Of utilisation to the hurdle rate (ρ_u): demand that falls, or capital that flees.
    Utilisation(UtilisationResponse),
    /// Of supply to a return under the hurdle rate: its semi-elasticity, for the liquidity-flight signal.
    Supply(SupplyResponse),
    /// Of the tail premium to the margin multiplier (ρ_q), with the premium itself, in closed form.
    Tail(TailResponse),
}

impl Command for Response {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        match self {
            Self::Utilisation(command) => command.answer(),
            Self::Supply(command) => command.answer(),
            Self::Tail(command) => command.answer(),
        }
    }
}

/// What is believed beside the data, and what is admitted.
#[derive(Args, Clone, Copy, Debug)]
pub struct Belief {
    /// Believed response.
    #[arg(
        long,
        value_name = "RESPONSE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    prior: f64,
    /// How many observed changes the belief is worth.
    #[arg(long, value_name = "N", default_value_t = 0.0)]
    prior_strength: f64,
    /// Least response that is admitted [default: any].
    #[arg(
        long,
        value_name = "RESPONSE",
        default_value_t = f64::MIN,
        hide_default_value = true,
        allow_negative_numbers = true
    )]
    least: f64,
    /// Largest response that is admitted [default: any].
    #[arg(
        long,
        value_name = "RESPONSE",
        default_value_t = f64::MAX,
        hide_default_value = true,
        allow_negative_numbers = true
    )]
    most: f64,
}

impl Belief {
    fn prior(self) -> ResponsePrior {
        ResponsePrior {
            mean: self.prior,
            strength: self.prior_strength,
        }
    }

    fn bounds(self) -> Result<Bounds, DeskError> {
        Bounds::new(self.least, self.most).map_err(DeskError::model("bounds of the response"))
    }
}

/// Arguments of `utilisation`.
#[derive(Args, Clone, Debug)]
pub struct UtilisationResponse {
    /// Rates and utilisations, oldest first, CSV with a header.
    #[arg(long, value_name = "CSV")]
    history: PathBuf,
    /// Title of the column with the rate per year; the hurdle rate, rather than the borrow rate that utilisation sets.
    #[arg(long, value_name = "TITLE", default_value = "hurdle")]
    rate_column: String,
    /// Title of the column with the utilisation.
    #[arg(long, value_name = "TITLE", default_value = "utilisation")]
    utilisation_column: String,
    /// Observations by which utilisation answers late.
    #[arg(long, value_name = "N", default_value_t = 1)]
    lag: usize,
    #[command(flatten)]
    belief: Belief,
}

impl UtilisationResponse {
    fn answer(&self) -> Result<Figures, DeskError> {
        let table = Table::read(&self.history)?;
        let rates = table.column(&self.rate_column)?.numbers()?;
        let utilisations = table.column(&self.utilisation_column)?.numbers()?;
        let (prior, bounds) = (self.belief.prior(), self.belief.bounds()?);
        let response = utilisation_response(&rates, &utilisations, self.lag, prior, bounds)
            .map_err(DeskError::model("response of utilisation"))?;
        Ok(told(
            "response of utilisation to the rate (ρ_u), change per unit of annual rate",
            response,
        ))
    }
}

/// Arguments of `supply`.
#[derive(Args, Clone, Debug)]
pub struct SupplyResponse {
    /// Returns, hurdle rates and supplies, oldest first, CSV with a header.
    #[arg(long, value_name = "CSV")]
    history: PathBuf,
    /// Title of the column with the organic return per year.
    #[arg(long, value_name = "TITLE", default_value = "internal")]
    internal_column: String,
    /// Title of the column with the hurdle rate per year.
    #[arg(long, value_name = "TITLE", default_value = "hurdle")]
    hurdle_column: String,
    /// Title of the column with what is supplied, in the asset's own units, so that its price does not count.
    #[arg(long, value_name = "TITLE", default_value = "supply")]
    supply_column: String,
    /// Observations by which supply answers late.
    #[arg(long, value_name = "N", default_value_t = 0)]
    lag: usize,
    #[command(flatten)]
    belief: Belief,
}

impl SupplyResponse {
    fn answer(&self) -> Result<Figures, DeskError> {
        let table = Table::read(&self.history)?;
        let internal = table.column(&self.internal_column)?.numbers()?;
        let hurdle = table.column(&self.hurdle_column)?.numbers()?;
        let supplies = table.column(&self.supply_column)?.positive_numbers()?;
        let shortfalls: Vec<f64> = hurdle
            .iter()
            .zip(&internal)
            .map(|(hurdle, internal)| hurdle - internal)
            .collect();
        let (prior, bounds) = (self.belief.prior(), self.belief.bounds()?);
        let response = supply_elasticity(&shortfalls, &supplies, self.lag, prior, bounds)
            .map_err(DeskError::model("elasticity of supply"))?;
        Ok(told(
            "semi-elasticity of supply, −d ln(supply) per unit of annual return missed",
            response,
        ))
    }
}

fn told(title: &str, response: Estimate) -> Figures {
    Figures::new(title)
        .number(
            "response",
            "response, shrunk and within its bounds",
            response.value,
        )
        .optional(
            "raw",
            "the data alone",
            response.raw,
            "they identify none: the belief stands",
        )
        .count(
            "changes",
            "changes of the rate that it rests on",
            response.changes,
        )
        .flag("clipped", "held by a bound", response.clipped)
}

/// Arguments of `tail`. Prices follow Merton's jump-diffusion.
#[derive(Args, Clone, Debug)]
pub struct TailResponse {
    /// Volatility of the diffusion, per √year.
    #[arg(long, value_name = "SIGMA")]
    volatility: f64,
    /// Jumps per year.
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    jumps: f64,
    /// Mean of the log-jump.
    #[arg(
        long,
        value_name = "LOG",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    jump_mean: f64,
    /// Standard deviation of the log-jump.
    #[arg(long, value_name = "LOG", default_value_t = 0.0)]
    jump_deviation: f64,
    /// Side that loses.
    #[arg(long, value_enum, default_value_t = SideArg::Long)]
    side: SideArg,
    /// Seconds from the breach of the margin to the end of the liquidation.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600.0)]
    horizon: f64,
    /// Maintenance margin in force, share of the notional.
    #[arg(long, value_name = "SHARE")]
    margin: f64,
    /// Margin multiplier that is in force with it.
    #[arg(long, value_name = "TIMES", default_value_t = 1.0)]
    multiplier: f64,
    /// Notional at its margin limit per unit of capital at risk.
    #[arg(long, value_name = "TIMES", default_value_t = 1.0)]
    exposure: f64,
    /// Share of every shortfall that the insurance fund pays.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    covered: f64,
    /// Level of value at risk and expected shortfall over the horizon.
    #[arg(long, value_name = "SHARE", default_value_t = 0.99)]
    level: f64,
}

impl TailResponse {
    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("tail premium");
        let model = JumpDiffusion::new(
            0.0,
            self.volatility,
            self.jumps,
            self.jump_mean,
            self.jump_deviation,
        )
        .map_err(&fault)?;
        let (side, years) = (self.side.into(), self.horizon / SECONDS_PER_YEAR);
        let premium = TailPremium {
            model,
            side,
            horizon_years: years,
            margin: self.margin,
            exposure: self.exposure,
            coverage: self.covered,
        };
        let anything = Bounds::new(f64::MIN, f64::MAX).map_err(&fault)?;
        let response = tail_response(&premium, self.multiplier, anything).map_err(&fault)?;
        let breach = model
            .breach_probability(self.margin, years, side)
            .map_err(&fault)?;
        let risk = tail_risk(&model, years, side, self.level).map_err(&fault)?;
        Ok(
            Figures::new("tail premium per year of capital, Merton's jump-diffusion")
                .percent("premium", "premium (q)", premium.rate().map_err(&fault)?)
                .number(
                    "response",
                    "change per unit of the margin multiplier (ρ_q)",
                    response.value,
                )
                .number(
                    "by_margin",
                    "change per unit of margin",
                    premium.margin_sensitivity().map_err(&fault)?,
                )
                .heading("loss of a position over the horizon, share of the notional")
                .percent(
                    "breach_probability",
                    "probability that it exceeds the margin",
                    breach,
                )
                .percent("level", "level", self.level)
                .percent("value_at_risk", "value at risk", risk.value_at_risk)
                .percent(
                    "expected_shortfall",
                    "expected shortfall",
                    risk.expected_shortfall,
                ),
        )
    }
}
