//! The risk desk: `hurdle model …`, `hurdle fit …` and `hurdle backtest …`, the models of `hurdle-model` over a user's
//! files.
//!
//! One file per command. A command is a set of arguments ([`clap::Args`]) that gives an answer ([`Command::answer`]):
//! reading files is all the input and output it does. [`print()`] shows an answer as text or, with `--json`, as one JSON
//! object. What is wrong in a file is reported with its line and column ([`table`]).

mod error;
mod print;
mod series;
pub mod table;
pub mod volatility;

pub use error::DeskError;
pub use print::{Sheet, print};
pub use series::SeriesArgs;

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
    /// Volatility of a price series.
    Volatility(volatility::Volatility),
}

impl Model {
    /// Answers and prints.
    ///
    /// # Errors
    /// As [`Command::answer`] and [`print()`].
    pub fn run(&self, json: bool, out: &mut dyn Write) -> Result<(), DeskError> {
        match self {
            Self::Volatility(command) => print(&command.answer()?, json, out),
        }
    }
}
