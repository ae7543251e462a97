//! The parts of the artefact: plain mirrors of what `hurdle-model` returns, in the order in which they are written.

use hurdle_model::hazard::design::{Encoder, Penalty, Term, Trait};
use hurdle_model::hazard::goodness::Threshold;
use hurdle_model::hazard::pareto::{Pareto, ParetoFit};
use hurdle_model::hazard::scoring::{self, PairedDifference};
use hurdle_model::hazard::severity::{LimitedMoments, Severity};
use hurdle_model::hazard::training::Fitted;
use serde::{Deserialize, Serialize};

/// A file that the fit read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Its name, without the folder.
    pub file: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// Times of the study and how it was fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Day of the cohort.
    pub cohort_day: String,
    /// First day after the record of events.
    pub end: String,
    /// Since when listing times are recorded.
    pub listings_recorded_since: String,
    /// Length of a period, days.
    pub period_days: i64,
    /// Periods before the split.
    pub training_periods: usize,
    /// Periods before the walk forward.
    pub first_origin: usize,
    /// Periods between its refits.
    pub stride: usize,
    /// Folds of the cross-validation.
    pub folds: usize,
    /// Fewest protocols of a category with an effect of its own.
    pub smallest_category: usize,
    /// Penalties tried for traits.
    pub trait_penalties: Vec<f64>,
    /// Penalties tried for categories.
    pub category_penalties: Vec<f64>,
    /// Level of the deciding tests.
    pub significance: f64,
    /// First day of the losses behind the severity.
    pub losses_since: String,
    /// First month of the counts behind the frequency.
    pub counts_since: String,
    /// Quantiles of the losses tried as thresholds.
    pub threshold_levels: Vec<f64>,
    /// False discovery rate of the threshold's choice.
    pub false_discovery_rate: f64,
}

/// What became of the records.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Books {
    /// Protocols of the cohort.
    pub protocols: usize,
    /// Of them with an event.
    pub failed: usize,
    /// Of them with an audit of their own, and of these with an event.
    pub audited: [usize; 2],
    /// Of them without, and of these with an event.
    pub unaudited: [usize; 2],
    /// Person-periods: all, before the split; first events: all, before the split.
    pub rows: [usize; 4],
    /// Events given.
    pub events: usize,
    /// At or before the cohort's day or after the end.
    pub outside: usize,
    /// Of insiders.
    pub other_cause: usize,
    /// Joined by identity.
    pub by_identity: usize,
    /// Joined by the whole name.
    pub by_name: usize,
    /// Joined by the core of the name.
    pub by_core: usize,
    /// Ambiguous.
    pub ambiguous: usize,
    /// Same core, other chain.
    pub other_chain: usize,
    /// Not of the cohort.
    pub unmatched: usize,
    /// Joined, but not the protocol's first, or told by several sources.
    pub repeated: usize,
    /// Where the identity is known: names that find the right protocol, a wrong one, none.
    pub names_right_wrong_missed: [usize; 3],
}

/// A trait's coefficient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraitEffect {
    /// Which.
    pub name: String,
    /// Mean that it is centred by.
    pub mean: f64,
    /// Deviation that it is scaled by.
    pub deviation: f64,
    /// Coefficient of the standardised trait.
    pub coefficient: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Its two-sided p-value.
    pub p: f64,
}

/// A category's effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryEffect {
    /// Which.
    pub name: String,
    /// Log hazard ratio to the pooled hazard.
    pub coefficient: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// A fitted hazard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HazardPart {
    /// Log hazard per year at mean traits, of the pooled category.
    pub intercept: f64,
    /// Its traits.
    pub traits: Vec<TraitEffect>,
    /// Its categories.
    pub categories: Vec<CategoryEffect>,
    /// Covariance of intercept, traits and categories, row by row.
    pub covariance: Vec<Vec<f64>>,
    /// Penalty of traits.
    pub trait_penalty: f64,
    /// Penalty of categories.
    pub category_penalty: f64,
    /// Greatest age of the record, years.
    pub greatest_age: f64,
}

impl From<&Fitted> for HazardPart {
    fn from(fitted: &Fitted) -> Self {
        let errors = fitted.fit.standard_errors();
        let p_values = fitted.fit.p_values();
        let coefficients = &fitted.fit.coefficients;
        let first_category = 1 + fitted.encoder.terms.len();
        Self {
            intercept: coefficients[0],
            traits: (1..)
                .zip(&fitted.encoder.terms)
                .map(|(column, term)| TraitEffect {
                    name: term.covariate.name().to_owned(),
                    mean: term.mean,
                    deviation: term.deviation,
                    coefficient: coefficients[column],
                    standard_error: errors[column],
                    p: p_values[column],
                })
                .collect(),
            categories: (first_category..)
                .zip(&fitted.encoder.categories)
                .map(|(column, name)| CategoryEffect {
                    name: name.clone(),
                    coefficient: coefficients[column],
                    standard_error: errors[column],
                })
                .collect(),
            covariance: fitted.fit.covariance.clone(),
            trait_penalty: fitted.penalty.traits,
            category_penalty: fitted.penalty.categories,
            greatest_age: fitted.encoder.greatest_age,
        }
    }
}

