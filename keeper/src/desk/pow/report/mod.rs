//! `hurdle pow report`: one page that puts together what the other commands say of a chain and a fleet.

mod answer;
mod page;
mod parts;

pub use answer::Answer;

use super::conditions::BooksArgs;
use super::cost::NetworkArgs;
use super::haircut::RuleArgs;
use crate::desk::{Command, DeskError, date, write_page};
use clap::Args;
use parts::Parts;
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Report {
    #[command(flatten)]
    network: NetworkArgs,
    /// First day shown, and of the fleet's profit; the models also use what lies before [default: four years before the last].
    #[arg(long, value_name = "DATE", value_parser = date::time)]
    from: Option<i64>,
    /// Last day; what the record holds after it is not used [default: the last of the record].
    #[arg(long, value_name = "DATE", value_parser = date::time)]
    to: Option<i64>,
    /// Site and machines, TOML [default: the built-in example, keeper/data/pow-fleet.toml].
    #[arg(long, value_name = "TOML")]
    fleet: Option<PathBuf>,
    #[command(flatten)]
    books: BooksArgs,
    /// One who enters mining now, TOML [default: the built-in example, keeper/data/pow-entrant.toml, for its own chain; none
    /// for the others].
    #[arg(long, value_name = "TOML")]
    entrant: Option<PathBuf>,
    /// Probability of the interval of the difficulty forecast.
    #[arg(long, value_name = "SHARE", default_value_t = 0.9)]
    level: f64,
    #[command(flatten)]
    rule: RuleArgs,
    /// Where to write the page.
    #[arg(long, value_name = "HTML")]
    html: PathBuf,
}

impl Command for Report {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let parts = Parts::read(self)?;
        let answer = Answer::new(&parts, &self.html);
        write_page(&self.html, &page::render(&answer, &parts))?;
        Ok(answer)
    }
}
