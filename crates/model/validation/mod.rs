//! Every comparison of the library with something independent, by topic. `main.rs` prints them as `docs/validation.md`;
//! `tests/validation.rs` demands that they hold.

mod check;
mod equilibrium;
mod hazard;
mod margin;
mod regression;
mod volatility;

pub use check::{Check, Tolerance, Topic};

/// The topics, in the order of the page.
pub fn topics() -> Vec<Topic> {
    vec![
        Topic {
            title: "Volatility",
            checks: volatility::checks(),
        },
        Topic {
            title: "Smart-contract premium",
            checks: hazard::checks(),
        },
        Topic {
            title: "Regression, borrow-rate curves",
            checks: regression::checks(),
        },
        Topic {
            title: "Equilibrium, comparative statics, stability",
            checks: equilibrium::checks(),
        },
        Topic {
            title: "Margin: coverage tests, tails, backtest",
            checks: margin::checks(),
        },
    ]
}
