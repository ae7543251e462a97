//! Books, pools and depth from tables, whose faults are named by line and column.

use crate::desk::DeskError;
use crate::desk::table::{Column, Table, TableError};
use clap::Args;
use hurdle_model::liquidity::{
    Bid, Bids, BookDepth, ConcentratedPool, ConstantProduct, DepthLevel, TickRange,
};
use std::path::Path;

/// Titles of the columns.
#[derive(Args, Clone, Debug)]
pub struct Titles {
    /// Title of the column with the prices of the bids.
    #[arg(long, value_name = "TITLE", default_value = "price")]
    price_column: String,
    /// Title of the column with their sizes, base.
    #[arg(long, value_name = "TITLE", default_value = "size")]
    size_column: String,
    /// Title of the column with the pools' base.
    #[arg(long, value_name = "TITLE", default_value = "base")]
    base_column: String,
    /// Title of the column with their quote.
    #[arg(long, value_name = "TITLE", default_value = "quote")]
    quote_column: String,
    /// Title of the column with their fees, shares.
    #[arg(long, value_name = "TITLE", default_value = "fee")]
    fee_column: String,
    /// Title of the column with the ranges' lower prices.
    #[arg(long, value_name = "TITLE", default_value = "lower")]
    lower_column: String,
    /// Title of the column with their upper prices.
    #[arg(long, value_name = "TITLE", default_value = "upper")]
    upper_column: String,
    /// Title of the column with their liquidity.
    #[arg(long, value_name = "TITLE", default_value = "liquidity")]
    liquidity_column: String,
    /// Title of the column with the bands' distances from mid, shares of it.
    #[arg(long, value_name = "TITLE", default_value = "distance")]
    distance_column: String,
    /// Title of the column with all that rests up to there, quote.
    #[arg(long, value_name = "TITLE", default_value = "depth")]
    depth_column: String,
}

impl Titles {
    /// An order book, best bid first.
    pub fn bids(&self, path: &Path, taker_fee: f64) -> Result<Bids, DeskError> {
        let table = Table::read(path)?;
        let column = table.column(&self.price_column)?;
        let prices = column.positive_numbers()?;
        let sizes = table.column(&self.size_column)?.positive_numbers()?;
        let falls = |pair: &[f64]| pair[1] < pair[0];
        each_pair(
            column,
            &prices,
            falls,
            "not below the row before; the best bid comes first",
        )?;
        let levels = prices.into_iter().zip(sizes);
        let levels = levels.map(|(price, size)| Bid { price, size }).collect();
        Bids::new(levels, taker_fee).map_err(DeskError::model("bids"))
    }

    /// Constant-product pools.
    pub fn constant_products(&self, path: &Path) -> Result<Vec<ConstantProduct>, DeskError> {
        let table = Table::read(path)?;
        let base = table.column(&self.base_column)?.positive_numbers()?;
        let quote = table.column(&self.quote_column)?.positive_numbers()?;
        let column = table.column(&self.fee_column)?;
        let fees = column.numbers()?;
        each(
            column,
            &fees,
            |fee| (0.0..1.0).contains(&fee),
            "a fee is a share below 1",
        )?;
        base.into_iter()
            .zip(quote)
            .zip(fees)
            .map(|((base, quote), fee)| ConstantProduct::new(base, quote, fee))
            .collect::<Result<_, _>>()
            .map_err(DeskError::model("constant-product pool"))
    }

    /// A concentrated pool, ranges rising.
    pub fn concentrated(&self, path: &Path, price: f64, fee: f64) -> Result<ConcentratedPool, DeskError> {
        let table = Table::read(path)?;
        let (lowers, uppers) = (
            table.column(&self.lower_column)?,
            table.column(&self.upper_column)?,
        );
        let (lower, upper) = (lowers.positive_numbers()?, uppers.positive_numbers()?);
        let column = table.column(&self.liquidity_column)?;
        let liquidity = column.numbers()?;
        each(column, &liquidity, |l| l >= 0.0, "liquidity is not negative")?;
        if let Some(row) = (0..lower.len()).find(|row| upper[*row] <= lower[*row]) {
            return Err(uppers.fault(row, "not above the lower price of the range").into());
        }
        if let Some(row) = (1..lower.len()).find(|row| lower[*row] < upper[*row - 1]) {
            let reason = "below the upper price of the row before; ranges rise and do not overlap";
            return Err(lowers.fault(row, reason).into());
        }
        let ranges = lower.into_iter().zip(upper).zip(liquidity);
        let ranges = ranges
            .map(|((lower, upper), liquidity)| TickRange {
                lower,
                upper,
                liquidity,
            })
            .collect();
        ConcentratedPool::new(price, ranges, fee).map_err(DeskError::model("concentrated pool"))
    }

    /// Depth by distance from mid, outwards.
    pub fn bands(&self, path: &Path) -> Result<BookDepth, DeskError> {
        let table = Table::read(path)?;
        let (distances, depths) = (
            table.column(&self.distance_column)?,
            table.column(&self.depth_column)?,
        );
        let (distance, depth) = (distances.positive_numbers()?, depths.positive_numbers()?);
        each(
            distances,
            &distance,
            |d| d <= 1.0,
            "a distance is a share of mid, at most 1",
        )?;
        let rises = |pair: &[f64]| pair[1] > pair[0];
        each_pair(
            distances,
            &distance,
            rises,
            "not above the row before; bands go outwards",
        )?;
        each_pair(
            depths,
            &depth,
            rises,
            "not above the row before; depth adds up from mid",
        )?;
        let levels = distance.into_iter().zip(depth);
        let levels = levels
            .map(|(distance, cumulative)| DepthLevel { distance, cumulative })
            .collect();
        BookDepth::new(levels).map_err(DeskError::model("depth"))
    }
}

/// A fault at the first value that is not as it must be.
fn each(
    column: Column<'_>,
    values: &[f64],
    sound: impl Fn(f64) -> bool,
    rule: &str,
) -> Result<(), TableError> {
    match values.iter().position(|value| !sound(*value)) {
        Some(row) => Err(column.fault(row, format!("{}: {rule}", values[row]))),
        None => Ok(()),
    }
}

/// A fault at the first value that does not follow as it must from the one before.
fn each_pair(
    column: Column<'_>,
    values: &[f64],
    sound: impl Fn(&[f64]) -> bool,
    rule: &str,
) -> Result<(), TableError> {
    match values.windows(2).position(|pair| !sound(pair)) {
        Some(row) => Err(column.fault(row + 1, rule)),
        None => Ok(()),
    }
}
