//! Losses and their number in the artefact.

use hurdle_model::hazard::goodness::Threshold;
use hurdle_model::hazard::pareto::{Pareto, ParetoFit};
use hurdle_model::hazard::severity::{LimitedMoments, Severity};
use serde::{Deserialize, Serialize};

/// A threshold that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdTried {
    /// The threshold.
    pub value: f64,
    /// Losses above it.
    pub excesses: usize,
    /// Mean excess.
    pub mean_excess: f64,
    /// ξ and its 95 % profile interval.
    pub shape: [f64; 3],
    /// Anderson–Darling statistic and p-value.
    pub anderson_darling: [f64; 2],
    /// ForwardStop's false discovery rate.
    pub forward_stop: f64,
}

impl From<&Threshold> for ThresholdTried {
    fn from(t: &Threshold) -> Self {
        let (low, high) = t.fit.shape_interval;
        Self {
            value: t.value,
            excesses: t.fit.excesses,
            mean_excess: t.mean_excess,
            shape: [t.fit.distribution.shape, low, high],
            anderson_darling: [t.statistic, t.p],
            forward_stop: t.forward_stop,
        }
    }
}

/// Loss given failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityPart {
    /// Number of losses.
    pub losses: usize,
    /// Limit, mean and mean square of the loss limited to it; the last limit is the tail's threshold.
    pub limited_moments: Vec<[f64; 3]>,
    /// ξ of the tail.
    pub shape: f64,
    /// σ of the tail.
    pub scale: f64,
    /// Variance of ξ, covariance, variance of σ.
    pub covariance: [f64; 3],
    /// 95 % profile interval of ξ.
    pub shape_interval: [f64; 2],
    /// Losses in the tail.
    pub excesses: usize,
    /// The tail's log-likelihood.
    pub log_likelihood: f64,
    /// ξ and σ by probability-weighted moments, as a check.
    pub weighted_moments: [f64; 2],
    /// The thresholds tried.
    pub thresholds: Vec<ThresholdTried>,
}

impl SeverityPart {
    pub(in crate::hazard) fn new(severity: &Severity, check: Pareto, tried: &[Threshold]) -> Self {
        let tail = &severity.tail;
        Self {
            losses: severity.losses,
            limited_moments: severity
                .body
                .iter()
                .map(|m| [m.limit, m.mean, m.square])
                .collect(),
            shape: tail.distribution.shape,
            scale: tail.distribution.scale,
            covariance: tail.covariance,
            shape_interval: [tail.shape_interval.0, tail.shape_interval.1],
            excesses: tail.excesses,
            log_likelihood: tail.log_likelihood,
            weighted_moments: [check.shape, check.scale],
            thresholds: tried.iter().map(ThresholdTried::from).collect(),
        }
    }

    pub(in crate::hazard) fn severity(&self) -> hurdle_model::Result<Severity> {
        Ok(Severity {
            body: self
                .limited_moments
                .iter()
                .map(|[limit, mean, square]| LimitedMoments {
                    limit: *limit,
                    mean: *mean,
                    square: *square,
                })
                .collect(),
            losses: self.losses,
            tail: ParetoFit {
                distribution: Pareto::new(self.shape, self.scale)?,
                covariance: self.covariance,
                shape_interval: (self.shape_interval[0], self.shape_interval[1]),
                excesses: self.excesses,
                log_likelihood: self.log_likelihood,
            },
        })
    }
}

/// Number of events per month.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrequencyPart {
    /// Months counted.
    pub months: usize,
    /// Events in them.
    pub events: usize,
    /// Variance ÷ mean, and its p-value against a Poisson.
    pub index_of_dispersion: [f64; 2],
    /// t of the regression-based test and its p-value.
    pub regression_test: [f64; 2],
    /// Likelihood ratio against the Poisson and its boundary p-value.
    pub likelihood_ratio: [f64; 2],
    /// Log-likelihood of the Poisson and of the negative binomial, both with a trend.
    pub log_likelihoods: [f64; 2],
    /// α of the negative binomial.
    pub alpha: f64,
    /// Its standard error; none at zero.
    pub alpha_error: Option<f64>,
    /// Trend of the log rate per year, and its negative binomial standard error.
    pub trend: [f64; 2],
}
