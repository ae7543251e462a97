//! Volatility from bars.

use crate::desk::{DeskError, SeriesArgs, Sheet};
use clap::Args;
use hurdle_model::volatility::{
    Bar, Bars, RangeVolatility, garman_klass, parkinson, rogers_satchell, yang_zhang,
};
use serde::Serialize;

/// The columns of the bars besides the time of their start and their close.
#[derive(Args, Clone, Debug)]
pub struct RangeArgs {
    /// Title of the column with the opening prices; with high and low, volatility from ranges is told too. The times are
    /// then the starts of the bars.
    #[arg(long, value_name = "TITLE", requires = "high_column", requires = "low_column")]
    open_column: Option<String>,
    /// Title of the column with the highest prices.
    #[arg(long, value_name = "TITLE", requires = "open_column")]
    high_column: Option<String>,
    /// Title of the column with the lowest prices.
    #[arg(long, value_name = "TITLE", requires = "open_column")]
    low_column: Option<String>,
    /// Length of a bar, seconds [default: the shortest time between two rows].
    #[arg(long, value_name = "SECONDS", requires = "open_column")]
    bar_length: Option<u32>,
}

/// Volatilities from ranges, per √year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranges {
    /// Length of a bar, seconds.
    pub bar_length: u32,
    /// Parkinson (1980).
    pub parkinson: Range,
    /// Garman & Klass (1980).
    pub garman_klass: Range,
    /// Rogers & Satchell (1991).
    pub rogers_satchell: Range,
    /// Yang & Zhang (2000), with the jumps between bars.
    pub yang_zhang: Range,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    /// Per √year.
    pub volatility: f64,
    /// Of the same.
    pub standard_error: f64,
    /// Bars used.
    pub bars: usize,
}

impl From<RangeVolatility> for Range {
    fn from(range: RangeVolatility) -> Self {
        Self {
            volatility: range.volatility,
            standard_error: range.standard_error,
            bars: range.bars,
        }
    }
}

impl RangeArgs {
    /// The volatilities, if the columns are named.
    pub fn answer(&self, series: &SeriesArgs, max_gap: u32) -> Result<Option<Ranges>, DeskError> {
        let (Some(open), Some(high), Some(low)) = (&self.open_column, &self.high_column, &self.low_column)
        else {
            return Ok(None);
        };
        let table = series.table()?;
        let time_column = table.column(&series.time_column)?;
        let times = time_column.increasing_times()?;
        let prices = |title: &str| table.column(title)?.positive_numbers();
        let (opens, highs, lows) = (prices(open)?, prices(high)?, prices(low)?);
        let closes = prices(&series.price_column)?;
        let length = match self.bar_length {
            Some(length) => length,
            None => shortest(&times)?,
        };
        let overlap = |pair: &[i64]| pair[1].saturating_sub(pair[0]) < i64::from(length);
        if let Some(row) = times.windows(2).position(overlap) {
            let reason = format!("before the bar above, of {length} s, has ended; see --bar-length");
            return Err(time_column.fault(row + 1, reason).into());
        }
        let mut bars = Vec::with_capacity(times.len());
        for (row, time) in times.iter().enumerate() {
            let bar = Bar {
                time: *time,
                open: opens[row],
                high: highs[row],
                low: lows[row],
                close: closes[row],
            };
            if bar.high < bar.open.max(bar.close) {
                let reason = format!("{} is below the bar's open or close", bar.high);
                return Err(table.column(high)?.fault(row, reason).into());
            }
            if bar.low > bar.open.min(bar.close) {
                let reason = format!("{} is above the bar's open or close", bar.low);
                return Err(table.column(low)?.fault(row, reason).into());
            }
            bars.push(bar);
        }
        let fault = DeskError::model("volatility from ranges");
        let bars = Bars::new(bars, length).map_err(&fault)?;
        Ok(Some(Ranges {
            bar_length: length,
            parkinson: parkinson(&bars).map_err(&fault)?.into(),
            garman_klass: garman_klass(&bars).map_err(&fault)?.into(),
            rogers_satchell: rogers_satchell(&bars).map_err(&fault)?.into(),
            yang_zhang: yang_zhang(&bars, max_gap).map_err(&fault)?.into(),
        }))
    }
}

/// The shortest time between two rows.
fn shortest(times: &[i64]) -> Result<u32, DeskError> {
    let between = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).min();
    between
        .and_then(|seconds| u32::try_from(seconds).ok())
        .ok_or_else(|| DeskError::Argument {
            argument: "--bar-length",
            reason: "the rows do not tell the length of a bar; give it in seconds".to_owned(),
        })
}

impl Ranges {
    /// The lines of the text.
    pub fn lines(&self, sheet: Sheet) -> Sheet {
        let heading = format!("from the ranges of bars of {} s, per √year", self.bar_length);
        [
            ("Parkinson", self.parkinson),
            ("Garman–Klass", self.garman_klass),
            ("Rogers–Satchell", self.rogers_satchell),
            ("Yang–Zhang", self.yang_zhang),
        ]
        .into_iter()
        .fold(sheet.heading(heading), |sheet, (label, range)| {
            let (volatility, error) = (100.0 * range.volatility, 100.0 * range.standard_error);
            sheet.line(label, format_args!("{volatility:.4} % ± {error:.4} %"))
        })
    }
}
