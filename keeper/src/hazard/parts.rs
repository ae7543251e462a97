//! The parts of the artefact: plain mirrors of what `hurdle-model` returns, in the order in which they are written.

mod hazard;
mod losses;

pub use hazard::{CategoryEffect, HazardPart, TraitEffect};
pub use losses::{FrequencyPart, SeverityPart, ThresholdTried};

use hurdle_model::hazard::scoring::{self, PairedDifference};
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

/// Numbers of rows are far below 2⁵³.
#[allow(clippy::cast_precision_loss)]
fn whole(n: usize) -> f64 {
    n as f64
}
