//! Training: from records in memory to the artefact. The reading of files is the command's.

use super::artefact::{Artefact, ArtefactError};
use super::parts::{
    Books, FrequencyPart, HazardPart, Input, ModelValidation, Settings, SeverityPart, Shipped, Validation,
};
use hurdle_model::ModelError;
use hurdle_model::hazard::cohort::{Protocol, Study, raw_incidence};
use hurdle_model::hazard::frequency::{Counts, dispersion};
use hurdle_model::hazard::goodness::choose_threshold;
use hurdle_model::hazard::joining::{Event, Joined, join};
use hurdle_model::hazard::matching::Listed;
use hurdle_model::hazard::pareto::probability_weighted_moments;
use hurdle_model::hazard::severity::Severity;
use hurdle_model::hazard::training::{Plan, Training, Validated, train};
use thiserror::Error;
use time::Date;
use time::macros::format_description;

const DAY: i64 = 86_400;

/// Why no artefact came of it.
#[derive(Debug, Error)]
pub enum FitError {
    /// A date of the settings is none.
    #[error("{what} is {text:?}; a date is YYYY-MM-DD")]
    Date {
        /// Which setting, as the command's option for it.
        what: &'static str,
        /// What it says.
        text: String,
    },
    /// The records do not allow it.
    #[error("{stage}: {reason}")]
    Model {
        /// Which part of the fit.
        stage: &'static str,
        /// Why.
        reason: ModelError,
    },
    /// A result cannot be written.
    #[error(transparent)]
    Artefact(#[from] ArtefactError),
}

/// A loss event as recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// What joins it to the cohort.
    pub event: Event,
    /// Amount lost, quote units.
    pub amount: f64,
    /// Whether it befell a protocol of decentralised finance, and so belongs to the severity and the counts.
    pub in_scope: bool,
}

/// All that a fit reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Records {
    /// The files, for the artefact.
    pub inputs: Vec<Input>,
    /// The cohort.
    pub protocols: Vec<Protocol>,
    /// Names of its protocols, in the same order.
    pub listed: Vec<Listed>,
    /// Losses.
    pub losses: Vec<Loss>,
    /// Events of a source that identifies its victims by the cohort's own numbers. They join, and audit the matching of
    /// names; their amounts are not used, for the losses tell them too.
    pub identified: Vec<Event>,
}

impl Default for Settings {
    /// The settings of the shipped artefact. The split is a year after the cohort's day; the thresholds are every twentieth
    /// from the median up.
    fn default() -> Self {
        Self {
            cohort_day: "2022-03-02".into(),
            end: "2024-06-29".into(),
            listings_recorded_since: "2021-10-12".into(),
            period_days: 30,
            training_periods: 12,
            first_origin: 6,
            stride: 3,
            folds: 5,
            smallest_category: 10,
            trait_penalties: vec![1.0, 3.0, 10.0, 30.0, 100.0, 300.0],
            category_penalties: vec![1.0, 3.0, 10.0, 30.0, 100.0],
            significance: 0.05,
            losses_since: "2020-01-01".into(),
            counts_since: "2021-01-01".into(),
            threshold_levels: vec![0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9],
            false_discovery_rate: 0.1,
        }
    }
}

/// Fits hazard, severity and frequency.
///
/// # Errors
/// [`FitError`], which names the stage.
pub fn fit(records: Records, settings: Settings) -> Result<Artefact, FitError> {
    let at = |stage| move |reason| FitError::Model { stage, reason };
    let study = study(&settings)?;
    let events: Vec<Event> = records
        .losses
        .iter()
        .map(|loss| loss.event.clone())
        .chain(records.identified)
        .collect();
    let joined = join(&records.protocols, records.listed, &events, &study).map_err(at("joining events"))?;
    let training =
        train(&records.protocols, &joined.first_events, &study, &plan(&settings)).map_err(at("hazard"))?;
    let (since, counted_since) = (
        unix("--losses-since", &settings.losses_since)?,
        unix("--counts-since", &settings.counts_since)?,
    );
    let in_scope: Vec<&Loss> = records
        .losses
        .iter()
        .filter(|loss| loss.in_scope && loss.event.counts && loss.event.time < study.end)
        .collect();
    let amounts: Vec<f64> = in_scope
        .iter()
        .filter(|loss| loss.event.time >= since && loss.amount > 0.0)
        .map(|loss| loss.amount)
        .collect();
    let times: Vec<i64> = in_scope.iter().map(|loss| loss.event.time).collect();
    let severity = severity(&amounts, &settings).map_err(at("loss given failure"))?;
    let months = monthly(&times, counted_since, study.end);
    let frequency = frequency(months).map_err(at("number of events"))?;
    Ok(Artefact::canonical(Artefact {
        schema: Artefact::schema(),
        inputs: records.inputs,
        books: books(&records.protocols, &joined, &training),
        hazard: HazardPart::from(&training.shipped),
        all_traits: HazardPart::from(&training.all_traits),
        validation: validation(&training),
        severity,
        frequency,
        settings,
    })?)
}

