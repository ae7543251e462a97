//! Component **o**, the oracle-latency premium: what arbitrageurs take while a price is late.
//!
//! [`LatencyExposure`] is a quote that is refreshed at fixed delays; [`OracleUpdates`] one that is refreshed when the
//! price leaves a deviation band or a heartbeat passes; [`PoolArbitrage`] a pool, whose quote is refreshed by the
//! arbitrage itself, block by block (loss versus rebalancing with fees).

mod exposure;
mod lvr;
mod updates;

pub use exposure::LatencyExposure;
pub use lvr::{BlockTimes, PoolArbitrage, concentrated_lvr_rate, log_fee, lvr_rate};
pub use updates::{OracleUpdates, UpdateCycle};
