//! What a forward curve answers.

use crate::clock::moment;
use crate::desk::Sheet;
use crate::desk::pow::outlook::after;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// A day of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Day {
    /// Its middle, Unix seconds; none without a record.
    pub time: Option<i64>,
    /// Days ahead.
    pub days: f64,
    /// Forward price, quote.
    pub price: f64,
    /// Median difficulty.
    pub difficulty: f64,
    /// Subsidy of a block, coins.
    pub subsidy: f64,
    /// Expected fees of a block, coins.
    pub fees: f64,
    /// Expected hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Lower end of its band.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Expected coins per PH/s and day.
    pub coins: f64,
    /// Lower end of their band.
    pub coins_low: f64,
    /// Upper end.
    pub coins_high: f64,
}

/// A period on which forwards and swaps settle.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PeriodAnswer {
    /// First day.
    pub first: usize,
    /// Days.
    pub days: usize,
    /// Fair fixed hashprice of a forward on the average, quote per PH/s and day.
    pub fair: f64,
    /// Standard deviation of the average.
    pub deviation: f64,
    /// Lower end of its band.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Fair fixed side in coins per PH/s and day.
    pub fair_coins: f64,
    /// Standard deviation of that average.
    pub coins_deviation: f64,
    /// Fixed rate of a swap settled daily, discounted.
    pub swap_rate: f64,
    /// What a PH/s sold for the period and paid now is worth, quote.
    pub prepaid: f64,
    /// What the swap with the given fixed side is worth to the side that receives it, quote.
    pub swap_value: Option<f64>,
}

/// A forward curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Time of the forecast: the end of the record, Unix seconds.
    pub time: Option<i64>,
    /// Probability of the bands.
    pub level: f64,
    /// The period.
    pub period: PeriodAnswer,
    /// The days.
    pub days: Vec<Day>,
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (period, percent) = (&self.period, 100.0 * self.level);
        let mut sheet = Sheet::new()
            .heading(format!("days {} to {}", period.first, period.first + period.days))
            .line(
                "fair fixed hashprice, quote per PH/s and day",
                format_args!("{:.4}", period.fair),
            )
            .line(
                format!("average hashprice, {percent:.0} % band"),
                format_args!("{:.4} to {:.4}", period.low, period.high),
            )
            .line(
                "fair fixed coins per PH/s and day",
                format_args!("{:.6e}", period.fair_coins),
            )
            .line("swap rate, discounted", format_args!("{:.4}", period.swap_rate))
            .line("a PH/s prepaid, quote", format_args!("{:.2}", period.prepaid));
        if let Some(value) = period.swap_value {
            sheet = sheet.line("value of the swap, receiving fixed", format_args!("{value:.2}"));
        }
        if !self.days.is_empty() {
            sheet = sheet.heading(format!(
                "hashprice, {percent:.0} % band, coins per PH/s and day, difficulty"
            ));
        }
        // every thirtieth day; JSON has them all
        for day in self.days.iter().step_by(30) {
            let label = self.time.map_or_else(
                || format!("in {:.1} days", day.days),
                |time| moment(after(time, day.days)),
            );
            sheet = sheet.line(
                label,
                format_args!(
                    "{:.4}  {:.4} to {:.4}  {:.5e}  {:.5e}",
                    day.hashprice, day.low, day.high, day.coins, day.difficulty
                ),
            );
        }
        sheet.fmt(f)
    }
}
