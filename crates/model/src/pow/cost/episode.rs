//! A recorded fall of hashprice, and whether the hash rate did what the model said.

use super::response::mean;
use super::{CostModel, Response, ShutOff};
use crate::error::{ModelError, Result, at_least};
use crate::pow::{MiningHistory, MiningMarket, SECONDS_PER_DAY};

/// An episode: the model's hash rate and the recorded one, both against their start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Episode {
    /// Averaged hashprice at the start, and the least recorded one, quote per PH/s and day.
    pub hashprice: (f64, f64),
    /// Greatest fall of the model's hash rate, as a share of the start's, and when it was reached (Unix seconds).
    pub predicted: (f64, i64),
    /// Greatest fall of the recorded hash rate: its weekly mean against the mean of the fortnight to the start.
    pub recorded: (f64, i64),
    /// What would have stopped for good at the least hashprice, as a share.
    pub at_once: f64,
}

/// Days of the recorded means.
const WEEK: usize = 7;
const FORTNIGHT: usize = 14;

impl CostModel {
    /// Replays the recorded hashprices from one time to another on the machines installed at the first, without purchases.
    ///
    /// The network is that of the last day at or before `from`; nothing later than the hashprices themselves, which follow
    /// from the price and the difficulty of the day, enters the prediction.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] without a fortnight before `from` or days up to `to`, and as [`Self::network`].
    pub fn episode(&self, history: &MiningHistory, from: i64, to: i64, rules: ShutOff) -> Result<Episode> {
        let days = history.days();
        let start = days.partition_point(|day| day.time <= from);
        let end = days.partition_point(|day| day.time <= to);
        at_least("days before an episode", FORTNIGHT, start)?;
        if end <= start {
            return Err(ModelError::TooFew {
                what: "days of an episode",
                needed: 1,
                got: 0,
            });
        }
        let network = self.network(history, from)?;
        let at_start = network.day.hashprice;
        let mut response = Response::new(&network.curve, rules, at_start)?;
        let begun = crate::error::positive("running hash rate", response.hash_rate())?;
        let before = mean(&hash_rates(history, start - FORTNIGHT, start));
        let (mut predicted, mut recorded) = ((0.0_f64, from), (0.0_f64, from));
        let mut least = f64::INFINITY;
        for index in start..end {
            let day = &days[index];
            let hashprice = MiningMarket::of_day(day)?.hashprice();
            least = least.min(hashprice);
            #[expect(clippy::cast_precision_loss, reason = "seconds between two days")]
            let passed = (day.time - days[index - 1].time) as f64 / SECONDS_PER_DAY;
            let fall = 1.0 - response.advance(hashprice, passed)? / begun;
            if fall > predicted.0 {
                predicted = (fall, day.time);
            }
            let fall = 1.0 - mean(&hash_rates(history, index + 1 - WEEK, index + 1)) / before;
            if fall > recorded.0 {
                recorded = (fall, day.time);
            }
        }
        Ok(Episode {
            hashprice: (at_start, least),
            predicted,
            recorded,
            at_once: 1.0 - network.curve.supplied(least)? / network.curve.supplied(at_start)?,
        })
    }
}

fn hash_rates(history: &MiningHistory, from: usize, to: usize) -> Vec<f64> {
    history.days()[from..to].iter().map(|day| day.hash_rate).collect()
}
