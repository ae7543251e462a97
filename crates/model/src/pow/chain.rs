//! What sets one proof-of-work chain apart from another: the work behind a unit of difficulty, the time between blocks
//! and the subsidy.

use super::{HASHES_PER_TERAHASH, SECONDS_PER_DAY};
use crate::error::{Result, positive, representable};

/// How many coins a block creates, by its height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Subsidy {
    /// The same for ever.
    Constant(f64),
    /// Multiplied by `factor` every `interval` blocks: a half in Bitcoin (Nakamoto 2009, `GetBlockSubsidy`), four fifths
    /// in Ethereum Classic (ECIP-1017).
    Geometric {
        /// Coins per block before the first step.
        initial: f64,
        /// Blocks between two steps.
        interval: u64,
        /// What remains after a step, (0, 1).
        factor: f64,
    },
}

/// The rules of a chain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowChain {
    /// Expected hashes for a block at difficulty 1.
    pub hashes_per_difficulty: f64,
    /// Seconds between blocks that the difficulty rule aims at.
    pub block_seconds: f64,
    /// Coins per block.
    pub subsidy: Subsidy,
}

/// Difficulty 1 of Bitcoin and its descendants: one block in 2³² hashes (strictly 2⁴⁸/65,535; the difference of
/// 1.5e-5 is left out by every published hash rate, as here).
const TWO_TO_32: f64 = 4_294_967_296.0;

impl PowChain {
    /// Bitcoin.
    pub const BITCOIN: Self = Self {
        hashes_per_difficulty: TWO_TO_32,
        block_seconds: 600.0,
        subsidy: Subsidy::Geometric {
            initial: 50.0,
            interval: 210_000,
            factor: 0.5,
        },
    };

    /// Bitcoin Cash: Bitcoin's subsidy, with a difficulty rule of its own.
    pub const BITCOIN_CASH: Self = Self::BITCOIN;

    /// Litecoin: four times as many blocks, four times as long an interval.
    pub const LITECOIN: Self = Self {
        hashes_per_difficulty: TWO_TO_32,
        block_seconds: 150.0,
        subsidy: Subsidy::Geometric {
            initial: 50.0,
            interval: 840_000,
            factor: 0.5,
        },
    };

    /// Dogecoin since block 600,000 (2015-02); merge-mined with Litecoin since block 371,337.
    pub const DOGECOIN: Self = Self {
        hashes_per_difficulty: TWO_TO_32,
        block_seconds: 60.0,
        subsidy: Subsidy::Constant(10_000.0),
    };

    /// Ethereum Classic, whose difficulty counts hashes; without the uncles' rewards.
    pub const ETHEREUM_CLASSIC: Self = Self {
        hashes_per_difficulty: 1.0,
        block_seconds: 13.0,
        subsidy: Subsidy::Geometric {
            initial: 5.0,
            interval: 5_000_000,
            factor: 0.8,
        },
    };

    /// Hash rate in TH/s that solves `blocks` at a mean `difficulty` in `seconds`: difficulty × hashes per difficulty ×
    /// blocks ÷ seconds.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn hash_rate(&self, difficulty: f64, blocks: f64, seconds: f64) -> Result<f64> {
        positive("difficulty", difficulty)?;
        positive("blocks", blocks)?;
        positive("seconds", seconds)?;
        representable(
            "hash rate",
            difficulty * (self.work()? / HASHES_PER_TERAHASH) * (blocks / seconds),
        )
    }

    /// Hash rate in TH/s at which blocks come at the pace aimed at.
    ///
    /// # Errors
    /// As [`Self::hash_rate`].
    pub fn hash_rate_on_target(&self, difficulty: f64) -> Result<f64> {
        self.hash_rate(difficulty, 1.0, self.block_seconds)
    }

    /// Mean difficulty at which a hash rate (TH/s) found `blocks` in `seconds`; the inverse of [`Self::hash_rate`].
    ///
    /// # Errors
    /// As [`Self::hash_rate`].
    pub fn difficulty(&self, hash_rate: f64, blocks: f64, seconds: f64) -> Result<f64> {
        positive("hash rate", hash_rate)?;
        positive("blocks", blocks)?;
        positive("seconds", seconds)?;
        representable(
            "difficulty",
            hash_rate * (HASHES_PER_TERAHASH / self.work()?) * (seconds / blocks),
        )
    }

    /// Blocks a day that the rule aims at.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`] for the block time.
    pub fn blocks_per_day(&self) -> Result<f64> {
        representable(
            "blocks per day",
            SECONDS_PER_DAY / positive("block time", self.block_seconds)?,
        )
    }

    /// Expected hashes for a block at difficulty 1, checked.
    pub(super) fn work(&self) -> Result<f64> {
        positive("hashes per unit of difficulty", self.hashes_per_difficulty)
    }
}

