//! The next retarget, from what the period under way has shown.

use super::WindowRule;
use super::path::{DifficultyPath, EpochState};
use crate::error::{Result, positive, representable};
use crate::normal;
use crate::pow::SECONDS_PER_DAY;

/// Half-width and step of the sums over the normal distribution, in standard deviations: the trapezoidal rule converges
/// geometrically there (Trefethen & Weideman 2014).
const REACH: i32 = 24;
const STEP: f64 = 0.25;

/// The next change of a difficulty by windows.
///
/// The blocks still to be found take a lognormal time R: its logarithm's variance is that of the mean hash rate over it,
/// plus 1/blocks, plus what the clock's error is to it. The change is ln(timespan/(elapsed + R)), held by the clamp, so that
/// its quantiles are those of R, exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NextRetarget {
    rule: WindowRule,
    elapsed: f64,
    /// Mean and standard deviation of ln R, R in seconds.
    log_rest: (f64, f64),
}

impl NextRetarget {
    /// The next retarget of a path, which began from `state`.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotFinite`].
    pub fn new(rule: &WindowRule, state: &EpochState, path: &DifficultyPath) -> Result<Self> {
        let first = &path.steps[0];
        let rest = positive("time until the retarget", first.days * SECONDS_PER_DAY)?;
        let deviation = first.days_deviation / first.days;
        let clock = state.elapsed_error / rest;
        Ok(Self {
            rule: *rule,
            elapsed: crate::error::non_negative("elapsed time", state.elapsed)?,
            log_rest: (
                rest.ln(),
                representable("deviation of the time until the retarget", deviation.hypot(clock))?,
            ),
        })
    }

    fn change_at(&self, z: f64) -> Result<f64> {
        let rest = (self.log_rest.0 + z * self.log_rest.1).exp();
        self.rule.log_change((self.elapsed + rest).min(f64::MAX))
    }

    /// Mean and standard deviation of ln(difficulty′/difficulty).
    ///
    /// # Errors
    /// [`crate::ModelError::NotFinite`].
    pub fn moments(&self) -> Result<(f64, f64)> {
        let (mut mass, mut mean, mut square) = (0.0, 0.0, 0.0);
        for i in -REACH..=REACH {
            let z = STEP * f64::from(i);
            let (weight, change) = (normal::density(z), self.change_at(z)?);
            mass += weight;
            mean += weight * change;
            square += weight * change * change;
        }
        mean /= mass;
        Ok((mean, (square / mass - mean * mean).max(0.0).sqrt()))
    }

    /// The quantile of ln(difficulty′/difficulty) at a probability.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a probability outside (0, 1).
    pub fn quantile(&self, probability: f64) -> Result<f64> {
        self.change_at(-normal::quantile(probability)?)
    }

    /// The quantile of the days until the retarget at a probability.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a probability outside (0, 1), [`crate::ModelError::Overflow`].
    pub fn days(&self, probability: f64) -> Result<f64> {
        let rest = (self.log_rest.0 + normal::quantile(probability)? * self.log_rest.1).exp();
        representable("time until the retarget", rest / SECONDS_PER_DAY)
    }

    /// Probability that the difficulty rises.
    #[must_use]
    pub fn probability_of_rise(&self) -> f64 {
        let span = f64::from(self.rule.blocks) * f64::from(self.rule.spacing);
        let left = span - self.elapsed;
        if left <= 0.0 {
            return 0.0;
        }
        let gap = left.ln() - self.log_rest.0;
        if self.log_rest.1 > 0.0 {
            normal::cdf(gap / self.log_rest.1)
        } else {
            f64::from(u8::from(gap > 0.0))
        }
    }
}
