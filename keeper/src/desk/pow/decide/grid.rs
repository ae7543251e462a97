//! Hours of the grid from a table.

use crate::desk::DeskError;
use crate::desk::table::Table;
use clap::Args;
use hurdle_model::pow::decision::GridHour;
use std::path::{Path, PathBuf};

const EXAMPLE: &[u8] = include_bytes!("../../../../data/pow-grid.csv");

/// The hours to be decided.
#[derive(Args, Clone, Debug)]
pub struct GridArgs {
    /// Hours in order, CSV with a header [default: the built-in example, keeper/data/pow-grid.csv, which is synthetic].
    #[arg(long, value_name = "CSV")]
    grid: Option<PathBuf>,
    /// Title of the column with the times.
    #[arg(long, value_name = "TITLE", default_value = "time")]
    time_column: String,
    /// Title of the column with the grid's spot price, quote per kWh.
    #[arg(long, value_name = "TITLE", default_value = "price")]
    price_column: String,
    /// Title of a column with hashprice, quote per PH/s and day [default: --hashprice in every hour].
    #[arg(long, value_name = "TITLE", conflicts_with = "hashprice")]
    hashprice_column: Option<String>,
    /// Title of a column with the share of their hash rate that machines keep at the hour's temperature [default: all].
    #[arg(long, value_name = "TITLE")]
    derating_column: Option<String>,
    /// Hashprice, quote per PH/s and day.
    #[arg(long, value_name = "QUOTE", default_value_t = 55.0)]
    hashprice: f64,
}

impl GridArgs {
    /// Times and hours.
    ///
    /// # Errors
    /// [`DeskError::Table`] at the first fault, also where a row is not an hour after the one before.
    pub fn read(&self) -> Result<(Vec<i64>, Vec<GridHour>), DeskError> {
        let table = match &self.grid {
            Some(path) => Table::read(path)?,
            None => Table::parse(EXAMPLE, Path::new("the built-in grid"))?,
        };
        let column = table.column(&self.time_column)?;
        let times = column.increasing_times()?;
        if let Some(at) = times.windows(2).position(|pair| pair[1] - pair[0] != 3_600) {
            return Err(column
                .fault(at + 1, "not one hour after the row before; give every hour a row")
                .into());
        }
        let prices = table.column(&self.price_column)?.numbers()?;
        let or = |title: &Option<String>, value: f64| match title {
            Some(title) => table.column(title)?.numbers(),
            None => Ok(vec![value; times.len()]),
        };
        let hashprices = or(&self.hashprice_column, self.hashprice)?;
        let deratings = or(&self.derating_column, 1.0)?;
        let hours = prices
            .into_iter()
            .zip(hashprices)
            .zip(deratings)
            .map(|((price, hashprice), derating)| GridHour {
                price,
                hashprice,
                derating,
            })
            .collect();
        Ok((times, hours))
    }
}
