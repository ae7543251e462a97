//! Training of the hazard model: penalty by cross-validation, validation in later time, choice of what is shipped.
//!
//! The candidate (all traits and categories) is shipped only where it beats the model of categories alone **out of
//! sample**, by two conditions fixed before the fit: its log loss after the split is lower, and over all periods that a
//! walk forward predicts, the difference is significant at the plan's level (one-sided, protocols as clusters). Otherwise
//! the model of categories is shipped. Audits enter the shipped model only if they protect, significantly, in the training
//! period: a protocol that holds more is audited more and attacked more, so that a coefficient of any other sign measures
//! size, not audits.

use super::binary::{self, BinaryFit, Link, Sample};
use super::cohort::{PersonPeriod, Protocol, Study, person_periods};
use super::design::{Encoder, Penalty, Specification, Trait};
use super::scoring::{Evaluation, PairedDifference, evaluate, log_losses, paired_difference};
use crate::error::{ModelError, Result, at_least, positive, within};

/// The link of the trained model: its coefficients are log hazard ratios per year.
pub const LINK: Link = Link::ComplementaryLogLog;

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Periods before the split: the training period of the validation.
    pub training_periods: usize,
    /// Periods before the walk forward begins.
    pub first_origin: usize,
    /// Periods between refits of the walk forward.
    pub stride: usize,
    /// Folds of the cross-validation; a protocol is in one fold with all its periods.
    pub folds: usize,
    /// Fewest protocols of a category with an effect of its own.
    pub smallest_category: usize,
    /// Penalties to try for traits, ascending.
    pub trait_penalties: Vec<f64>,
    /// Penalties to try for categories, ascending.
    pub category_penalties: Vec<f64>,
    /// Level of the tests that decide what is shipped.
    pub significance: f64,
}

impl Plan {
    fn check(&self) -> Result<()> {
        at_least("folds of the cross-validation", 2, self.folds)?;
        at_least("periods between refits", 1, self.stride)?;
        at_least("periods before the split", 1, self.training_periods)?;
        at_least("periods before the walk forward", 1, self.first_origin)?;
        at_least("penalties to try for traits", 1, self.trait_penalties.len())?;
        at_least(
            "penalties to try for categories",
            1,
            self.category_penalties.len(),
        )?;
        for penalty in self.trait_penalties.iter().chain(&self.category_penalties) {
            positive("penalty to try", *penalty)?;
        }
        within("significance level", self.significance, 0.0, 0.5).map(drop)
    }
}

/// A model fitted on the rows of a training period.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// Its columns.
    pub encoder: Encoder,
    /// The penalty that cross-validation chose, and
    pub penalty: Penalty,
    /// the coefficients.
    pub fit: BinaryFit,
}

/// One specification with its quality out of sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Validated {
    /// What it contains.
    pub specification: Specification,
    /// Fitted on the periods before the split.
    pub fitted: Fitted,
    /// Its predictions after the split.
    pub after_split: Evaluation,
    /// Its predictions of the walk forward, pooled.
    pub walk_forward: Evaluation,
}

/// What decided on audits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AuditEvidence {
    /// Log hazard ratio of an audited protocol, other traits and category equal; in the training period.
    pub log_ratio: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Whether the candidate contains it.
    pub kept: bool,
}

/// The result of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// The same hazard for all.
    pub constant: Validated,
    /// Categories alone.
    pub baseline: Validated,
    /// Categories and traits.
    pub candidate: Validated,
    /// Evidence on audits.
    pub audits: AuditEvidence,
    /// Log loss of the baseline less that of the candidate, after the split.
    pub after_split: PairedDifference,
    /// The same over the walk forward.
    pub walk_forward: PairedDifference,
    /// Whether the candidate is shipped, not the baseline.
    pub candidate_ships: bool,
    /// The shipped specification, fitted on the whole record.
    pub shipped: Fitted,
    /// All traits, audits included, fitted on the whole record: for its table of coefficients.
    pub all_traits: Fitted,
    /// Person-periods, all and before the split; events, all and before the split.
    pub rows: [usize; 4],
}

