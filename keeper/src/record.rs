//! Stage *record*: publications and observations as JSON lines, for machines and for replay.

use crate::convert::from_raw;
use crate::cycle::Publication;
use crate::observation::Observation;
use hurdle_interface::composition::Components;
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;
use thiserror::Error;

/// A line cannot be written.
#[derive(Debug, Error)]
#[error("{}: {reason}; check the disk and the permissions", path.display())]
pub struct RecordError {
    /// Where to.
    pub path: PathBuf,
    /// What the system says.
    #[source]
    pub reason: io::Error,
}

/// One publication. Rates are per year, times unix seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublicationRecord {
    /// Sequence.
    pub seq: u64,
    /// Time of the observation.
    pub observed_at: i64,
    /// Hurdle rate in force, after the rate limit.
    pub hurdle: f64,
    /// Solved hurdle rate.
    pub raw_hurdle: f64,
    /// Time-weighted average of the hurdle rate.
    pub baseline: f64,
    /// Initial margin multiplier at publication.
    pub im_multiplier: f64,
    /// Maintenance margin multiplier at publication.
    pub mm_multiplier: f64,
    /// |Φ(h) − h| as the program found it.
    pub residual: f64,
    /// Components of the report.
    pub components: ComponentsRecord,
    /// Compute units of `publish`.
    pub cu: u64,
    /// Who signed, the proposer first.
    pub signers: Vec<String>,
}

/// The components of a report.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[expect(
    missing_docs,
    reason = "each is the component that it names; see hurdle_interface::composition"
)]
pub struct ComponentsRecord {
    pub staking: f64,
    pub contract: f64,
    pub systematic: f64,
    pub debt: f64,
    pub liquidity: f64,
    pub latency: f64,
    pub tail: f64,
    pub emissions: f64,
    pub equity_weight: f64,
    pub utilisation: f64,
    pub coverage: f64,
    pub volatility: f64,
}

impl From<&Components> for ComponentsRecord {
    fn from(components: &Components) -> Self {
        Self {
            staking: from_raw(components.staking.raw()),
            contract: from_raw(components.contract.raw()),
            systematic: from_raw(components.systematic.raw()),
            debt: from_raw(components.debt.raw()),
            liquidity: from_raw(components.liquidity.raw()),
            latency: from_raw(components.latency.raw()),
            tail: from_raw(components.tail.raw()),
            emissions: from_raw(components.emissions.raw()),
            equity_weight: from_raw(components.equity_weight.raw()),
            utilisation: from_raw(components.utilisation.raw()),
            coverage: from_raw(components.coverage.raw()),
            volatility: from_raw(components.volatility.raw()),
        }
    }
}

impl From<&Publication> for PublicationRecord {
    fn from(publication: &Publication) -> Self {
        let published = &publication.market.published;
        let outcome = &publication.outcome;
        Self {
            seq: published.sequence,
            observed_at: published.observed_at.0,
            hurdle: from_raw(published.hurdle.raw()),
            raw_hurdle: from_raw(published.raw_hurdle.raw()),
            baseline: from_raw(published.baseline.raw()),
            im_multiplier: from_raw(published.ramps.multiplier.initial.raw()),
            mm_multiplier: from_raw(published.ramps.multiplier.maintenance.raw()),
            residual: from_raw(published.residual.raw()),
            components: ComponentsRecord::from(&published.components),
            cu: outcome
                .units_of(&hurdle_interface::ID)
                .unwrap_or(outcome.compute_units),
            signers: publication.signers.clone(),
        }
    }
}

/// An observation that went into a report: with the market's account before it, enough to compute the report anew.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObservationRecord<'a> {
    /// Who observed.
    pub keeper: &'a str,
    /// What.
    pub observation: &'a Observation,
}

/// A file of JSON lines, or any other writer.
pub struct JsonLines<W> {
    writer: W,
    path: PathBuf,
}

impl<W: Write> JsonLines<W> {
    /// Writes to `writer`; `path` is for messages.
    pub fn new(writer: W, path: impl Into<PathBuf>) -> Self {
        Self {
            writer,
            path: path.into(),
        }
    }

    /// Writes one line and hands it on at once, so that a crash loses nothing that was reported as written.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn write(&mut self, record: &impl Serialize) -> Result<(), RecordError> {
        let mut line = serde_json::to_vec(record).map_err(|reason| self.fault(reason.into()))?;
        line.push(b'\n');
        self.bytes(&line)
    }

    /// Writes text as it is.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn text(&mut self, text: &str) -> Result<(), RecordError> {
        self.bytes(text.as_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), RecordError> {
        let written = self.writer.write_all(bytes).and_then(|()| self.writer.flush());
        written.map_err(|reason| self.fault(reason))
    }

    fn fault(&self, reason: io::Error) -> RecordError {
        RecordError {
            path: self.path.clone(),
            reason,
        }
    }
}
