//! What a command of the desk reports.

use super::table::TableError;
use crate::config::ConfigError;
use hurdle_model::ModelError;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a command has no answer.
#[derive(Debug, Error)]
pub enum DeskError {
    /// A table is not as it must be.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A description is not as it must be.
    #[error(transparent)]
    Config(ConfigError),
    /// A model refuses its input.
    #[error("{what}: {reason}")]
    Model {
        /// What was to be computed.
        what: &'static str,
        /// Why not.
        #[source]
        reason: ModelError,
    },
    /// An argument that is wrong by itself or beside the others.
    #[error("{argument}: {reason}")]
    Argument {
        /// The argument, as it is written.
        argument: &'static str,
        /// What is wrong and what is expected.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {reason}; check the path and its permissions", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        reason: io::Error,
    },
    /// The answer cannot be written.
    #[error("cannot write the answer: {0}")]
    Output(#[from] io::Error),
    /// The answer cannot be written as JSON.
    #[error("cannot write the answer as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl DeskError {
    /// A model's refusal, with what was to be computed.
    pub fn model(what: &'static str) -> impl Fn(ModelError) -> Self {
        move |reason| Self::Model { what, reason }
    }
}
