//! Every check of the validation table's parts on regression, equilibrium and margin holds.
#![allow(missing_docs)]

#[path = "../validation/check.rs"]
mod check;
#[path = "../validation/equilibrium.rs"]
mod equilibrium;
#[path = "../validation/margin.rs"]
mod margin;
#[path = "../validation/regression.rs"]
mod regression;

use check::{Check, Tolerance};

#[track_caller]
fn assert_all_hold(checks: &[Check], fewest: usize) {
    assert!(checks.len() >= fewest, "only {} checks were made", checks.len());
    for check in checks {
        let difference = (check.ours - check.expected).abs();
        let holds = match check.tolerance {
            Tolerance::Relative(share) => difference <= share * check.expected.abs(),
            Tolerance::Absolute(limit) => difference <= limit,
            Tolerance::Within { low, high } => (low..=high).contains(&check.ours),
        };
        assert!(holds, "{check:?} differs by {difference:e}");
    }
}

#[test]
fn regressions_agree_with_statsmodels_and_arch() {
    assert_all_hold(&regression::checks(), 18);
}

#[test]
fn the_equilibrium_agrees_with_scipy_and_numpy() {
    assert_all_hold(&equilibrium::checks(), 17);
}

#[test]
fn margins_agree_with_scipy() {
    assert_all_hold(&margin::checks(), 20);
}
