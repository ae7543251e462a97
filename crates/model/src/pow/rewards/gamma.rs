//! Poisson and gamma probabilities.

use crate::error::{ModelError, Result};
use core::f64::consts::PI;

/// λⁿe^(−λ)/Γ(n + 1) for real n ≥ 0 and λ ≥ 0, by Loader's saddle-point form (2000, "Fast and Accurate Computation of
/// Binomial Probabilities"), which keeps its digits for large n.
pub fn poisson_mass(n: f64, lambda: f64) -> f64 {
    if n == 0.0 {
        return (-lambda).exp();
    }
    if lambda == 0.0 {
        return 0.0;
    }
    let offset = (lambda - n) / n;
    // n·ln(n/λ) + λ − n
    let deviance = if offset.abs() < 0.5 {
        n * (offset - offset.ln_1p())
    } else {
        n * (n / lambda).ln() + lambda - n
    };
    (-stirling_error(n) - deviance).exp() / (2.0 * PI * n).sqrt()
}

/// ln Γ(n + 1) − ((n + ½)·ln n − n + ½·ln 2π).
fn stirling_error(n: f64) -> f64 {
    if n < 15.0 {
        let half_log_two_pi = 0.5 * (2.0 * PI).ln();
        return libm::lgamma(n + 1.0) - (n + 0.5) * n.ln() + n - half_log_two_pi;
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * square)) / square) / square) / n
}

/// Regularised lower incomplete gamma function P(a, x), the distribution function of a gamma variable of shape a > 0 and
/// scale 1: its power series below a + 1, Legendre's continued fraction above (DLMF 8.7.1 and 8.9.2, by Lentz's method), and
/// for large shapes Temme's uniform expansion.
///
/// # Errors
/// [`ModelError::NotConverged`].
pub fn gamma_cdf(a: f64, x: f64) -> Result<f64> {
    Ok(if x <= 0.0 {
        0.0
    } else if x > beyond(a) {
        1.0
    } else if a > LARGE_SHAPE {
        1.0 - uniform(a, x)
    } else if x < a + 1.0 {
        series(a, x)?
    } else {
        1.0 - fraction(a, x)?
    })
}

/// P(N ≤ n) of a Poisson number, Q(n + 1, λ).
///
/// # Errors
/// [`ModelError::NotConverged`].
pub fn poisson_cdf(n: f64, lambda: f64) -> Result<f64> {
    let a = n + 1.0;
    if n > beyond(lambda) {
        Ok(1.0)
    } else if a > LARGE_SHAPE {
        Ok(uniform(a, lambda))
    } else if lambda < a + 1.0 {
        Ok(1.0 - series(a, lambda)?)
    } else {
        fraction(a, lambda)
    }
}

/// Shape from which on the first term of the uniform expansion is exact to 10⁻¹⁰.
const LARGE_SHAPE: f64 = 1e5;

/// Where a gamma variable of this shape or a Poisson number of this mean never is: beyond, less than 10⁻³⁰⁰ is left, and the
/// sums below may meet infinities.
fn beyond(mean: f64) -> f64 {
    2.0 * mean + 1e3 + 60.0 * mean.sqrt()
}

/// Q(a, x) by the leading terms of Temme's uniform expansion (1979; DLMF §8.12).
fn uniform(a: f64, x: f64) -> f64 {
    let offset = (x - a) / a;
    let half_square = offset - offset.ln_1p();
    let eta = (2.0 * half_square).max(0.0).sqrt().copysign(offset);
    let first = if eta.abs() < 1e-2 {
        // the expansion of the difference below about nothing
        -1.0 / 3.0 + eta * (1.0 / 12.0 + eta * (-2.0 / 135.0 + eta / 864.0))
    } else {
        1.0 / offset - 1.0 / eta
    };
    let tail = 0.5 * libm::erfc(eta * (a / 2.0).sqrt());
    (tail + (-a * half_square).exp() / (2.0 * PI * a).sqrt() * first).clamp(0.0, 1.0)
}

/// Terms after which a sum is given up; one of shape a needs some multiple of √a.
const LIMIT: usize = 20_000;

