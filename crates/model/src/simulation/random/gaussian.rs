//! Gaussian draws by the block, in operations that vectorise: logarithm, sine and cosine as polynomials without
//! branches (coefficients of Sun's fdlibm, 1993), Box–Muller, and the inverse distribution function.

use super::stream::{one_to_two, unit};
use core::f64::consts::{FRAC_PI_2, LN_2, SQRT_2};

/// Bits of √½, below which a mantissa belongs to the next lower exponent.
const SQRT_HALF: u64 = 0x3FE6_A09E_667F_3BCD;
const MANTISSA: u64 = 0x000F_FFFF_FFFF_FFFF;
const ONE: u64 = 0x3FF0_0000_0000_0000;
/// 2⁵², whose mantissa takes up a small integer.
const TWO_52: f64 = 4_503_599_627_370_496.0;
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// ln x for a normal x > 0, to one unit in the last place.
#[inline(always)]
pub(in crate::simulation) fn ln(x: f64) -> f64 {
    let fma = f64::mul_add;
    let shifted = x.to_bits().wrapping_add(ONE - SQRT_HALF);
    let exponent = f64::from_bits(TWO_52.to_bits() | (shifted >> 52)) - (TWO_52 + 1023.0);
    let f = f64::from_bits((shifted & MANTISSA).wrapping_add(SQRT_HALF)) - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * fma(
        w,
        fma(w, 1.531_383_769_920_937_3e-1, 2.222_219_843_214_978_4e-1),
        3.999_999_999_940_942e-1,
    );
    let odd = z * fma(
        w,
        fma(
            w,
            fma(w, 1.479_819_860_511_658_6e-1, 1.818_357_216_161_805e-1),
            2.857_142_874_366_239e-1,
        ),
        6.666_666_666_666_735e-1,
    );
    let half_square = 0.5 * f * f;
    let correction = fma(s, half_square + even + odd, exponent * LN_2_LOW);
    fma(exponent, LN_2_HIGH, f - (half_square - correction))
}

/// −2 ln x for a normal x > 0, to three units in the last place: [`ln`] without the price of its last bit.
#[inline(always)]
fn minus_two_ln(x: f64) -> f64 {
    let fma = f64::mul_add;
    let shifted = x.to_bits().wrapping_add(ONE - SQRT_HALF);
    let exponent = f64::from_bits(TWO_52.to_bits() | (shifted >> 52)) - (TWO_52 + 1023.0);
    let mantissa = f64::from_bits((shifted & MANTISSA).wrapping_add(SQRT_HALF));
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    // ln((1 + s)/(1 − s)) = s·(2 + R(s²)). Pairs of terms (Estrin) halve the chain of what waits for what.
    let z = s * s;
    let w = z * z;
    let high = fma(
        w,
        fma(z, -2.959_639_721_323_017_2e-1, -3.062_767_537_941_874_6e-1),
        fma(z, -3.636_714_432_323_61e-1, -4.444_439_686_429_957e-1),
    );
    let low = fma(
        w,
        fma(z, -5.714_285_748_732_478e-1, -7.999_999_999_881_884e-1),
        fma(z, -1.333_333_333_333_347, -4.0),
    );
    fma(exponent, -2.0 * LN_2, s * fma(w * w, high, low))
}

/// (sin, cos) of a uniform angle of the whole circle. The upper bits of a word make one between ±π/4; which quarter of
/// the circle that is, and in which direction it is run through, does not matter: a sign and an exchange do it.
#[inline(always)]
fn point_of_circle(word: u64) -> (f64, f64) {
    let fma = f64::mul_add;
    let r = (one_to_two(word) - (1.5 - 0.5 * f64::EPSILON)) * FRAC_PI_2;
    let z = r * r;
    let tail = fma(z, 1.589_690_995_211_55e-10, -2.505_076_025_340_686_3e-8);
    let tail = fma(z, tail, 2.755_731_370_707_006_8e-6);
    let tail = fma(z, tail, -1.984_126_982_985_795e-4);
    let tail = fma(z, tail, 8.333_333_333_322_49e-3);
    let tail = fma(z, tail, -1.666_666_666_666_663_2e-1);
    let sine = fma(r * z, tail, r);
    let tail = fma(z, -1.135_964_755_778_819_5e-11, 2.087_572_321_298_175e-9);
    let tail = fma(z, tail, -2.755_731_435_139_066_3e-7);
    let tail = fma(z, tail, 2.480_158_728_947_673e-5);
    let tail = fma(z, tail, -1.388_888_888_887_411e-3);
    let tail = fma(z, tail, 4.166_666_666_666_66e-2);
    let cosine = fma(z, fma(z, tail, -0.5), 1.0);
    let cosine = f64::from_bits(cosine.to_bits() ^ (word << 63));
    if word & 2 == 0 {
        (sine, cosine)
    } else {
        (cosine, sine)
    }
}

