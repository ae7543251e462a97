//! Stage *validate*: from raw samples to one snapshot, or the reason why not.

use super::history::Snapshot;
use super::mining::mining;
use crate::config::ValidateConfig;
use crate::convert::from_raw;
use crate::observation::{Metric, Observation, Sample};
use hurdle_interface::Rate;
use hurdle_model::robust::median;
use thiserror::Error;

/// Why an observation does not count. The cycle is skipped; nothing old is published in its place.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ValidateError {
    /// A value outside its metric's domain.
    #[error("{source_name} reports {metric} {value}, outside {low} … {high}: check that source")]
    OutOfDomain {
        /// Who.
        source_name: String,
        /// What.
        metric: Metric,
        /// The value.
        value: f64,
        /// Least admissible.
        low: f64,
        /// Greatest admissible.
        high: f64,
    },
    /// A sample from after the observation.
    #[error("{source_name} reports {metric} from {ahead} s in the future: check the clocks")]
    Future {
        /// Who.
        source_name: String,
        /// What.
        metric: Metric,
        /// Seconds ahead.
        ahead: i64,
    },
    /// Too few sources are left.
    #[error(
        "{metric}: {usable} usable of {seen} samples, {needed} needed ({stale} too old, {outlying} outlying): check \
         its sources"
    )]
    Quorum {
        /// What.
        metric: Metric,
        /// How many there were.
        seen: usize,
        /// How many are left.
        usable: usize,
        /// How many are needed.
        needed: usize,
        /// How many were too old.
        stale: usize,
        /// How many lay too far from the median.
        outlying: usize,
    },
}

/// Filters by domain, age and distance from the median, demands a quorum of each metric, and consolidates: the median
/// of what several sources measure; of lending venues, which are different things, the borrow-weighted mean. `hurdle` is the rate in force, from the
/// market's account.
///
/// # Errors
/// [`ValidateError`].
pub fn validate(
    observation: &Observation,
    hurdle: Rate,
    config: &ValidateConfig,
) -> Result<Snapshot, ValidateError> {
    // those of mining are left out one by one where they are wrong: they must not stop the market
    for sample in observation
        .samples
        .iter()
        .filter(|sample| sample.metric.coin().is_none())
    {
        check_sample(sample, observation.observed_at)?;
    }
    let usable = |metric| usable(observation, metric, config);
    let (rates, volumes) = (usable(Metric::BorrowRate)?, usable(Metric::Borrowed)?);
    let (borrow_rate, borrow_rate_spread) = venue_mean(&rates, &volumes);
    let all = [
        usable(Metric::Price)?,
        usable(Metric::Utilisation)?,
        usable(Metric::LstRate)?,
        usable(Metric::Depth)?,
        rates,
    ];
    let confidence = all
        .iter()
        .flatten()
        .map(|sample| sample.confidence)
        .fold(1.0, f64::min);
    let [price, utilisation, lst_rate, depth, _] = all;
    Ok(Snapshot {
        observed_at: observation.observed_at,
        observed_slot: observation.observed_slot,
        price: middle(&price),
        borrow_rate,
        borrow_rate_spread,
        utilisation: middle(&utilisation),
        borrowed: volumes.iter().map(|sample| sample.value).sum(),
        lst_rate: middle(&lst_rate),
        depth: middle(&depth),
        hurdle: from_raw(hurdle.raw()),
        confidence,
        mining: mining(observation, config),
    })
}

pub(super) fn check_sample(sample: &Sample, observed_at: i64) -> Result<(), ValidateError> {
    let (low, high) = sample.metric.domain();
    let source_name = || sample.source.clone();
    let metric = sample.metric;
    if !(low..=high).contains(&sample.value) {
        return Err(ValidateError::OutOfDomain {
            source_name: source_name(),
            metric,
            value: sample.value,
            low,
            high,
        });
    }
    let ahead = sample.observed_at.saturating_sub(observed_at);
    if ahead > 0 {
        return Err(ValidateError::Future {
            source_name: source_name(),
            metric,
            ahead,
        });
    }
    Ok(())
}

