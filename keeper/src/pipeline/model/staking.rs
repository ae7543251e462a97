//! s: the staking token's growth, alone or blended with what miners earn on proof-of-work chains.

use super::{Estimate, ModelFault, trust};
use crate::config::{AcrossModel, MiningModel, ModelConfig};
use crate::pipeline::History;
use crate::pipeline::history::{MiningReading, Snapshot};
use hurdle_model::ModelError;
use hurdle_model::pow::{BlockReward, MiningMarket};
use hurdle_model::staking::{ChainSource, Reading, aggregate, robust_growth};

/// s, its standard error and the confidence in it.
pub(super) fn staking(
    history: &History,
    last: &Snapshot,
    config: &ModelConfig,
) -> Result<Estimate, ModelFault> {
    let (own, own_error) = own(history, config)?;
    let Some(across) = &config.staking.across else {
        return Ok(trust(last, own, own_error));
    };
    blended(last, across, own, own_error)
        .map_err(|reason| ModelFault::new("s, staking across chains", reason))
}

/// Robust growth of the exchange rate, as a simple rate over the holding period, and its standard error.
fn own(history: &History, config: &ModelConfig) -> Result<(f64, f64), ModelFault> {
    let model = &config.staking;
    let fault = |reason| ModelFault::new("s, staking", reason);
    let rates = history.lst_rates(model.window_seconds, model.spacing_seconds)?;
    let growth = robust_growth(&rates, model.window_seconds).map_err(fault)?;
    let simple = growth.simple(model.holding_days / 365.0).map_err(fault)?;
    // the half-width is that of a 95 % interval
    Ok((simple, growth.half_width / 1.96))
}

/// The stake-weighted, capped, trimmed mean. Silence, age and disagreement of chains lower the confidence; they do not
/// stop the market while a quorum reports.
fn blended(last: &Snapshot, across: &AcrossModel, own: f64, own_error: f64) -> Result<Estimate, ModelError> {
    let mut sources = vec![ChainSource {
        stake: across.stake,
        reading: Some(Reading {
            value: own,
            age_seconds: 0.0,
            confidence: 1.0,
        }),
    }];
    for mining in &across.mining {
        let observed = last.mining_of(mining.coin);
        // figures out of which no return can be made say as little as none
        let source = observed.and_then(|observed| mined(last, across, mining, observed).ok());
        sources.push(source.unwrap_or(silent(across)));
    }
    let all = aggregate(&sources, &across.rule())?;
    let error = own_error.hypot(all.disagreement / all.effective_sources.sqrt());
    let estimate = trust(last, all.mean, error);
    Ok(Estimate {
        confidence: estimate.confidence * all.confidence,
        ..estimate
    })
}

/// A chain that says nothing. Its weight is not known: it counts as much as the market's own chain, so that its silence is
/// felt as missing coverage.
const fn silent(across: &AcrossModel) -> ChainSource {
    ChainSource {
        stake: across.stake,
        reading: None,
    }
}

