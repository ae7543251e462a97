//! `hurdle pow decide`: run, curtail or sell power, hour by hour.

mod answer;
mod contract;
mod grid;
mod page;

pub use answer::Answer;

use super::FleetFile;
use crate::desk::{Command, DeskError, write_page};
use clap::Args;
use contract::ContractFile;
use grid::GridArgs;
use hurdle_model::pow::decision::Operation;
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Decide {
    #[command(flatten)]
    grid: GridArgs,
    /// Site and machines, TOML; its energy price is not used [default: the built-in example,
    /// keeper/data/pow-fleet.toml].
    #[arg(long, value_name = "TOML")]
    fleet: Option<PathBuf>,
    /// Contracts, commitments of the machines and the policy, TOML [default: the built-in example,
    /// keeper/data/pow-contract.toml].
    #[arg(long, value_name = "TOML")]
    contract: Option<PathBuf>,
    /// Show what foresight would do instead of the policy.
    #[arg(long)]
    foresight: bool,
    /// Print every hour, not only the sums (text; JSON has them).
    #[arg(long)]
    schedule: bool,
    /// Leave the hours out of the JSON.
    #[arg(long, conflicts_with = "schedule")]
    summary: bool,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML")]
    html: Option<PathBuf>,
}

impl Command for Decide {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("schedule");
        let fleet = FleetFile::read(self.fleet.as_deref())?;
        let file = ContractFile::read(self.contract.as_deref())?;
        let (times, hours) = self.grid.read()?;
        let site = fleet.site().map_err(DeskError::model("site"))?;
        let operation = Operation::new(site, file.blocks(&fleet)?, file.contracts())
            .map_err(DeskError::model("contracts"))?;
        let bound = operation.optimum(&hours).map_err(&fault)?;
        let (rule, forecast) = file.policy();
        let policy = operation.policy(&hours, &rule, &forecast).map_err(&fault)?;
        // refused where not everything fits under the limit and commitments keep it from being throttled
        let always = operation.always_run(&hours).ok();
        let mut answer = Answer::new(
            &times,
            &hours,
            &operation,
            fleet.names().map(str::to_owned).collect(),
            [&policy, &bound],
            always.as_ref(),
            self.foresight,
        )?;
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer))?;
        }
        answer.shows_hours = self.schedule;
        if self.summary {
            answer.hours.clear();
        }
        Ok(answer)
    }
}
