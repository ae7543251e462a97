//! Every comparison of the library with something independent, by topic. `main.rs` prints them as `docs/validation.md`;
//! `tests/validation.rs` demands that they hold.

mod check;
mod equilibrium;
mod hazard;
mod liquidity;
mod margin;
mod options;
mod pow_cost;
mod regression;
mod staking;
mod tail;
mod volatility;

pub use check::{Check, Tolerance, Topic};

/// The topics, in the order of the page.
pub fn topics() -> Vec<Topic> {
    let topic = |title, checks| Topic { title, checks };
    vec![
        topic("Volatility", volatility::checks()),
        topic("Staking yields", staking::checks()),
        topic("Smart-contract premium", hazard::checks()),
        topic("Liquidity and latency", liquidity::checks()),
        topic("Tail and ruin", tail::checks()),
        topic("Options, performance and costs", options::checks()),
        topic("Regression, borrow-rate curves", regression::checks()),
        topic(
            "Equilibrium, comparative statics, stability",
            equilibrium::checks(),
        ),
        topic("Margin: coverage tests, tails, backtest", margin::checks()),
        topic("Proof of work: cost of production", pow_cost::checks()),
    ]
}
