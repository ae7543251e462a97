//! What `cargo xtask bench` measures: one file per topic, each with a function `rows`.

mod builtins;
mod direct;
mod governance;
mod hurdle;
mod lender;
mod sizes;

use crate::cu::{Row, Table};

/// Measures everything.
///
/// # Errors
/// When a program has not been compiled or a measured transaction fails.
pub fn measure() -> anyhow::Result<Table> {
    let topics: [fn() -> anyhow::Result<Vec<Row>>; 6] = [
        sizes::rows,
        hurdle::rows,
        governance::rows,
        direct::rows,
        lender::rows,
        builtins::rows,
    ];
    let mut rows = Vec::new();
    for topic in topics {
        rows.extend(topic()?);
    }
    Ok(Table::new(rows)?)
}
