//! `hurdle model hazard`.

use super::read;
use crate::config::FittedRisk;
use crate::desk::{Command, DeskError, Sheet};
use crate::hazard::{Artefact, ArtefactError};
use clap::Args;
use hurdle_model::hazard::premium;
use hurdle_model::normal;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Hazard {
    /// The artefact of `hurdle fit hazard`.
    #[arg(long, value_name = "JSON")]
    artefact: PathBuf,
    /// SHA-256 that it must have [default: any].
    #[arg(long, value_name = "HEX")]
    sha256: Option<String>,
    /// The protocol's category, in the words of the cohort.
    #[arg(long)]
    category: String,
    /// Value that a failure could take, quote units.
    #[arg(long, value_name = "VALUE")]
    value_at_risk: f64,
    /// Least share of it that a failure is taken to cost; the fitted share falls short for large protocols.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    least_loss: f64,
    /// Years in battle.
    #[arg(long)]
    years: f64,
    /// Chains it runs on.
    #[arg(long, default_value_t = 1)]
    chains: u32,
    /// Its own code has been audited.
    #[arg(long)]
    audited: bool,
    /// It was listed before listing times were recorded: the years are a lower bound.
    #[arg(long)]
    established: bool,
    /// It is a fork.
    #[arg(long)]
    forked: bool,
    /// It depends on a price oracle.
    #[arg(long)]
    oracle: bool,
    /// A token of it is listed.
    #[arg(long)]
    token: bool,
    /// What capital wants per unit of expected loss; 1 is risk-neutral.
    #[arg(long, default_value_t = 1.0)]
    risk_aversion: f64,
}

/// A value and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The value.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl From<premium::Interval> for Interval {
    fn from(i: premium::Interval) -> Self {
        Self {
            value: i.value,
            low: i.low,
            high: i.high,
        }
    }
}

/// The premium.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// SHA-256 of the artefact.
    pub model: String,
    /// Probability of a failure within a year.
    pub annual_probability: Interval,
    /// Expected share of the value at risk that a failure takes.
    pub loss_given_failure: Interval,
    /// p, per year.
    pub premium: Interval,
    /// Standard error of ln p.
    pub log_error: f64,
    /// Whether the category has an effect of its own.
    pub category_known: bool,
    /// The categories that have one.
    #[serde(skip)]
    pub categories: Vec<String>,
    /// Whether the protocol is older than any of the record.
    pub beyond_record: bool,
    /// Whether traits beyond the category count in the shipped model.
    pub traits_count: bool,
}

impl Command for Hazard {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let text = read(&self.artefact)?;
        let refused = |reason: ArtefactError| DeskError::Argument {
            argument: "--artefact",
            reason: format!("{}: {reason}", self.artefact.display()),
        };
        let artefact = match &self.sha256 {
            Some(stated) => Artefact::parse_expecting(&text, stated),
            None => Artefact::parse(&text),
        }
        .map_err(refused)?;
        let risk = FittedRisk {
            name: String::new(),
            category: self.category.clone(),
            chains: self.chains,
            audited: self.audited,
            established: self.established,
            forked: self.forked,
            oracle: self.oracle,
            token: self.token,
            battle_years: self.years,
            value_at_risk: self.value_at_risk,
            least_loss_given_failure: self.least_loss,
        };
        let model = artefact.model().map_err(refused)?;
        let quote = model
            .quote(&risk.exposure(), self.risk_aversion, normal::TWO_SIDED_95)
            .map_err(DeskError::model("smart-contract premium"))?;
        Ok(Answer {
            model: artefact.sha256().map_err(refused)?,
            annual_probability: quote.annual_probability.into(),
            loss_given_failure: quote.loss_given_failure.into(),
            premium: quote.premium.into(),
            log_error: quote.log_error,
            category_known: quote.category_known,
            categories: model.encoder.categories.clone(),
            beyond_record: quote.beyond_record,
            traits_count: artefact.ships_traits(),
        })
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let interval = |i: Interval| {
            format!(
                "{:.4} % ({:.4} … {:.4} %)",
                100.0 * i.value,
                100.0 * i.low,
                100.0 * i.high
            )
        };
        let mut sheet = Sheet::new()
            .heading("smart-contract premium, with 95 % intervals")
            .line(
                "probability of a failure within a year",
                interval(self.annual_probability),
            )
            .line("expected share lost", interval(self.loss_given_failure))
            .line("premium p, a year", interval(self.premium))
            .line("model (SHA-256)", &self.model);
        if !self.category_known {
            let known = self.categories.join(", ");
            sheet = sheet.line(
                "note",
                format!("the category has no effect of its own: the pooled hazard is used; those that have one: {known}"),
            );
        }
        if self.beyond_record && self.traits_count {
            sheet = sheet.line("note", "older than anything in the record: counted as that old");
        }
        if !self.traits_count {
            sheet = sheet.line(
                "note",
                "the shipped model is the category's hazard: no other trait counts",
            );
        }
        sheet.fmt(f)
    }
}
