//! `hurdle pow …`: mining efficiency and cost of production over a user's files.

mod backtest;
mod breakeven;
mod conditions;
mod cost;
mod decide;
mod fleet;
mod floor;
mod forecast;
mod forward;
mod haircut;
mod hashprice;
mod hedge;
mod history;
mod leverage;
mod margin;
mod market;
mod migrate;
mod opportunity;
mod outlook;
mod report;
mod treasury;

pub use conditions::{BooksArgs, MarketArgs};
pub use fleet::FleetFile;
pub use history::{ChainName, HistoryArgs, HistoryColumns, within_network};

use super::{Command, DeskError, print};
use clap::Subcommand;
use std::io::Write;

/// A command of the proof-of-work desk.
#[derive(Debug, Subcommand)]
pub enum Pow {
    /// A fleet over a chain's recorded days, at many energy prices.
    Backtest(Box<backtest::Backtest>),
    /// Hashprice and energy price at which a fleet breaks even.
    Breakeven(breakeven::Breakeven),
    /// What a coin costs to mine across the network, day by day, and who stops at which price.
    Cost(Box<cost::Cost>),
    /// Run, curtail or sell power, hour by hour, under grid prices and contracts.
    Decide(Box<decide::Decide>),
    /// The price at which miners stop, as a distribution, and how recorded prices stood against it.
    Floor(Box<floor::Floor>),
    /// Where difficulty goes: the next retargets, with intervals and the errors of past forecasts.
    Forecast(Box<forecast::Forecast>),
    /// Forward curve of hashprice, and what a swap on it is worth.
    Forward(Box<forward::Forward>),
    /// What a proof-of-work coin counts for as collateral, by its distance to the cost of producing it.
    Haircut(Box<haircut::Haircut>),
    /// What a unit of hash rate earns: at a difficulty, or over a recorded history.
    Hashprice(Box<hashprice::Hashprice>),
    /// Hedge of a fleet with hashprice, coin and energy forwards, and the risk that remains.
    Hedge(Box<hedge::Hedge>),
    /// How far a miner's lenders are, how likely they call, and what forced sales do to the market.
    Leverage(Box<leverage::Leverage>),
    /// A fleet's account, the worth of its machines, sensitivities, orphans and luck.
    Margin(Box<margin::Margin>),
    /// Which of two chains of one algorithm to mine, over their recorded days.
    Migrate(Box<migrate::Migrate>),
    /// What one who enters mining earns, as a source of the staking opportunity cost.
    Opportunity(opportunity::Opportunity),
    /// One page of a chain and a fleet: hashprice, cost, floor, power, difficulty, profit, return and haircut.
    Report(Box<report::Report>),
    /// What a treasury policy would have done over recorded days, beside selling or holding everything.
    Treasury(Box<treasury::Treasury>),
}

impl Pow {
    /// Answers and prints.
    ///
    /// # Errors
    /// As [`Command::answer`] and [`print()`].
    pub fn run(&self, json: bool, out: &mut dyn Write) -> Result<(), DeskError> {
        match self {
            Self::Backtest(command) => print(&command.answer()?, json, out),
            Self::Breakeven(command) => print(&command.answer()?, json, out),
            Self::Cost(command) => print(&command.answer()?, json, out),
            Self::Decide(command) => print(&command.answer()?, json, out),
            Self::Floor(command) => print(&command.answer()?, json, out),
            Self::Forecast(command) => print(&command.answer()?, json, out),
            Self::Forward(command) => print(&command.answer()?, json, out),
            Self::Haircut(command) => print(&command.answer()?, json, out),
            Self::Hashprice(command) => print(&command.answer()?, json, out),
            Self::Hedge(command) => print(&command.answer()?, json, out),
            Self::Leverage(command) => print(&command.answer()?, json, out),
            Self::Margin(command) => print(&command.answer()?, json, out),
            Self::Migrate(command) => print(&command.answer()?, json, out),
            Self::Opportunity(command) => print(&command.answer()?, json, out),
            Self::Report(command) => print(&command.answer()?, json, out),
            Self::Treasury(command) => print(&command.answer()?, json, out),
        }
    }
}
