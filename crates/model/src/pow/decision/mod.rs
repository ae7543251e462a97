//! Decisions of a miner: when to run, curtail or sell power, which machines, and which chain.
//!
//! Everything here is deterministic, and says why: each hour of a [`Schedule`] carries a [`Reason`] for every type of
//! machine, with the figures that decided.

mod block;
mod contract;
mod explain;
mod fill;
mod merit;
pub mod migration;
mod operation;
mod optimum;
mod policy;
mod response;
mod schedule;
mod select;
mod states;
mod tariff;

pub use block::{Block, Commitment};
pub use contract::{Contracts, DemandResponse, GridHour, PowerPurchase, Spot};
pub use explain::{Action, Reason};
pub use operation::Operation;
pub use policy::{Foresight, PolicyRule, SeasonalForecast};
pub use schedule::{BlockHour, Choice, Schedule, ScheduledHour, Totals};
pub use select::{Selection, under_limit};
pub use tariff::Settlement;

#[cfg(test)]
mod tests;