impl Subsidy {
    /// Coins that the block at `height` creates, before the rounding to the chain's smallest unit.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for coins and interval, [`crate::ModelError::OutOfRange`] for a factor
    /// outside (0, 1], [`crate::ModelError::NotFinite`].
    pub fn at(&self, height: u64) -> Result<f64> {
        match *self {
            Self::Constant(coins) => positive("block subsidy", coins),
            Self::Geometric {
                initial,
                interval,
                factor,
            } => {
                positive("block subsidy", initial)?;
                positive("subsidy's factor", factor)?;
                crate::error::fraction("subsidy's factor", factor)?;
                let Some(steps) = height.checked_div(interval) else {
                    return Err(crate::ModelError::NotPositive {
                        what: "blocks between two steps of the subsidy",
                        value: 0.0,
                    });
                };
                // beyond 2³¹ steps every factor below 1 has long left nothing
                let steps = i32::try_from(steps).unwrap_or(i32::MAX);
                Ok(initial * libm::pow(factor, f64::from(steps)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    #[test]
    fn bitcoin_hash_rate_of_a_recorded_day_follows_from_difficulty_and_blocks() {
        // Coin Metrics, BTC, 2021-05-05: 157 blocks
        let day = PowChain::BITCOIN
            .hash_rate(20_608_845_737_768.16, 157.0, 86_400.0)
            .unwrap();
        assert_close(day / 160_841_991.033_474_9, 1.0, 1e-8);
    }

    #[test]
    fn the_subsidy_steps_down_at_the_known_heights() {
        let bitcoin = PowChain::BITCOIN.subsidy;
        for (height, coins) in [
            (0, 50.0),
            (209_999, 50.0),
            (210_000, 25.0),
            (420_000, 12.5),
            (630_000, 6.25),
            (840_000, 3.125),
        ] {
            assert_close(bitcoin.at(height).unwrap(), coins, 0.0);
        }
        let classic = PowChain::ETHEREUM_CLASSIC.subsidy;
        assert_close(classic.at(5_000_000).unwrap(), 4.0, 1e-15);
        assert_close(classic.at(15_000_000).unwrap(), 2.56, 1e-15);
        assert_close(PowChain::DOGECOIN.subsidy.at(5_000_000).unwrap(), 10_000.0, 0.0);
        assert_close(bitcoin.at(u64::MAX).unwrap(), 0.0, 0.0);
    }

    #[test]
    fn a_subsidy_without_interval_or_with_a_factor_above_one_is_refused() {
        let broken = |interval, factor| {
            Subsidy::Geometric {
                initial: 1.0,
                interval,
                factor,
            }
            .at(1)
        };
        assert!(broken(0, 0.5).is_err());
        assert!(broken(1, 1.5).is_err());
        assert!(broken(1, f64::NAN).is_err());
        assert!(Subsidy::Constant(0.0).at(1).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn difficulty_and_hash_rate_are_inverse(difficulty in 1e-3_f64..1e15, blocks in 1.0_f64..1e4) {
            for chain in [PowChain::BITCOIN, PowChain::LITECOIN, PowChain::ETHEREUM_CLASSIC] {
                let hash_rate = chain.hash_rate(difficulty, blocks, SECONDS_PER_DAY).unwrap();
                let back = chain.difficulty(hash_rate, blocks, SECONDS_PER_DAY).unwrap();
                prop_assert!((back / difficulty - 1.0).abs() < 1e-12);
            }
        }
    }
}
