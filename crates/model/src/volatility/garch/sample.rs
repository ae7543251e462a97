//! The observations as the likelihood sees them: standardised, with the variance before the first one and the bounds
//! that keep a conditional variance sane.

use super::Mean;
use crate::error::{ModelError, Result, at_least, count};
use crate::volatility::EvenSeries;

/// Fewer returns than this say nothing about the dynamics of their variance.
const LEAST_RETURNS: usize = 50;
/// Decay per step of the exponentially weighted variance before the first return and around every one.
const DECAY: f64 = 0.94;
/// Number of returns that the variance before the first one is taken from.
const BACKCAST: usize = 75;

/// One step of the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Observation {
    /// Standardised return; NaN where it is missing.
    pub value: f64,
    /// What stands for its square where it is missing: the exponentially weighted variance.
    pub expected_square: f64,
    /// Bounds of the conditional variance.
    pub lowest: f64,
    /// See `lowest`.
    pub highest: f64,
}

impl Observation {
    pub fn is_missing(&self) -> bool {
        self.value.is_nan()
    }

    /// A conditional variance held within the bounds.
    #[inline(always)]
    pub fn bounded(&self, variance: f64) -> f64 {
        variance.max(self.lowest).min(self.highest)
    }
}

/// Returns less their sample mean (unless that is fixed at zero), in units of their root mean square.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    pub observations: Vec<Observation>,
    /// Variance and squared return before the first step.
    pub backcast: f64,
    /// Returns that are there.
    pub present: usize,
    /// What one of `observations` is multiplied with and added to, to give a return.
    pub scale: f64,
    /// See `scale`.
    pub location: f64,
}

impl Sample {
    pub fn new(returns: &EvenSeries, mean: Mean) -> Result<Self> {
        let present: Vec<f64> = returns.values().iter().filter_map(|value| *value).collect();
        at_least("returns", LEAST_RETURNS, present.len())?;
        let n = count(present.len());
        // Means of what is at most one in magnitude cannot overflow.
        let largest = present.iter().fold(0.0_f64, |most, r| most.max(r.abs()));
        let constant = ModelError::Unidentified {
            what: "conditional variance",
        };
        let unit = if largest > 0.0 {
            largest
        } else {
            return Err(constant);
        };
        let scaled: Vec<f64> = present.iter().map(|r| r / unit).collect();
        let average = scaled.iter().sum::<f64>() / n;
        let centre = match mean {
            Mean::Zero => 0.0,
            Mean::Constant => average,
        };
        let moment = |about: f64| scaled.iter().map(|r| (r - about).powi(2)).sum::<f64>() / n;
        // A spread below rounding is none.
        let variance = moment(average);
        if variance.sqrt() <= 1e-12 {
            return Err(constant);
        }
        let mean_square = match mean {
            Mean::Zero => moment(0.0),
            Mean::Constant => variance,
        };
        let root_mean_square = mean_square.sqrt();
        let (scale, location) = (root_mean_square * unit, centre * unit);
        // Below this a variance has no digits.
        if scale * scale < f64::MIN_POSITIVE {
            return Err(constant);
        }
        let standardised: Vec<f64> = returns
            .values()
            .iter()
            .map(|value| value.map_or(f64::NAN, |r| (r / unit - centre) / root_mean_square))
            .collect();
        let spread = variance / mean_square;
        let backcast = backcast(&standardised);
        Ok(Self {
            observations: bounded(&standardised, backcast, spread),
            backcast,
            present: present.len(),
            scale,
            location,
        })
    }
}

/// The exponentially weighted mean of the first squares, the first weighing most.
fn backcast(standardised: &[f64]) -> f64 {
    let (mut sum, mut weights, mut weight) = (0.0, 0.0, 1.0);
    for value in standardised.iter().filter(|value| !value.is_nan()).take(BACKCAST) {
        sum += weight * value * value;
        weights += weight;
        weight *= DECAY;
    }
    sum / weights
}

/// Bounds of the conditional variance as PyPI's `arch` 8.0.0 sets them, so that both maximise the same function: a
/// millionth to a million times the exponentially weighted variance, within limits for the whole sample. Where `arch`
/// adds one to the largest square in the unit of the returns, the unit here is their variance, so that the fit has no
/// scale.
fn bounded(standardised: &[f64], backcast: f64, spread: f64) -> Vec<Observation> {
    let largest_square = standardised
        .iter()
        .filter(|value| !value.is_nan())
        .fold(0.0_f64, |most, value| most.max(value * value));
    let (floor, ceiling) = (spread / 1e8, 1e7 * (1.0 + largest_square));
    let mut variance = backcast;
    standardised
        .iter()
        .map(|&value| {
            let observation = Observation {
                value,
                expected_square: variance,
                lowest: (variance / 1e6).max(floor),
                highest: (variance * 1e6).max(1.0 + largest_square).min(ceiling),
            };
            if !value.is_nan() {
                variance = (1.0 - DECAY) * value * value + DECAY * variance;
            }
            observation
        })
        .collect()
}
