//! Close-to-close volatility of what was observed: over windows, and exponentially weighted.

use crate::error::{Result, at_least, open_fraction, positive, representable};
use crate::series::{LogReturn, PositiveSeries};

/// A realised volatility.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Realised {
    /// Per √year.
    pub volatility: f64,
    /// σ·√(½·Σ Δt²)/Σ Δt, the standard error under normal returns whose variance is in proportion to their time: σ/√(2n)
    /// where they all take the same.
    pub standard_error: f64,
    /// Returns used.
    pub returns: usize,
}

/// Realised close-to-close volatility √(Σ r² / Σ Δt) (realised variance of Andersen, Bollerslev, Diebold & Labys 2003,
/// divided by elapsed time); zero drift.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without returns, [`crate::ModelError::Overflow`].
pub fn realised(returns: &[LogReturn]) -> Result<Realised> {
    at_least("returns", 1, returns.len())?;
    let variation: f64 = returns.iter().map(|r| r.value * r.value).sum();
    let time = elapsed(returns)?;
    let volatility = representable("realised volatility", (variation / time).sqrt())?;
    let shares: f64 = returns.iter().map(|r| (r.years / time).powi(2)).sum();
    Ok(Realised {
        volatility,
        standard_error: volatility * (0.5 * shares).sqrt(),
        returns: returns.len(),
    })
}

/// Realised volatility over each trailing window (seconds), leaving out returns over gaps longer than `max_gap`.
///
/// # Errors
/// As [`realised`], if a window holds no return.
pub fn realised_over(prices: &PositiveSeries, windows: &[u32], max_gap: u32) -> Result<Vec<Realised>> {
    windows
        .iter()
        .map(|window| realised(&prices.trailing(*window).log_returns_within(max_gap)))
        .collect()
}

/// Exponentially weighted volatility (J.P. Morgan/Reuters, RiskMetrics Technical Document 1996): the decay factor
/// `lambda` applies per `interval_years`, so that a return after Δt at age a weighs λ^(a/interval)·(1 −
/// λ^(Δt/interval)). With even spacing these are RiskMetrics' weights; they are normalised to one for a finite sample.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without returns, [`crate::ModelError::OutOfRange`] for a decay outside (0, 1),
/// [`crate::ModelError::NotPositive`] for the interval, [`crate::ModelError::Overflow`].
pub fn exponentially_weighted(returns: &[LogReturn], lambda: f64, interval_years: f64) -> Result<f64> {
    at_least("returns", 1, returns.len())?;
    positive("decay interval", interval_years)?;
    open_fraction("decay factor", lambda)?;
    elapsed(returns)?;
    let (mut age, mut variance, mut weights) = (0.0, 0.0, 0.0);
    for r in returns.iter().rev() {
        let step = r.years / interval_years * lambda.ln();
        let weight = f64::exp(age) * -step.exp_m1();
        variance += weight * r.value * r.value / r.years;
        weights += weight;
        age += step;
    }
    representable("exponentially weighted volatility", (variance / weights).sqrt())
}

/// Total time of the returns; every one must take time.
pub(super) fn elapsed(returns: &[LogReturn]) -> Result<f64> {
    let mut total = 0.0;
    for r in returns {
        crate::error::finite("return", r.value)?;
        total += positive("time of a return", r.years)?;
    }
    positive("elapsed time", representable("elapsed time", total)?)
}

#[cfg(test)]
mod tests {
    use super::super::bipower;
    use super::*;
    use crate::series::SECONDS_PER_YEAR;
    use crate::testing::{Rng, assert_close};

    /// Brownian log-price with volatility `sigma`, gaps of 1 to 7 units of ten minutes, and jumps of ±`jump`.
    fn path(seed: u64, n: usize, sigma: f64, jump: f64, every: usize) -> PositiveSeries {
        let mut rng = Rng::new(seed);
        let (mut time, mut log) = (0i64, 0.0);
        let mut points = vec![(time, 1.0)];
        for i in 1..n {
            let step = 600 * (1 + (rng.uniform() * 7.0) as i64);
            time += step;
            log += sigma * (step as f64 / SECONDS_PER_YEAR).sqrt() * rng.normal();
            log += if every > 0 && i % every == 0 {
                jump * (rng.uniform() - 0.5).signum()
            } else {
                0.0
            };
            points.push((time, f64::exp(log)));
        }
        PositiveSeries::new(points).unwrap()
    }

