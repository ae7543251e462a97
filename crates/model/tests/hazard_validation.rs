//! Every check of the validation table's hazard part holds.
#![allow(missing_docs, dead_code)]

#[path = "../validation/hazard.rs"]
mod hazard;

use hazard::Tolerance;

#[test]
fn the_hazard_model_agrees_with_statsmodels_and_scipy() {
    for check in hazard::checks() {
        let difference = (check.ours - check.expected).abs();
        let holds = match check.tolerance {
            Tolerance::Relative(share) => difference <= share * check.expected.abs(),
            Tolerance::Absolute(limit) => difference <= limit,
            Tolerance::Within { low, high } => low <= check.ours && check.ours <= high,
        };
        assert!(
            holds,
            "{}: {} against {} of {}",
            check.what, check.ours, check.expected, check.reference
        );
    }
}
