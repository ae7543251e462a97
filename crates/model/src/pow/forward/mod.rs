//! Forward hashprice: what a unit of hash rate will earn, with its uncertainty, and what a forward or swap on it is worth.
//!
//! Price and difficulty are jointly lognormal ([`ForwardMarket`]); the curve ([`HashpriceCurve`]) has the expected
//! hashprice of every day ahead, in quote and in coins, and the moments of averages over periods, on which forwards and
//! swaps settle.

mod curve;
mod market;
mod period;

pub use curve::{CurvePoint, HashpriceCurve};
pub use market::{Coupling, FeeModel, ForwardMarket, PriceModel};
pub use period::{Average, EnergyPrice, JointAverages, Period};