/// Unix time of the beginning of a day.
fn unix(what: &'static str, text: &str) -> Result<i64, FitError> {
    day(text).ok_or_else(|| FitError::Date {
        what,
        text: text.to_owned(),
    })
}

/// Unix time of the beginning of a day given as YYYY-MM-DD.
#[must_use]
pub fn day(text: &str) -> Option<i64> {
    let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp())
}

fn study(settings: &Settings) -> Result<Study, FitError> {
    Ok(Study {
        start: unix("--cohort-day", &settings.cohort_day)?,
        end: unix("--end", &settings.end)?,
        recorded_since: unix("--listings-recorded-since", &settings.listings_recorded_since)?,
        period: settings.period_days.saturating_mul(DAY),
    })
}

fn plan(settings: &Settings) -> Plan {
    Plan {
        training_periods: settings.training_periods,
        first_origin: settings.first_origin,
        stride: settings.stride,
        folds: settings.folds,
        smallest_category: settings.smallest_category,
        trait_penalties: settings.trait_penalties.clone(),
        category_penalties: settings.category_penalties.clone(),
        significance: settings.significance,
    }
}

fn books(protocols: &[Protocol], joined: &Joined, training: &Training) -> Books {
    let group = |audited: bool| {
        let incidence = raw_incidence(protocols, &joined.first_events, |p| p.audited == audited);
        [incidence.protocols, incidence.events]
    };
    let (counts, audit) = (&joined.counts, &joined.audit);
    Books {
        protocols: protocols.len(),
        failed: joined.first_events.iter().flatten().count(),
        audited: group(true),
        unaudited: group(false),
        rows: training.rows,
        events: counts.events,
        outside: counts.outside,
        other_cause: counts.other_cause,
        by_identity: counts.by_identity,
        by_name: counts.by_name,
        by_core: counts.by_core,
        ambiguous: counts.ambiguous,
        other_chain: counts.other_chain,
        unmatched: counts.unmatched,
        repeated: counts.repeated,
        names_right_wrong_missed: [audit.right, audit.wrong, audit.missed],
    }
}

fn validation(training: &Training) -> Validation {
    let of = |validated: &Validated| ModelValidation {
        traits: validated
            .specification
            .traits
            .iter()
            .map(|t| t.name().to_owned())
            .collect(),
        after_split: (&validated.after_split).into(),
        walk_forward: (&validated.walk_forward).into(),
    };
    let audits = &training.audits;
    Validation {
        constant: of(&training.constant),
        baseline: of(&training.baseline),
        candidate: of(&training.candidate),
        after_split: training.after_split.into(),
        walk_forward: training.walk_forward.into(),
        audit_effect: [audits.log_ratio, audits.standard_error, audits.p],
        audits_kept: audits.kept,
        shipped: if training.candidate_ships {
            Shipped::Candidate
        } else {
            Shipped::Baseline
        },
    }
}

fn severity(amounts: &[f64], settings: &Settings) -> Result<SeverityPart, ModelError> {
    let choice = choose_threshold(amounts, &settings.threshold_levels, settings.false_discovery_rate)?;
    let severity = Severity::new(amounts, &choice)?;
    let threshold = severity.threshold();
    let excesses: Vec<f64> = amounts
        .iter()
        .filter(|x| **x > threshold)
        .map(|x| x - threshold)
        .collect();
    let check = probability_weighted_moments(&excesses)?;
    Ok(SeverityPart::new(&severity, check, &choice.candidates))
}

/// Number of events in each whole calendar month of a span.
fn monthly(times: &[i64], since: i64, end: i64) -> Vec<u32> {
    let month = |time: i64| {
        let date = time::OffsetDateTime::from_unix_timestamp(time).ok()?.date();
        Some(date.year() * 12 + i32::from(u8::from(date.month())))
    };
    let (Some(first), Some(last)) = (month(since), month(end)) else {
        return Vec::new();
    };
    let mut counts = vec![0_u32; usize::try_from(last - first).unwrap_or(0)];
    for time in times.iter().filter(|time| **time >= since) {
        let slot = month(*time).and_then(|m| usize::try_from(m - first).ok());
        if let Some(count) = slot.and_then(|slot| counts.get_mut(slot)) {
            *count += 1;
        }
    }
    counts
}

/// Counts with a trend, so that growth of the field is not taken for dispersion.
fn frequency(months: Vec<u32>) -> Result<FrequencyPart, ModelError> {
    let n = months.len();
    let events = months.iter().map(|y| *y as usize).sum();
    let years = (0_u32..).take(n).map(|month| f64::from(month) / 12.0).collect();
    let result = dispersion(&Counts::new(months, &[vec![1.0; n], years], vec![0.0; n])?)?;
    let nb = &result.negative_binomial;
    Ok(FrequencyPart {
        months: n,
        events,
        index_of_dispersion: [result.index, result.index_p],
        regression_test: [result.regression_t, result.regression_p],
        likelihood_ratio: [result.likelihood_ratio, result.likelihood_ratio_p],
        log_likelihoods: [result.poisson.log_likelihood, nb.log_likelihood],
        alpha: result.alpha,
        alpha_error: result.alpha_error,
        trend: [nb.coefficients[1], nb.standard_errors[1]],
    })
}