impl HazardPart {
    /// Columns and coefficients; `None` for a trait that this version does not know.
    pub(super) fn encoder(&self) -> Option<(Encoder, Vec<f64>)> {
        let terms = self
            .traits
            .iter()
            .map(|effect| {
                Some(Term {
                    covariate: Trait::by_name(&effect.name)?,
                    mean: effect.mean,
                    deviation: effect.deviation,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let encoder = Encoder {
            terms,
            categories: self.categories.iter().map(|c| c.name.clone()).collect(),
            greatest_age: self.greatest_age,
        };
        let traits = self.traits.iter().map(|t| t.coefficient);
        let categories = self.categories.iter().map(|c| c.coefficient);
        let coefficients = core::iter::once(self.intercept)
            .chain(traits)
            .chain(categories)
            .collect();
        Some((encoder, coefficients))
    }

    /// The penalty of the fit.
    pub(super) const fn penalty(&self) -> Penalty {
        Penalty {
            traits: self.trait_penalty,
            categories: self.category_penalty,
        }
    }
}

/// Quality of predictions out of sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// Mean negative log-likelihood per person-period.
    pub log_loss: f64,
    /// Mean squared error.
    pub brier: f64,
    /// Area under the receiver operating characteristic.
    pub auc: f64,
    /// Events predicted.
    pub expected: f64,
    /// Events seen.
    pub observed: usize,
    /// Log of actual to predicted hazard, and its standard error.
    pub calibration_intercept: [f64; 2],
    /// Slope of actual on predicted log hazard, and its standard error; none where all predictions are equal.
    pub calibration_slope: Option<[f64; 2]>,
    /// Hosmer–Lemeshow statistic and p-value.
    pub hosmer_lemeshow: [f64; 2],
    /// Ten groups by prediction: rows, events predicted, events seen, 95 % interval of the latter.
    pub table: Vec<[f64; 5]>,
}

impl From<&scoring::Evaluation> for Evaluation {
    fn from(e: &scoring::Evaluation) -> Self {
        let pair = |estimate: scoring::Estimate| [estimate.value, estimate.standard_error];
        Self {
            log_loss: e.log_loss,
            brier: e.brier,
            auc: e.auc,
            expected: e.expected,
            observed: e.observed,
            calibration_intercept: pair(e.calibration_intercept),
            calibration_slope: e.calibration_slope.map(pair),
            hosmer_lemeshow: [e.hosmer_lemeshow, e.hosmer_lemeshow_p],
            table: e
                .table
                .iter()
                .map(|g| [whole(g.rows), g.expected, whole(g.observed), g.low, g.high])
                .collect(),
        }
    }
}

/// The difference of two models' log losses.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Baseline less candidate, per person-period.
    pub mean: f64,
    /// Its standard error, protocols as clusters.
    pub standard_error: f64,
    /// Their ratio.
    pub z: f64,
    /// One-sided p-value.
    pub p: f64,
    /// Protocols behind it.
    pub protocols: usize,
}

impl From<PairedDifference> for Difference {
    fn from(d: PairedDifference) -> Self {
        Self {
            mean: d.mean,
            standard_error: d.standard_error,
            z: d.z,
            p: d.p,
            protocols: d.clusters,
        }
    }
}

/// One specification's validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelValidation {
    /// Its traits.
    pub traits: Vec<String>,
    /// Trained before the split, predicting after it.
    pub after_split: Evaluation,
    /// Refitted as time went by, predicting the next periods.
    pub walk_forward: Evaluation,
}

/// The validation that decided what ships.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    /// One hazard for all.
    pub constant: ModelValidation,
    /// Categories alone.
    pub baseline: ModelValidation,
    /// Categories and traits.
    pub candidate: ModelValidation,
    /// Baseline against candidate after the split.
    pub after_split: Difference,
    /// The same over the walk forward.
    pub walk_forward: Difference,
    /// Log hazard ratio of audited protocols before the split, its standard error and p-value.
    pub audit_effect: [f64; 3],
    /// Whether the candidate contains audits.
    pub audits_kept: bool,
    /// `candidate` or `baseline`.
    pub shipped: Shipped,
}

/// Which model is shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shipped {
    /// Categories and traits.
    Candidate,
    /// Categories alone.
    Baseline,
}

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
    pub(super) fn new(severity: &Severity, check: Pareto, tried: &[Threshold]) -> Self {
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

    pub(super) fn severity(&self) -> hurdle_model::Result<Severity> {
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

/// Numbers of rows are far below 2⁵³.
#[allow(clippy::cast_precision_loss)]
fn whole(n: usize) -> f64 {
    n as f64
}
