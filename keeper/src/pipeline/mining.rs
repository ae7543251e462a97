//! Proof-of-work chains in a snapshot. A sample outside its domain, from the future or without a confidence does not count,
//! and a chain of which a metric is silent is left out: the model takes that as missing coverage, so that an ailing source
//! of another chain's figures cannot stop the market.

use super::history::MiningReading;
use super::validate::{check_sample, middle};
use crate::config::ValidateConfig;
use crate::observation::{Metric, Observation, Sample};
use crate::pow::PowCoin;

/// The chains, in the order of [`PowCoin::ALL`]. Their age is the model's to judge.
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
    let metrics = [&price, &difficulty, &height, &fees];
    let times = metrics.map(|samples| middle_time(samples));
    let confidences = metrics.into_iter().flatten().map(|sample| sample.confidence);
    Some(MiningReading {
        observed_at: times.into_iter().min()??,
        price: middle(&price),
        difficulty: middle(&difficulty),
        // it lies in its domain, at least zero and at most 2⁵³: the cast loses no more than a half block
        height: middle(&height) as u64,
        block_fees: middle(&fees),
        confidence: confidences.fold(1.0, f64::min),
    })
}

/// The time that half of the samples are at least as old as, the older of two: one source that stands still does not make
/// the others old.
fn middle_time(samples: &[&Sample]) -> Option<i64> {
    let mut times: Vec<i64> = samples.iter().map(|sample| sample.observed_at).collect();
    times.sort_unstable();
    times.get(times.len().checked_sub(1)? / 2).copied()
}

/// The usable samples of a metric, without those that lie far from the median of three or more, where enough are left.
fn agreeing<'a>(
    observation: &'a Observation,
    metric: Metric,
    config: &ValidateConfig,
) -> Option<Vec<&'a Sample>> {
    let mut samples: Vec<&Sample> = observation
        .samples
        .iter()
        .filter(|sample| sample.metric == metric)
        .filter(|sample| check_sample(sample, observation.observed_at).is_ok())
        .filter(|sample| (0.0..=1.0).contains(&sample.confidence))
        .collect();
    if samples.len() >= 3 {
        let center = middle(&samples);
        samples.retain(|sample| (sample.value - center).abs() <= config.max_deviation * center.abs());
    }
    (!samples.is_empty() && samples.len() >= config.min_sources).then_some(samples)
}
