//! `hurdle fit hazard`.

use super::records::RecordArgs;
use super::write;
use crate::desk::{Command, DeskError, Sheet};
use crate::hazard::card::card;
use crate::hazard::fit::{FitError, fit};
use crate::hazard::parts::{Settings, Shipped};
use crate::hazard::{ArtefactError, artefact};
use clap::Args;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct FitHazard {
    #[command(flatten)]
    records: RecordArgs,
    /// Where to write the artefact.
    #[arg(long, value_name = "JSON")]
    out: PathBuf,
    /// Where to write the model card.
    #[arg(long, value_name = "MD")]
    card: Option<PathBuf>,
    /// Day of the cohort.
    #[arg(long, value_name = "DATE", default_value_t = Settings::default().cohort_day)]
    cohort_day: String,
    /// First day after the record of events.
    #[arg(long, value_name = "DATE", default_value_t = Settings::default().end)]
    end: String,
    /// Since when listing times are recorded.
    #[arg(long, value_name = "DATE", default_value_t = Settings::default().listings_recorded_since)]
    listings_recorded_since: String,
    /// Periods of 30 days before the split.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().training_periods)]
    training_periods: usize,
    /// First day of the losses behind the severity.
    #[arg(long, value_name = "DATE", default_value_t = Settings::default().losses_since)]
    losses_since: String,
    /// First month of the counts behind the frequency.
    #[arg(long, value_name = "DATE", default_value_t = Settings::default().counts_since)]
    counts_since: String,
}

/// What was fitted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The artefact's file.
    pub artefact: PathBuf,
    /// Its SHA-256: the name of the model.
    pub sha256: String,
    /// Which model is shipped.
    pub shipped: Shipped,
    /// Protocols and how many failed.
    pub protocols: [usize; 2],
    /// Log loss of the baseline less the candidate's per person-period over the walk forward, and the one-sided p-value.
    pub candidate_gain: [f64; 2],
    /// Log loss after the split of the constant, the baseline and the candidate.
    pub log_losses: [f64; 3],
    /// Log hazard ratio of audited protocols before the split, its standard error and p-value.
    pub audit_effect: [f64; 3],
    /// ξ of the loss tail and its 95 % interval.
    pub tail_shape: [f64; 3],
    /// Variance of a year's common factor.
    pub dispersion: f64,
}

impl Command for FitHazard {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let settings = Settings {
            cohort_day: self.cohort_day.clone(),
            end: self.end.clone(),
            listings_recorded_since: self.listings_recorded_since.clone(),
            training_periods: self.training_periods,
            losses_since: self.losses_since.clone(),
            counts_since: self.counts_since.clone(),
            ..Settings::default()
        };
        let fitted = fit(self.records.read()?, settings).map_err(refused)?;
        let text = fitted.text().map_err(unwritable)?;
        let card = card(&fitted).map_err(unwritable)?;
        write(&self.out, &text)?;
        if let Some(path) = &self.card {
            write(path, &card)?;
        }
        let v = &fitted.validation;
        let s = &fitted.severity;
        Ok(Answer {
            artefact: self.out.clone(),
            sha256: artefact::sha256(text.as_bytes()),
            shipped: v.shipped,
            protocols: [fitted.books.protocols, fitted.books.failed],
            candidate_gain: [v.walk_forward.mean, v.walk_forward.p],
            log_losses: [&v.constant, &v.baseline, &v.candidate].map(|model| model.after_split.log_loss),
            audit_effect: v.audit_effect,
            tail_shape: [s.shape, s.shape_interval[0], s.shape_interval[1]],
            dispersion: fitted.frequency.alpha,
        })
    }
}

fn refused(error: FitError) -> DeskError {
    match error {
        FitError::Model { stage, reason } => DeskError::Model { what: stage, reason },
        FitError::Date { what, text } => DeskError::Argument {
            argument: what,
            reason: format!("`{text}` is no date; write it as 2022-03-02"),
        },
        FitError::Artefact(reason) => unwritable(reason),
    }
}

fn unwritable(reason: ArtefactError) -> DeskError {
    DeskError::Argument {
        argument: "--out",
        reason: reason.to_string(),
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let shipped = match self.shipped {
            Shipped::Candidate => "categories and traits",
            Shipped::Baseline => "categories alone: the traits do not beat them out of sample",
        };
        let [audit, audit_error, audit_p] = self.audit_effect;
        let [shape, low, high] = self.tail_shape;
        let [constant, baseline, candidate] = self.log_losses.map(|loss| 1e3 * loss);
        Sheet::new()
            .heading("smart-contract premium")
            .line("artefact", self.artefact.display())
            .line("SHA-256", &self.sha256)
            .line(
                "protocols, of them failed",
                format!("{}, {}", self.protocols[0], self.protocols[1]),
            )
            .line("shipped", shipped)
            .line(
                "log loss × 1,000 after the split: constant, categories, candidate",
                format!("{constant:.3}, {baseline:.3}, {candidate:.3}"),
            )
            .line(
                "gain of the candidate × 1,000, walk forward",
                format!(
                    "{:.4} (one-sided p = {:.3})",
                    1e3 * self.candidate_gain[0],
                    self.candidate_gain[1]
                ),
            )
            .line(
                "log hazard ratio of audits",
                format!("{audit:+.3} ± {audit_error:.3} (p = {audit_p:.2})"),
            )
            .line(
                "tail index of losses",
                format!("{shape:.3} ({low:.3} … {high:.3})"),
            )
            .line(
                "variance of a year's common factor",
                format!("{:.4}", self.dispersion),
            )
            .fmt(f)
    }
}
