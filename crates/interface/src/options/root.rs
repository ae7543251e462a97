//! The square root of a time, in integers, and the shift that it and the logarithm begin with.

use super::LONGEST_EXPIRY;

/// Shifts a value left until its bit 31 is set, and by how much. Of a value in 1 … 2^32 − 1. By halving: the VM counts
/// no leading zeros.
#[inline(always)]
pub(super) fn normalised(value: u64) -> (u64, u32) {
    let (mut value, mut shift) = (value, 0u32);
    for bits in [16u32, 8, 4, 2, 1] {
        if value < 1 << 32u32.wrapping_sub(bits) {
            value <<= bits;
            shift = shift.wrapping_add(bits);
        }
    }
    (value, shift)
}

/// √seconds in Q17, rounded down and up, for 1 … [`LONGEST_EXPIRY`] seconds: not more than three units apart.
///
/// Newton's iteration, from a power of two between the root and its double, is within 2^-49 of the root after five steps
/// and above it; its quotient bounds the root from below.
#[inline(always)]
pub(super) fn root(seconds: u64) -> (u64, u64) {
    const _: () = assert!(LONGEST_EXPIRY < 1 << 29);
    let square = seconds << 34;
    let (_, shift) = normalised(seconds);
    // 2^⌈(66 − shift)/2⌉, since the square has 66 − shift bits
    let mut root = 1u64 << (67u32.wrapping_sub(shift) >> 1);
    for _ in 0..5 {
        root = root.wrapping_add(square.checked_div(root).unwrap_or(0)) >> 1;
    }
    let up = root.wrapping_add(1);
    (square.checked_div(up).unwrap_or(0), up)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::cases;
    use proptest::prelude::*;

    fn check(seconds: u64) {
        let (down, up) = root(seconds);
        let square = u128::from(seconds) << 34;
        assert!(
            u128::from(down).pow(2) <= square && square <= u128::from(up).pow(2),
            "{seconds}"
        );
        assert!(up - down <= 3, "{seconds}: {down} {up}");
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn the_root_lies_between_its_bounds(seconds in 1..=LONGEST_EXPIRY.unsigned_abs(), bits in 0u32..29) {
            check(seconds);
            check((seconds >> bits).max(1));
            check(1 << bits);
            check((2u64 << bits) - 1);
        }

        #[test]
        fn a_normalised_value_has_32_bits(value in 1u64..1 << 32, bits in 0u32..32) {
            let value = (value >> bits).max(1);
            let (normal, shift) = normalised(value);
            prop_assert_eq!(normal, value << shift);
            prop_assert!((1 << 31..1 << 32).contains(&normal));
        }
    }
}