/// Two independent random words become two independent standard normals (Box & Muller 1958).
#[inline(always)]
pub(super) fn box_muller(radius: u64, angle: u64) -> (f64, f64) {
    let radius = minus_two_ln(unit(radius)).sqrt();
    let (sine, cosine) = point_of_circle(angle);
    (radius * sine, radius * cosine)
}

/// Beyond this −ln(1 − x²), one number in a thousand, the tail's polynomial is needed.
const CENTRE_ENDS: f64 = 6.25;

/// erf⁻¹'s polynomial in −ln(1 − x²) − 3.125 (Giles 2010, "Approximating the erfinv function", double precision).
#[inline(always)]
fn centre(w: f64) -> f64 {
    const COEFFICIENTS: [f64; 23] = [
        -3.644_412_064_017_82e-21,
        -1.685_059_138_182_016_6e-19,
        1.285_848_071_525_64e-18,
        1.115_787_767_802_518_1e-17,
        -1.333_171_662_854_621e-16,
        2.097_276_787_596_856_2e-17,
        6.637_638_134_358_324e-15,
        -4.054_566_272_975_207e-14,
        -8.151_934_197_605_472e-14,
        2.633_509_315_308_232_3e-12,
        -1.297_513_325_345_353_2e-11,
        -5.415_412_054_294_628e-11,
        1.051_212_273_321_532_3e-9,
        -4.112_633_980_346_984e-9,
        -2.907_036_995_788_200_5e-8,
        4.234_787_782_793_240_4e-7,
        -1.365_469_200_083_467_9e-6,
        -1.388_252_336_278_646_9e-5,
        1.867_342_080_340_571_4e-4,
        -7.407_025_341_662_67e-4,
        -6.033_670_871_430_149e-3,
        2.401_581_824_255_896_2e-1,
        1.653_654_562_683_102_7,
    ];
    let v = w - 3.125;
    let mut p = 0.0f64;
    for coefficient in COEFFICIENTS {
        p = p.mul_add(v, coefficient);
    }
    p
}

/// The same beyond [`CENTRE_ENDS`], as polynomials in √w.
fn tail(w: f64) -> f64 {
    const NEAR: [f64; 19] = [
        2.213_737_692_177_578_7e-9,
        9.075_656_193_888_539e-8,
        -2.751_740_629_706_454_5e-7,
        1.823_962_921_438_922_8e-8,
        1.502_740_396_890_982_8e-6,
        -4.013_867_526_981_546e-6,
        2.923_444_908_995_544_6e-6,
        1.247_530_448_167_177_9e-5,
        -4.731_822_900_905_573_4e-5,
        6.828_485_145_957_318e-5,
        2.403_111_038_709_789_4e-5,
        -3.550_375_203_628_475e-4,
        9.532_893_797_373_805e-4,
        -1.688_275_556_023_504_7e-3,
        2.491_442_096_107_851e-3,
        -3.751_208_507_569_241e-3,
        5.370_914_553_590_064e-3,
        1.005_258_967_694_159_2,
        3.083_885_610_492_220_8,
    ];
    const FAR: [f64; 17] = [
        -2.710_992_061_643_857_3e-11,
        -2.555_641_816_996_525e-10,
        1.507_657_269_350_054_8e-9,
        -3.789_465_440_126_737e-9,
        7.615_701_208_078_34e-9,
        -1.496_002_662_714_924e-8,
        2.914_795_345_090_108e-8,
        -6.771_199_775_845_234e-8,
        2.290_048_222_802_665_5e-7,
        -9.929_827_294_231_7e-7,
        4.526_062_597_223_154e-6,
        -1.968_177_810_553_167e-5,
        7.599_527_703_001_776e-5,
        -2.150_301_193_004_447_7e-4,
        -1.387_193_183_362_312_2e-4,
        1.010_300_464_864_534_4,
        4.849_906_401_408_584,
    ];
    let root = w.sqrt();
    let horner = |coefficients: &[f64], v: f64| coefficients.iter().fold(0.0, |p: f64, c| p.mul_add(v, *c));
    if w < 16.0 {
        horner(&NEAR, root - 3.25)
    } else {
        horner(&FAR, root - 5.0)
    }
}

#[inline(always)]
fn minus_ln_complement(x: f64) -> f64 {
    -ln((1.0 - x) * (1.0 + x))
}

/// Numbers in (−1, 1) become the normals of which they are the distribution function, as 2Φ(z) − 1 = x.
#[inline(always)]
pub(super) fn inverse(row: &mut [f64]) {
    // Lanes beyond the centre are told again from the result: the polynomial is off there, but far from the centre.
    let mut outside = false;
    for x in row.iter() {
        outside |= minus_ln_complement(*x) >= CENTRE_ENDS;
    }
    if outside {
        for x in row.iter_mut() {
            let w = minus_ln_complement(*x);
            *x *= SQRT_2 * if w < CENTRE_ENDS { centre(w) } else { tail(w) };
        }
    } else {
        for x in row.iter_mut() {
            *x *= SQRT_2 * centre(minus_ln_complement(*x));
        }
    }
}