fn unfinished() -> ModelError {
    ModelError::NotConverged {
        what: "incomplete gamma function",
        iterations: LIMIT,
    }
}

fn series(a: f64, x: f64) -> Result<f64> {
    let (mut term, mut sum, mut at) = (1.0, 1.0, a);
    for _ in 0..LIMIT {
        at += 1.0;
        term *= x / at;
        sum += term;
        if term < sum * f64::EPSILON {
            return Ok((sum * poisson_mass(a, x)).min(1.0));
        }
    }
    Err(unfinished())
}

fn fraction(a: f64, x: f64) -> Result<f64> {
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / f64::MIN_POSITIVE;
    let mut d = 1.0 / b;
    let mut value = d;
    let mut step = 0.0;
    for _ in 0..LIMIT {
        step += 1.0;
        let numerator = step * (a - step);
        b += 2.0;
        d = 1.0 / away_from_zero(numerator * d + b);
        c = away_from_zero(b + numerator / c);
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < 4.0 * f64::EPSILON {
            return Ok((value * a * poisson_mass(a, x)).min(1.0));
        }
    }
    Err(unfinished())
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < f64::MIN_POSITIVE {
        f64::MIN_POSITIVE
    } else {
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, integrate};

    #[test]
    fn the_distribution_functions_have_their_published_values() {
        // Abramowitz & Stegun (1964), table 26.7: χ² of 2 and 10 degrees of freedom; an exponential; erf.
        assert_close(gamma_cdf(1.0, 1.0).unwrap(), 1.0 - (-1.0_f64).exp(), 1e-15);
        assert_close(gamma_cdf(5.0, 5.0).unwrap(), 1.0 - 0.440_493_285_065_212_4, 1e-14);
        assert_close(gamma_cdf(0.5, 1.0).unwrap(), libm::erf(1.0), 1e-15);
        assert_close(poisson_cdf(0.0, 2.0).unwrap(), (-2.0_f64).exp(), 1e-15);
        assert_close(poisson_cdf(4.0, 2.0).unwrap(), 7.0 * (-2.0_f64).exp(), 1e-15);
        assert_close(gamma_cdf(3.0, 0.0).unwrap(), 0.0, 0.0);
        for far in [1e9, f64::MAX, f64::INFINITY] {
            assert_close(gamma_cdf(3.0, far).unwrap(), 1.0, 0.0);
            assert_close(poisson_cdf(far, 3.0).unwrap(), 1.0, 0.0);
        }
    }

    #[test]
    fn masses_add_up_to_the_distribution_function() {
        for lambda in [0.1, 3.0, 50.0, 1e4] {
            let mut sum = 0.0;
            let far = lambda + 12.0 * f64::sqrt(lambda) + 30.0;
            let mut n = 0.0;
            while n <= far {
                sum += poisson_mass(n, lambda);
                if n % 7.0 == 0.0 {
                    assert_close(poisson_cdf(n, lambda).unwrap(), sum, 2e-12);
                }
                n += 1.0;
            }
            assert_close(sum, 1.0, 2e-12);
        }
    }

    #[test]
    fn the_gamma_function_is_the_integral_of_its_density() {
        for a in [2.5, 10.0, 400.0] {
            for x in [0.5 * a, a, 1.4 * a] {
                let density = |t: f64| poisson_mass(a - 1.0, t);
                assert_close(
                    gamma_cdf(a, x).unwrap(),
                    integrate(density, 1e-12, x, 4_000),
                    1e-8,
                );
            }
        }
        // far out, by the fraction, and at the hand-over
        assert_close(gamma_cdf(1e6, 1e6).unwrap(), 0.500_132_980_7, 1e-9);
        for z in [-4.0, -1.0, 0.0, 0.01, 2.0, 5.0] {
            let x = LARGE_SHAPE + z * LARGE_SHAPE.sqrt();
            let direct = if z <= 0.0 {
                series(LARGE_SHAPE, x).unwrap()
            } else {
                1.0 - fraction(LARGE_SHAPE, x).unwrap()
            };
            assert_close(1.0 - uniform(LARGE_SHAPE, x), direct, 1e-10);
        }
    }
}
