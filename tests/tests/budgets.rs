//! The compute units that the design asks for (§7), held against what `cargo xtask bench` measures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::LazyLock;

use hurdle_tests::bench;
use hurdle_tests::cu::{Row, Table};

const PROGRAM: &str = "hurdle, in program";

/// Topic, how the rows begin, how many there are, and what each must stay below unless it is named in [`ABOVE`].
const TARGETS: [(&str, &str, usize, u64); 4] = [
    (
        "Direct read, in a consumer",
        "checked read, hurdle and margin multipliers in force",
        1,
        300,
    ),
    (PROGRAM, "publish, 3 signatures", 1, 4_000),
    (PROGRAM, "check_margin, 1 position: ", 11 + 7 + 7 + 10, 1_500),
    (PROGRAM, "check_margin, 16 positions: ", 8, 12_000),
];

/// The rows of the program that miss their target, and the bounds, about one in a hundred above what was measured, that they
/// keep all the same.
const ABOVE: [(&str, u64); 11] = [
    ("check_margin, 1 position: debt, its class changing", 1_560),
    (
        "check_margin, 1 position: debt, its class changing twice over",
        2_030,
    ),
    (
        "check_margin, 1 position: debt, soft-stale, its class changing",
        1_672,
    ),
    (
        "check_margin, 1 position: debt, soft-stale, its class changing twice over",
        2_150,
    ),
    ("check_margin, 1 position: call written, soft-stale", 1_525),
    (
        "check_margin, 1 position: call written, its class changing",
        2_560,
    ),
    (
        "check_margin, 1 position: call written, its class changing twice over",
        3_640,
    ),
    (
        "check_margin, 1 position: call written, soft-stale, its class changing",
        2_655,
    ),
    (
        "check_margin, 1 position: call written, soft-stale, its class changing twice over",
        3_735,
    ),
    ("check_margin, 16 positions: calls and puts held", 14_070),
    (
        "check_margin, 16 positions: calls and puts, held and written",
        19_720,
    ),
];

/// Measured once for all tests.
static MEASURED: LazyLock<Table> = LazyLock::new(|| bench::measure().unwrap());

/// The rows that a target is about, with it.
fn targeted() -> impl Iterator<Item = (&'static Row, u64)> {
    TARGETS.into_iter().flat_map(|(topic, begins, count, below)| {
        let rows: Vec<_> = MEASURED
            .rows()
            .iter()
            .filter(|row| row.topic == topic && row.case.starts_with(begins))
            .collect();
        assert_eq!(rows.len(), count, "rows of {topic}: {begins}");
        rows.into_iter().map(move |row| (row, below))
    })
}

fn own_bound(row: &Row) -> Option<u64> {
    ABOVE
        .into_iter()
        .find(|(case, _)| *case == row.case)
        .map(|(_, bound)| bound)
}

#[test]
fn every_row_stays_below_its_target_but_those_named_as_above_it() {
    for (row, below) in targeted().filter(|(row, _)| own_bound(row).is_none()) {
        assert!(row.value < below, "{}: {} of {below}", row.case, row.value);
    }
}

#[test]
fn the_rows_above_their_target_stay_within_bounds_of_their_own() {
    let above: Vec<_> = targeted()
        .filter_map(|(row, target)| Some((row, target, own_bound(row)?)))
        .collect();
    assert_eq!(above.len(), ABOVE.len());
    for (row, target, bound) in above {
        let Row { case, value, .. } = row;
        assert!(*value < bound, "{case}: {value} of {bound}");
        assert!(
            *value >= target,
            "{case}: {value} meets {target}: no longer above it"
        );
    }
}
