//! Sizes of the compiled programs.

use std::fs;

use anyhow::Context;

use crate::cu::Row;
use crate::programs;

const TOPIC: &str = "Program sizes";
/// Hurdle and the examples of consumers.
const PROGRAMS: [&str; 3] = ["hurdle", "lender", "perps"];

/// The size of each program.
///
/// # Errors
/// When one has not been compiled.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    PROGRAMS
        .iter()
        .map(|name| {
            let file = programs::compiled(name)?;
            let size = fs::metadata(&file)
                .with_context(|| format!("cannot read {}", file.display()))?
                .len();
            Ok(Row::bytes(TOPIC, format!("{name}.so"), size))
        })
        .collect()
}