/// What one who enters mining now earns, held to the largest return that counts.
fn mined(
    last: &Snapshot,
    across: &AcrossModel,
    mining: &MiningModel,
    observed: MiningReading,
) -> Result<ChainSource, ModelError> {
    let (chain, entrant) = (mining.coin.rules(), mining.entrant());
    let reward = BlockReward {
        subsidy: chain.subsidy.at(observed.height)?,
        fees: observed.block_fees,
    };
    let market = MiningMarket::at_difficulty(&chain, observed.difficulty, reward, observed.price)?;
    let earned = entrant.operating_return(&market)?;
    // both are times of the market's life: their difference is exact in f64
    let age = last.observed_at.saturating_sub(observed.observed_at).max(0) as f64;
    let reading = earned.reading(age, observed.confidence, across.tolerance)?;
    Ok(ChainSource {
        stake: entrant.network_capital(chain.hash_rate_on_target(observed.difficulty)?)?,
        reading: Some(reading.held_to(across.highest_return)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Metric, Observation};
    use crate::pipeline::testing::{CRASH_DAY, across, config, history_of, mining, observations_until};
    use hurdle_model::ModelError;

    fn s(history: &History, config: &ModelConfig) -> Estimate {
        staking(history, history.last().unwrap(), config).unwrap()
    }

    fn observed() -> Vec<Observation> {
        observations_until(CRASH_DAY, Some(mining()))
    }

    #[test]
    fn mining_is_observed_but_counts_only_where_the_model_says_so() {
        let (with, without) = (
            history_of(&observed()),
            history_of(&observations_until(CRASH_DAY, None)),
        );
        assert_eq!(s(&with, &config().model), s(&without, &config().model));
        assert_ne!(s(&with, &across().model), s(&with, &config().model));
    }

    /// What the blend must be, worked out from the recorded figures of 2021-05-18 without the library.
    #[test]
    fn the_blend_is_the_weighted_mean_of_the_token_and_of_the_miners_return() {
        let history = history_of(&observed());
        let own = s(&history, &config().model);
        let (price, difficulty, fees) = (42_790.0, 2.5046e13, 0.68);
        let hashprice = price * (6.25 + fees) * 86_400.0 * 1e15 / (difficulty * 4_294_967_296.0);
        let energy = 3068.0 / 104.0 * 24.0 * 1.05 * 0.05;
        let steps = 400_000;
        let mean: f64 = (0..steps)
            .map(|k| 4.0 * (f64::from(k) + 0.5) / f64::from(steps))
            .map(|years| (0.99 * hashprice * (-0.46 * years).exp() - energy).max(0.0))
            .sum::<f64>()
            / f64::from(steps);
        let mined = (365.0 * (0.97 * 0.104 * mean - 0.5) - 2125.0) / 9000.0;
        assert!((0.0..1.0).contains(&mined), "{mined}");
        let capital = difficulty * 4_294_967_296.0 / 600.0 / 104e12 * 9000.0;
        // neither share exceeds a half where both chains weigh much: the cap makes them equal
        let model = across().model;
        let rule = model.staking.across.as_ref().unwrap();
        assert!((capital / (capital + rule.stake) - 0.5).abs() > 1e-3, "{capital}");
        let blend = s(&history, &model);
        assert!(
            (blend.value - f64::midpoint(own.value, mined)).abs() < 1e-7,
            "{} {} {mined}",
            blend.value,
            own.value
        );
        assert!(blend.confidence < own.confidence);
    }

    #[test]
    fn a_silent_chain_leaves_the_token_and_lowers_the_confidence_until_the_quorum_is_missed() {
        let silent: Vec<Observation> = observed()
            .into_iter()
            .map(|mut observation| {
                observation
                    .samples
                    .retain(|sample| !matches!(sample.metric, Metric::Height(_)));
                observation
            })
            .collect();
        let history = history_of(&silent);
        let mut model = across().model;
        let alone = s(&history, &model);
        let own = s(&history, &config().model);
        assert!((alone.value - own.value).abs() < 1e-15);
        assert!(
            (alone.confidence / own.confidence - 0.5).abs() < 1e-9,
            "{} {}",
            alone.confidence,
            own.confidence
        );
        model.staking.across.as_mut().unwrap().quorum = 2;
        let error = staking(&history, history.last().unwrap(), &model).unwrap_err();
        assert_eq!(
            error,
            ModelFault::new(
                "s, staking across chains",
                ModelError::TooFew {
                    what: "usable yield readings",
                    needed: 2,
                    got: 1
                }
            )
        );
    }

    /// The extremes that a sample may report, and values that no sample may.
    #[test]
    fn no_figures_of_a_chain_stop_the_market_or_move_s_beyond_the_chains_share() {
        let honest = observed();
        let rule = across().model.staking.across.unwrap();
        let own = s(&history_of(&honest), &config().model);
        let (lowest, highest) = (0.5 * own.value, 0.5 * (own.value + rule.highest_return));
        for extremes in 0_u32..256 {
            let mut observations = honest.clone();
            let samples = observations
                .iter_mut()
                .flat_map(|observation| &mut observation.samples);
            for sample in samples {
                let place = match sample.metric {
                    Metric::CoinPrice(_) => 0,
                    Metric::Difficulty(_) => 2,
                    Metric::Height(_) => 4,
                    Metric::BlockFees(_) => 6,
                    _ => continue,
                };
                let (low, high) = sample.metric.domain();
                sample.value = match (extremes >> place) & 3 {
                    0 => low,
                    1 => high,
                    2 => f64::NAN,
                    _ => sample.value,
                };
            }
            let blend = s(&history_of(&observations), &across().model);
            assert!(
                (lowest - 1e-12..=highest + 1e-12).contains(&blend.value),
                "{extremes:b}: {blend:?}"
            );
            assert!((0.0..=1.0).contains(&blend.confidence), "{extremes:b}: {blend:?}");
        }
    }

    #[test]
    fn a_recorded_cycle_with_mining_replays_to_the_same_number() {
        let observations = observed();
        let text = serde_json::to_string(&observations).unwrap();
        let replayed: Vec<Observation> = serde_json::from_str(&text).unwrap();
        let (first, again) = (history_of(&observations), history_of(&replayed));
        assert_eq!(first.digest(), again.digest());
        assert_eq!(s(&first, &across().model), s(&again, &across().model));
    }

    #[test]
    fn one_liar_among_three_sources_of_a_chain_is_left_out() {
        let mut observations = observed();
        let honest = s(&history_of(&observations), &across().model);
        for observation in &mut observations {
            let mined: Vec<_> = observation
                .samples
                .iter()
                .filter(|x| x.metric.coin().is_some())
                .cloned()
                .collect();
            for (source, factor) in [("second", 1.0), ("liar", 3.0)] {
                observation
                    .samples
                    .extend(mined.iter().cloned().map(|mut sample| {
                        source.clone_into(&mut sample.source);
                        sample.value *= factor;
                        sample
                    }));
            }
        }
        assert_eq!(s(&history_of(&observations), &across().model), honest);
    }
}
