//! Forecasts of a recorded chain's difficulty, each made from what was known at its time, against what came.

use super::path::{DifficultyPath, EpochState};
use super::{DifficultyRecord, HashRateFilter, HashRateOutlook, NextRetarget, WindowRule};
use crate::error::{ModelError, Result, at_least, count, positive, within, within_count};
use crate::hac::mean_error;
use crate::linear::automatic_lags;
use crate::margin::{RatioTest, kupiec};
use crate::normal;
use crate::pow::{PowChain, SECONDS_PER_DAY};

/// What a backtest of retargets is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestSetting {
    /// Nominal days before a retarget at which it is forecast: blocks still to be found over those of a day on target. The
    /// forecast is made at the end of the first day of the period with no more than these.
    pub days_before: Vec<f64>,
    /// Retargets that are forecast from the first day of a period.
    pub retargets: usize,
    /// Probability of the interval.
    pub level: f64,
    /// Days of the record before the first forecast.
    pub warm_up: usize,
}

impl Default for BacktestSetting {
    fn default() -> Self {
        Self {
            days_before: vec![14.0, 10.0, 7.0, 3.0, 1.0],
            retargets: 3,
            level: 0.9,
            warm_up: 365,
        }
    }
}

/// A forecast and what came of it; changes of the difficulty's logarithm since the period of the forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Time of the forecast, Unix seconds.
    pub time: i64,
    /// Forecast.
    pub forecast: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What came.
    pub realised: f64,
}

/// How well forecasts of one horizon did, beside the forecast that nothing changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Accuracy {
    /// Nominal days before the next change, or days ahead.
    pub days_before: f64,
    /// Which change from there, 1 the next.
    pub retarget: usize,
    /// Mean absolute error.
    pub mae: f64,
    /// That of "no change".
    pub mae_no_change: f64,
    /// Root mean squared error.
    pub rmse: f64,
    /// That of "no change".
    pub rmse_no_change: f64,
    /// Mean of what came less the forecast.
    pub bias: f64,
    /// Whether both are equally accurate; none where they are the same.
    pub equal: Option<EqualAccuracy>,
    /// Share of outcomes within the interval.
    pub covered: f64,
    /// Kupiec's test that it is the interval's probability.
    pub kupiec: RatioTest,
    /// The forecasts.
    pub outcomes: Vec<Outcome>,
}

/// The test of Diebold & Mariano (1995) that two forecasts are equally accurate, by absolute errors, with a Newey–West
/// variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EqualAccuracy {
    /// Mean loss of the other forecast less that of ours over its standard error; positive where ours is better.
    pub statistic: f64,
    /// Probability of so large a statistic if they are equally accurate.
    pub p_value: f64,
}

impl EqualAccuracy {
    /// The test on losses of ours and of another forecast, in order of time, whose horizons overlap `overlap` others'.
    ///
    /// # Errors
    /// [`ModelError::LengthMismatch`], [`ModelError::TooFew`] below two losses or as many as overlap,
    /// [`ModelError::NotFinite`], [`ModelError::Unidentified`] where the losses always differ by the same.
    pub fn test(ours: &[f64], other: &[f64], overlap: usize) -> Result<Self> {
        crate::error::same_length("losses of two forecasts", ours.len(), other.len())?;
        let differences: Vec<f64> = other.iter().zip(ours).map(|(theirs, own)| theirs - own).collect();
        at_least(
            "losses of two forecasts",
            overlap.saturating_add(2),
            differences.len(),
        )?;
        let lags = automatic_lags(differences.len())
            .max(overlap)
            .min(differences.len() - 1);
        let error = mean_error(&differences, lags)?;
        if error <= 0.0 {
            return Err(ModelError::Unidentified {
                what: "difference of two forecasts' accuracy",
            });
        }
        let statistic = differences.iter().sum::<f64>() / count(differences.len()) / error;
        Ok(Self {
            statistic,
            p_value: normal::survival(statistic),
        })
    }
}

impl Accuracy {
    /// The accuracy of outcomes in order of time.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] below two outcomes, [`ModelError::OutOfRange`] for a level outside (0, 1).
    pub(super) fn new(days_before: f64, retarget: usize, level: f64, outcomes: Vec<Outcome>) -> Result<Self> {
        at_least("forecasts of a backtest", 2, outcomes.len())?;
        let n = count(outcomes.len());
        let losses = |forecast: fn(&Outcome) -> f64| -> Vec<f64> {
            outcomes
                .iter()
                .map(|outcome| (outcome.realised - forecast(outcome)).abs())
                .collect()
        };
        let (ours, other) = (losses(|outcome| outcome.forecast), losses(|_| 0.0));
        let mean = |losses: &[f64]| losses.iter().sum::<f64>() / n;
        let root = |losses: &[f64]| (losses.iter().map(|loss| loss * loss).sum::<f64>() / n).sqrt();
        let missed = outcomes
            .iter()
            .filter(|outcome| !(outcome.low..=outcome.high).contains(&outcome.realised))
            .count();
        let errors = outcomes.iter().map(|outcome| outcome.realised - outcome.forecast);
        Ok(Self {
            days_before,
            retarget,
            mae: mean(&ours),
            mae_no_change: mean(&other),
            rmse: root(&ours),
            rmse_no_change: root(&other),
            bias: errors.sum::<f64>() / n,
            equal: EqualAccuracy::test(&ours, &other, retarget.saturating_sub(1)).ok(),
            covered: 1.0 - count(missed) / n,
            kupiec: kupiec(missed, outcomes.len(), level)?,
            outcomes,
        })
    }
}

