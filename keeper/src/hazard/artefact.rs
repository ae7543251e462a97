//! The artefact of a fit: everything that a quote needs and everything that a reviewer asks, in one canonical file.
//!
//! Canonical form: this struct as JSON with two spaces of indentation, keys in the order of declaration, real numbers
//! rounded to nine significant digits (so that the last bits in which platforms differ do not enter), one newline at the
//! end. A file in any other form is refused; so the SHA-256 of the file, as `sha256sum` prints it, names the model.

use super::parts::{Books, FrequencyPart, HazardPart, Input, Settings, SeverityPart, Shipped, Validation};
use hurdle_model::ModelError;
use hurdle_model::hazard::premium::ContractModel;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// The version of the format.
const SCHEMA: &str = "hurdle/hazard/v1";

/// A fitted smart-contract premium.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artefact {
    /// Version of the format.
    pub schema: String,
    /// The files it was fitted on.
    pub inputs: Vec<Input>,
    /// How.
    pub settings: Settings,
    /// What became of the records.
    pub books: Books,
    /// The shipped hazard, fitted on the whole record.
    pub hazard: HazardPart,
    /// What decided that it is shipped.
    pub validation: Validation,
    /// All traits, fitted on the whole record: for information.
    pub all_traits: HazardPart,
    /// Loss given failure.
    pub severity: SeverityPart,
    /// Number of events.
    pub frequency: FrequencyPart,
}

/// Why an artefact was refused.
#[derive(Debug, Error)]
pub enum ArtefactError {
    /// Not this format.
    #[error("line {}, column {}: {reason}; write the artefact with `hurdle fit hazard`", reason.line(), reason.column())]
    Malformed {
        /// What the parser says.
        reason: serde_json::Error,
    },
    /// Another version of it.
    #[error("its schema is {found:?}, this version reads {SCHEMA:?}; fit again with `hurdle fit hazard`")]
    Schema {
        /// What it says.
        found: String,
    },
    /// The content is right, its form is not.
    #[error(
        "it is not in canonical form from line {line} on; it was edited: fit again with `hurdle fit hazard`"
    )]
    NotCanonical {
        /// First line that differs.
        line: usize,
    },
    /// Another model than the one agreed on.
    #[error(
        "its SHA-256 is {found}, the configuration states {stated}; take the right file, or state the new hash"
    )]
    OtherModel {
        /// Of the file.
        found: String,
        /// Of the configuration.
        stated: String,
    },
    /// A trait that this version does not know.
    #[error("it uses a trait that this version does not know; take the version that it was fitted with")]
    UnknownTrait,
    /// Its numbers make no model.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl Artefact {
    /// Puts the parts together in canonical numbers.
    ///
    /// # Errors
    /// [`ArtefactError::Malformed`] where a number is not finite.
    pub(super) fn canonical(parts: Self) -> Result<Self, ArtefactError> {
        let malformed = |reason| ArtefactError::Malformed { reason };
        let mut value = serde_json::to_value(parts).map_err(malformed)?;
        round(&mut value);
        serde_json::from_value(value).map_err(malformed)
    }

    /// The version of the format that this version writes.
    #[must_use]
    pub fn schema() -> String {
        SCHEMA.to_owned()
    }

    /// The canonical text.
    ///
    /// # Errors
    /// [`ArtefactError::Malformed`], which a canonical artefact does not give.
    pub fn text(&self) -> Result<String, ArtefactError> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|reason| ArtefactError::Malformed { reason })?;
        text.push('\n');
        Ok(text)
    }

    /// Reads an artefact that is in canonical form.
    ///
    /// # Errors
    /// [`ArtefactError`].
    pub fn parse(text: &str) -> Result<Self, ArtefactError> {
        let artefact: Self =
            serde_json::from_str(text).map_err(|reason| ArtefactError::Malformed { reason })?;
        if artefact.schema != SCHEMA {
            return Err(ArtefactError::Schema {
                found: artefact.schema,
            });
        }
        let canonical = Self::canonical(artefact.clone())?.text()?;
        if canonical != text {
            let same = canonical
                .lines()
                .zip(text.lines())
                .take_while(|(a, b)| a == b)
                .count();
            return Err(ArtefactError::NotCanonical { line: same + 1 });
        }
        Ok(artefact)
    }

    /// Reads an artefact and checks that it is the one of which the hash was stated.
    ///
    /// # Errors
    /// [`ArtefactError`].
    pub fn parse_expecting(text: &str, stated: &str) -> Result<Self, ArtefactError> {
        let found = sha256(text.as_bytes());
        if !found.eq_ignore_ascii_case(stated) {
            return Err(ArtefactError::OtherModel {
                found,
                stated: stated.to_owned(),
            });
        }
        Self::parse(text)
    }

    /// SHA-256 of the canonical text, hexadecimal: the name of the model.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn sha256(&self) -> Result<String, ArtefactError> {
        Ok(sha256(self.text()?.as_bytes()))
    }

    /// What quotes are computed from.
    ///
    /// The year's common factor has variance α: the months of a year are taken as wholly dependent, the prudent end of what
    /// the monthly counts can tell.
    ///
    /// # Errors
    /// [`ArtefactError::UnknownTrait`], [`ArtefactError::Model`].
    pub fn model(&self) -> Result<ContractModel, ArtefactError> {
        let (encoder, coefficients) = self.hazard.encoder().ok_or(ArtefactError::UnknownTrait)?;
        Ok(ContractModel {
            encoder,
            coefficients,
            covariance: self.hazard.covariance.clone(),
            category_variance: 1.0 / self.hazard.penalty().categories,
            year_variance: self.frequency.alpha,
            severity: self.severity.severity()?,
        })
    }

    /// Whether the shipped model uses traits beyond the category.
    #[must_use]
    pub fn ships_traits(&self) -> bool {
        self.validation.shipped == Shipped::Candidate
    }
}

/// SHA-256, hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let digest = solana_sha256_hasher::hashv(&[bytes]).to_bytes();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Rounds every real number to nine significant digits.
fn round(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let rounded = number
                .as_f64()
                .and_then(|x| format!("{x:.8e}").parse::<f64>().ok());
            if let Some(rounded) = rounded.and_then(serde_json::Number::from_f64) {
                *number = rounded;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(round),
        Value::Object(fields) => fields.values_mut().for_each(round),
        _ => {}
    }
}
