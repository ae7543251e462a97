//! Orphaned blocks: what slow propagation costs a miner, and what a byte of a block has to pay for it.

use super::BlockReward;
use crate::error::{ModelError, Result, fraction, non_negative, positive, representable};

/// How a miner's blocks reach the others, and theirs the miner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Propagation {
    /// Mean time between the network's blocks, seconds.
    pub block_seconds: f64,
    /// The miner's share of the network's hash rate, [0, 1).
    pub share: f64,
    /// Time until the others work on an empty block of the miner's, seconds: the mean over their hash rate.
    pub sending: f64,
    /// What each byte of a block adds to it, seconds.
    pub per_byte: f64,
    /// Time until the miner works on a block of the others', seconds.
    pub receiving: f64,
    /// Share of the others' hash rate that works on the miner's block where two compete, [0, 1]: nothing is the conservative
    /// assumption that every race is lost against them.
    pub followed: f64,
}

/// Orphan risk of a block of a given size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrphanRisk {
    /// Probability that others find a competing block while the miner's is on its way.
    pub overtaken: f64,
    /// Probability that the block was found on a tip that was outdated already, while another's was on its way.
    pub outdated: f64,
    /// Probability that the block does not end up in the chain.
    pub orphaned: f64,
    /// What that costs per block found, coins.
    pub loss: f64,
    /// Fees per byte, coins, below which another byte costs more in orphan risk than it brings.
    pub fee_per_byte: f64,
}

/// Probability of a competing block within a propagation delay of `delay` seconds, 1 − e^(−delay/T) for Poisson blocks
/// every T seconds: the fork rate of Decker & Wattenhofer 2013, "Information propagation in the Bitcoin network"
/// in continuous time, with the delay as the integral of the share that does not know the block yet.
///
/// # Errors
/// [`ModelError::OutOfRange`] for a negative delay, [`ModelError::NotPositive`] for the block time,
/// [`ModelError::NotFinite`].
pub fn fork_probability(delay: f64, block_seconds: f64) -> Result<f64> {
    let delay = non_negative("propagation delay", delay)?;
    Ok(-(-delay / positive("block time", block_seconds)?).exp_m1())
}

/// The least fees of a block of `bytes` at which it pays as well as an empty one, R·(e^(z·Q/T) − 1): the block-space supply
/// curve of Rizun 2015, "A Transaction Fee Market Exists Without a Block Size Limit", for a delay that grows by z = `per_byte`
/// seconds a byte, with R the subsidy, in coins.
///
/// # Errors
/// [`ModelError::OutOfRange`] for negative arguments, [`ModelError::NotPositive`] for the block time,
/// [`ModelError::NotFinite`], [`ModelError::Overflow`].
pub fn block_space_supply(subsidy: f64, bytes: f64, per_byte: f64, block_seconds: f64) -> Result<f64> {
    let delay = non_negative("size of a block", bytes)? * non_negative("delay per byte", per_byte)?;
    let exponent = delay / positive("block time", block_seconds)?;
    representable(
        "cost of block space",
        non_negative("block subsidy", subsidy)? * exponent.exp_m1(),
    )
}

