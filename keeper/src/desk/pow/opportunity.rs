//! `hurdle pow opportunity`: what one who enters mining earns, as it enters the staking leg of the hurdle rate.

use super::{ChainName, HistoryArgs};
use crate::config::{self, MiningModel};
use crate::convert::rate_up;
use crate::desk::{Command, DeskError, Figures, date};
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::pow::{MiningDay, MiningMarket};
use std::path::{Path, PathBuf};

const EXAMPLE: &str = include_str!("../../../data/pow-entrant.toml");

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Opportunity {
    #[command(flatten)]
    history: HistoryArgs,
    /// The day, or the newest one up to it [default: the newest].
    #[arg(long, value_name = "DATE", value_parser = date::time)]
    at: Option<i64>,
    /// Machine, site and expectations, TOML [default: the built-in example, keeper/data/pow-entrant.toml]. Its coin is
    /// that of --chain.
    #[arg(long, value_name = "TOML")]
    entrant: Option<PathBuf>,
    /// Standard error of the return that halves the confidence.
    #[arg(long, value_name = "RATE", default_value_t = 0.1)]
    tolerance: f64,
}

/// Reads a miner of a chain who enters now, or the built-in one.
///
/// # Errors
/// [`DeskError::Config`] with file, line and column; [`DeskError::Argument`] for a miner of another chain.
pub fn entrant(path: Option<&Path>, chain: ChainName) -> Result<MiningModel, DeskError> {
    let parsed = match path {
        Some(path) => config::read(path).and_then(|text| config::parse(&text, path)),
        None => config::parse(EXAMPLE, Path::new("the built-in entrant")),
    };
    let model: MiningModel = parsed.map_err(DeskError::Config)?;
    if model.coin != chain {
        return Err(DeskError::Argument {
            argument: "--entrant",
            reason: format!(
                "describes a miner of {}, but --chain is {}",
                model.coin.name(),
                chain.name()
            ),
        });
    }
    Ok(model)
}

impl Opportunity {
    fn day(&self) -> Result<MiningDay, DeskError> {
        let history = self.history.read()?;
        let days = history.days();
        let upto = self
            .at
            .map_or(days.len(), |at| days.partition_point(|day| day.time <= at));
        let found = upto.checked_sub(1).and_then(|newest| days.get(newest));
        found.copied().ok_or_else(|| DeskError::Argument {
            argument: "--at",
            reason: "the record begins later".to_owned(),
        })
    }
}

impl Command for Opportunity {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = |reason: ModelError| DeskError::model("miner's operating return")(reason);
        let model = entrant(self.entrant.as_deref(), self.history.chain)?;
        let day = self.day()?;
        let market = MiningMarket::of_day(&day).map_err(fault)?;
        let entrant = model.entrant();
        let earned = entrant.operating_return(&market).map_err(fault)?;
        let reading = earned.reading(0.0, 1.0, self.tolerance).map_err(fault)?;
        let on_chain = rate_up("the opportunity", reading.value).map_err(|reason| DeskError::Argument {
            argument: "--entrant",
            reason: reason.to_string(),
        })?;
        Ok(Figures::new("operating return of one who enters now, per year")
            .percent("operating_return", "return on the outlay", earned.rate)
            .percent("standard_error", "its standard error", earned.standard_error)
            .percent(
                "running",
                "share of the horizon over which the machine runs",
                earned.running,
            )
            .number(
                "hashprice",
                "hashprice, quote per PH/s and day",
                market.hashprice(),
            )
            .heading("as a source of s, the staking opportunity cost")
            .percent(
                "opportunity",
                "opportunity: zero where mining does not pay",
                reading.value,
            )
            .percent("confidence", "confidence", reading.confidence)
            .number(
                "capital",
                "weight: price of the network's hash rate, quote",
                entrant.network_capital(day.hash_rate).map_err(fault)?,
            )
            .integer("raw_rate", "on-chain Rate, 1e-8 per year", on_chain.raw()))
    }
}