/// The standard normal of which a number in (−1, 1) is 2Φ(z) − 1.
pub(super) fn inverse_of(x: f64) -> f64 {
    let mut z = [x];
    inverse(&mut z);
    z[0]
}

/// The z ≥ 0 with P(|Z| ≤ z) = `confidence`, for a confidence in [0, 1).
pub(in crate::simulation) fn two_sided_quantile(confidence: f64) -> f64 {
    inverse_of(confidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::vector::BLOCK;
    use crate::testing::assert_close;

    #[test]
    fn the_logarithm_is_the_library_s_to_the_last_place() {
        for i in 1..20_000 {
            let x = f64::from(i) * 1.37e-4;
            assert_close(ln(x), x.ln(), 2.3e-16 * x.ln().abs().max(1e-3));
        }
        for x in [f64::EPSILON, 1.0, 1e-300, 1e300, f64::MIN_POSITIVE] {
            assert_close(ln(x), x.ln(), 2.3e-16 * x.ln().abs());
        }
    }

    #[test]
    fn the_radius_is_as_exact_as_its_uniform() {
        let bound = |x: f64| 6e-16 * x.ln().abs();
        for i in 1..200_000 {
            let x = f64::from(i) * 5e-6;
            assert_close(-0.5 * minus_two_ln(x), x.ln(), bound(x));
            let x = 1.0 - f64::from(i) * f64::EPSILON;
            assert_close(-0.5 * minus_two_ln(x), x.ln(), bound(x));
        }
        for x in [f64::EPSILON, 0.5 * f64::EPSILON, 1e-300, 1e300, f64::MIN_POSITIVE] {
            assert_close(-0.5 * minus_two_ln(x), x.ln(), bound(x));
        }
        assert_eq!(minus_two_ln(1.0), 0.0);
    }

    #[test]
    fn points_lie_everywhere_on_the_circle() {
        let mut octants = [0u32; 8];
        for i in 0..4_000u64 {
            for quarter in 0..4 {
                let word = (i * (u64::MAX / 3_999)) & !3 | quarter;
                let angle = 0.5 * core::f64::consts::PI * (one_to_two(word) - 1.5);
                let (a, b) = point_of_circle(word);
                let sign = if quarter & 1 == 0 { 1.0 } else { -1.0 };
                let (sine, cosine) = if quarter & 2 == 0 { (a, b) } else { (b, a) };
                assert_close(sine, angle.sin(), 4e-16);
                assert_close(cosine, sign * angle.cos(), 4e-16);
                let octant = 4 * u8::from(a > 0.0) + 2 * u8::from(b > 0.0) + u8::from(a.abs() > b.abs());
                octants[usize::from(octant)] += 1;
            }
        }
        assert_eq!(octants, [2_000; 8]);
    }

    #[test]
    fn the_inverse_is_undone_by_the_distribution_function() {
        let mut x = 1.0;
        while x > 2e-16 {
            for p in [x * 0.5, 0.5 - x * 0.25] {
                let mut row = [2.0 * p - 1.0; 8];
                inverse(&mut row);
                let back = crate::normal::cdf(row[0]);
                // 2p − 1 itself is known to one rounding.
                assert_close(back, p, 1.2e-16 + 1e-14 * p);
                let mut mirrored = [1.0 - 2.0 * p; 8];
                inverse(&mut mirrored);
                assert_eq!(mirrored[0], -row[0]);
            }
            x *= 0.61;
        }
    }

    #[test]
    fn box_muller_has_the_normal_s_moments_and_tails() {
        let n = 1 << 18;
        let mut streams = super::super::stream::PathStreams::new(11, 0);
        let (mut a, mut b) = (vec![0.0; n], vec![0.0; n]);
        for (a, b) in a.chunks_exact_mut(BLOCK).zip(b.chunks_exact_mut(BLOCK)) {
            streams.fill_pairs(a, b, box_muller);
        }
        let mean =
            |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(&b).map(|(a, b)| f(*a, *b)).sum::<f64>() / n as f64;
        let error = 1.0 / (n as f64).sqrt();
        assert_close(mean(&|a, _| a), 0.0, 4.0 * error);
        assert_close(mean(&|_, b| b * b), 1.0, 4.0 * error * 2f64.sqrt());
        assert_close(mean(&|a, b| a * b), 0.0, 4.0 * error);
        assert_close(mean(&|a, _| a.powi(4)), 3.0, 4.0 * error * 96f64.sqrt());
        assert_close(
            mean(&|_, b| f64::from(u8::from(b > 3.0))),
            0.001_35,
            4.0 * error * 0.0368,
        );
    }
}