    #[test]
    fn every_estimator_finds_the_volatility_of_an_unevenly_sampled_diffusion() {
        let returns = path(1, 40_000, 0.8, 0.0, 0).log_returns();
        assert_close(realised(&returns).unwrap().volatility, 0.8, 0.01);
        let split = bipower(&returns).unwrap();
        assert_close(split.continuous, 0.8, 0.01);
        assert!(split.jump_share < 0.02);
        assert_close(exponentially_weighted(&returns, 0.9999, 1e-4).unwrap(), 0.8, 0.02);
    }

    #[test]
    fn jumps_raise_the_total_but_not_the_continuous_part() {
        let returns = path(2, 40_000, 0.8, 0.15, 2000).log_returns();
        let split = bipower(&returns).unwrap();
        let years: f64 = returns.iter().map(|r| r.years).sum();
        // 19 jumps: rare and large, for the product of a jump with its small neighbours vanishes only in the limit.
        let jump_variance = 19.0 * 0.15 * 0.15 / years;
        assert_close(split.continuous, 0.8, 0.02);
        assert_close(split.jump_share, jump_variance / (0.64 + jump_variance), 0.05);
    }

    #[test]
    fn even_spacing_gives_the_riskmetrics_recursion() {
        let returns: Vec<LogReturn> = [0.01, -0.02, 0.015, 0.03]
            .iter()
            .enumerate()
            .map(|(i, value)| LogReturn {
                time: i as i64 * 86_400,
                years: 1.0 / 365.0,
                value: *value,
            })
            .collect();
        // σ² = Σ λ^k r²₍T−k₎ / Σ λ^k, annualised by 365.
        let lambda: f64 = 0.94;
        let numerator = 0.03_f64.powi(2)
            + lambda * 0.015_f64.powi(2)
            + lambda.powi(2) * 0.02_f64.powi(2)
            + lambda.powi(3) * 0.01_f64.powi(2);
        let denominator = 1.0 + lambda + lambda.powi(2) + lambda.powi(3);
        let expected = (365.0 * numerator / denominator).sqrt();
        assert_close(
            exponentially_weighted(&returns, lambda, 1.0 / 365.0).unwrap(),
            expected,
            1e-12,
        );
    }

    #[test]
    fn the_stated_standard_error_is_the_spread_over_many_samples() {
        // Every other return takes a hundred times as long and so all but alone decides.
        for long in [1.0, 100.0] {
            let estimates: Vec<Realised> = (0..400)
                .map(|seed| {
                    let mut rng = Rng::new(seed);
                    let returns: Vec<LogReturn> = (0..100)
                        .map(|i| {
                            let years: f64 = 1e-5 * if i % 2 == 0 { 1.0 } else { long };
                            let value = 0.5 * years.sqrt() * rng.normal();
                            LogReturn {
                                time: i,
                                years,
                                value,
                            }
                        })
                        .collect();
                    realised(&returns).unwrap()
                })
                .collect();
            let mean = estimates.iter().map(|e| e.volatility).sum::<f64>() / 400.0;
            let stated = estimates.iter().map(|e| e.standard_error).sum::<f64>() / 400.0;
            let squares: f64 = estimates.iter().map(|e| (e.volatility - mean).powi(2)).sum();
            assert_close((squares / 400.0).sqrt() / stated, 1.0, 0.15);
        }
    }

    #[test]
    fn a_gap_is_left_out() {
        let prices =
            PositiveSeries::new([(0, 1.0), (60, 1.01), (1_000_000, 2.0), (1_000_060, 2.02)]).unwrap();
        let windows = realised_over(&prices, &[60, u32::MAX], 60).unwrap();
        let expected = 1.01_f64.ln() / (60.0 / SECONDS_PER_YEAR).sqrt();
        for window in windows {
            assert_close(window.volatility, expected, 1e-9);
        }
    }
}