/// Trains on a cohort, whose first events are as [`person_periods`] takes them.
///
/// # Errors
/// What [`person_periods`], [`Encoder::learn`] and [`binary::fit`] say, and
/// [`ModelError::TooFew`] or [`ModelError::OutOfRange`] for a plan that leaves nothing to validate on.
pub fn train(
    protocols: &[Protocol],
    first_events: &[Option<i64>],
    study: &Study,
    plan: &Plan,
) -> Result<Training> {
    plan.check()?;
    let rows = person_periods(protocols, first_events, study)?;
    let bench = Bench {
        protocols,
        rows: &rows,
        plan,
    };
    let (before, after) = bench.split(plan.training_periods);
    at_least("person-periods after the split", 1, after.len())?;
    let specification = |traits: &[Trait], categories: bool| Specification {
        traits: traits.to_vec(),
        smallest_category: categories.then_some(plan.smallest_category),
    };

    let everything = specification(&Trait::ALL, true);
    let with_audits = bench.fit(&everything, &before)?;
    let audits = audit_evidence(&with_audits, plan.significance)?;
    let kept: Vec<Trait> = Trait::ALL
        .into_iter()
        .filter(|t| *t != Trait::Audited || audits.kept)
        .collect();

    let constant = bench.validate(specification(&[], false))?;
    let baseline = bench.validate(specification(&[], true))?;
    let candidate = bench.validate(specification(&kept, true))?;
    let after_split = paired_difference(
        &baseline.split_losses,
        &candidate.split_losses,
        &baseline.split_protocols,
    )?;
    let walk_forward = paired_difference(
        &baseline.walk_losses,
        &candidate.walk_losses,
        &baseline.walk_protocols,
    )?;
    let candidate_ships = after_split.mean > 0.0 && walk_forward.p < plan.significance;
    let shipped = if candidate_ships { &candidate } else { &baseline };
    let events = |rows: &[PersonPeriod]| rows.iter().filter(|row| row.event).count();
    Ok(Training {
        shipped: bench.fit(&shipped.validated.specification, &rows)?,
        all_traits: bench.fit(&everything, &rows)?,
        rows: [rows.len(), before.len(), events(&rows), events(&before)],
        constant: constant.validated,
        baseline: baseline.validated,
        candidate: candidate.validated,
        audits,
        after_split,
        walk_forward,
        candidate_ships,
    })
}

fn audit_evidence(fitted: &Fitted, significance: f64) -> Result<AuditEvidence> {
    let unidentified = ModelError::Unidentified {
        what: Trait::Audited.name(),
    };
    let terms = &fitted.encoder.terms;
    let at = terms
        .iter()
        .position(|term| term.covariate == Trait::Audited)
        .ok_or(unidentified)?;
    let (log_ratio, error) = (
        fitted.fit.coefficients[at + 1] / terms[at].deviation,
        fitted.fit.standard_errors()[at + 1] / terms[at].deviation,
    );
    let p = fitted.fit.p_values()[at + 1];
    Ok(AuditEvidence {
        log_ratio,
        standard_error: error,
        p,
        kept: log_ratio < 0.0 && p < significance,
    })
}

/// The cohort under a plan.
struct Bench<'a> {
    protocols: &'a [Protocol],
    rows: &'a [PersonPeriod],
    plan: &'a Plan,
}

/// A validated specification with its losses row by row.
struct Detailed {
    validated: Validated,
    split_losses: Vec<f64>,
    split_protocols: Vec<usize>,
    walk_losses: Vec<f64>,
    walk_protocols: Vec<usize>,
}

