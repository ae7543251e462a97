//! Hedging a miner: forwards on hashprice, coins and energy, and the risk that remains.

mod miner;
mod minimum;
mod risk;

pub use miner::MinerExposure;
pub use minimum::{Hedge, HedgeProblem, INSTRUMENTS, Instrument};
pub use risk::{ProfitRisk, SCENARIOS};
