//! The fleet backtest beside NumPy, which must come to the same figures.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use serde_json::Value;

use super::json;
use super::page::Row;
use super::rivals::Rivals;

/// Figures of one energy price that both sides compute.
const FIGURES: [&str; 5] = ["profit", "revenue", "energy", "drawdown", "running_days"];

/// How far they may lie apart, relative to the largest: what is left of sums in different orders.
const TOLERANCE: f64 = 1e-10;

/// Seconds that the backtest may take.
const LIMIT: f64 = 5.0;

/// Measures both sides and compares their figures.
///
/// # Errors
/// When one does not run, or the figures differ.
pub fn backtest(rivals: &Rivals, examples: &Path) -> anyhow::Result<Vec<Row>> {
    let example = examples.join("bench_fleet");
    let input = rivals.folder().join("fleet.json");
    fs::write(&input, json(Command::new(&example).arg("input"))?.to_string())?;
    let ours = json(&mut Command::new(&example))?;
    let theirs = rivals.json("fleet.py", &[input.as_os_str()])?;
    for figure in FIGURES {
        compare(figure, &numbers(&ours, figure)?, &numbers(&theirs, figure)?)?;
    }
    let seconds = |from: &Value| from["seconds"].as_f64().context("the backtest was not timed");
    let (own, numpy) = (seconds(&ours)?, seconds(&theirs)?);
    let row = |rival, theirs: f64, target| Row {
        what: "fleet backtest, ten years of days, 10 types, 100 energy prices".to_owned(),
        rival,
        unit: "ms of one core",
        theirs: theirs * 1e3,
        ours: own * 1e3,
        factor: theirs / own,
        target,
    };
    Ok(vec![
        row("NumPy, the same figures", numpy, 3.0),
        row("the limit", LIMIT, 1.0),
    ])
}

fn numbers(from: &Value, key: &str) -> anyhow::Result<Vec<f64>> {
    let list = from[key]
        .as_array()
        .with_context(|| format!("`{key}` was not computed"))?;
    list.iter()
        .map(|value| value.as_f64().with_context(|| format!("`{key}` holds {value}")))
        .collect()
}

fn compare(figure: &str, ours: &[f64], theirs: &[f64]) -> anyhow::Result<()> {
    anyhow::ensure!(
        ours.len() == theirs.len() && !ours.is_empty(),
        "{} energy prices beside {} of NumPy",
        ours.len(),
        theirs.len()
    );
    let largest = theirs
        .iter()
        .fold(0.0, |largest, value| f64::max(largest, value.abs()));
    for (index, (own, other)) in ours.iter().zip(theirs).enumerate() {
        anyhow::ensure!(
            (own - other).abs() <= TOLERANCE * largest,
            "{figure} at energy price {index}: {own} here and {other} in NumPy"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_that_differ_are_refused() {
        assert!(compare("profit", &[1.0, 2.0], &[1.0, 2.0 + 1e-12]).is_ok());
        assert!(compare("profit", &[1.0, 2.0], &[1.0, 2.1]).is_err());
        assert!(compare("profit", &[1.0], &[1.0, 2.0]).is_err());
        assert!(compare("profit", &[], &[]).is_err());
    }
}
