//! Words and products.

/// The low and the high word of a 128-bit value.
#[inline(always)]
#[expect(
    clippy::as_conversions,
    reason = "taking the words of a value apart is the purpose"
)]
pub const fn split(value: u128) -> (u64, u64) {
    (value as u64, (value >> 64) as u64)
}

/// The 128-bit value of two words.
#[inline(always)]
#[expect(clippy::as_conversions, reason = "u128::from is not const")]
pub const fn join(low: u64, high: u64) -> u128 {
    low as u128 | (high as u128) << 64
}

/// The low 32 bits of a word.
const LOW: u64 = 0xffff_ffff;

/// The full product of two words as (low, high), from four products of 32-bit halves: the VM's multiplication
/// keeps the low word only.
#[inline(always)]
pub const fn widening_mul(a: u64, b: u64) -> (u64, u64) {
    let (a_low, a_high, b_low, b_high) = (a & LOW, a >> 32, b & LOW, b >> 32);
    let low = a_low.wrapping_mul(b_low);
    // No sum below overflows: (2³²−1)² + 2·(2³²−1) = 2⁶⁴−1.
    let middle = a_high.wrapping_mul(b_low).wrapping_add(low >> 32);
    let other = a_low.wrapping_mul(b_high).wrapping_add(middle & LOW);
    let high = a_high
        .wrapping_mul(b_high)
        .wrapping_add(middle >> 32)
        .wrapping_add(other >> 32);
    ((low & LOW) | (other << 32), high)
}

/// The product modulo 2¹²⁸. Two's complement makes it the signed product as well.
#[inline(always)]
pub const fn wrapping_mul(a: u128, b: u128) -> u128 {
    let ((a_low, a_high), (b_low, b_high)) = (split(a), split(b));
    let (low, high) = widening_mul(a_low, b_low);
    join(
        low,
        high.wrapping_add(a_low.wrapping_mul(b_high))
            .wrapping_add(a_high.wrapping_mul(b_low)),
    )
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "the host's operators are the reference"
)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_largest_words_multiply_without_losing_a_carry() {
        assert_eq!(widening_mul(u64::MAX, u64::MAX), (1, u64::MAX - 1));
        assert_eq!(wrapping_mul(u128::MAX, u128::MAX), 1);
    }

    proptest! {
        #[test]
        fn products_equal_the_hosts(a: u128, b: u128) {
            prop_assert_eq!(wrapping_mul(a, b), a.wrapping_mul(b));
            let (a, b) = (split(a).0, split(b).1);
            let (low, high) = widening_mul(a, b);
            prop_assert_eq!(join(low, high), u128::from(a) * u128::from(b));
        }
    }
}
