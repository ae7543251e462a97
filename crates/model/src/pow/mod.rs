//! Proof of work: what mining earns and costs, and what follows for the hurdle rate and for PoW collateral.
//!
//! Units, throughout: hash rates in TH/s (10¹² hashes per second), power in watts, energy in kWh, efficiency in J/TH,
//! hashprice in quote per PH/s and day, coins in the chain's own coin, prices in quote per coin, times in Unix seconds.

pub mod backtest;
mod chain;
pub mod cost;
pub mod decision;
pub mod difficulty;
pub mod economics;
pub mod expected;
mod fleet;
pub mod forward;
mod haircut;
mod hashprice;
pub mod hedge;
mod history;
pub mod leverage;
mod machine;
mod opportunity;
pub mod propagation;
pub mod rewards;
pub mod treasury;

pub use chain::{PowChain, Subsidy};
pub use fleet::{Fleet, Site, Unit};
pub use haircut::{FloorRisk, HaircutDay, HaircutRule, HaircutWalk, PowHaircut, Reversion, fit_reversion};
pub use hashprice::{BlockReward, MiningMarket};
pub use history::{MiningDay, MiningHistory};
pub use machine::Machine;
pub use opportunity::{Entrant, OperatingReturn};

/// Days in the year of rates, here as in the rest of the library.
pub const DAYS_PER_YEAR: f64 = 365.0;

/// Seconds in the day to which hashprice refers.
pub const SECONDS_PER_DAY: f64 = 86_400.0;

/// Hashes per second in one TH/s.
pub const HASHES_PER_TERAHASH: f64 = 1e12;

/// TH/s in one PH/s, the unit of hashprice.
pub const TERAHASHES_PER_PETAHASH: f64 = 1e3;
