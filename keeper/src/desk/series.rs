//! Arguments that name a series in a table.

use super::DeskError;
use super::table::Table;
use clap::Args;
use hurdle_model::series::PositiveSeries;
use std::path::PathBuf;

/// A price series in a CSV file.
#[derive(Args, Clone, Debug)]
pub struct SeriesArgs {
    /// Prices, CSV with a header.
    #[arg(long, value_name = "CSV")]
    pub prices: PathBuf,
    /// Title of the column with the times: Unix seconds (or a thousandth, millionth or billionth
    /// of one), dates, RFC 3339.
    #[arg(long, value_name = "TITLE", default_value = "time")]
    pub time_column: String,
    /// Title of the column with the prices.
    #[arg(long, value_name = "TITLE", default_value = "close")]
    pub price_column: String,
    /// Leave out rows without a price instead of refusing them.
    #[arg(long)]
    pub skip_empty: bool,
}

impl SeriesArgs {
    /// The table, without the rows that are to be left out.
    ///
    /// # Errors
    /// [`DeskError::Table`].
    pub fn table(&self) -> Result<Table, DeskError> {
        let table = Table::read(&self.prices)?;
        Ok(if self.skip_empty {
            table.without_gaps(&[&self.time_column, &self.price_column])?
        } else {
            table
        })
    }

    /// The prices.
    ///
    /// # Errors
    /// [`DeskError::Table`] at the first fault, [`DeskError::Model`] where there is no row.
    pub fn read(&self) -> Result<PositiveSeries, DeskError> {
        self.table()?
            .positive_series(&self.time_column, &self.price_column)
    }
}

/// The median time between observations in order of time, seconds, at least one.
pub fn usual_spacing(times: impl IntoIterator<Item = i64>) -> i64 {
    let times: Vec<i64> = times.into_iter().collect();
    let mut gaps: Vec<i64> = times
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied().unwrap_or(1).max(1)
}
