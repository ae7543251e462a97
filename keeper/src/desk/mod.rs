//! The risk desk: `hurdle model …`, `hurdle fit …` and `hurdle backtest …`, the models of `hurdle-model` over a user's
//! files.
//!
//! One file per command. A command is a set of arguments ([`clap::Args`]) that gives an answer ([`Command::answer`]):
//! reading files is all the input and output it does. [`print()`] shows an answer as text or, with `--json`, as one JSON
//! object. What is wrong in a file is reported with its line and column ([`table`]).

pub mod backtest;
pub mod beta;
pub mod bounty;
pub mod carry;
pub mod class;
pub mod date;
pub mod debt;
pub mod emissions;
pub mod equilibrium;
mod error;
mod figures;
pub mod hazard;
pub mod latency;
pub mod liquidity;
pub mod margin;
pub mod market;
pub mod multiplier;
pub mod options;
pub mod performance;
pub mod policy;
pub mod pow;
mod print;
pub mod response;
pub mod ruin;
mod series;
pub mod simulated_margin;
pub mod staking;
pub mod table;
pub mod tail;
mod utilisation;
pub mod volatility;
pub mod wacc;
mod walk;

pub use error::DeskError;
pub use figures::{Figures, significant, with_error};
pub use print::{Sheet, print, write_page};
pub use series::{SeriesArgs, usual_spacing};
pub use utilisation::UtilisationArgs;

use clap::Subcommand;
use serde::Serialize;
use std::fmt::Display;
use std::io::Write;

/// A command of the desk.
pub trait Command {
    /// What it answers: text by [`Display`], JSON by [`Serialize`].
    type Answer: Serialize + Display;

    /// Reads what it needs and computes.
    ///
    /// # Errors
    /// [`DeskError`], which names the file, line and column, or the argument, that is wrong.
    fn answer(&self) -> Result<Self::Answer, DeskError>;
}

/// `hurdle model …`: a component of the hurdle rate, or an input of one, from a user's data.
#[derive(Debug, Subcommand)]
pub enum Model {
    /// Break-even bounty of a liquidator.
    Bounty(bounty::Bounty),
    /// Cost of holding a position, and the forward price that it implies.
    Carry(carry::Carry),
    /// What arbitrageurs take from a late quote, feed or pool.
    #[command(subcommand)]
    Latency(latency::Latency),
    /// Slippage of an order over books and pools, and the liquidity premium.
    Liquidity(Box<liquidity::Liquidity>),
    /// Value, greeks and implied volatility of an option.
    Options(options::Options),
    /// Volatility-adjusted return of a series.
    Performance(performance::Performance),
    /// Staking yield: of a token, of a chain's rules, hedged, across chains.
    #[command(subcommand)]
    Staking(staking::Staking),
    /// Losses of a margin engine under simulated or resampled prices, and the tail premium.
    Tail(Box<tail::Tail>),
    /// Probability that an insurance fund is exhausted.
    Ruin(ruin::Ruin),
    /// Volatility of a price series.
    Volatility(volatility::Volatility),
    /// Smart-contract premium of a described protocol, from a fitted artefact.
    Hazard(hazard::Hazard),
    /// Systematic premium: loadings of a provider's returns on the market, its volatility and gas.
    Beta(beta::Beta),
    /// Weighted average cost of capital, organic yield, and the liquidity-flight signal.
    Wacc(wacc::Wacc),
    /// What of a yield is emissions, and the hurdle rate without them.
    Emissions(emissions::Emissions),
    /// By how much utilisation and missing insurance raise the cost of capital.
    #[command(subcommand)]
    Multiplier(multiplier::Multiplier),
    /// Responses of utilisation, supply and the tail premium, which close the recursion.
    #[command(subcommand)]
    Response(response::Response),
    /// Cost of debt at a utilisation, from a stated or an observed curve.
    Debt(debt::Debt),
    /// Hurdle rate as an equilibrium, its sensitivities and its stability.
    Equilibrium(equilibrium::EquilibriumCommand),
    /// The inertial policy rule over a history of its telemetry.
    Policy(policy::Policy),
    /// Parameters of a risk class at a stated confidence, from prices.
    Margin(Box<margin::Margin>),
    /// The same from simulated or resampled prices.
    SimulatedMargin(Box<simulated_margin::SimulatedMargin>),
}

/// `hurdle fit …`: a model fitted on a user's data and written to a file.
#[derive(Debug, Subcommand)]
pub enum Fit {
    /// Trains the smart-contract premium on a cohort of protocols and the record of losses.
    Hazard(Box<hazard::FitHazard>),
    /// Finds the curves of a borrow rate, and when they changed.
    Debt(debt::FitDebt),
}

impl Model {
    /// Answers and prints.
    ///
    /// # Errors
    /// As [`Command::answer`] and [`print()`].
    pub fn run(&self, json: bool, out: &mut dyn Write) -> Result<(), DeskError> {
        match self {
            Self::Bounty(command) => print(&command.answer()?, json, out),
            Self::Carry(command) => print(&command.answer()?, json, out),
            Self::Latency(command) => print(&command.answer()?, json, out),
            Self::Liquidity(command) => print(&command.answer()?, json, out),
            Self::Options(command) => print(&command.answer()?, json, out),
            Self::Performance(command) => print(&command.answer()?, json, out),
            Self::Staking(command) => print(&command.answer()?, json, out),
            Self::Tail(command) => print(&command.answer()?, json, out),
            Self::Ruin(command) => print(&command.answer()?, json, out),
            Self::Volatility(command) => print(&command.answer()?, json, out),
            Self::Hazard(command) => print(&command.answer()?, json, out),
            Self::Beta(command) => print(&command.answer()?, json, out),
            Self::Wacc(command) => print(&command.answer()?, json, out),
            Self::Emissions(command) => print(&command.answer()?, json, out),
            Self::Multiplier(command) => print(&command.answer()?, json, out),
            Self::Response(command) => print(&command.answer()?, json, out),
            Self::Debt(command) => print(&command.answer()?, json, out),
            Self::Equilibrium(command) => print(&command.answer()?, json, out),
            Self::Policy(command) => print(&command.answer()?, json, out),
            Self::Margin(command) => print(&command.answer()?, json, out),
            Self::SimulatedMargin(command) => print(&command.answer()?, json, out),
        }
    }
}

impl Fit {
    /// Answers and prints.
    ///
    /// # Errors
    /// As [`Command::answer`] and [`print()`].
    pub fn run(&self, json: bool, out: &mut dyn Write) -> Result<(), DeskError> {
        match self {
            Self::Hazard(command) => print(&command.answer()?, json, out),
            Self::Debt(command) => print(&command.answer()?, json, out),
        }
    }
}
