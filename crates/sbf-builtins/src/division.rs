//! 128-bit division on a machine that divides 64 bits by 64.
//!
//! Long division in base 2³² after Knuth, The Art of Computer Programming 2, algorithm 4.3.1 D, in the forms of
//! Warren, Hacker's Delight (2nd ed.), 9-4 (`divlu`, two words by one) and 9-5 (`udivdi3`, two words by two).

use core::num::NonZeroU64;

use crate::arith::{join, split, widening_mul};

const BASE_BITS: u32 = 32;
/// The largest digit, and the mask of a digit.
const DIGIT: u64 = 0xffff_ffff;
/// The top bit of a digit.
const DIGIT_TOP: NonZeroU64 = match NonZeroU64::new(1 << 31) {
    Some(top) => top,
    None => NonZeroU64::MIN,
};

/// Quotient and remainder.
///
/// # Panics
/// When the divisor is zero, as the VM's own division does: on SBF the program aborts. (Compiled Rust tests the
/// divisor before it calls.)
#[inline(always)]
pub fn div_rem(n: u128, d: u128) -> (u128, u128) {
    let ((n_low, n_high), (d_low, d_high)) = (split(n), split(d));
    if d_high != 0 {
        return by_two_words(n, d);
    }
    let Some(divisor) = NonZeroU64::new(d_low) else {
        divided_by_zero()
    };
    if n_high == 0 {
        return (join(n_low / divisor, 0), join(n_low % divisor, 0));
    }
    let (q_high, rest) = (n_high / divisor, n_high % divisor);
    let (q_low, r) = if d_low <= DIGIT {
        by_digit(rest, n_low, divisor)
    } else {
        by_word(rest, n_low, d_low)
    };
    (join(q_low, q_high), join(r, 0))
}

/// Signed quotient, rounded towards zero. `i128::MIN / -1` wraps to `i128::MIN`. (Compiled Rust tests for that case
/// before it calls.)
///
/// # Panics
/// When the divisor is zero; see [`div_rem`].
#[inline(always)]
pub fn signed_div(n: i128, d: i128) -> i128 {
    let quotient = div_rem(n.unsigned_abs(), d.unsigned_abs()).0;
    with_sign(quotient, (n ^ d) < 0)
}

/// Signed remainder; it has the sign of the dividend. `i128::MIN % -1` is 0.
///
/// # Panics
/// When the divisor is zero; see [`div_rem`].
#[inline(always)]
pub fn signed_rem(n: i128, d: i128) -> i128 {
    let remainder = div_rem(n.unsigned_abs(), d.unsigned_abs()).1;
    with_sign(remainder, n < 0)
}

#[inline(always)]
const fn with_sign(magnitude: u128, negative: bool) -> i128 {
    let value = magnitude.cast_signed();
    if negative { value.wrapping_neg() } else { value }
}

#[cold]
#[inline(never)]
#[expect(clippy::panic, reason = "what the VM's own division does")]
fn divided_by_zero() -> ! {
    panic!("attempt to divide by zero")
}

/// (high, low) / d, high < d < 2³²: each partial dividend fits one word.
#[inline(always)]
fn by_digit(high: u64, low: u64, d: NonZeroU64) -> (u64, u64) {
    let first = high << BASE_BITS | low >> BASE_BITS;
    let second = ((first % d) << BASE_BITS) | (low & DIGIT);
    (((first / d) << BASE_BITS) | (second / d), second % d)
}

/// (high, low) / d, high < d, for a divisor of any length.
#[inline(always)]
fn by_word(high: u64, low: u64, d: u64) -> (u64, u64) {
    let shift = leading_zeros(d);
    // Two shifts, because the VM takes a shift of 64 as one of 0.
    let high = high << shift | low >> 1 >> (63 ^ shift);
    let (quotient, rest) = by_leading_word(high, low << shift, d << shift);
    (quotient, rest >> shift)
}

/// (high, low) / d, high < d, for a divisor with its top bit set: two digits of the quotient, each estimated from
/// the divisor's leading digit.
#[inline(always)]
fn by_leading_word(high: u64, low: u64, d: u64) -> (u64, u64) {
    let (first, rest) = digit(high, low >> BASE_BITS, d);
    let (second, rest) = digit(rest, low & DIGIT, d);
    (first << BASE_BITS | second, rest)
}

/// One digit of (rest, next digit) / d and the new rest, for a divisor with its top bit set and rest < d: the
/// estimate is at most two too large (Knuth, theorem 4.3.1 B).
#[inline(always)]
fn digit(rest: u64, next: u64, d: u64) -> (u64, u64) {
    // The top bit is there already; naming it spares the test for zero.
    let leading = DIGIT_TOP | d >> BASE_BITS;
    let trailing = d & DIGIT;
    let mut quotient = rest / leading;
    let mut left = rest % leading;
    while quotient > DIGIT || quotient.wrapping_mul(trailing) > (left << BASE_BITS | next) {
        quotient = quotient.wrapping_sub(1);
        left = left.wrapping_add(leading.get());
        if left > DIGIT {
            break;
        }
    }
    let rest = (rest << BASE_BITS | next).wrapping_sub(quotient.wrapping_mul(d));
    (quotient, rest)
}