/// The samples of a metric that count.
fn usable<'a>(
    observation: &'a Observation,
    metric: Metric,
    config: &ValidateConfig,
) -> Result<Vec<&'a Sample>, ValidateError> {
    let seen: Vec<&Sample> = observation
        .samples
        .iter()
        .filter(|sample| sample.metric == metric)
        .collect();
    let recent = |sample: &&Sample| {
        observation.observed_at.saturating_sub(sample.observed_at) <= config.max_age_seconds
    };
    let mut usable: Vec<&Sample> = seen.iter().copied().filter(recent).collect();
    let stale = seen.len().saturating_sub(usable.len());
    let before = usable.len();
    if before >= 3 && is_one_quantity(metric) {
        let center = middle(&usable);
        usable.retain(|sample| (sample.value - center).abs() <= config.max_deviation * center.abs());
    }
    if usable.len() < config.min_sources {
        return Err(ValidateError::Quorum {
            metric,
            seen: seen.len(),
            usable: usable.len(),
            needed: config.min_sources,
            stale,
            outlying: before.saturating_sub(usable.len()),
        });
    }
    Ok(usable)
}

/// Whether sources of a metric measure the same thing, so that one far from the others is wrong. Venues differ.
const fn is_one_quantity(metric: Metric) -> bool {
    !matches!(
        metric,
        Metric::BorrowRate | Metric::Borrowed | Metric::Utilisation
    )
}

pub(super) fn middle(samples: &[&Sample]) -> f64 {
    let values: Vec<f64> = samples.iter().map(|sample| sample.value).collect();
    // checked before: there is at least one, and every value is finite
    median(&values).unwrap_or(f64::NAN)
}

