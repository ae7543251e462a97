//! The fitted smart-contract premium: training from records, the artefact that it writes, and the card that describes it.
//!
//! `hurdle fit hazard` reads a cohort of protocols and the record of loss events, [`fit`]s `hurdle-model`'s hazard,
//! severity and frequency models on them, and writes an [`artefact`] in canonical form, whose SHA-256 a keeper's
//! configuration states and hence the market's model hash contains. [`card`] puts the artefact into words.

pub mod artefact;
pub mod card;
pub mod fit;
pub mod parts;

pub use artefact::{Artefact, ArtefactError};
