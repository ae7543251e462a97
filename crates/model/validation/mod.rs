//! Every comparison of the library with something independent, by topic. `main.rs` prints them as `docs/validation.md`;
//! `tests/validation.rs` demands that they hold.

mod capital;
mod check;
mod equilibrium;
mod hazard;
mod liquidity;
mod margin;
mod options;
mod pow_cost;
mod pow_decision;
mod pow_difficulty;
mod pow_efficiency;
mod pow_leverage;
mod pow_oracle;
mod record;
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
        topic("Cost of capital, flight, multipliers, policy", capital::checks()),
        topic(
            "Equilibrium, comparative statics, stability",
            equilibrium::checks(),
        ),
        topic("Margin: coverage tests, tails, backtest", margin::checks()),
        topic("Proof of work: cost of production", pow_cost::checks()),
        topic(
            "Proof of work: difficulty, forward hashprice, hedges",
            pow_difficulty::checks(),
        ),
        topic("Proof of work: mining efficiency", pow_efficiency::checks()),
        topic("Proof of work: into the oracle", pow_oracle::checks()),
        topic(
            "Proof of work: decisions and the fleet backtest",
            pow_decision::checks(),
        ),
        topic(
            "Proof of work: leverage, cascades, treasury",
            pow_leverage::checks(),
        ),
    ]
}
