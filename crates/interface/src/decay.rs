//! Exponential decay in integers, for the baseline's half-life and for loosening margins.

use core::hint::cold_path;

use crate::quantity::Ratio;

/// 2^(−j/16) in Q32, j = 0 … 15.
const SIXTEENTHS: [u64; 16] = [
    4294967296, 4112874773, 3938502376, 3771522796, 3611622603, 3458501653, 3311872529, 3171459999,
    3037000500, 2908241642, 2784941738, 2666869345, 2553802834, 2445529972, 2341847524, 2242560872,
];

/// (ln 2)^k / k! in Q32, k = 1 … 5.
const LN2_POWERS: [u64; 5] = [2977044472, 1031764991, 238388332, 41309550, 5726720];

/// One, in Q32.
const WHOLE: u64 = 1 << 32;
/// What the truncations of [`exp2_neg`] may add up to, in Q32.
const SLACK: u64 = 4;

/// The share of a difference that remains after some time, 2^(−elapsed/half_life), in Q32 and in both roundings: within
/// 2e-9 of each other with the exact value between. All of it at no time, nothing for a half-life that is not positive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decay {
    down: u64,
    up: u64,
}

/// 2^(−elapsed/half_life) in Q32, within [`SLACK`]; `None` where no time has passed.
fn exp2_neg(elapsed: i64, half_life: i64) -> Option<u64> {
    let elapsed = u64::try_from(elapsed).ok().filter(|seconds| *seconds > 0)?;
    let half_life = u64::try_from(half_life).unwrap_or(0);
    let (Some(halvings), Some(rest)) = (elapsed.checked_div(half_life), elapsed.checked_rem(half_life))
    else {
        return Some(0);
    };
    if halvings >= 32 {
        return Some(0);
    }
    Some(exp2_neg_q32(binary_fraction(rest, half_life)) >> halvings)
}

/// `rest / whole` in Q32, `rest < whole`.
fn binary_fraction(rest: u64, whole: u64) -> u64 {
    if whole >> 32 == 0 {
        return (rest << 32).checked_div(whole).unwrap_or(0);
    }
    // Half-lives are days: shift both down where a caller's were not, so that the product fits.
    cold_path();
    let excess = 64u32.wrapping_sub((whole >> 32).leading_zeros());
    (rest >> excess << 32)
        .checked_div(whole >> excess)
        .unwrap_or(0)
        .min(u64::from(u32::MAX))
}

/// 2^(−f) for f in [0, 1), both in Q32: a table of sixteenths and five terms of the exponential series, whose
/// remainder is below (ln2/16)^6/6! ≈ 1e-11.
fn exp2_neg_q32(f: u64) -> u64 {
    let sixteenth = SIXTEENTHS[usize::try_from(f >> 28).unwrap_or(15) & 15];
    let x = f & 0x0fff_ffff;
    if x == 0 {
        return sixteenth;
    }
    let [c1, c2, c3, c4, c5] = LN2_POWERS;
    // 1 − x(c1 − x(c2 − x(c3 − x(c4 − x·c5)))); every bracket is positive for x < 1/16
    let mut series = c4.wrapping_sub(x.wrapping_mul(c5) >> 32);
    series = c3.wrapping_sub(x.wrapping_mul(series) >> 32);
    series = c2.wrapping_sub(x.wrapping_mul(series) >> 32);
    series = c1.wrapping_sub(x.wrapping_mul(series) >> 32);
    series = WHOLE.wrapping_sub(x.wrapping_mul(series) >> 32);
    // both below one, so both fit 32 bits
    sixteenth.wrapping_mul(series) >> 32
}

/// `value · share`, share at most one in Q32: floor and whether it was exact. By halves, since the product needs 96 bits.
fn product(value: u64, share: u64) -> (u64, bool) {
    let (high, low) = (value >> 32, value & 0xffff_ffff);
    let low = low.wrapping_mul(share);
    (
        high.wrapping_mul(share).wrapping_add(low >> 32),
        low & 0xffff_ffff == 0,
    )
}

fn product_down(value: u64, share: u64) -> i64 {
    i64::try_from(product(value, share).0).unwrap_or(i64::MAX)
}

fn product_up(value: u64, share: u64) -> i64 {
    let (floor, exact) = product(value, share);
    i64::try_from(floor.wrapping_add(u64::from(!exact))).unwrap_or(i64::MAX)
}

// A product is at most the distance that it is a share of, so no approach passes its start or wraps.
impl Decay {
    #[inline(always)]
    pub(crate) fn new(elapsed: i64, half_life: i64) -> Self {
        match exp2_neg(elapsed, half_life) {
            Some(share) => Self {
                down: share.max(SLACK).wrapping_sub(SLACK),
                up: share.wrapping_add(SLACK).min(WHOLE),
            },
            None => Self {
                down: WHOLE,
                up: WHOLE,
            },
        }
    }

