//! Magnitudes of words and their square roots. The VM counts no leading zeros and has no square root.

use core::hint::cold_path;

/// Leading zeros of a byte.
static ZEROS: [u8; 256] = zeros();

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated by the compiler; at most 8"
)]
const fn zeros() -> [u8; 256] {
    let mut zeros = [8; 256];
    let mut byte = 1usize;
    while byte < 256 {
        zeros[byte] = (byte as u8).leading_zeros() as u8;
        byte = byte.wrapping_add(1);
    }
    zeros
}

/// The first byte of a normalised square whose root has all its bits.
const FIRST: usize = 64;

/// √((FIRST + i + ½)·2^56) in 2^16: the root of a square by its first byte, within 2^-8 of it.
static SEEDS: [u16; 256 - FIRST] = seeds();

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, which refuses an overflow; a root has 32 bits"
)]
const fn seeds() -> [u16; 256 - FIRST] {
    let mut seeds = [0; 256 - FIRST];
    let mut byte = FIRST;
    while byte < 256 {
        seeds[byte - FIRST] = ((((2 * byte + 1) as u64) << 55).isqrt() >> 16) as u16;
        byte += 1;
    }
    seeds
}

/// The first byte of a word.
#[inline(always)]
fn first_byte(value: u64) -> usize {
    usize::try_from(value >> 56).unwrap_or(255)
}

/// Empty bytes, in bits, and the least value that has no more.
const STEPS: [(u64, u64); 7] = [
    (0, 1 << 56),
    (8, 1 << 48),
    (16, 1 << 40),
    (24, 1 << 32),
    (32, 1 << 24),
    (40, 1 << 16),
    (48, 1 << 8),
];

/// How many of a value's bits before the first one that is set are whole bytes, 56 at most.
#[inline(always)]
fn empty_bytes(value: u64) -> u64 {
    // Cold, so that the compiler keeps the steps that are not needed out of the way instead of taking them all.
    for (shift, least) in STEPS {
        if value >= least {
            return shift;
        }
        cold_path();
    }
    56
}

/// Shifts a value left until its first bit is set, and by how much. Zero stays zero, shifted by 64.
#[inline(always)]
pub(crate) fn normalised(value: u64) -> (u64, u64) {
    let shift = empty_bytes(value);
    let value = value << shift;
    let zeros = u64::from(ZEROS.get(first_byte(value)).copied().unwrap_or(0));
    // zero is shifted by no more than the word has bits
    (value << (zeros & 7), shift.wrapping_add(zeros))
}

/// Shifts a value left by an even number of bits until one of its first two is set, and by how much. Zero stays zero.
#[inline(always)]
pub(crate) fn normalised_square(value: u64) -> (u64, u64) {
    let shift = empty_bytes(value);
    let value = value << shift;
    let zeros = u64::from(ZEROS.get(first_byte(value)).copied().unwrap_or(0)) & 6;
    (value << zeros, shift.wrapping_add(zeros))
}

/// The square root of a normalised square, rounded down, or one more.
///
/// Newton's iteration doubles the digits from [`SEEDS`] on: 2^-8, 2^-17, 2^-35. It is from above, and of 32 bits an eighth
/// of a unit is left.
#[inline(always)]
pub(crate) fn root_of_normalised(square: u64) -> u64 {
    let seed = SEEDS.get(first_byte(square).wrapping_sub(FIRST));
    let seed = u64::from(seed.copied().unwrap_or(u16::MAX)) << 16;
    let next = |root: u64| Some(root.wrapping_add(square.checked_div(root)?) >> 1);
    next(seed).and_then(next).unwrap_or(0)
}

/// The square root, rounded down.
#[inline(always)]
pub(crate) fn root_down(square: u64) -> u64 {
    let (square, shift) = normalised_square(square);
    let root = root_of_normalised(square);
    let root = match square.checked_div(root) {
        Some(quotient) if quotient >= root => root,
        _ => root.wrapping_sub(1),
    };
    // ⌊√(4^k·x)⌋ = ⌊2^k·√x⌋, and ⌊√x⌋ are its digits before the last k
    if square == 0 { 0 } else { root >> (shift >> 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::cases;
    use proptest::prelude::*;

    #[test]
    fn zero_has_no_magnitude() {
        assert_eq!(normalised(0), (0, 64));
        assert_eq!(normalised_square(0).0, 0);
        assert_eq!(root_down(0), 0);
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn a_normalised_value_has_all_its_bits(value in any::<u64>(), bits in 0u32..64) {
            let value = (value >> bits).max(1);
            prop_assert_eq!(normalised(value), (value << value.leading_zeros(), value.leading_zeros().into()));
            let even = value.leading_zeros() & !1;
            prop_assert_eq!(normalised_square(value), (value << even, even.into()));
        }

        #[test]
        fn the_root_is_that_of_core(value in any::<u64>(), bits in 0u32..64, root in any::<u32>()) {
            let square = u64::from(root).pow(2);
            for value in [value >> bits, u64::MAX >> bits, square, square.wrapping_sub(1), square + u64::from(root)] {
                prop_assert_eq!(root_down(value), value.isqrt(), "{}", value);
                let (normal, _) = normalised_square(value.max(1));
                let off = root_of_normalised(normal) - normal.isqrt();
                prop_assert!(off <= 1, "{} of {}", off, normal);
            }
        }
    }
}
