//! The compute units that the design asks for, held against what `cargo xtask bench` measures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_tests::bench;

const PROGRAM: &str = "hurdle, in program";

/// Topic and case of a row, and what it must stay below (design §7).
const TARGETS: [(&str, &str, u64); 6] = [
    (
        "Direct read, in a consumer",
        "checked read, hurdle and margin multipliers in force",
        300,
    ),
    (PROGRAM, "check_margin, 16 positions: options of one kind", 12_000),
    (
        PROGRAM,
        "check_margin, 16 positions: calls and puts written",
        12_000,
    ),
    (
        PROGRAM,
        "check_margin, 16 positions: four of each kind, one class",
        12_000,
    ),
    (
        PROGRAM,
        "check_margin, 16 positions: four of each kind, four classes",
        12_000,
    ),
    (PROGRAM, "publish, 3 signatures", 4_000),
];

/// What a check of one position of a fresh rate must stay below, whatever it is.
const ONE_POSITION: u64 = 1_500;
/// How many such rows there are: eleven at rest, seven on the way up and seven on the way down.
const ONE_POSITION_ROWS: usize = 11 + 7 + 7;

#[test]
fn every_target_of_the_design_is_met() {
    let table = bench::measure().unwrap();
    for (topic, case, below) in TARGETS {
        let row = table
            .rows()
            .iter()
            .find(|row| row.topic == topic && row.case == case)
            .unwrap_or_else(|| panic!("no row {topic}: {case}"));
        assert!(row.value < below, "{case}: {} of {below}", row.value);
    }
    let one: Vec<_> = table
        .rows()
        .iter()
        .filter(|row| row.topic == PROGRAM && row.case.starts_with("check_margin, 1 position: "))
        .filter(|row| !row.case.contains("soft-stale"))
        .collect();
    assert_eq!(one.len(), ONE_POSITION_ROWS);
    for row in one {
        assert!(row.value < ONE_POSITION, "{}: {}", row.case, row.value);
    }
}
