//! Configuration: read from TOML, checked as a whole, refused with file, line and column.

mod across;
mod contract;
mod keeper;
mod market;

pub use across::{AcrossModel, MiningModel};
pub use contract::{ContractRisk, FittedContracts, FittedRisk};
pub use keeper::{
    Agreement, DebtModel, EmissionModel, KeeperConfig, LatencyModel, LiquidityModel, ModelConfig,
    ReportConfig, StakingModel, SystematicFactor, TailModel, UtilisationModel, ValidateConfig,
    VolatilityModel,
};
pub use market::{
    BoundsSpec, ClassSpec, DebtCurveSpec, LimitSpec, MarketSpec, MultiplierSpec, RampSpec, RangeSpec,
    SpreadSpec, StalenessSpec, WeightSpec,
};

use crate::convert::OutOfDomain;
use crate::hazard::ArtefactError;
use hurdle_interface::HurdleError;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a configuration was refused.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {reason}; check the path and its permissions", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The text is not what it should be.
    #[error("{}:{line}:{column}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// A number has no place on-chain.
    #[error("{}: {reason}", path.display())]
    OutOfDomain {
        /// The file.
        path: PathBuf,
        /// Which number.
        reason: OutOfDomain,
    },
    /// A fitted model is not the one agreed on.
    #[error("{}: {reason}", path.display())]
    Artefact {
        /// The artefact.
        path: PathBuf,
        /// Why.
        reason: ArtefactError,
    },
    /// The values contradict each other.
    #[error("{}: [{section}] {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The table of the file.
        section: &'static str,
        /// What is wrong and what is expected.
        reason: String,
    },
}

impl ConfigError {
    /// [`Self::Invalid`] unless a demand on the values holds.
    pub(crate) fn unless(holds: bool, path: &Path, section: &'static str, reason: &str) -> Result<(), Self> {
        if holds {
            return Ok(());
        }
        Err(Self::Invalid {
            path: path.to_owned(),
            section,
            reason: reason.to_owned(),
        })
    }

    fn rule(path: &Path, section: &'static str, reason: HurdleError) -> Self {
        Self::Invalid {
            path: path.to_owned(),
            section,
            reason: reason.to_string(),
        }
    }
}

/// Reads a file.
///
/// # Errors
/// [`ConfigError::Unreadable`].
pub fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|reason| ConfigError::Unreadable {
        path: path.to_owned(),
        reason,
    })
}

/// Parses TOML; `path` is for messages.
pub(crate) fn parse<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let (line, column) = position(text, start);
        ConfigError::Malformed {
            path: path.to_owned(),
            line,
            column,
            reason: error.message().to_owned(),
        }
    })
}

/// Line and column, both from 1, of a byte offset.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

#[cfg(test)]
mod tests;
