//! s across chains: the market's own staking token beside proof-of-work chains, whose return is a miner's.

use super::ConfigError;
use crate::pow::PowCoin;
use hurdle_model::pow::{Entrant, Machine, Site, Unit};
use hurdle_model::staking::{AggregateRule, BlendRule};
use hurdle_model::{ModelError, staking};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// How the yields of several chains become one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcrossModel {
    /// Value staked on the market's own chain, quote units: its weight.
    pub stake: f64,
    /// Largest share of one chain.
    pub cap: f64,
    /// Share of the weight that is cut off at either end.
    pub trim: f64,
    /// Age at which a chain's figures count half, seconds.
    pub half_life_seconds: f64,
    /// Age beyond which they count as missing, seconds.
    pub max_age_seconds: f64,
    /// Disagreement, and standard error of a return, that halves the confidence.
    pub tolerance: f64,
    /// Largest return of mining that counts, per year; a larger one counts as this and is trusted in proportion. Keep it
    /// within the market's bound on s, so that no chain's figures can make a report that the program refuses.
    pub highest_return: f64,
    /// Fewest chains.
    pub quorum: usize,
    /// Proof-of-work chains; the weight of each is the price of the machines behind its hash rate.
    pub mining: Vec<MiningModel>,
}

/// One who enters mining now: what a machine costs and on which terms it runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MiningModel {
    /// The chain.
    pub coin: PowCoin,
    /// Hash rate of a machine, TH/s.
    pub terahash: f64,
    /// Its power, watts.
    pub watts: f64,
    /// Its price, quote units.
    pub price: f64,
    /// Years until it is written off.
    pub life_years: f64,
    /// What it is worth then, quote units.
    pub salvage: f64,
    /// Price of energy, quote units per kWh.
    pub energy_price: f64,
    /// Energy at the meter ÷ energy of the machines.
    pub overhead: f64,
    /// Share of the time that machines run.
    pub uptime: f64,
    /// Share of the revenue that the pool keeps.
    pub pool_fee: f64,
    /// Cost of operation of one machine, quote units per day.
    pub operation_per_day: f64,
    /// Expected decline of the log hashprice per year.
    pub decline: f64,
    /// Its standard error.
    pub decline_error: f64,
    /// Years over which the return is averaged.
    pub horizon_years: f64,
}

impl AcrossModel {
    /// The rule of aggregation.
    #[must_use]
    pub const fn rule(&self) -> AggregateRule {
        AggregateRule {
            blend: BlendRule {
                cap: self.cap,
                trim: self.trim,
            },
            half_life_seconds: self.half_life_seconds,
            max_age_seconds: self.max_age_seconds,
            tolerance: self.tolerance,
            quorum: self.quorum,
        }
    }

    /// Checks every figure; `path` is for messages.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with the table.
    pub fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let invalid = |section, reason: String| ConfigError::Invalid {
            path: path.to_owned(),
            section,
            reason,
        };
        self.would_aggregate()
            .map_err(|reason| invalid("model.staking.across", reason.to_string()))?;
        for (index, mining) in self.mining.iter().enumerate() {
            mining
                .entrant()
                .checked()
                .map_err(|reason| invalid("model.staking.across.mining", reason.to_string()))?;
            let again = self
                .mining
                .iter()
                .take(index)
                .any(|other| other.coin == mining.coin);
            if again {
                let reason = format!(
                    "{} stands twice; keep one table for each coin",
                    mining.coin.name()
                );
                return Err(invalid("model.staking.across.mining", reason));
            }
        }
        if self.mining.is_empty() || !(1..=self.mining.len() + 1).contains(&self.quorum) {
            let reason = "at least one [[model.staking.across.mining]] is needed, and a quorum between 1 and their \
                          number and one";
            return Err(invalid("model.staking.across", reason.to_owned()));
        }
        Ok(())
    }

    /// Whether the rule takes a reading that cannot be wrong.
    fn would_aggregate(&self) -> Result<(), ModelError> {
        let reading = staking::Reading {
            value: 0.0,
            age_seconds: 0.0,
            confidence: 1.0,
        };
        let source = staking::ChainSource {
            stake: self.stake,
            reading: Some(reading.held_to(self.highest_return)?),
        };
        let rule = AggregateRule {
            quorum: 1,
            ..self.rule()
        };
        staking::aggregate(&[source], &rule).map(drop)
    }
}

impl MiningModel {
    /// As the model knows it.
    #[must_use]
    pub const fn entrant(&self) -> Entrant {
        Entrant {
            unit: Unit {
                machine: Machine {
                    hash_rate: self.terahash,
                    power: self.watts,
                },
                count: 1.0,
                price: self.price,
                life: self.life_years,
                salvage: self.salvage,
            },
            site: Site {
                energy_price: self.energy_price,
                overhead: self.overhead,
                uptime: self.uptime,
                pool_fee: self.pool_fee,
                operation: self.operation_per_day,
            },
            decline: self.decline,
            decline_error: self.decline_error,
            horizon: self.horizon_years,
        }
    }
}