    /// Where a ratio stands that left `start` and falls toward a `target` not above it, rounded toward +∞. One product does,
    /// since that of a ratio and a share fits 64 bits; it never passes the start.
    #[inline(always)]
    pub(crate) fn ratio_falls_up(self, start: Ratio, target: Ratio) -> Ratio {
        // 1e9 · 2^32 < 2^62
        let distance = start.raw().wrapping_sub(target.raw()).cast_unsigned();
        let left = distance.wrapping_mul(self.up).wrapping_add(WHOLE - 1) >> 32;
        Ratio(target.raw().wrapping_add(left.cast_signed()))
    }

    /// Where a value stands that left `start` and moves toward `target`, rounded toward −∞.
    #[inline(always)]
    pub(crate) fn approach_down(self, start: i64, target: i64) -> i64 {
        if start >= target {
            target.wrapping_add(product_down(start.abs_diff(target), self.down))
        } else {
            target.wrapping_sub(product_up(start.abs_diff(target), self.up))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{bits, cases};
    use crate::quantity::ONE;
    use proptest::prelude::*;

    #[test]
    fn nothing_decays_at_no_time_and_nothing_is_left_without_a_half_life() {
        for seconds in [0, -5, i64::MIN] {
            let none = Decay::new(seconds, 3600);
            assert_eq!((none.down, none.up), (WHOLE, WHOLE));
        }
        for (elapsed, half_life) in [(5, 0), (5, -1), (i64::MAX, 1)] {
            let all = Decay::new(elapsed, half_life);
            assert_eq!((all.down, all.up), (0, SLACK));
        }
    }

    #[test]
    fn the_tables_are_the_powers_they_claim() {
        for (j, entry) in SIXTEENTHS.iter().enumerate() {
            assert_eq!(
                *entry as f64,
                (2f64.powf(32.0 - j as f64 / 16.0)).round(),
                "sixteenth {j}"
            );
        }
        let mut factorial = 1.0;
        for (k, entry) in LN2_POWERS.iter().enumerate() {
            factorial *= k as f64 + 1.0;
            let exact = core::f64::consts::LN_2.powi(k as i32 + 1) / factorial * 2f64.powi(32);
            assert_eq!(*entry as f64, exact.round(), "power {}", k + 1);
        }
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn the_exact_share_lies_between_both_roundings(elapsed in 1i64..10_000_000, half_life in 1i64..5_000_000) {
            let exact = 2f64.powf(32.0 - elapsed as f64 / half_life as f64);
            let Decay { down, up } = Decay::new(elapsed, half_life);
            prop_assert!(down as f64 <= exact && exact <= up as f64, "{down} {exact} {up}");
            prop_assert!(up - down <= 2 * SLACK);
        }

        #[test]
        fn an_approach_is_the_exact_one_rounded_as_its_name_says(
            start in -40 * ONE..=40 * ONE, target in -40 * ONE..=40 * ONE, elapsed in 0i64..1_000_000, half_life in 60i64..1_000_000,
        ) {
            let exact = target as f64 + (start - target) as f64 * 2f64.powf(-(elapsed as f64) / half_life as f64);
            let down = Decay::new(elapsed, half_life).approach_down(start, target);
            prop_assert!(down as f64 <= exact + 1e-4 && exact - 20.0 <= down as f64, "{down} {exact}");
        }

        #[test]
        fn a_ratio_falls_as_its_exact_product_rounded_up(
            a in 0..=Ratio::MAX.raw(), b in 0..=Ratio::MAX.raw(), elapsed in 0i64..1_000_000, half_life in 60i64..1_000_000,
        ) {
            let decay = Decay::new(elapsed, half_life);
            let (start, target) = (a.max(b), a.min(b));
            let falls = decay.ratio_falls_up(Ratio(start), Ratio(target)).raw();
            let exact = target as f64 + (start - target) as f64 * 2f64.powf(-(elapsed as f64) / half_life as f64);
            prop_assert!(exact - 1e-4 <= falls as f64 && falls as f64 <= exact + 20.0, "{exact} {falls}");
            let product = u128::from(start.abs_diff(target)) * u128::from(decay.up);
            prop_assert_eq!(u128::from(falls.abs_diff(target)), product.div_ceil(1 << 32));
            prop_assert!(target <= falls && falls <= start);
        }

        #[test]
        fn no_bit_pattern_panics(a in bits(), b in bits(), elapsed in bits(), half_life in bits()) {
            let _ = Decay::new(elapsed, half_life).approach_down(a, b);
            let _ = Decay::new(elapsed, half_life).ratio_falls_up(Ratio(a), Ratio(b));
        }
    }
}
