//! Every comparison of the library with something independent, by topic. `main.rs` prints them as `docs/validation.md`;
//! `tests/validation.rs` demands that they hold.

mod check;
mod liquidity;
mod options;
mod staking;

pub use check::{Check, Tolerance, Topic};

/// The topics, in the order of the page.
pub fn topics() -> Vec<Topic> {
    let topic = |title, checks| Topic { title, checks };
    vec![
        topic("Staking yields", staking::checks()),
        topic("Liquidity and latency", liquidity::checks()),
        topic("Options, performance and costs", options::checks()),
    ]
}