/// Forecasts every retarget of the record at each horizon; further ones from the first day of each period. The filter, the
/// clock and the periods use what had been recorded by the day of the forecast, nothing later.
///
/// # Errors
/// As [`DifficultyRecord::epochs`] and [`DifficultyPath::by_windows`]; [`ModelError::TooFew`] where fewer than two
/// forecasts of a horizon can be made, [`ModelError::OutOfRange`] for a level outside (0, 1) and horizons beyond a period.
pub fn backtest(
    record: &DifficultyRecord,
    chain: &PowChain,
    rule: &WindowRule,
    setting: &BacktestSetting,
) -> Result<Vec<Accuracy>> {
    within("probability of the interval", setting.level, 1e-6, 1.0 - 1e-6)?;
    within_count("retargets ahead", setting.retargets, 1, 12)?;
    at_least("horizons of a backtest", 1, setting.days_before.len())?;
    let epochs = record.epochs(rule)?.epochs;
    let per_day = chain.blocks_per_day()?;
    let period = f64::from(rule.blocks);
    let outlooks = outlooks(record, chain)?;
    let tail = 0.5 * (1.0 - setting.level);
    let z = normal::quantile(1.0 - tail)?;
    let mut accuracies = Vec::new();
    for (row, &days_before) in setting.days_before.iter().enumerate() {
        positive("days before a retarget", days_before)?;
        within("days before a retarget", days_before, 0.0, period / per_day)?;
        // further retargets, from the first horizon only
        let retargets = if row == 0 { setting.retargets } else { 1 };
        let mut outcomes = vec![Vec::new(); retargets];
        for (k, pair) in epochs.windows(2).enumerate() {
            let (now, next) = (pair[0], pair[1]);
            let Some(day) = first_day(record, now.first_block, next.first_block, days_before * per_day)
            else {
                continue;
            };
            if day < setting.warm_up {
                continue;
            }
            let state = EpochState {
                difficulty: now.difficulty,
                remaining: next.first_block - record.blocks_by(day),
                elapsed: (record.end_of(day) - now.start).max(0.0),
                elapsed_error: now.start_error,
            };
            let path = DifficultyPath::by_windows(chain, rule, state, outlooks[day], retargets)?;
            let nearest = NextRetarget::new(rule, &state, &path)?;
            for (step, outcomes) in outcomes.iter_mut().enumerate() {
                let Some(realised) = epochs.get(k + 1 + step) else {
                    continue;
                };
                let (forecast, low, high) = if step == 0 {
                    (
                        nearest.moments()?.0,
                        nearest.quantile(tail)?,
                        nearest.quantile(1.0 - tail)?,
                    )
                } else {
                    let mean = path.steps[step].log_mean - now.difficulty.ln();
                    let reach = z * path.deviation(step);
                    (mean, mean - reach, mean + reach)
                };
                outcomes.push(Outcome {
                    time: record.days()[day].time.saturating_add(super::record::DAY),
                    forecast,
                    low,
                    high,
                    realised: (realised.difficulty / now.difficulty).ln(),
                });
            }
        }
        for (step, outcomes) in outcomes.into_iter().enumerate() {
            accuracies.push(Accuracy::new(days_before, step + 1, setting.level, outcomes)?);
        }
    }
    Ok(accuracies)
}

/// The outlook at the end of every day.
pub(super) fn outlooks(record: &DifficultyRecord, chain: &PowChain) -> Result<Vec<HashRateOutlook>> {
    let mut filter = HashRateFilter::new();
    record
        .days()
        .iter()
        .map(|day| {
            filter.observe(
                chain.hash_rate(day.difficulty, day.blocks, SECONDS_PER_DAY)?,
                day.blocks,
            )?;
            filter.outlook()
        })
        .collect()
}

/// The first day at whose end a period has begun and no more than `remaining` of its blocks are to be found, but some.
fn first_day(record: &DifficultyRecord, first_block: f64, end: f64, remaining: f64) -> Option<usize> {
    let days = record.days().len();
    let by = |day: usize| record.blocks_by(day);
    let (mut low, mut high) = (0, days);
    // the first day with so many blocks; blocks increase
    while low < high {
        let middle = low + (high - low) / 2;
        if by(middle) > first_block && end - by(middle) <= remaining {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    (low < days && by(low) < end).then_some(low)
}
