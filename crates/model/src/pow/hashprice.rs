//! Hashprice: what a unit of hash rate earns.

use super::{HASHES_PER_TERAHASH, MiningDay, PowChain, SECONDS_PER_DAY, TERAHASHES_PER_PETAHASH};
use crate::error::{Result, non_negative, positive, representable};

/// What a block pays, coins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockReward {
    /// New coins.
    pub subsidy: f64,
    /// Fees of its transactions.
    pub fees: f64,
}

/// What a miner sells into: the work that a coin takes now, and its price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MiningMarket {
    /// Price of a coin, quote.
    pub price: f64,
    /// Expected coins, subsidy and fees, per PH/s and day.
    pub coins: f64,
}

impl BlockReward {
    /// Subsidy and fees together, coins.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] where one is negative, [`crate::ModelError::NotPositive`] where both are
    /// nothing, [`crate::ModelError::NotFinite`].
    pub fn total(&self) -> Result<f64> {
        positive(
            "block reward",
            non_negative("block subsidy", self.subsidy)? + non_negative("fees of a block", self.fees)?,
        )
    }
}

impl MiningMarket {
    /// The market at a difficulty: a hash finds a block with probability 1 ÷ (difficulty × hashes per difficulty),
    /// whatever the pace of blocks (Rosenfeld 2011, "Analysis of Bitcoin pooled mining reward systems", §1).
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotFinite`],
    /// [`crate::ModelError::Overflow`].
    pub fn at_difficulty(chain: &PowChain, difficulty: f64, reward: BlockReward, price: f64) -> Result<Self> {
        let hashes = representable(
            "hashes per block",
            positive("difficulty", difficulty)? * chain.work()?,
        )?;
        let a_day = TERAHASHES_PER_PETAHASH * HASHES_PER_TERAHASH * SECONDS_PER_DAY;
        Self::new(price, reward.total()? * (a_day / hashes))
    }

    /// The market of a recorded day: its issuance and fees over its hash rate.
    ///
    /// # Errors
    /// [`crate::ModelError::Overflow`]; a [`MiningDay`] of a history is otherwise admissible.
    pub fn of_day(day: &MiningDay) -> Result<Self> {
        Self::new(
            day.price,
            (day.issuance + day.fees) * (TERAHASHES_PER_PETAHASH / day.hash_rate),
        )
    }

    fn new(price: f64, coins: f64) -> Result<Self> {
        let market = Self {
            price: positive("price of a coin", price)?,
            coins: positive(
                "coins per PH/s and day",
                representable("coins per PH/s and day", coins)?,
            )?,
        };
        representable("hashprice", market.hashprice())?;
        Ok(market)
    }

    /// Hashprice: price × coins, quote per PH/s and day.
    #[must_use]
    pub fn hashprice(&self) -> f64 {
        self.price * self.coins
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn the_pace_of_blocks_does_not_change_what_a_hash_earns() {
        let reward = BlockReward {
            subsidy: 6.25,
            fees: 0.5,
        };
        let chain = PowChain::BITCOIN;
        let market = MiningMarket::at_difficulty(&chain, 2e13, reward, 40_000.0).unwrap();
        for blocks in [100.0, 144.0, 200.0] {
            let day = MiningDay {
                time: 0,
                price: 40_000.0,
                blocks,
                issuance: 6.25 * blocks,
                fees: 0.5 * blocks,
                hash_rate: chain.hash_rate(2e13, blocks, SECONDS_PER_DAY).unwrap(),
            };
            assert_close(
                MiningMarket::of_day(&day).unwrap().hashprice(),
                market.hashprice(),
                1e-12,
            );
        }
    }

    #[test]
    fn a_block_that_pays_nothing_and_a_price_of_nothing_are_refused() {
        let nothing = BlockReward {
            subsidy: 0.0,
            fees: 0.0,
        };
        assert!(MiningMarket::at_difficulty(&PowChain::BITCOIN, 1.0, nothing, 1.0).is_err());
        let some = BlockReward {
            subsidy: 1.0,
            fees: 0.0,
        };
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(MiningMarket::at_difficulty(&PowChain::BITCOIN, 1.0, some, bad).is_err());
            assert!(MiningMarket::at_difficulty(&PowChain::BITCOIN, bad, some, 1.0).is_err());
        }
    }
}
