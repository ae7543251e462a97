//! The compute units that the design asks for, held against what `cargo xtask bench` measures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_tests::bench;

const PROGRAM: &str = "hurdle, in program";

/// Topic and case of a row, and what it must stay below (design §7).
const TARGETS: [(&str, &str, u64); 12] = [
    (
        "Direct read, in a consumer",
        "checked read, hurdle and margin multipliers in force",
        300,
    ),
    (PROGRAM, "check_margin, 1 position: spot", 1_500),
    (PROGRAM, "check_margin, 1 position: debt", 1_500),
    (PROGRAM, "check_margin, 1 position: perpetual at a loss", 1_500),
    (PROGRAM, "check_margin, 1 position: perpetual in profit", 1_500),
    (
        PROGRAM,
        "check_margin, 1 position: perpetual in profit, funding owed",
        1_500,
    ),
    (PROGRAM, "check_margin, 1 position: perpetual that doubled", 1_500),
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
}
