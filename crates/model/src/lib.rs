//! Hurdle models.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs))]

pub mod debt;
pub mod emissions;
mod error;
pub mod hazard;
pub mod jumps;
pub mod latency;
pub mod linear;
pub mod liquidity;
pub mod normal;
pub mod robust;
mod roots;
pub mod series;
pub mod staking;
pub mod systematic;
pub mod tail;
#[cfg(test)]
mod testing;
pub mod volatility;
pub mod wacc;

pub use error::{ModelError, Result};
