//! `hurdle pow margin`: a fleet's account, what its machines are worth, how its profit moves with price, difficulty, fees and
//! energy, and what orphans and luck make of it.

mod answer;
mod machines;
mod risk;
mod text;

pub use answer::{AccountAnswer, Answer, DerivativesAnswer};
pub use machines::MachineAnswer;
pub use risk::{OrphanAnswer, RewardAnswer, SolvencyAnswer};

use super::{BooksArgs, FleetFile, MarketArgs};
use crate::desk::{Command, DeskError};
use clap::Args;
use hurdle_model::pow::economics::{cost_per_terahash, sensitivities};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Margin {
    /// The miner, TOML [default: the built-in one, keeper/data/pow-fleet.toml].
    #[arg(long, value_name = "TOML")]
    fleet: Option<PathBuf>,
    #[command(flatten)]
    market: MarketArgs,
    #[command(flatten)]
    books: BooksArgs,
    /// Share of the energy per hash that new machines save every year; hashprice falls with it.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2)]
    improvement: f64,
    #[command(flatten)]
    risk: risk::RiskArgs,
}

impl Command for Margin {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("margin");
        let file = FleetFile::read(self.fleet.as_deref())?;
        let (site, fleet) = (file.site().map_err(&fault)?, file.fleet().map_err(&fault)?);
        let books = self.books.books(&fleet)?;
        let Some(now) = self.market.conditions()? else {
            return Err(DeskError::Argument {
                argument: "--difficulty",
                reason: "required, with --height and --price".to_owned(),
            });
        };
        let market = now.market().map_err(&fault)?;
        let all = sensitivities(&fleet, &site, &now, &books).map_err(&fault)?;
        let machines = machines::answers(
            &file,
            &fleet,
            &site,
            &market,
            &all.statement,
            &self.books,
            self.improvement,
        )?;
        let total = all.statement.total;
        Ok(Answer {
            hashprice: market.hashprice(),
            cost_per_terahash: cost_per_terahash(&fleet).map_err(&fault)?,
            total: AccountAnswer::new(&total, market.hashprice()),
            machines,
            operating_profit: (&all.operating_profit).into(),
            ebitda_margin: all.ebitda_margin.as_ref().map(DerivativesAnswer::from),
            break_even_distance: all.break_even_distance.as_ref().map(DerivativesAnswer::from),
            switch_below: all.switch_below,
            switch_above: all.switch_above,
            orphans: self.risk.orphans(&now, &total)?,
            rewards: self.risk.rewards(&now, &total, site.pool_fee)?,
            solvency: self.risk.solvency(&now, &total, site.pool_fee)?,
        })
    }
}
