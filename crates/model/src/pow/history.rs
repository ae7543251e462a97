//! A chain's recorded days.

use super::{PowChain, SECONDS_PER_DAY};
use crate::error::{ModelError, Result, at_least, non_negative, positive};

/// One day of a chain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MiningDay {
    /// Start of the day, Unix seconds.
    pub time: i64,
    /// Price of a coin, quote.
    pub price: f64,
    /// Blocks found.
    pub blocks: f64,
    /// New coins.
    pub issuance: f64,
    /// Fees, coins.
    pub fees: f64,
    /// Hash rate implied by difficulty and blocks, TH/s.
    pub hash_rate: f64,
}

/// Days in order; some may be missing.
#[derive(Debug, Clone, PartialEq)]
pub struct MiningHistory {
    days: Vec<MiningDay>,
}

impl MiningDay {
    /// Mean difficulty of the day, from hash rate and blocks.
    ///
    /// # Errors
    /// As [`PowChain::difficulty`].
    pub fn difficulty(&self, chain: &PowChain) -> Result<f64> {
        chain.difficulty(self.hash_rate, self.blocks, SECONDS_PER_DAY)
    }
}

impl MiningHistory {
    /// At least one day.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] without days, [`ModelError::NotIncreasing`] where times do not increase,
    /// [`ModelError::NotPositive`] for price, blocks, hash rate and a day that pays nothing,
    /// [`ModelError::OutOfRange`] for negative issuance and fees, [`ModelError::NotFinite`].
    pub fn new(days: Vec<MiningDay>) -> Result<Self> {
        at_least("days of a mining history", 1, days.len())?;
        for day in &days {
            positive("price of a coin", day.price)?;
            positive("blocks of a day", day.blocks)?;
            positive("hash rate", day.hash_rate)?;
            non_negative("issuance of a day", day.issuance)?;
            non_negative("fees of a day", day.fees)?;
            positive("coins of a day", day.issuance + day.fees)?;
        }
        match days.windows(2).position(|pair| pair[1].time <= pair[0].time) {
            Some(index) => Err(ModelError::NotIncreasing {
                what: "day of a mining history",
                index: index + 1,
            }),
            None => Ok(Self { days }),
        }
    }

    /// The days, oldest first; at least one.
    #[must_use]
    pub fn days(&self) -> &[MiningDay] {
        &self.days
    }
}
