//! Proof-of-work chains in a snapshot. A chain of which a metric is silent is left out of it: the model takes that as
//! missing coverage, so that an ailing source of another chain's figures cannot stop the market.

use super::history::MiningReading;
use super::validate::middle;
use crate::config::ValidateConfig;
use crate::observation::{Metric, Observation, Sample};
use crate::pow::PowCoin;

/// The chains, in the order of [`PowCoin::ALL`]. The samples' domains and times have been checked; their age is the
/// model's to judge.
pub(super) fn mining(
    observation: &Observation,
    config: &ValidateConfig,
) -> [Option<MiningReading>; PowCoin::ALL.len()] {
    PowCoin::ALL.map(|coin| reading(observation, coin, config))
}

fn reading(observation: &Observation, coin: PowCoin, config: &ValidateConfig) -> Option<MiningReading> {
    let price = agreeing(observation, Metric::CoinPrice(coin), config)?;
    let difficulty = agreeing(observation, Metric::Difficulty(coin), config)?;
    let height = agreeing(observation, Metric::Height(coin), config)?;
    let fees = agreeing(observation, Metric::BlockFees(coin), config)?;
    let all = || price.iter().chain(&difficulty).chain(&height).chain(&fees);
    // checked before: a height is at least zero and at most 2⁵³, so that the cast loses no more than a half block
    let height = middle(&height) as u64;
    Some(MiningReading {
        observed_at: all().map(|sample| sample.observed_at).min()?,
        price: middle(&price),
        difficulty: middle(&difficulty),
        height,
        block_fees: middle(&fees),
        confidence: all().map(|sample| sample.confidence).fold(1.0, f64::min),
    })
}

/// The samples of a metric, without those that lie far from the median of three or more, where enough are left.
fn agreeing<'a>(
    observation: &'a Observation,
    metric: Metric,
    config: &ValidateConfig,
) -> Option<Vec<&'a Sample>> {
    let mut samples: Vec<&Sample> = observation
        .samples
        .iter()
        .filter(|sample| sample.metric == metric)
        .collect();
    if samples.len() >= 3 {
        let center = middle(&samples);
        samples.retain(|sample| (sample.value - center).abs() <= config.max_deviation * center.abs());
    }
    (!samples.is_empty() && samples.len() >= config.min_sources).then_some(samples)
}