/// n / d for a divisor of two words: the quotient fits one word, and its estimate from the divisor's leading word is
/// at most one too large.
#[inline(always)]
fn by_two_words(n: u128, d: u128) -> (u128, u128) {
    if n < d {
        return (0, n);
    }
    let (d_low, d_high) = split(d);
    let shift = leading_zeros(d_high);
    if shift == 0 {
        // The divisor is at least half of the range.
        return (1, n.wrapping_sub(d));
    }
    let leading = d_high << shift | d_low >> (64_u32.wrapping_sub(shift));
    let (half_low, half_high) = split(n >> 1);
    let estimate = by_leading_word(half_high, half_low, leading).0 >> (63 ^ shift);
    // Never too large after this, and at most one too small.
    let quotient = estimate.saturating_sub(1);

    let (product_low, product_high) = widening_mul(quotient, d_low);
    let product = join(
        product_low,
        product_high.wrapping_add(quotient.wrapping_mul(d_high)),
    );
    let rest = n.wrapping_sub(product);
    if rest < d {
        (join(quotient, 0), rest)
    } else {
        (join(quotient.wrapping_add(1), 0), rest.wrapping_sub(d))
    }
}

/// `u64::leading_zeros` for a value that is not zero. The VM has no instruction for it, and the compiler's
/// replacement counts bits; finding the leading byte by comparisons and looking it up costs less than half of that.
#[inline(always)]
fn leading_zeros(value: u64) -> u32 {
    let before = if value >= 1 << 32 {
        if value >= 1 << 48 {
            if value >= 1 << 56 { 0 } else { 8 }
        } else if value >= 1 << 40 {
            16
        } else {
            24
        }
    } else if value >= 1 << 16 {
        if value >= 1 << 24 { 32 } else { 40 }
    } else if value >= 1 << 8 {
        48
    } else {
        56
    };
    let [leading, ..] = (value << before).to_be_bytes();
    u32::from(LEADING_ZEROS_OF_BYTE[usize::from(leading)]).wrapping_add(before)
}

const LEADING_ZEROS_OF_BYTE: [u8; 256] = {
    // 8, then 7 once, 6 twice, 5 four times …
    let mut table = [8; 256];
    let (mut byte, mut zeros) = (1_usize, 7_u8);
    while byte < table.len() {
        table[byte] = zeros;
        byte = byte.wrapping_add(1);
        if byte.is_power_of_two() {
            zeros = zeros.wrapping_sub(1);
        }
    }
    table
};

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "the host's operators are the reference"
)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Values of every length, so that every path is taken.
    fn any_length() -> impl Strategy<Value = u128> {
        (any::<u128>(), 0_u32..128, any::<bool>()).prop_map(|(value, shift, ones)| {
            let cut = value >> shift;
            if ones {
                u128::MAX >> shift ^ (cut & 0xff)
            } else {
                cut
            }
        })
    }

    fn edges() -> impl Iterator<Item = u128> {
        (0..128).flat_map(|bit| {
            let power = 1_u128 << bit;
            [
                power - 1,
                power,
                power + 1,
                u128::MAX - power,
                u128::MAX << bit,
                power | power >> 32,
            ]
        })
    }

    #[test]
    fn every_pair_of_edges_divides_as_on_the_host() {
        for n in edges() {
            for d in edges().filter(|&d| d != 0) {
                assert_eq!(div_rem(n, d), (n / d, n % d), "{n} by {d}");
                let (n, d) = (n.cast_signed(), d.cast_signed());
                assert_eq!(
                    (signed_div(n, d), signed_rem(n, d)),
                    (n.wrapping_div(d), n.wrapping_rem(d)),
                    "{n} by {d}"
                );
            }
        }
    }

    #[test]
    fn the_one_signed_overflow_wraps() {
        assert_eq!(
            (signed_div(i128::MIN, -1), signed_rem(i128::MIN, -1)),
            (i128::MIN, 0)
        );
    }

    #[test]
    #[should_panic(expected = "attempt to divide by zero")]
    fn a_division_by_zero_aborts() {
        div_rem(1, 0);
    }

    #[test]
    fn leading_zeros_are_counted_at_every_length() {
        for bit in 0..64 {
            assert_eq!(leading_zeros(u64::MAX >> bit), bit);
            assert_eq!(leading_zeros(1 << bit), 63 - bit);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn quotients_and_remainders_equal_the_hosts(n in any_length(), d in any_length()) {
            prop_assume!(d != 0);
            prop_assert_eq!(div_rem(n, d), (n / d, n % d));
            let (n, d) = (n.cast_signed(), d.cast_signed());
            prop_assert_eq!(signed_div(n, d), n.wrapping_div(d));
            prop_assert_eq!(signed_rem(n, d), n.wrapping_rem(d));
        }

        #[test]
        fn an_exact_product_divides_without_rest(q: u64, d: u64, r: u64) {
            prop_assume!(d != 0);
            let r = r % d;
            let n = u128::from(q) * u128::from(d) + u128::from(r);
            prop_assert_eq!(div_rem(n, u128::from(d)), (u128::from(q), u128::from(r)));
        }
    }
}
