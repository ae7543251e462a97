//! Exponential decay in integers, for the baseline's half-life and for loosening margins.

use crate::quantity::{ONE, Ratio, UnixTime};

/// 2^(−j/16) in Q32, j = 0 … 15.
const SIXTEENTHS: [u64; 16] = [
    4294967296, 4112874773, 3938502376, 3771522796, 3611622603, 3458501653, 3311872529, 3171459999,
    3037000500, 2908241642, 2784941738, 2666869345, 2553802834, 2445529972, 2341847524, 2242560872,
];

/// (ln 2)^k / k! in Q32, k = 1 … 4.
const LN2_POWERS: [u64; 4] = [2977044472, 1031764991, 238388332, 41309550];

/// The share of a difference that remains after `elapsed` seconds, 2^(−elapsed/half_life), rounded up.
///
/// Within 2e-8 of the exact value and never below it; 1 at no time, falling with time. A half-life that is not positive
/// leaves nothing.
pub fn remaining_up(elapsed: i64, half_life: i64) -> Ratio {
    let (Ok(elapsed), Ok(half_life)) = (u64::try_from(elapsed), u64::try_from(half_life)) else {
        return if half_life > 0 { Ratio::ONE } else { Ratio::ZERO };
    };
    if elapsed == 0 {
        return Ratio::ONE;
    }
    let (Some(halvings), Some(rest)) = (elapsed.checked_div(half_life), elapsed.checked_rem(half_life))
    else {
        return Ratio::ZERO;
    };
    if halvings >= 32 {
        return Ratio(1);
    }
    let fraction = binary_fraction(rest, half_life);
    let power = (exp2_neg_q32(fraction) >> halvings).wrapping_mul(ONE.unsigned_abs()) >> 32;
    // one unit for the approximation, one for the truncations
    Ratio(i64::try_from(power).unwrap_or(ONE).saturating_add(2).min(ONE))
}

/// `rest / whole` in Q32, `rest < whole`.
fn binary_fraction(rest: u64, whole: u64) -> u64 {
    // Half-lives are days: shift both down where a caller's were not, so that the product fits.
    let excess = 32u32.saturating_sub(whole.leading_zeros());
    (rest >> excess << 32)
        .checked_div(whole >> excess)
        .unwrap_or(0)
        .min(u64::from(u32::MAX))
}

/// 2^(−f) for f in [0, 1), both in Q32: a table of sixteenths and four terms of the exponential series, whose
/// remainder is below (ln2/16)^5/5! ≈ 1.3e-9.
fn exp2_neg_q32(f: u64) -> u64 {
    let sixteenth = SIXTEENTHS[usize::try_from(f >> 28).unwrap_or(15) & 15];
    let x = f & 0x0fff_ffff;
    let [c1, c2, c3, c4] = LN2_POWERS;
    // 1 − x(c1 − x(c2 − x(c3 − x·c4))); every bracket is positive for x < 1/16
    let mut series = c3.wrapping_sub(x.wrapping_mul(c4) >> 32);
    series = c2.wrapping_sub(x.wrapping_mul(series) >> 32);
    series = c1.wrapping_sub(x.wrapping_mul(series) >> 32);
    series = (1u64 << 32).wrapping_sub(x.wrapping_mul(series) >> 32);
    // below one, both fit 32 bits; one itself only times one
    if x == 0 {
        sixteenth
    } else {
        sixteenth.wrapping_mul(series) >> 32
    }
}

/// A value that moves from `start` toward `target` with a half-life, `elapsed` later, rounded toward +∞.
///
/// Both in 1e-8 and within ±40, so that their difference times the remaining share fits 64 bits.
pub(crate) fn approach_up(start: i64, target: i64, since: UnixTime, now: UnixTime, half_life: i64) -> i64 {
    let remaining = remaining_up(now.seconds_since(since), half_life);
    let difference = start.saturating_sub(target).saturating_mul(remaining.raw());
    target.saturating_add(crate::quantity::div_up(difference, ONE).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_decays_at_no_time_and_half_is_left_after_a_half_life() {
        assert_eq!(remaining_up(0, 3600), Ratio::ONE);
        assert_eq!(remaining_up(-5, 3600), Ratio::ONE);
        assert!((remaining_up(3600, 3600).raw() - ONE / 2).abs() <= 2);
        assert_eq!(remaining_up(5, 0), Ratio::ZERO);
        assert_eq!(remaining_up(i64::MAX, 1), Ratio(1));
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
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn remaining_is_the_exact_power_rounded_up(elapsed in 0i64..10_000_000, half_life in 1i64..5_000_000) {
            let exact = 2f64.powf(-(elapsed as f64) / half_life as f64) * 1e8;
            let ours = remaining_up(elapsed, half_life).raw() as f64;
            prop_assert!(ours >= exact - 1e-6 && ours <= exact + 4.0, "{ours} against {exact}");
        }

        #[test]
        fn remaining_never_grows_with_time(elapsed in 0i64..i64::MAX - 1000, step in 0i64..1000, half_life in 1i64..i64::MAX) {
            // within the slack of two units that keeps it above the exact value
            prop_assert!(remaining_up(elapsed + step, half_life).raw() <= remaining_up(elapsed, half_life).raw() + 2);
        }
    }
}
