//! Volatility agrees with PyPI's arch and statsmodels and with formulas in NumPy.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "../validation/check.rs"]
mod check;
#[path = "../validation/volatility.rs"]
mod volatility;

use check::Tolerance;

#[test]
fn every_check_of_the_validation_table_holds() {
    let checks = volatility::checks();
    assert!(checks.len() > 100, "{}", checks.len());
    let missed: Vec<String> = checks
        .iter()
        .filter(|check| {
            let difference = (check.ours - check.expected).abs();
            !match check.tolerance {
                Tolerance::Relative(tolerance) => difference <= tolerance * check.expected.abs(),
                Tolerance::Absolute(tolerance) => difference <= tolerance,
                Tolerance::Within { low, high } => (low..=high).contains(&check.ours),
            }
        })
        .map(|check| {
            let relative = (check.ours / check.expected - 1.0).abs();
            format!(
                "{}: {} instead of {} ({relative:.1e})",
                check.what, check.ours, check.expected
            )
        })
        .collect();
    assert!(
        missed.is_empty(),
        "{} of {}:\n{}",
        missed.len(),
        checks.len(),
        missed.join("\n")
    );
}
