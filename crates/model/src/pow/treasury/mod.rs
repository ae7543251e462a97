//! The treasury of a miner with a loan against coins: what to sell, pledge and repay each day, so that margin is met
//! without selling at the bottom.
//!
//! [`Policy::decide`] is deterministic and uses nothing but the day's figures and a volatility of the past. Every move it
//! makes carries its [`Reason`]. [`backtest()`] lets it run beside the [`Strategy`]s that need no thought, over recorded
//! days, with the same loan, bills and coins.

mod account;
mod backtest;
mod book;
mod policy;
mod strategy;

pub use account::{LoanTerms, Treasury};
pub use backtest::{DayRecord, Opening, Outcome, Setting, backtest};
pub use book::{Action, Decision, Move, Reason};
pub use policy::{Policy, Ramp, SaleRule, Stress};
pub use strategy::Strategy;

/// What a day shows when its decision is made, at its closing price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Today {
    /// Price of a coin.
    pub price: f64,
    /// Coins mined today, already among the free ones.
    pub mined: f64,
    /// Bills due today, with those of before that are unpaid, quote.
    pub bills: f64,
    /// Bills of a day, quote: what the days to come will take.
    pub bills_per_day: f64,
    /// Volatility of the log-price per √day, from the past.
    pub volatility: f64,
}
