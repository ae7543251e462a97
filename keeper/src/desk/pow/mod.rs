//! `hurdle pow …`: mining efficiency and cost of production over a user's files.

mod breakeven;
mod fleet;
mod hashprice;
mod history;
mod margin;
mod market;

pub use fleet::FleetFile;
pub use history::{ChainName, HistoryArgs, HistoryColumns};
pub use market::{BooksArgs, MarketArgs};

use super::{Command, DeskError, print};
use clap::Subcommand;
use std::io::Write;

/// A command of the proof-of-work desk.
#[derive(Debug, Subcommand)]
pub enum Pow {
    /// Hashprice and energy price at which a fleet breaks even.
    Breakeven(breakeven::Breakeven),
    /// What a unit of hash rate earns: at a difficulty, or over a recorded history.
    Hashprice(Box<hashprice::Hashprice>),
    /// A fleet's account, the worth of its machines, sensitivities, orphans and luck.
    Margin(Box<margin::Margin>),
}

impl Pow {
    /// Answers and prints.
    ///
    /// # Errors
    /// As [`Command::answer`] and [`print()`].
    pub fn run(&self, json: bool, out: &mut dyn Write) -> Result<(), DeskError> {
        match self {
            Self::Breakeven(command) => print(&command.answer()?, json, out),
            Self::Hashprice(command) => print(&command.answer()?, json, out),
            Self::Margin(command) => print(&command.answer()?, json, out),
        }
    }
}
