//! 128-bit operations.

use crate::MALFORMED;

const RECORD: usize = 64;

/// Applies an operation to every record.
///
/// # Errors
/// [`MALFORMED`] for an unknown operation.
pub fn run(operation: u8, data: &mut [u8]) -> Result<(), u64> {
    match operation {
        // The baseline of measurements: loads, stores and the loop.
        0 => each(data, |a, b| Some(a ^ b)),
        1 => each(data, |a, b| Some(a.wrapping_mul(b))),
        2 => each(data, |a, b| a.checked_div(b)),
        3 => each(data, |a, b| a.checked_rem(b)),
        4 => each_signed(data, |a, b| b.ne(&0).then(|| a.wrapping_div(b))),
        5 => each_signed(data, |a, b| b.ne(&0).then(|| a.wrapping_rem(b))),
        6 => each(data, |a, b| Some(a.wrapping_shl(low(b)))),
        7 => each(data, |a, b| Some(a.wrapping_shr(low(b)))),
        8 => each_signed(data, |a, b| Some(a.wrapping_shr(low(b.cast_unsigned())))),
        9 => each(data, |a, b| a.checked_mul(b)),
        10 => each_signed(data, |a, b| a.checked_mul(b)),
        11 => each_signed(data, |a, b| a.checked_div(b)),
        // Operators without a check of their own: a zero divisor has to abort the program.
        12 => each(data, |a, b| Some(a / b)),
        _ => Err(MALFORMED),
    }
}

#[expect(clippy::as_conversions, reason = "the low bits are meant")]
fn low(value: u128) -> u32 {
    value as u32
}

#[inline(always)]
fn each_signed(data: &mut [u8], apply: impl Fn(i128, i128) -> Option<i128>) -> Result<(), u64> {
    each(data, |a, b| {
        apply(a.cast_signed(), b.cast_signed()).map(i128::cast_unsigned)
    })
}

#[inline(always)]
fn each(data: &mut [u8], apply: impl Fn(u128, u128) -> Option<u128>) -> Result<(), u64> {
    for record in data.as_chunks_mut::<RECORD>().0 {
        let [a, b, result, flag] = record.as_chunks_mut::<16>().0 else {
            return Err(MALFORMED);
        };
        let value = apply(u128::from_le_bytes(*a), u128::from_le_bytes(*b));
        *flag = u128::from(value.is_some()).to_le_bytes();
        *result = value.unwrap_or_default().to_le_bytes();
    }
    Ok(())
}
