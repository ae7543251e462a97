//! European options on spot or futures: value, greeks, implied volatility.

mod greeks;
mod implied;

pub use greeks::{Greeks, OptionContract, OptionSide, Underlying};
