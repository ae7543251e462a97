//! Ethereum: issuance ∝ √stake (consensus specifications, Altair, 2021), fees and MEV of the proposers beside it.

use crate::error::{Result, fraction, non_negative, positive, representable};
use crate::series::SECONDS_PER_YEAR;
use crate::staking::ChainYield;

/// `BASE_REWARD_FACTOR` of the consensus specifications.
const BASE_REWARD_FACTOR: f64 = 64.0;
/// Slots of an epoch × seconds of a slot.
const SECONDS_PER_EPOCH: f64 = 384.0;
const GWEI_PER_ETH: f64 = 1e9;
/// Weights of the duties, out of 64: source 14 + target 26 + head 14; what is lost by missing source and target; sync
/// committee; proposer (specification "Altair — beacon chain", incentivisation weights).
const ATTESTATION: f64 = 54.0;
const PENALISED: f64 = 40.0;
const SYNC: f64 = 2.0;
const PROPOSER: f64 = 8.0;
const WEIGHTS: f64 = 64.0;

/// What Ethereum pays its validators.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EthereumStaking {
    /// Total active effective balance, ETH.
    pub staked: f64,
    /// Supply, ETH.
    pub supply: f64,
    /// Share of the stake that attests correctly and in time, [0, 1].
    pub participation: f64,
    /// The same for the validators in question, [0, 1].
    pub uptime: f64,
    /// Priority fees and MEV paid to all proposers together, ETH per year; those that attest share it.
    pub proposer_income: f64,
    /// Fees burnt, ETH per year (EIP-1559).
    pub burnt: f64,
    /// The operator's commission on everything, [0, 1].
    pub commission: f64,
}

/// Base reward per year and ETH of effective balance, F/√(stake in Gwei) × epochs a year: the most that a validator of
/// a network in full participation earns from issuance.
///
/// # Errors
/// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
pub fn base_reward_rate(staked: f64) -> Result<f64> {
    positive("stake", staked)?;
    // Two roots: the stake in Gwei itself might not be representable.
    let root = staked.sqrt() * GWEI_PER_ETH.sqrt();
    representable(
        "base reward rate",
        BASE_REWARD_FACTOR / root * (SECONDS_PER_YEAR / SECONDS_PER_EPOCH),
    )
}

/// Rewards less penalties, as a share of the base reward, of validators that perform with probability `uptime` among
/// validators that perform with probability `participation`. Every attestation reward is scaled by the participating
/// stake; an absent proposer leaves what it would have included to the next, so that those present earn the proposers'
/// whole weight; missed source and target votes and missed sync duties are charged at their full weight. No inactivity
/// leak, and late inclusion costs nobody the head vote.
fn performance(uptime: f64, participation: f64) -> f64 {
    let earned = uptime * (ATTESTATION * participation + PROPOSER + SYNC);
    let charged = (1.0 - uptime) * (PENALISED + SYNC);
    (earned - charged) / WEIGHTS
}

impl EthereumStaking {
    fn validate(&self) -> Result<()> {
        positive("stake", self.staked)?;
        positive("supply", self.supply)?;
        fraction("staked share of the supply", self.staked / self.supply)?;
        fraction("participation", self.participation)?;
        fraction("uptime", self.uptime)?;
        non_negative("proposer income", self.proposer_income)?;
        non_negative("burn", self.burnt)?;
        fraction("commission", self.commission)?;
        Ok(())
    }

    /// ETH issued per year net of penalties; negative where participation is so low that penalties exceed rewards.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for stake or supply, [`crate::ModelError::OutOfRange`],
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn issuance(&self) -> Result<f64> {
        self.validate()?;
        let rate = base_reward_rate(self.staked)? * performance(self.participation, self.participation);
        representable("issuance", rate * self.staked)
    }

