//! The stages between observing and signing: pure functions from data to data.

mod history;
mod mining;
mod model;
mod report;
mod solve;
mod validate;

pub use history::{History, MiningReading, Snapshot};
pub use model::{Estimate, Estimates, FaultReason, MarketView, ModelFault, Modelled, model};
pub use report::{ReportInput, report};
pub use solve::{Solution, solve};
pub use validate::{ValidateError, validate};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