/// Mean of the venues' rates, weighted by what is borrowed there (evenly where that is unknown), and their weighted
/// standard deviation.
fn venue_mean(rates: &[&Sample], volumes: &[&Sample]) -> (f64, f64) {
    let volume = |rate: &Sample| {
        volumes
            .iter()
            .find(|sample| sample.source == rate.source)
            .map_or(0.0, |sample| sample.value)
    };
    let total: f64 = rates.iter().map(|rate| volume(rate)).sum();
    let even = 1.0 / rates.len() as f64;
    let weight = |rate: &Sample| if total > 0.0 { volume(rate) / total } else { even };
    let mean: f64 = rates.iter().map(|rate| weight(rate) * rate.value).sum();
    let variance: f64 = rates
        .iter()
        .map(|rate| weight(rate) * (rate.value - mean).powi(2))
        .sum();
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pow::PowCoin;
    use proptest::prelude::*;

    fn config() -> ValidateConfig {
        ValidateConfig {
            max_age_seconds: 7200,
            min_sources: 1,
            max_deviation: 0.05,
        }
    }

    const METRICS: [Metric; 11] = [
        Metric::Price,
        Metric::BorrowRate,
        Metric::Utilisation,
        Metric::Borrowed,
        Metric::LstRate,
        Metric::Depth,
        Metric::CoinPrice(PowCoin::Btc),
        Metric::Difficulty(PowCoin::Btc),
        Metric::Height(PowCoin::Btc),
        Metric::BlockFees(PowCoin::Btc),
        Metric::CoinPrice(PowCoin::Etc),
    ];

    fn sample(metric: Metric, value: f64, source: &str) -> Sample {
        Sample {
            metric,
            value,
            observed_at: 10_000,
            source: source.into(),
            confidence: 1.0,
        }
    }

    fn complete() -> Vec<Sample> {
        vec![
            sample(Metric::Price, 30.0, "x"),
            sample(Metric::BorrowRate, 0.04, "a"),
            sample(Metric::BorrowRate, 0.08, "b"),
            sample(Metric::Borrowed, 3e9, "a"),
            sample(Metric::Borrowed, 1e9, "b"),
            sample(Metric::Utilisation, 0.8, "a"),
            sample(Metric::LstRate, 1.1, "x"),
            sample(Metric::Depth, 2e6, "x"),
        ]
    }

    fn observation(samples: Vec<Sample>) -> Observation {
        Observation {
            observed_at: 10_000,
            observed_slot: 1,
            samples,
        }
    }

    #[test]
    fn venues_are_weighted_by_what_is_borrowed_there() {
        let snapshot = validate(&observation(complete()), Rate::ZERO, &config()).unwrap();
        assert!((snapshot.borrow_rate - 0.05).abs() < 1e-15);
        assert!((snapshot.borrow_rate_spread - (0.75 * 1e-4 + 0.25 * 9e-4_f64).sqrt()).abs() < 1e-15);
        assert_eq!(snapshot.borrowed, 4e9);
    }

    #[test]
    fn an_impossible_or_future_sample_of_mining_is_left_out_and_stops_nothing() {
        let btc = PowCoin::Btc;
        let mined = [
            sample(Metric::CoinPrice(btc), 40_000.0, "a"),
            sample(Metric::Difficulty(btc), 2e13, "a"),
            sample(Metric::Height(btc), 680_000.0, "a"),
            sample(Metric::BlockFees(btc), 0.5, "a"),
        ];
        let reading = |more: Option<Sample>| {
            let samples = complete().into_iter().chain(mined.clone()).chain(more).collect();
            validate(&observation(samples), Rate::ZERO, &config())
                .unwrap()
                .mining_of(btc)
        };
        let alone = reading(None);
        assert!(alone.is_some());
        for price in [f64::NAN, -1.0, 1e12] {
            assert_eq!(reading(Some(sample(Metric::CoinPrice(btc), price, "b"))), alone);
        }
        let mut future = sample(Metric::CoinPrice(btc), 50_000.0, "b");
        future.observed_at = 10_001;
        assert_eq!(reading(Some(future)), alone);
        let mut stuck = sample(Metric::CoinPrice(btc), 40_000.0, "b");
        stuck.observed_at = 0;
        let others = [sample(Metric::CoinPrice(btc), 40_000.0, "c"), stuck];
        let samples = complete()
            .into_iter()
            .chain(mined.clone())
            .chain(others)
            .collect();
        let of_three = validate(&observation(samples), Rate::ZERO, &config()).unwrap();
        assert_eq!(of_three.mining_of(btc), alone);
        let mut doubtful = sample(Metric::CoinPrice(btc), 50_000.0, "b");
        doubtful.confidence = -1.0;
        assert_eq!(reading(Some(doubtful)), alone);
    }

    #[test]
    fn one_lying_price_among_three_is_left_out() {
        let mut samples = complete();
        samples.extend([
            sample(Metric::Price, 30.2, "y"),
            sample(Metric::Price, 300.0, "z"),
        ]);
        assert_eq!(
            validate(&observation(samples), Rate::ZERO, &config())
                .unwrap()
                .price,
            30.1
        );
    }

    #[test]
    fn an_old_sample_is_not_used_in_place_of_a_new_one() {
        let mut samples = complete();
        samples[0].observed_at -= 7201;
        let error = validate(&observation(samples), Rate::ZERO, &config()).unwrap_err();
        assert_eq!(
            error,
            ValidateError::Quorum {
                metric: Metric::Price,
                seen: 1,
                usable: 0,
                needed: 1,
                stale: 1,
                outlying: 0,
            }
        );
    }

    #[test]
    fn a_missing_metric_a_future_time_and_an_impossible_value_are_refused() {
        let mut samples = complete();
        samples.pop();
        assert!(matches!(
            validate(&observation(samples), Rate::ZERO, &config()),
            Err(ValidateError::Quorum {
                metric: Metric::Depth,
                seen: 0,
                ..
            })
        ));
        let mut samples = complete();
        samples[3].observed_at += 1;
        assert!(matches!(
            validate(&observation(samples), Rate::ZERO, &config()),
            Err(ValidateError::Future { ahead: 1, .. })
        ));
        let mut samples = complete();
        samples[5].value = 1.01;
        assert!(matches!(
            validate(&observation(samples), Rate::ZERO, &config()),
            Err(ValidateError::OutOfDomain { .. })
        ));
    }

    proptest! {
        #[test]
        fn any_samples_give_finite_values_or_an_error(
            values in prop::collection::vec((0usize..METRICS.len(), any::<f64>(), any::<i64>(), 0u8..3), 0..20),
        ) {
            let mut samples = complete();
            samples.extend(values.into_iter().map(|(metric, value, observed_at, source)| Sample {
                metric: METRICS[metric], value, observed_at, source: source.to_string(), confidence: 1.0,
            }));
            if let Ok(s) = validate(&observation(samples), Rate::ZERO, &config()) {
                let all = [s.price, s.borrow_rate, s.borrow_rate_spread, s.utilisation, s.borrowed, s.lst_rate, s.depth];
                prop_assert!(all.iter().all(|value| value.is_finite()));
                for mined in s.mining.into_iter().flatten() {
                    prop_assert!(mined.price > 0.0 && mined.difficulty > 0.0 && mined.block_fees >= 0.0);
                }
            }
        }
    }
}