    /// Simple annual yield and supply growth.
    ///
    /// # Errors
    /// As [`EthereumStaking::issuance`].
    pub fn simple(&self) -> Result<ChainYield> {
        let issued = self.issuance()?;
        let consensus = base_reward_rate(self.staked)? * performance(self.uptime, self.participation);
        // What is paid is shared by the proposers that are there, whom it is paid to.
        let there = if self.participation > 0.0 {
            self.uptime / self.participation
        } else {
            0.0
        };
        let execution = self.proposer_income / self.staked * there;
        let gross = representable("yield", consensus + execution)?;
        // An operator shares in income, not in penalties.
        let nominal = gross - self.commission * gross.max(0.0);
        ChainYield::new(
            nominal,
            representable("supply growth", (issued - self.burnt) / self.supply)?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const MAINNET: EthereumStaking = EthereumStaking {
        staked: 34e6,
        supply: 120.5e6,
        participation: 0.995,
        uptime: 0.995,
        proposer_income: 250_000.0,
        burnt: 100_000.0,
        commission: 0.1,
    };

    /// Issuance of a year in the specification's own integers, in ETH.
    fn specification(validators: u64) -> f64 {
        let total: u64 = validators * 32_000_000_000;
        let per_increment = 1_000_000_000 * 64 / total.isqrt();
        let per_epoch = per_increment * 32 * validators;
        (per_epoch as f64) * 82_125.0 / 1e9
    }

    #[test]
    fn issuance_is_that_of_the_specifications_integers_at_any_number_of_validators() {
        for validators in [16_384u64, 250_000, 500_000, 937_500, 1_062_500] {
            let ours = EthereumStaking {
                staked: validators as f64 * 32.0,
                participation: 1.0,
                uptime: 1.0,
                ..MAINNET
            };
            // The integers round the base reward down by less than one part in its few hundred Gwei.
            let spec = specification(validators);
            let issuance = ours.issuance().unwrap();
            assert!(issuance >= spec && issuance / spec - 1.0 < 1.0 / 340.0);
        }
    }

    #[test]
    fn a_perfect_network_pays_every_validator_the_base_reward() {
        assert_close(performance(1.0, 1.0), 1.0, 1e-16);
        // 166.3·√stake in a year of 365.25 days, known to that many digits.
        assert_close(
            base_reward_rate(30e6).unwrap() * 30e6 * 365.25 / 365.0,
            166.3 * 30e6_f64.sqrt(),
            0.05 * 30e6_f64.sqrt(),
        );
    }

    #[test]
    fn an_offline_validator_loses_and_an_absent_third_costs_everyone() {
        assert!(performance(0.0, 1.0) < 0.0);
        assert_close(performance(1.0, 0.66) / performance(1.0, 1.0), 0.713_125, 1e-12);
    }

    #[test]
    fn what_all_validators_earn_together_is_what_is_issued_and_paid() {
        for participation in [1.0, 0.995, 0.8] {
            let all = EthereumStaking {
                participation,
                uptime: participation,
                commission: 0.0,
                ..MAINNET
            };
            let earned = all.simple().unwrap().nominal * all.staked;
            assert_close(earned / (all.issuance().unwrap() + 250_000.0), 1.0, 1e-14);
        }
    }

    #[test]
    fn the_real_yield_nets_the_burn() {
        let chain = MAINNET.simple().unwrap();
        let growth = (MAINNET.issuance().unwrap() - 100_000.0) / 120.5e6;
        assert_close(chain.supply_growth, growth, 1e-16);
        assert_close(chain.real, (1.0 + chain.nominal) / (1.0 + growth) - 1.0, 1e-15);
        assert!((0.02..0.04).contains(&chain.nominal), "{}", chain.nominal);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_yield_falls_and_issuance_rises_with_the_stake(staked in 1e6f64..1e8, factor in 1.001f64..1.2) {
            let at = |staked: f64| EthereumStaking { staked, ..MAINNET };
            let (less, more) = (at(staked), at((staked * factor).min(120e6)));
            prop_assert!(more.simple().unwrap().nominal <= less.simple().unwrap().nominal);
            prop_assert!(more.issuance().unwrap() >= less.issuance().unwrap());
            let lazy = EthereumStaking { uptime: 0.9, ..less };
            prop_assert!(lazy.simple().unwrap().nominal < less.simple().unwrap().nominal);
        }
    }
}
