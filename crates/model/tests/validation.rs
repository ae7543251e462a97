//! Every row of docs/validation.md holds.

#[path = "../validation/mod.rs"]
mod validation;

#[test]
fn every_comparison_with_an_independent_reference_holds() {
    let topics = validation::topics();
    let failed: Vec<_> = topics
        .iter()
        .flat_map(|topic| topic.checks.iter().map(|check| (topic.title, check)))
        .filter(|(_, check)| !check.holds())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}
