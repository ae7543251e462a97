//! Loss given failure: the distribution of loss amounts, and the share of a given value at risk that it takes.
//!
//! The record has loss amounts, not the value that each protocol held when it failed. So the loss of a protocol that holds
//! V is taken as the recorded loss limited to V, and its expected share is E[min(X, V)] / V: at most one, near one for small
//! protocols, and falling with size. Below the threshold the distribution is the empirical one, above it the fitted tail.

use super::goodness::ThresholdChoice;
use super::pareto::ParetoFit;
use super::scoring::Estimate;
use crate::error::{ModelError, Result, at_least, count, positive};

/// Points at which the empirical distribution below the threshold is kept.
const POINTS: usize = 40;
/// Relative step of the numerical derivatives in the tail's parameters.
const STEP: f64 = 1e-5;

/// First two moments of the loss limited to an amount, over all losses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitedMoments {
    /// The limit L.
    pub limit: f64,
    /// Mean of min(X, L).
    pub mean: f64,
    /// Mean of min(X, L)².
    pub square: f64,
}

/// Distribution of the loss of a failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Severity {
    /// Limited moments up to the threshold, at ascending limits; the last limit is the threshold.
    pub body: Vec<LimitedMoments>,
    /// Number of losses.
    pub losses: usize,
    /// The tail above the threshold.
    pub tail: ParetoFit,
}

impl Severity {
    /// Describes `losses` with the tail that was chosen for them.
    ///
    /// # Errors
    /// [`ModelError::TooFew`], [`ModelError::NotPositive`], [`ModelError::NotFinite`].
    pub fn new(losses: &[f64], choice: &ThresholdChoice) -> Result<Self> {
        at_least("losses", 1, losses.len())?;
        let mut sorted = losses.to_vec();
        for loss in &sorted {
            positive("loss", *loss)?;
        }
        sorted.sort_by(f64::total_cmp);
        let chosen = choice.candidates.get(choice.chosen).ok_or(ModelError::TooFew {
            what: "candidate thresholds",
            needed: choice.chosen + 1,
            got: choice.candidates.len(),
        })?;
        let below: Vec<f64> = sorted.iter().copied().filter(|x| *x < chosen.value).collect();
        let mut limits: Vec<f64> = (0..POINTS)
            .filter_map(|k| below.get(k * below.len() / POINTS).copied())
            .chain([chosen.value])
            .collect();
        limits.dedup();
        let n = count(sorted.len());
        let body = limits
            .into_iter()
            .map(|limit| LimitedMoments {
                limit,
                mean: sorted.iter().map(|x| x.min(limit) / n).sum(),
                square: sorted.iter().map(|x| x.min(limit).powi(2) / n).sum(),
            })
            .collect();
        Ok(Self {
            body,
            losses: sorted.len(),
            tail: chosen.fit,
        })
    }

