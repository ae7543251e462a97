//! `hurdle pow …`: mining efficiency and cost of production over a user's files.

mod cost;
mod fleet;
mod floor;
mod hashprice;
mod history;
mod opportunity;

pub use fleet::FleetFile;
pub use history::{ChainName, HistoryArgs};

use super::{Command, DeskError, print};
use clap::Subcommand;
use std::io::Write;

/// A command of the proof-of-work desk.
#[derive(Debug, Subcommand)]
pub enum Pow {
    /// What a coin costs to mine across the network, day by day, and who stops at which price.
    Cost(Box<cost::Cost>),
    /// The price at which miners stop, as a distribution, and how recorded prices stood against it.
    Floor(Box<floor::Floor>),
    /// What a unit of hash rate earns: at a difficulty.
    Hashprice(hashprice::Hashprice),
    /// What one who enters mining earns, as a source of the staking opportunity cost.
    Opportunity(opportunity::Opportunity),
}

impl Pow {
    /// Answers and prints.
    ///
    /// # Errors
    /// As [`Command::answer`] and [`print()`].
    pub fn run(&self, json: bool, out: &mut dyn Write) -> Result<(), DeskError> {
        match self {
            Self::Cost(command) => print(&command.answer()?, json, out),
            Self::Floor(command) => print(&command.answer()?, json, out),
            Self::Hashprice(command) => print(&command.answer()?, json, out),
            Self::Opportunity(command) => print(&command.answer()?, json, out),
        }
    }
}
