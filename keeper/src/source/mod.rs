//! Sources: where observations come from.

mod cluster;
mod live;
mod mining;
mod replay;

pub use cluster::{ClusterSource, StakeReading, StakeSource};
pub use live::{LiveSource, Playhead};
pub use mining::{MiningRecord, MiningSource};
pub use replay::{Episode, ReplaySource};

use crate::desk::table::TableError;
use crate::observation::Sample;
use hurdle_interface::UnixTime;
use std::path::PathBuf;
use thiserror::Error;

/// Why a source gave nothing. A dead source is an alarm, never a silently repeated value.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The file cannot be read.
    #[error("{}: {reason}; check the path and its permissions", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The file is malformed.
    #[error("{}:{line}:{column}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Column, from 1: of the character, or of the field where `field` names one.
        column: u64,
        /// What is wrong and what is expected.
        reason: String,
    },
    /// A table is not as it must be.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The source has nothing for this time.
    #[error("{source_name} has no observation at {at}: {reason}")]
    Silent {
        /// The source.
        source_name: String,
        /// Unix seconds.
        at: i64,
        /// Why.
        reason: String,
    },
}

/// Somewhere to observe.
pub trait Source: Send {
    /// The name under which it is logged.
    fn name(&self) -> &str;

    /// The time of its observations at a time of the cluster: the same, except where a recording is played.
    fn time(&self, now: UnixTime) -> UnixTime {
        now
    }

    /// The newest sample of every metric that it measures, as known at `now`, on its own time axis.
    fn observe(&mut self, now: UnixTime) -> impl Future<Output = Result<Vec<Sample>, SourceError>> + Send;
}