    /// The threshold of the tail.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.body.last().map_or(0.0, |moments| moments.limit)
    }

    /// Expected share of `value_at_risk` that a failure takes, in [0, 1], with its standard error from sampling (delta
    /// method: body, share of losses in the tail, and the tail's parameters).
    ///
    /// # Errors
    /// [`ModelError::NotPositive`], [`ModelError::NotFinite`], [`ModelError::Overflow`].
    pub fn expected_share(&self, value_at_risk: f64) -> Result<Estimate> {
        positive("value at risk", value_at_risk)?;
        let n = count(self.losses.max(1));
        let threshold = self.threshold();
        let at = self.moments(value_at_risk.min(threshold));
        let mut mean = at.mean;
        let mut variance = (at.square - at.mean * at.mean).max(0.0) / n;
        if value_at_risk > threshold {
            let share = count(self.tail.excesses) / n;
            let room = value_at_risk - threshold;
            let beyond = self.tail.distribution.limited_mean(room)?;
            mean += share * beyond;
            variance += beyond * beyond * share * (1.0 - share) / n
                + 2.0 * beyond * share * (threshold - at.mean) / n
                + share * share * self.tail_variance(room)?;
        }
        Ok(Estimate {
            value: (mean / value_at_risk).clamp(0.0, 1.0),
            standard_error: variance.max(0.0).sqrt() / value_at_risk,
        })
    }

    /// Variance of the tail's limited mean through the errors of its parameters.
    fn tail_variance(&self, room: f64) -> Result<f64> {
        let p = self.tail.distribution;
        let moved = |shape: f64, scale: f64| super::pareto::Pareto { shape, scale }.limited_mean(room);
        let by_shape = (moved(p.shape + STEP, p.scale)? - moved(p.shape - STEP, p.scale)?) / (2.0 * STEP);
        let wide = p.scale * STEP;
        let by_scale = (moved(p.shape, p.scale + wide)? - moved(p.shape, p.scale - wide)?) / (2.0 * wide);
        let [shape, cross, scale] = self.tail.covariance;
        Ok(
            (by_shape * by_shape * shape + 2.0 * by_shape * by_scale * cross + by_scale * by_scale * scale)
                .max(0.0),
        )
    }

    /// Limited moments at a limit up to the threshold, linear between the points kept. Below the least loss every loss
    /// is total.
    fn moments(&self, limit: f64) -> LimitedMoments {
        let total = LimitedMoments {
            limit,
            mean: limit,
            square: limit * limit,
        };
        let above = self.body.partition_point(|m| m.limit < limit);
        let (Some(right), Some(left)) = (
            self.body.get(above),
            above.checked_sub(1).and_then(|index| self.body.get(index)),
        ) else {
            return total;
        };
        let weight = (limit - left.limit) / (right.limit - left.limit);
        LimitedMoments {
            limit,
            mean: left.mean + weight * (right.mean - left.mean),
            square: left.square + weight * (right.square - left.square),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hazard::goodness::choose_threshold;
    use crate::testing::{Rng, assert_close};

    fn lognormal(n: usize, seed: u64) -> Vec<f64> {
        let mut rng = Rng::new(seed);
        (0..n).map(|_| (14.0 + 2.0 * rng.normal()).exp()).collect()
    }

    fn severity(losses: &[f64]) -> Severity {
        // a false discovery rate of zero rejects no threshold: the errors below are those of a fixed one
        Severity::new(losses, &choose_threshold(losses, &[0.8], 0.0).unwrap()).unwrap()
    }

    #[test]
    fn the_expected_share_is_the_samples_own_within_its_error() {
        let losses = lognormal(3000, 2);
        let severity = severity(&losses);
        for value in [1e5, 1e6, 1e7, 1e8] {
            let direct = losses.iter().map(|x| x.min(value)).sum::<f64>() / value / 3000.0;
            let share = severity.expected_share(value).unwrap();
            assert!(
                (share.value - direct).abs() < 1.5 * share.standard_error,
                "{value}: {direct} {share:?}"
            );
        }
    }

    #[test]
    fn the_error_is_that_of_repeated_samples() {
        let shares: Vec<f64> = (0..60)
            .map(|seed| {
                severity(&lognormal(400, 100 + seed))
                    .expected_share(3e7)
                    .unwrap()
                    .value
            })
            .collect();
        let mean = shares.iter().sum::<f64>() / 60.0;
        let deviation = (shares.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / 59.0).sqrt();
        let stated = severity(&lognormal(400, 1))
            .expected_share(3e7)
            .unwrap()
            .standard_error;
        assert!((0.6..1.6).contains(&(stated / deviation)), "{stated} {deviation}");
    }

    #[test]
    fn the_share_falls_with_size_and_never_exceeds_one() {
        let severity = severity(&lognormal(500, 3));
        let mut last = 1.0;
        for exponent in 0..150 {
            let share = severity
                .expected_share(10.0_f64.powf(f64::from(exponent) / 10.0))
                .unwrap();
            assert!(share.value <= last + 1e-12 && share.value > 0.0 && share.standard_error.is_finite());
            last = share.value;
        }
        assert_close(severity.expected_share(1e-3).unwrap().value, 1.0, 1e-12);
        assert!(matches!(
            severity.expected_share(0.0),
            Err(ModelError::NotPositive { .. })
        ));
    }
}
