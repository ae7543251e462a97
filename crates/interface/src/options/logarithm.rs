//! The natural logarithm of a ratio, in integers.

use crate::quantity::{Ratio, normalised};

/// ln(1 + i/32) in Q38.
const KNOTS: [i64; 32] = [
    0,
    8458449128,
    16664369154,
    24632402617,
    32375954315,
    39907326992,
    47237838932,
    54377926266,
    61337232333,
    68124685999,
    74748570540,
    81216584417,
    87535895068,
    93713186648,
    99754702524,
    105666283201,
    111453400256,
    117121186765,
    122674464667,
    128117769410,
    133455372207,
    138691300172,
    143829354570,
    148873127402,
    153826016481,
    158691239187,
    163471845022,
    168170727084,
    172790632589,
    177334172512,
    181803830456,
    186201970795,
];

/// ln 2 in Q38.
const LN_2: i64 = 190_530_846_196;
/// ln 1e8 in Q38.
const LN_ONE: i64 = 5_063_438_167_381;

/// What [`ln`] may be off by, in units of Q30: half of one for the last rounding, 0.37 for the remainder of the series,
/// the rest for the roundings of the constants.
pub(super) const LN_ERROR: i64 = 1;

/// ln(ratio) in Q30, within [`LN_ERROR`] (1e-9). Of a ratio of zero, which has none, that of the least one.
///
/// With the ratio as `2^e·n`, n in [1, 2), and c the knot below n, `ln n = ln c + 2·artanh((n − c)/(n + c))`, of which
/// two terms are left at most 2/5·65⁻⁵ = 3.5e-10 short.
#[inline]
pub(super) fn ln(ratio: Ratio) -> i64 {
    // n in Q63, then in Q30, which loses nothing: a ratio has at most 30 bits
    let (n, shift) = normalised(ratio.raw().cast_unsigned().max(1) << 33);
    let n = n >> 33;
    let index = n >> 25 & 31;
    let knot = 1 << 30 | index << 25;
    let z = (n.wrapping_sub(knot) << 38)
        .checked_div(n.wrapping_add(knot))
        .unwrap_or(0);
    // z³ in Q38, from z in Q30 and Q38
    let cube = ((z >> 8).wrapping_mul(z >> 8) >> 30).wrapping_mul(z) >> 30;
    let series = z.wrapping_add(cube / 3).wrapping_mul(2).cast_signed();
    let base = usize::try_from(index).ok().and_then(|index| KNOTS.get(index));
    let exponent = 30i64.wrapping_sub(shift.cast_signed());
    let sum = exponent
        .wrapping_mul(LN_2)
        .wrapping_sub(LN_ONE)
        .wrapping_add(base.copied().unwrap_or(0))
        .wrapping_add(series);
    sum.wrapping_add(1 << 7) >> 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::cases;
    use crate::quantity::ONE;
    use proptest::prelude::*;

    fn off(raw: i64) -> f64 {
        let exact = (raw as f64 / ONE as f64).ln() * 2f64.powi(30);
        (ln(Ratio(raw)) as f64 - exact).abs()
    }

    #[test]
    fn one_has_no_logarithm_and_no_bits_panic() {
        assert_eq!(ln(Ratio::ONE), 0);
        for raw in crate::fixture::EDGES {
            ln(Ratio(raw));
        }
        for (i, knot) in KNOTS.into_iter().enumerate() {
            assert_eq!(
                knot,
                ((1.0 + i as f64 / 32.0).ln() * 2f64.powi(38)).round() as i64
            );
        }
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn the_logarithm_is_within_its_error(raw in 1..=Ratio::MAX.raw(), bits in 0u32..30) {
            prop_assert!(off(raw) <= LN_ERROR as f64);
            prop_assert!(off((raw >> bits).max(1)) <= LN_ERROR as f64);
        }
    }
}
