//! The margin of an account: a portfolio of spot collateral, debts, perpetual futures and options.
//!
//! An account is healthy where what counts of its collateral covers what it owes and its requirement, in atoms of the quote
//! asset:
//!
//! ```text
//! Σ counted collateral  ≥  Σ liabilities + Σ requirement          over its risk classes
//! ```
//!
//! | position | liability | collateral | requirement |
//! |---|---|---|---|
//! | spot | | value, after the haircut | |
//! | debt | value | | linear |
//! | perpetual | loss | profit, after the haircut | linear |
//! | option held | | mark | scenarios |
//! | option written | mark | | scenarios |
//!
//! **One class is one underlying.** Positions name none: those of different underlyings in one class would be margined as
//! one, their options netting against each other. **Options are settled at expiry**, by the consumer: from then on a held
//! one counts for nothing in the scenarios, and its mark is required back (toward maintenance margin in the part
//! `maintenance ÷ initial` of the class), while a written one is still valued at every moved price ([`Position`]).
//!
//! Per class, with `f = min(cap, hurdle factor · volatility factor · size factor · age factor)`:
//!
//! ```text
//! linear     Σ notional · (base · f + bounty + carry)
//! scenarios  max(marks − least value over the grid, minimum of those written) · (base ÷ initial base) · f
//!            + Σ notional · (bounty + carry)
//! counted    Σ value · (1 − haircut · f),   haircut · f at most 0.66666666 (or the haircut itself)
//! ```
//!
//! `base` is the class's initial or maintenance margin. The size is that of all requirements of the class together, or of
//! all its collateral, so that splitting a position gains nothing. Options and linear positions of a class do not offset
//! each other. Requirements are rounded up and collateral down.
//!
//! Initial margin uses what governance and the last publication ask for at once; maintenance margin follows over time:
//! multiplier, volatility and carry by the ramps, a changed class by its transition. Collateral counts at least as much
//! toward maintenance margin as toward initial margin, and initial margin is above maintenance margin.

mod check;
mod class;
mod options;
mod portfolio;
mod position;
mod reply;
mod requirement;

#[cfg(feature = "raw")]
pub use check::{check_portfolio, preview_portfolio};
#[cfg(not(feature = "raw"))]
pub(crate) use check::{check_portfolio, preview_portfolio};
pub use class::RiskClass;
pub use portfolio::{MAX_POSITIONS, Portfolio};
pub use position::{MarginRequest, OptionContract, Position, PositionKind};
pub use reply::{FLAG_INACTIVE, FLAG_PAUSED, Health, MarginReply};

#[cfg(test)]
mod tests;
