//! `hurdle pow migrate`: which of two chains of one algorithm to mine.

mod answer;
mod page;

pub use answer::Answer;

use super::HistoryArgs;
use crate::desk::{Command, DeskError, write_page};
use clap::Args;
use hurdle_model::pow::decision::migration::{
    ChainRevenue, MigrationRule, Split, SwitchingCost, merge_mined, run, split,
};
use hurdle_model::pow::{MiningDay, MiningHistory};
use std::path::{Path, PathBuf};

/// Minutes of a day.
const MINUTES: f64 = 1_440.0;

/// Arguments. All tables have the same titles.
#[derive(Args, Clone, Debug)]
pub struct Migrate {
    /// The first chain, on which the miner starts.
    #[command(flatten)]
    first: HistoryArgs,
    /// Daily record of the second chain, CSV.
    #[arg(long, value_name = "CSV")]
    other: PathBuf,
    /// Daily record of a chain that is merge-mined with the first, CSV.
    #[arg(long, value_name = "CSV")]
    merged: Option<PathBuf>,
    /// Minutes that nothing is mined when machines are moved.
    #[arg(long, value_name = "MINUTES", default_value_t = 15.0)]
    downtime: f64,
    /// Minutes of mining on the old chain that are not paid: stale shares, and what is below the pool's payout.
    #[arg(long, value_name = "MINUTES", default_value_t = 30.0)]
    forfeited: f64,
    /// Past days from which the ratio of the hashprices is estimated.
    #[arg(long, value_name = "DAYS", default_value_t = 180)]
    window: usize,
    /// Days between estimates.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    refit: usize,
    /// Discount rate per year.
    #[arg(long, value_name = "RATE", default_value_t = 0.1)]
    discount: f64,
    /// The miner's own hash rate, TH/s, which joins that of the chain it mines.
    #[arg(long, value_name = "TH/S", default_value_t = 0.0)]
    terahash: f64,
    /// What running one TH/s costs, quote per day; for the split of the own hash rate.
    #[arg(long, value_name = "QUOTE", default_value_t = 0.0)]
    running_cost: f64,
    /// By which share the coin's price falls if all of a day's new coins are sold by the miner; for the split.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    impact: f64,
    /// Leave the days out of the JSON.
    #[arg(long)]
    summary: bool,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML")]
    html: Option<PathBuf>,
}

impl Command for Migrate {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("hash migration");
        if !(0.0..=10.0).contains(&self.discount) {
            return Err(DeskError::Argument {
                argument: "--discount",
                reason: format!("{} does not lie between 0 and 10", self.discount),
            });
        }
        let first = self.first()?;
        let second = self.table(&self.other)?;
        let rule = MigrationRule {
            window: self.window,
            refit: self.refit,
            cost: SwitchingCost {
                downtime: self.downtime / MINUTES,
                forfeited: self.forfeited / MINUTES,
            },
            discount: (-self.discount.ln_1p() / 365.0).exp(),
            hash_rate: self.terahash,
        };
        let found = run(&first, &second, &rule).map_err(&fault)?;
        let mut answer = Answer::new(&found, self.split(&first, &second)?);
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer))?;
        }
        if self.summary {
            answer.days.clear();
        }
        Ok(answer)
    }
}

impl Migrate {
    fn first(&self) -> Result<MiningHistory, DeskError> {
        let chain = self.first.read()?;
        match &self.merged {
            Some(path) => {
                merge_mined(&chain, &self.table(path)?).map_err(DeskError::model("merge-mined chain"))
            }
            None => Ok(chain),
        }
    }

    fn table(&self, path: &Path) -> Result<MiningHistory, DeskError> {
        HistoryArgs {
            days: path.to_owned(),
            ..self.first.clone()
        }
        .read()
    }

    /// The own hash rate over both chains as they are on their last days.
    fn split(&self, first: &MiningHistory, second: &MiningHistory) -> Result<Option<Split>, DeskError> {
        if self.terahash == 0.0 {
            return Ok(None);
        }
        let chain = |day: &MiningDay| ChainRevenue {
            reward: day.price * (day.issuance + day.fees),
            hash_rate: day.hash_rate,
            impact: self.impact,
        };
        let chains: Vec<ChainRevenue> = [first, second]
            .iter()
            .filter_map(|history| history.days().last().map(chain))
            .collect();
        split(&chains, self.terahash, self.running_cost)
            .map(Some)
            .map_err(DeskError::model("split over the chains"))
    }
}
