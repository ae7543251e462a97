//! The standard normal distribution, accurate in relative terms far into the tails.

use crate::error::{ModelError, Result, open_fraction};
use crate::roots::itp;
use core::f64::consts::{FRAC_1_SQRT_2, PI};

/// Standard errors to either side of an estimate that make a 95 % interval: Φ(z) = 0.975.
pub const TWO_SIDED_95: f64 = 1.959_963_984_540_054;

/// Density φ(z).
#[must_use]
pub fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// Distribution function Φ(z) = ½ erfc(−z/√2). NaN in, NaN out.
#[must_use]
pub fn cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// Survival function 1 − Φ(z), without the cancellation of the literal expression.
#[must_use]
pub fn survival(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// ln(1 − Φ(z)), finite for every finite z whose square is.
///
/// Beyond z = 30, where the survival function nears the smallest f64, Laplace's asymptotic series (Abramowitz & Stegun
/// 1964, 26.2.12) has a relative error below 1e-12 after four terms.
#[must_use]
pub fn log_survival(z: f64) -> f64 {
    if z < 30.0 {
        return survival(z).ln();
    }
    let x = 1.0 / (z * z);
    -0.5 * z * z - (z * (2.0 * PI).sqrt()).ln() + (-x * (1.0 - x * (3.0 - 15.0 * x))).ln_1p()
}

/// The z with Φ(z) = p: the root of the survival function's logarithm, so that Φ(z) is p to ten digits in both tails.
///
/// # Errors
/// [`ModelError::OutOfRange`] for a probability outside (0, 1).
pub fn quantile(p: f64) -> Result<f64> {
    /// Beyond, no f64 is a survival probability.
    const FARTHEST: f64 = 40.0;
    open_fraction("probability", p)?;
    let (tail, sign) = if p < 0.5 { (p, -1.0) } else { (1.0 - p, 1.0) };
    let gap = |z: f64| Ok::<_, ModelError>(log_survival(z) - tail.ln());
    let root = itp(gap, (0.0, gap(0.0)?), (FARTHEST, gap(FARTHEST)?), 1e-16)?;
    // Plus zero, so that the median is not −0.
    Ok(sign * root.x + 0.0)
}

/// Normal loss function E[(Z − z)₊] = φ(z) − z·(1 − Φ(z)), never negative.
#[must_use]
pub fn loss(z: f64) -> f64 {
    if z == f64::INFINITY {
        return 0.0;
    }
    (density(z) - z * survival(z)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, integrate};

    #[test]
    fn cdf_matches_published_values_to_1e_15() {
        // Abramowitz & Stegun (1964), table 26.1 (15 digits).
        for (z, p) in [
            (0.0, 0.5),
            (0.5, 0.691_462_461_274_013),
            (1.0, 0.841_344_746_068_543),
            (1.96, 0.975_002_104_851_780),
            (2.0, 0.977_249_868_051_821),
            (3.0, 0.998_650_101_968_370),
        ] {
            assert_close(cdf(z), p, 1e-15);
            assert_close(survival(-z), p, 1e-15);
        }
    }

    #[test]
    fn tail_matches_the_published_logarithms() {
        // Abramowitz & Stegun (1964), table 26.2: −log10 of the tail probability.
        for (z, minus_log10) in [
            (5.0, 6.542_65),
            (10.0, 23.118_05),
            (20.0, 88.560_10),
            (50.0, 544.966_34),
        ] {
            assert_close(-log_survival(z) / core::f64::consts::LN_10, minus_log10, 1e-5);
        }
        assert_close(log_survival(30.0), survival(30.0).ln(), 1e-9);
    }

    #[test]
    fn the_quantile_has_its_published_values_and_is_undone_by_the_distribution_function() {
        // Abramowitz & Stegun (1964), tables 26.5 and 26.6.
        for (p, z) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.99, 2.326_347_874_040_841),
            (0.999, 3.090_232_306_167_813),
        ] {
            assert_close(quantile(p).unwrap(), z, 4e-15);
            assert_close(quantile(1.0 - p).unwrap(), -z, 3e-14);
        }
        for p in [1e-300, 1e-20, 1e-3, 0.3, 0.7] {
            assert_close(cdf(quantile(p).unwrap()) / p, 1.0, 1e-10);
        }
        for p in [0.0, 1.0, f64::NAN] {
            assert!(quantile(p).is_err());
        }
    }

    #[test]
    fn loss_is_the_integral_of_the_survival_function() {
        for z in [-3.0, -0.5, 0.0, 1.0, 4.0] {
            let quadrature = integrate(survival, z, z + 14.0, 20_000);
            let tail_beyond = loss(z + 14.0);
            assert_close(loss(z), quadrature + tail_beyond, 1e-10);
        }
    }
}
