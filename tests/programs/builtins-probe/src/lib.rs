//! A program that does to the data of its one account what its instruction's first byte says, many times over, with
//! plain Rust operators and slice methods: what is under test are the functions that the compiler calls for them.
//!
//! Arithmetic: the data is records of 64 bytes, operands `a` and `b` (u128, little-endian), result, and a flag (1
//! where a checked operation has a result). Memory: the data is a region of [`REGION`] bytes and then records of 16
//! bytes, `target`, `source`, `length` and `value` (u32); each acts on the region.
#![cfg_attr(not(target_os = "solana"), allow(dead_code))]

#[cfg(target_os = "solana")]
use sbf_builtins as _;

#[expect(
    clippy::arithmetic_side_effects,
    reason = "operations and their aborts are what is tested"
)]
mod arithmetic;
#[cfg(target_os = "solana")]
mod entrypoint;
mod memory;

/// Bytes that memory operations act on.
pub const REGION: usize = 1024;

/// The data or the operation is not as described above.
const MALFORMED: u64 = 1;

fn run(operation: u8, data: &mut [u8]) -> Result<(), u64> {
    match operation {
        0..=63 => arithmetic::run(operation, data),
        _ => memory::run(operation, data),
    }
}
