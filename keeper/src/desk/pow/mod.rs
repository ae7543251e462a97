//! `hurdle pow …`: mining efficiency and cost of production over a user's files.

mod backtest;
mod decide;
mod fleet;
mod hashprice;
mod history;
mod migrate;

pub use fleet::FleetFile;
pub use history::{ChainName, HistoryArgs};

use super::{Command, DeskError, print};
use clap::Subcommand;
use std::io::Write;

/// A command of the proof-of-work desk.
#[derive(Debug, Subcommand)]
pub enum Pow {
    /// What a unit of hash rate earns: at a difficulty.
    Hashprice(hashprice::Hashprice),
    /// Run, curtail or sell power, hour by hour, under grid prices and contracts.
    Decide(Box<decide::Decide>),
    /// Which of two chains of one algorithm to mine, over their recorded days.
    Migrate(Box<migrate::Migrate>),
    /// A fleet over a chain's recorded days, at many energy prices.
    Backtest(Box<backtest::Backtest>),
}

impl Pow {
    /// Answers and prints.
    ///
    /// # Errors
    /// As [`Command::answer`] and [`print()`].
    pub fn run(&self, json: bool, out: &mut dyn Write) -> Result<(), DeskError> {
        match self {
            Self::Hashprice(command) => print(&command.answer()?, json, out),
            Self::Decide(command) => print(&command.answer()?, json, out),
            Self::Migrate(command) => print(&command.answer()?, json, out),
            Self::Backtest(command) => print(&command.answer()?, json, out),
        }
    }
}