impl Bench<'_> {
    /// Rows before a period and from it on.
    fn split(&self, period: usize) -> (Vec<PersonPeriod>, Vec<PersonPeriod>) {
        self.rows.iter().partition(|row| row.period < period)
    }

    fn sample(&self, encoder: &Encoder, rows: &[PersonPeriod]) -> Result<Sample> {
        let mut sample = Sample::new(encoder.width());
        for row in rows {
            let encoded = encoder.row(&self.protocols[row.protocol], row.age)?;
            sample.push(&encoded, row.event, row.years.ln())?;
        }
        Ok(sample)
    }

    /// Chooses the penalty by cross-validation over protocols within `rows`, and fits on all of them.
    fn fit(&self, specification: &Specification, rows: &[PersonPeriod]) -> Result<Fitted> {
        let encoder = Encoder::learn(specification, self.protocols, rows)?;
        let whole = self.sample(&encoder, rows)?.merged();
        let mut folds = Vec::with_capacity(self.plan.folds);
        for fold in 0..self.plan.folds {
            let (held_out, others): (Vec<PersonPeriod>, Vec<PersonPeriod>) = rows
                .iter()
                .partition(|row| row.protocol % self.plan.folds == fold);
            let training = self.sample(&encoder, &others)?.merged();
            let start = training.common_rate();
            folds.push((training, self.sample(&encoder, &held_out)?.merged(), start));
        }
        // a model without traits or without categories has nothing to choose there
        let grid =
            |penalties: &[f64], used: bool| penalties[..if used { penalties.len() } else { 1 }].to_vec();
        let mut best: Option<(f64, Penalty)> = None;
        for traits in grid(&self.plan.trait_penalties, !encoder.terms.is_empty()) {
            for categories in grid(&self.plan.category_penalties, !encoder.categories.is_empty()) {
                let penalty = Penalty { traits, categories };
                let mut likelihood = 0.0;
                for (training, held_out, start) in &mut folds {
                    // the fit before, under a similar penalty, is near
                    *start =
                        binary::fit(training, LINK, &encoder.penalties(penalty), Some(start))?.coefficients;
                    likelihood += held_out.log_likelihood(LINK, start)?;
                }
                // of equals the stronger penalty, which comes later
                if best.is_none_or(|(known, _)| likelihood >= known) {
                    best = Some((likelihood, penalty));
                }
            }
        }
        let (_, penalty) = best.ok_or(ModelError::TooFew {
            what: "penalties to try",
            needed: 1,
            got: 0,
        })?;
        let start = whole.common_rate();
        Ok(Fitted {
            fit: binary::fit(&whole, LINK, &encoder.penalties(penalty), Some(&start))?,
            encoder,
            penalty,
        })
    }

    fn predict(&self, fitted: &Fitted, rows: &[PersonPeriod]) -> Result<Vec<f64>> {
        self.sample(&fitted.encoder, rows)?
            .probabilities(LINK, &fitted.fit.coefficients)
    }

    fn validate(&self, specification: Specification) -> Result<Detailed> {
        let (before, after) = self.split(self.plan.training_periods);
        let fitted = self.fit(&specification, &before)?;
        let predicted = self.predict(&fitted, &after)?;
        let outcomes = outcomes(&after);
        let (mut walked, mut walk) = (Vec::new(), Vec::new());
        let last = self.rows.iter().map(|row| row.period).max().unwrap_or(0);
        for origin in (self.plan.first_origin..=last).step_by(self.plan.stride) {
            let (past, future) = self.split(origin);
            let next: Vec<PersonPeriod> = future
                .into_iter()
                .filter(|row| row.period < origin + self.plan.stride)
                .collect();
            walked.extend(self.predict(&self.fit(&specification, &past)?, &next)?);
            walk.extend(next);
        }
        let walk_outcomes = self::outcomes(&walk);
        Ok(Detailed {
            split_losses: log_losses(&predicted, &outcomes)?,
            split_protocols: after.iter().map(|row| row.protocol).collect(),
            walk_losses: log_losses(&walked, &walk_outcomes)?,
            walk_protocols: walk.iter().map(|row| row.protocol).collect(),
            validated: Validated {
                specification,
                fitted,
                after_split: evaluate(&predicted, &outcomes)?,
                walk_forward: evaluate(&walked, &walk_outcomes)?,
            },
        })
    }
}

fn outcomes(rows: &[PersonPeriod]) -> Vec<bool> {
    rows.iter().map(|row| row.event).collect()
}
