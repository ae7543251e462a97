//! The upper tail of the standard normal distribution, Q(x) = 1 − Φ(x), in integers.

/// Knots to a unit of x.
const PER_UNIT: i64 = 16;
/// Knots from 0 to 5.5; beyond, the tail is below [`TAIL_ERROR`].
const KNOTS: usize = 89;

/// Q(i/16) in Q32.
const TAILS: [i64; KNOTS] = [
    2147483648, 2040463074, 1933859599, 1828085449, 1723543207, 1620621219, 1519689280, 1421094676,
    1325158638, 1232173297, 1142399148, 1056063096, 973357067, 894437218, 819423723, 748401109, 681419127,
    618494098, 559610690, 504724062, 453762323, 406629220, 363207012, 323359439, 286934745, 253768671,
    223687392, 196510323, 172052769, 150128378, 130551380, 113138573, 97711073, 84095798, 72126702, 61645758,
    52503710, 44560598, 37686084, 31759596, 26670309, 22316991, 18607724, 15459542, 12797986, 10556605,
    8676424, 7105383, 5797768, 4713651, 3818335, 3081821, 2478304, 1985695, 1585180, 1260811, 999134, 788856,
    620540, 486337, 379749, 295426, 228975, 176813, 136027, 104260, 79615, 60568, 45907, 34664, 26077, 19544,
    14593, 10855, 8044, 5939, 4368, 3201, 2337, 1699, 1231, 889, 639, 458, 327, 232, 164, 116, 82,
];

/// The density φ(i/16) in Q32.
const DENSITIES: [i64; KNOTS] = [
    1713444047, 1710100743, 1700109920, 1683588088, 1660726916, 1631789528, 1597105467, 1557064445,
    1512109065, 1462726680, 1409440628, 1352801034, 1293375423, 1231739358, 1168467321, 1104124025,
    1039256348, 974386032, 910003264, 846561255, 784471848, 724102214, 665772611, 609755198, 556273838,
    505504814, 457578377, 412581005, 370558263, 331518151, 295434805, 262252443, 231889435, 204242408,
    179190267, 156598086, 136320767, 118206437, 102099537, 87843565, 75283477, 64267725, 54649944, 46290306,
    39056554, 32824742, 27479717, 22915363, 19034644, 15749483, 12980499, 10656633, 8714695, 7098848,
    5760062, 4655538, 3748144, 3005841, 2401151, 1910629, 1514387, 1195641, 940304, 736613, 574796, 446778,
    345919, 266784, 204950, 156834, 119546, 90769, 68650, 51718, 38811, 29011, 21602, 16022, 11837, 8711,
    6385, 4663, 3391, 2457, 1773, 1275, 913, 651, 463,
];

/// Taylor coefficients of the tail about each knot, in Q32: Q, −φ, x·φ/2, (1 − x²)·φ/6.
static SERIES: [[i64; 4]; KNOTS] = series();

#[expect(
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, which refuses an overflow"
)]
const fn series() -> [[i64; 4]; KNOTS] {
    let mut series = [[0; 4]; KNOTS];
    let mut knot = 0;
    let mut x = 0;
    while knot < KNOTS {
        let density = DENSITIES[knot];
        series[knot] = [
            TAILS[knot],
            -density,
            x * density / (2 * PER_UNIT),
            (PER_UNIT * PER_UNIT - x * x) * density / (6 * PER_UNIT * PER_UNIT),
        ];
        knot += 1;
        x += 1;
    }
    series
}

/// What [`tail`] may be off by, in Q32. The remainder of the series is at most max|φ‴|·h⁴/24 = 0.5506/24/32⁴, which is
/// 94; beyond the last knot the tail is at most 69; the roundings of table and products add less than 4.
pub(super) const TAIL_ERROR: i64 = 98;

/// Q(x) in Q32 for an `x` in Q28, within [`TAIL_ERROR`] (2.3e-8).
#[inline(always)]
pub(super) fn tail(x: u64) -> i64 {
    let nearest = x.wrapping_add(1 << 23) >> 24;
    let knot = usize::try_from(nearest).unwrap_or(KNOTS);
    let Some([c0, c1, c2, c3]) = SERIES.get(knot) else {
        return 0;
    };
    let h = x.wrapping_sub(nearest << 24).cast_signed();
    let cubic = c2.wrapping_add(h.wrapping_mul(*c3) >> 28);
    let square = c1.wrapping_add(h.wrapping_mul(cubic) >> 28);
    c0.wrapping_add(h.wrapping_mul(square) >> 28)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::tests::reference;

    #[test]
    fn the_table_holds_the_distribution() {
        for knot in 0..KNOTS {
            let x = knot as f64 / PER_UNIT as f64;
            assert_eq!(TAILS[knot], (reference::tail(x) * 2f64.powi(32)).round() as i64);
            assert_eq!(
                DENSITIES[knot],
                (reference::density(x) * 2f64.powi(32)).round() as i64
            );
        }
    }

    #[test]
    fn the_tail_is_within_its_error_everywhere() {
        // a prime step, so that every distance to a knot occurs
        for x in (0..7u64 << 28).step_by(1_009) {
            let exact = reference::tail(x as f64 / 2f64.powi(28)) * 2f64.powi(32);
            assert!(
                (tail(x) as f64 - exact).abs() <= TAIL_ERROR as f64,
                "x = {x}: {}",
                tail(x)
            );
        }
        assert_eq!(tail(0), 1 << 31);
        for x in [7 << 28, 1 << 60, 1 << 62] {
            assert_eq!(tail(x), 0);
        }
    }
}