impl Propagation {
    /// The propagation, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        positive("block time", self.block_seconds)?;
        let share = fraction("share of the network's hash rate", self.share)?;
        if share >= 1.0 {
            return Err(ModelError::OutOfRange {
                what: "share of the network's hash rate",
                value: share,
                min: 0.0,
                max: 1.0 - f64::EPSILON,
            });
        }
        non_negative("delay of sending", self.sending)?;
        non_negative("delay per byte", self.per_byte)?;
        non_negative("delay of receiving", self.receiving)?;
        fraction("share of the others that follow the miner", self.followed)?;
        Ok(self)
    }

    /// Orphan risk of a block of `bytes` that pays `reward`.
    ///
    /// Only the others, who find a block every T/(1 − share) seconds, compete. One of them may find a block before the miner's
    /// has reached them, or have found one that had not reached the miner; both intervals are disjoint, so that a block
    /// survives with the product of the probabilities. In the first race the next block decides, which the miner and
    /// the others that follow him find with probability share + (1 − share)·followed; in the second the miner alone works on
    /// his block, since the others had theirs first. Without a share, with symmetric sending alone and nobody following,
    /// this is Rizun's 1 − e^(−τ/T), and the fee per byte his marginal cost (R + M)·τ′/T.
    ///
    /// # Errors
    /// As [`Self::checked`] and [`BlockReward::total`]; [`ModelError::Overflow`].
    pub fn orphan_risk(&self, bytes: f64, reward: BlockReward) -> Result<OrphanRisk> {
        self.checked()?;
        let others = self.block_seconds / (1.0 - self.share);
        let delay = representable(
            "propagation delay",
            self.sending + self.per_byte * non_negative("size of a block", bytes)?,
        )?;
        let overtaken = fork_probability(delay, others)?;
        let outdated = fork_probability(self.receiving, others)?;
        let lost_race = 1.0 - (self.share + (1.0 - self.share) * self.followed);
        let survives_late = 1.0 - outdated * (1.0 - self.share);
        // of the probability to survive that sending leaves, relative to itself
        let quiet = (-delay / others).exp();
        let slope = lost_race * self.per_byte / others * quiet / (1.0 - overtaken * lost_race);
        let total = reward.total()?;
        let orphaned =
            (outdated * (1.0 - self.share) + survives_late * (overtaken * lost_race)).clamp(0.0, 1.0);
        Ok(OrphanRisk {
            overtaken,
            outdated,
            orphaned,
            loss: total * orphaned,
            fee_per_byte: representable("break-even fee per byte", total * slope)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close, derivative};
    use proptest::prelude::*;

    const REWARD: BlockReward = BlockReward {
        subsidy: 25.0,
        fees: 0.25,
    };

    /// Sending alone, conservative: Rizun's miner.
    const RIZUN: Propagation = Propagation {
        block_seconds: 600.0,
        share: 0.0,
        sending: 2.0,
        per_byte: 1e-5,
        receiving: 0.0,
        followed: 0.0,
    };

    #[test]
    fn the_fork_rate_is_that_of_decker_and_wattenhofer() {
        // 11.37 s of ignorance, a block every 633.68 s: their model 1.78 %, observed 1.69 %.
        assert_close(fork_probability(11.37, 633.68).unwrap(), 0.0178, 5e-5);
    }

    #[test]
    fn a_small_miner_whose_races_are_lost_is_rizuns() {
        let risk = RIZUN.orphan_risk(1e6, REWARD).unwrap();
        assert_close(risk.orphaned, 1.0 - (-12.0_f64 / 600.0).exp(), 1e-15);
        assert_close(risk.fee_per_byte, 25.25 * 1e-5 / 600.0, 1e-18);
        assert_close(risk.loss, 25.25 * risk.orphaned, 1e-14);
        // The supply curve's slope is the marginal fee once fees are what it asks for.
        let supply = |bytes: f64| block_space_supply(25.0, bytes, 1e-5, 600.0).unwrap();
        let bytes = 1e6;
        let fees = supply(bytes);
        let risk = RIZUN
            .orphan_risk(bytes, BlockReward { subsidy: 25.0, fees })
            .unwrap();
        assert_close(derivative(supply, bytes, 1.0) / risk.fee_per_byte, 1.0, 1e-8);
    }

    #[test]
    fn orphans_are_as_frequent_as_in_a_simulated_race() {
        let miner = Propagation {
            share: 0.25,
            sending: 30.0,
            per_byte: 0.0,
            receiving: 60.0,
            followed: 0.4,
            ..RIZUN
        };
        let mut rng = Rng::new(11);
        let others = 0.75 / 600.0;
        let trials = 400_000;
        let mut lost = 0;
        for _ in 0..trials {
            let mut wait = || -rng.uniform().ln() / others;
            let (before, after) = (wait(), wait());
            let late = before < 60.0 && rng.uniform() >= 0.25;
            let overtaken = after < 30.0 && rng.uniform() >= 0.25 + 0.75 * 0.4;
            lost += u32::from(late || overtaken);
        }
        let risk = miner.orphan_risk(1e6, REWARD).unwrap();
        // four standard errors
        assert_close(f64::from(lost) / f64::from(trials), risk.orphaned, 1.7e-3);
    }

    #[test]
    fn impossible_delays_and_shares_are_refused() {
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(fork_probability(bad, 600.0).is_err());
            assert!(block_space_supply(25.0, bad, 1e-5, 600.0).is_err());
            assert!(RIZUN.orphan_risk(bad, REWARD).is_err());
            for broken in [
                Propagation { share: bad, ..RIZUN },
                Propagation {
                    sending: bad,
                    ..RIZUN
                },
                Propagation {
                    per_byte: bad,
                    ..RIZUN
                },
                Propagation {
                    receiving: bad,
                    ..RIZUN
                },
                Propagation {
                    followed: bad,
                    ..RIZUN
                },
                Propagation {
                    block_seconds: bad,
                    ..RIZUN
                },
            ] {
                assert!(broken.orphan_risk(1.0, REWARD).is_err());
            }
        }
        assert!(Propagation { share: 1.0, ..RIZUN }.checked().is_err());
        assert!(fork_probability(1.0, 0.0).is_err());
        assert!(block_space_supply(25.0, 1e300, 1.0, 1e-3).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_fee_per_byte_is_what_keeps_expected_income_level(
            share in 0.0_f64..0.9,
            sending in 0.0_f64..100.0,
            receiving in 0.0_f64..100.0,
            followed in 0.0_f64..1.0,
            bytes in 0.0_f64..4e6,
        ) {
            let miner = Propagation { share, sending, receiving, followed, per_byte: 1e-5, ..RIZUN };
            let risk = miner.orphan_risk(bytes, REWARD).unwrap();
            prop_assert!((0.0..=1.0).contains(&risk.orphaned) && risk.loss >= 0.0);
            let income = |step: f64| {
                let reward = BlockReward { fees: REWARD.fees + risk.fee_per_byte * step, ..REWARD };
                reward.total().unwrap() * (1.0 - miner.orphan_risk(bytes + step, reward).unwrap().orphaned)
            };
            prop_assert!(derivative(income, 1000.0, 900.0).abs() <= 1e-3 * risk.fee_per_byte + 1e-15);
            let faster = Propagation { sending: sending / 2.0, ..miner };
            prop_assert!(faster.orphan_risk(bytes, REWARD).unwrap().orphaned <= risk.orphaned + 1e-15);
        }
    }
}
