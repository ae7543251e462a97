//! The compiler's 128-bit and memory functions: what one call costs beyond the probe's loop around it.

use crate::cu::Row;
use crate::probe::{Arithmetic, Memory, MemoryRecord, Probe, REGION};

const ARITHMETIC: &str = "128-bit arithmetic, one operation";
const MEMORY: &str = "Memory functions, one call";
/// Calls per measurement; the transaction's own cost falls out with the baseline's.
const CALLS: usize = 64;

const WORD: u128 = 0xfedc_ba98_7654_3210;
const DIGIT: u128 = 100_000_000;
const LONG: u128 = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210;
const TWO_WORDS: u128 = 0x0000_0000_0000_0012_3456_789a_bcde_f012;

/// One row for each operation and kind of operand.
///
/// # Errors
/// When the probe is not compiled or fails.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    let mut probe = Probe::load()?;
    let mut rows = Vec::new();
    let cases = [
        ("multiply", Arithmetic::Mul, LONG, TWO_WORDS),
        ("multiply checked, unsigned", Arithmetic::CheckedMul, WORD, WORD),
        (
            "multiply checked, signed",
            Arithmetic::SignedCheckedMul,
            WORD,
            WORD >> 1,
        ),
        ("divide 64 bits by 64", Arithmetic::Div, WORD, DIGIT),
        ("divide 128 bits by 32", Arithmetic::Div, LONG, DIGIT),
        ("divide 128 bits by 64", Arithmetic::Div, LONG, WORD),
        ("divide 128 bits by 128", Arithmetic::Div, LONG, TWO_WORDS),
        ("remainder 128 bits by 32", Arithmetic::Rem, LONG, DIGIT),
        ("remainder 128 bits by 64", Arithmetic::Rem, LONG, WORD),
        ("remainder 128 bits by 128", Arithmetic::Rem, LONG, TWO_WORDS),
        (
            "divide signed 128 bits by 32",
            Arithmetic::SignedDiv,
            !LONG,
            DIGIT,
        ),
        ("divide signed 128 bits by 64", Arithmetic::SignedDiv, !LONG, WORD),
        (
            "divide signed 128 bits by 128",
            Arithmetic::SignedDiv,
            !LONG,
            TWO_WORDS,
        ),
        (
            "remainder signed 128 bits by 64",
            Arithmetic::SignedRem,
            !LONG,
            WORD,
        ),
        ("shift left", Arithmetic::Shl, LONG, 77),
    ];
    for (case, operation, a, b) in cases {
        let baseline = probe
            .arithmetic(Arithmetic::Baseline, &[(a, b); CALLS])?
            .compute_units;
        let cost = probe.arithmetic(operation, &[(a, b); CALLS])?.compute_units;
        rows.push(Row::compute_units(ARITHMETIC, case, per_call(cost, baseline)));
    }
    for (name, operation) in [
        ("copy", Memory::Copy),
        ("move", Memory::Move),
        ("fill", Memory::Fill),
        ("compare equal", Memory::Compare),
        ("test equal", Memory::Equal),
    ] {
        for length in [1, 7, 8, 16, 24, 32, 33, 64, 300] {
            // The region is uniform: comparisons run to their end.
            let record = MemoryRecord {
                target: 512,
                source: 3,
                length,
                value: 7,
            };
            let record = match operation {
                Memory::Copy => MemoryRecord { target: 0, ..record },
                _ => record,
            };
            let region = [7; REGION];
            let baseline = probe
                .memory(Memory::Baseline, &region, &[record; CALLS])?
                .compute_units;
            let cost = probe.memory(operation, &region, &[record; CALLS])?.compute_units;
            rows.push(Row::compute_units(
                MEMORY,
                format!("{name}, {length} bytes"),
                per_call(cost, baseline),
            ));
        }
    }
    Ok(rows)
}

/// The mean, rounded to the nearest unit.
fn per_call(cost: u64, baseline: u64) -> u64 {
    let calls = CALLS as u64;
    (cost.saturating_sub(baseline) + calls / 2) / calls
}
