//! Which of two chains of one algorithm to mine.
//!
//! The logarithm x of the ratio of their hashprices wanders around a mean. Each move costs what is not mined and not
//! paid meanwhile. The best rule has two thresholds with a band between them in which the miner stays where it is
//! ([`band`]); a miner so large that its own hash rate lowers what a hash earns spreads over the chains instead
//! ([`split`]). [`run`] tests the rule on recorded days.

mod band;
mod merged;
mod ratio;
mod record;
mod split;

pub use band::{Band, SwitchingCost, band};
pub use merged::merge_mined;
pub use ratio::LogRatio;
pub use record::{Migration, MigrationDay, MigrationRule, PolicyRecord, run};
pub use split::{ChainRevenue, Split, split};

#[cfg(test)]
mod tests;
