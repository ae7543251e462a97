//! Every comparison of the library with something independent, by topic. `main.rs` prints them as `docs/validation.md`;
//! `tests/validation.rs` demands that they hold.

mod check;
mod tail;

pub use check::{Check, Tolerance, Topic};

/// The topics, in the order of the page.
pub fn topics() -> Vec<Topic> {
    vec![Topic {
        title: "Tail and ruin",
        checks: tail::checks(),
    }]
}
