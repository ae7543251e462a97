//! `hurdle pow forward`: the forward curve of hashprice.

mod answer;
mod page;

use super::market::MarketArgs;
use super::outlook::{after, level};
use crate::desk::{Command, DeskError, write_page};
use answer::{Answer, Day, PeriodAnswer};
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::pow::forward::{HashpriceCurve, Period};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Forward {
    #[command(flatten)]
    market: MarketArgs,
    /// Days of the curve.
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    horizon: usize,
    /// First day of the period on which the swap settles, 0 today.
    #[arg(long, value_name = "DAY", default_value_t = 0)]
    first: usize,
    /// Days of that period [default: to the end of the curve].
    #[arg(long, value_name = "DAYS")]
    length: Option<usize>,
    /// Discount rate per year, continuously compounded.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    rate: f64,
    /// Fixed hashprice of a swap to be valued, quote per PH/s and day, received for the floating one.
    #[arg(long, value_name = "QUOTE")]
    fixed: Option<f64>,
    /// Its hash rate, PH/s.
    #[arg(long, value_name = "PH/S", default_value_t = 1.0)]
    petahashes: f64,
    /// Probability of the bands.
    #[arg(long, value_name = "SHARE", default_value_t = 0.9)]
    level: f64,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML")]
    html: Option<PathBuf>,
    /// Leave the single days out of the JSON.
    #[arg(long)]
    summary: bool,
}

impl Command for Forward {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let level = level(self.level)?;
        let (present, curve) = self.market.curve(self.horizon)?;
        let mut answer = Answer {
            time: present.time,
            level,
            period: self.period(&curve, level).map_err(DeskError::model("swap"))?,
            days: days(&curve, present.time, level).map_err(DeskError::model("forward curve"))?,
        };
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer))?;
        }
        if self.summary {
            answer.days.clear();
        }
        Ok(answer)
    }
}

impl Forward {
    fn period(&self, curve: &HashpriceCurve, level: f64) -> Result<PeriodAnswer, ModelError> {
        let period = Period {
            first: self.first,
            days: self
                .length
                .unwrap_or(curve.points().len().saturating_sub(self.first)),
        };
        let (average, coins) = (curve.hashprice(period)?, curve.coins(period)?);
        let tail = 0.5 * (1.0 - level);
        Ok(PeriodAnswer {
            first: period.first,
            days: period.days,
            fair: average.mean,
            deviation: average.deviation,
            low: average.quantile(tail)?,
            high: average.quantile(1.0 - tail)?,
            fair_coins: coins.mean,
            coins_deviation: coins.deviation,
            swap_rate: curve.swap_rate(period, self.rate)?,
            prepaid: curve.prepaid(period, self.rate)?,
            swap_value: self
                .fixed
                .map(|fixed| curve.swap_value(period, self.rate, fixed, self.petahashes))
                .transpose()?,
        })
    }
}

fn days(curve: &HashpriceCurve, time: Option<i64>, level: f64) -> Result<Vec<Day>, ModelError> {
    let tail = 0.5 * (1.0 - level);
    curve
        .points()
        .iter()
        .map(|point| {
            Ok(Day {
                time: time.map(|time| after(time, point.days)),
                days: point.days,
                price: point.price,
                difficulty: point.difficulty,
                subsidy: point.subsidy,
                fees: point.fees,
                hashprice: point.hashprice,
                low: point.quantile(tail)?,
                high: point.quantile(1.0 - tail)?,
                coins: point.coins,
                coins_low: point.coins_quantile(tail)?,
                coins_high: point.coins_quantile(1.0 - tail)?,
            })
        })
        .collect()
}
