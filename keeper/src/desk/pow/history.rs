//! Arguments that name a chain and its recorded days.

use crate::desk::table::Table;
use crate::desk::{DeskError, date};
pub use crate::pow::PowCoin as ChainName;
use clap::Args;
use hurdle_model::pow::{Fleet, MiningDay, MiningHistory};
use std::path::PathBuf;

/// A chain's daily record in a CSV file. The columns' default titles are Coin Metrics'.
#[derive(Args, Clone, Debug)]
pub struct HistoryArgs {
    /// Daily record, CSV with a header; rows with an empty field in one of the columns below are left out.
    #[arg(long, value_name = "CSV")]
    pub days: PathBuf,
    /// The chain.
    #[arg(long, value_enum, default_value_t)]
    pub chain: ChainName,
    /// Where the table has what.
    #[command(flatten)]
    pub columns: HistoryColumns,
}

/// Titles of the columns of a daily record; the defaults are Coin Metrics'.
#[derive(Args, Clone, Debug)]
pub struct HistoryColumns {
    /// Title of the column with the days.
    #[arg(long, value_name = "TITLE", default_value = "time")]
    pub time_column: String,
    /// Title of the column with the price of a coin.
    #[arg(long, value_name = "TITLE", default_value = "PriceUSD")]
    pub price_column: String,
    /// Title of the column with the number of blocks.
    #[arg(long, value_name = "TITLE", default_value = "BlkCnt")]
    pub blocks_column: String,
    /// Title of the column with the new coins.
    #[arg(long, value_name = "TITLE", default_value = "IssTotNtv")]
    pub issuance_column: String,
    /// Title of the column with the fees, coins.
    #[arg(long, value_name = "TITLE", default_value = "FeeTotNtv")]
    pub fees_column: String,
    /// Title of the column with the hash rate, TH/s.
    #[arg(long, value_name = "TITLE", default_value = "HashRate")]
    pub hash_rate_column: String,
}

impl HistoryArgs {
    /// The days.
    ///
    /// # Errors
    /// [`DeskError::Table`] at the first fault, [`DeskError::Model`] where no complete row is left.
    pub fn read(&self) -> Result<MiningHistory, DeskError> {
        self.columns.read(Table::read(&self.days)?)
    }
}

/// Refuses days on which a fleet would hash more than the whole network, whose recorded rate it would have been a part of:
/// it would earn more coins than there were.
///
/// # Errors
/// [`DeskError::Argument`] with the first such day; `remedy` says how to leave it out.
pub fn within_network(days: &[MiningDay], fleet: &Fleet, remedy: &str) -> Result<(), DeskError> {
    let own = fleet.hash_rate();
    days.iter()
        .find(|day| day.hash_rate < own)
        .map_or(Ok(()), |day| {
            Err(DeskError::Argument {
                argument: "--fleet",
                reason: format!(
                    "hashes {own} TH/s, more than the whole network's {} on {}; {remedy}, or take a smaller fleet",
                    day.hash_rate,
                    date::show(day.time)
                ),
            })
        })
}

impl HistoryColumns {
    /// The days of a table.
    ///
    /// # Errors
    /// As [`HistoryArgs::read`].
    pub fn read(&self, table: Table) -> Result<MiningHistory, DeskError> {
        let table = table.without_gaps(&[
            &self.time_column,
            &self.price_column,
            &self.blocks_column,
            &self.issuance_column,
            &self.fees_column,
            &self.hash_rate_column,
        ])?;
        let times = table.column(&self.time_column)?.increasing_times()?;
        let prices = table.column(&self.price_column)?.positive_numbers()?;
        let blocks = table.column(&self.blocks_column)?.positive_numbers()?;
        let issuance = table.column(&self.issuance_column)?.numbers()?;
        let fees = table.column(&self.fees_column)?.numbers()?;
        let hash_rates = table.column(&self.hash_rate_column)?.positive_numbers()?;
        let days = times
            .iter()
            .zip(prices)
            .zip(blocks)
            .zip(issuance.into_iter().zip(fees))
            .zip(hash_rates)
            .map(
                |((((&time, price), blocks), (issuance, fees)), hash_rate)| MiningDay {
                    time,
                    price,
                    blocks,
                    issuance,
                    fees,
                    hash_rate,
                },
            )
            .collect();
        MiningHistory::new(days).map_err(DeskError::model("mining history"))
    }
}
