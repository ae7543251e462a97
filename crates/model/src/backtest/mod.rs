//! Walk-forward backtest: at every step the margin that the past alone would have set, and what the future did to it.
//!
//! A step at time t sees [`crate::margin::Past`], which ends at t; what happens after t enters only the step's outcome. The
//! outcome of a step is known at t + horizon and joins the sample of later steps from there on.

mod forecast;
mod garch;
mod hurdle;
mod requirement;
mod sample;
mod verdict;
mod walk;

pub use forecast::{Ewma, Unfitted, VolatilityForecast, VolatilityModel};
pub use garch::Garch;
pub use hurdle::{HurdleModel, HurdlePoint, Liquidation, Moment, NoHurdle, SolvedHurdle};
pub use requirement::{ClassRule, Method};
pub use verdict::Verdict;
pub use walk::{Backtest, Realised, Setting, Step, run};
