//! The standard normal distribution, accurate in relative terms far into the tails.

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
    fn loss_is_the_integral_of_the_survival_function() {
        for z in [-3.0, -0.5, 0.0, 1.0, 4.0] {
            let quadrature = integrate(survival, z, z + 14.0, 20_000);
            let tail_beyond = loss(z + 14.0);
            assert_close(loss(z), quadrature + tail_beyond, 1e-10);
        }
    }
}
