//! Volatility-adjusted return: Sharpe and Sortino ratios, and their annualisation under autocorrelation.

use crate::error::{ModelError, Result, at_least, count, finite, positive, representable};

/// A Sharpe ratio per period of the returns, and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sharpe {
    /// Mean excess return ÷ standard deviation.
    pub ratio: f64,
    /// Standard error that holds for stationary, autocorrelated, fat-tailed returns.
    pub standard_error: f64,
    /// Periods observed.
    pub periods: usize,
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len())
}

/// Returns as deviations from their mean, the mean, and the standard deviation with n in the denominator.
fn moments(returns: &[f64]) -> Result<(Vec<f64>, f64, f64)> {
    at_least("returns", 2, returns.len())?;
    for value in returns {
        finite("return", *value)?;
    }
    let mean = representable("mean return", mean_of(returns))?;
    let deviations: Vec<f64> = returns.iter().map(|r| r - mean).collect();
    let variance = representable(
        "variance of returns",
        deviations.iter().map(|d| d * d).sum::<f64>() / count(returns.len()),
    )?;
    let deviation = variance.sqrt();
    // What rounding leaves of constant returns is no variation.
    if deviation <= 4.0 * f64::EPSILON * mean.abs() || deviation == 0.0 {
        return Err(ModelError::Unidentified {
            what: "volatility of returns",
        });
    }
    Ok((deviations, mean, deviation))
}

/// Sharpe ratio of per-period returns over a per-period risk-free rate (Sharpe 1994). The standard error is that of Lo
/// (2002, "The Statistics of Sharpe Ratios", eqs. 13–16): the delta method on mean and variance by GMM, with the long-run
/// covariance of Newey & West (1987) over `lags` lags; without autocorrelation in normal returns it is √((1 + SR²/2)/T).
///
/// # Errors
/// [`ModelError::TooFew`] below two returns or where `lags` reaches the number of returns, [`ModelError::NotFinite`],
/// [`ModelError::Unidentified`] for constant returns, [`ModelError::Overflow`].
pub fn sharpe(returns: &[f64], risk_free: f64, lags: usize) -> Result<Sharpe> {
    finite("risk-free rate", risk_free)?;
    let (deviations, mean, deviation) = moments(returns)?;
    at_least("returns beyond the lags", lags.saturating_add(1), returns.len())?;
    let ratio = representable("Sharpe ratio", (mean - risk_free) / deviation)?;
    // Influence of each return: z − SR·(z² − 1)/2, z its standardised deviation.
    let influence: Vec<f64> = deviations
        .iter()
        .map(|d| {
            let z = d / deviation;
            z - ratio * (z * z - 1.0) / 2.0
        })
        .collect();
    let n = count(returns.len());
    let covariance = |lag: usize| -> f64 {
        influence
            .iter()
            .zip(&influence[lag..])
            .map(|(a, b)| a * b)
            .sum::<f64>()
            / n
    };
    let long_run: f64 = (1..=lags).fold(covariance(0), |sum, lag| {
        let bartlett = 1.0 - count(lag) / (count(lags) + 1.0);
        sum + 2.0 * bartlett * covariance(lag)
    });
    Ok(Sharpe {
        ratio,
        standard_error: representable("standard error", (long_run.max(0.0) / n).sqrt())?,
        periods: returns.len(),
    })
}

/// Sample autocorrelations of lags 1 … `lags`, with n in every denominator (which keeps the sequence positive
/// semi-definite; Brockwell & Davis 1991, § 7.2).
///
/// # Errors
/// As [`sharpe`].
pub fn autocorrelations(returns: &[f64], lags: usize) -> Result<Vec<f64>> {
    let (deviations, _, deviation) = moments(returns)?;
    at_least("returns beyond the lags", lags.saturating_add(1), returns.len())?;
    let n = count(returns.len());
    Ok((1..=lags)
        .map(|lag| {
            let product: f64 = deviations
                .iter()
                .zip(&deviations[lag..])
                .map(|(a, b)| a * b)
                .sum();
            product / n / (deviation * deviation)
        })
        .collect())
}

/// Autocorrelations under Bartlett's weights 1 − k/(lags + 1): the variance that sample autocorrelations imply over any
/// number of periods is then never negative (Newey & West 1987), which it can be when they are cut off bluntly.
#[must_use]
pub fn tapered(autocorrelations: &[f64]) -> Vec<f64> {
    let end = count(autocorrelations.len()) + 1.0;
    let weigh = |(index, rho): (usize, &f64)| rho * (1.0 - count(index + 1) / end);
    autocorrelations.iter().enumerate().map(weigh).collect()
}

/// Factor from a per-period Sharpe ratio to that of `periods` periods, η(q) = q/√(q + 2·Σ(q − k)·ρ_k) (Lo 2002, eq.
/// 20); √q where there is no autocorrelation. Autocorrelations beyond those given count as zero.
///
/// # Errors
/// [`ModelError::NotPositive`] for zero periods, [`ModelError::OutOfRange`] for an autocorrelation outside [−1, 1],
/// [`ModelError::Unidentified`] where they imply no variance over the periods, [`ModelError::NotFinite`].
pub fn annualisation_factor(periods: u32, autocorrelations: &[f64]) -> Result<f64> {
    let q = positive("periods", f64::from(periods))?;
    let mut variance = q;
    for (index, rho) in autocorrelations.iter().enumerate() {
        crate::error::within("autocorrelation", *rho, -1.0, 1.0)?;
        variance += 2.0 * (q - count(index + 1)).max(0.0) * rho;
    }
    if variance > 0.0 {
        Ok(q / variance.sqrt())
    } else {
        Err(ModelError::Unidentified {
            what: "variance over the periods",
        })
    }
}

/// Sortino ratio per period: (mean − target)/√(mean of min(0, r − target)²) (Sortino & Price 1994). Multiply by √q to
/// annualise independent returns.
///
/// # Errors
/// [`ModelError::TooFew`] below two returns, [`ModelError::NotFinite`], [`ModelError::Unidentified`] where no return
/// falls short of the target, [`ModelError::Overflow`].
pub fn sortino(returns: &[f64], target: f64) -> Result<f64> {
    at_least("returns", 2, returns.len())?;
    finite("target", target)?;
    let mut shortfall = 0.0;
    for value in returns {
        let below = (finite("return", *value)? - target).min(0.0);
        shortfall += below * below;
    }
    if shortfall == 0.0 {
        return Err(ModelError::Unidentified {
            what: "downside deviation",
        });
    }
    let downside = representable("downside deviation", (shortfall / count(returns.len())).sqrt())?;
    representable("Sortino ratio", (mean_of(returns) - target) / downside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    #[test]
    fn small_series_by_hand() {
        let returns = [0.02, -0.01, 0.03, 0.00];
        let result = sharpe(&returns, 0.005, 0).unwrap();
        assert_close(result.ratio, 0.005 / 0.000_25_f64.sqrt(), 1e-14);
        let downside = ((0.015_f64.powi(2) + 0.005_f64.powi(2)) / 4.0).sqrt();
        assert_close(sortino(&returns, 0.005).unwrap(), 0.005 / downside, 1e-14);
        assert!(sharpe(&[0.01; 9], 0.0, 0).is_err());
        assert!(sortino(&[0.01, 0.02], 0.0).is_err());
        assert!(sharpe(&returns, 0.0, 4).is_err());
    }

    #[test]
    fn the_factor_for_first_order_autocorrelation_is_lo_s_closed_form() {
        // Lo (2002), eq. 22: η(q) = √q·[1 + 2ρ/(1 − ρ)·(1 − (1 − ρ^q)/(q(1 − ρ)))]^(−½).
        for rho in [-0.3, 0.1, 0.5_f64] {
            let q = 12.0_f64;
            let closed = q.sqrt()
                / (1.0 + 2.0 * rho / (1.0 - rho) * (1.0 - (1.0 - rho.powf(q)) / (q * (1.0 - rho)))).sqrt();
            let powers: Vec<f64> = (1..12).map(|k| rho.powi(k)).collect();
            assert_close(annualisation_factor(12, &powers).unwrap(), closed, 1e-13);
        }
        assert_close(annualisation_factor(12, &[]).unwrap(), 12.0_f64.sqrt(), 1e-15);
        assert!(annualisation_factor(2, &[-1.0]).is_err());
        assert!(annualisation_factor(0, &[]).is_err());
    }

    #[test]
    fn the_standard_error_is_the_spread_of_simulated_ratios() {
        let mut rng = Rng::new(3);
        let (runs, length) = (600, 240);
        let (mut ratios, mut errors) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            let mut shock = 0.0;
            let returns: Vec<f64> = (0..length)
                .map(|_| {
                    let fresh = rng.normal();
                    let value = 0.3 + fresh + 0.4 * shock;
                    shock = fresh;
                    value
                })
                .collect();
            let result = sharpe(&returns, 0.0, 8).unwrap();
            ratios.push(result.ratio);
            errors.push(result.standard_error);
        }
        let mean = mean_of(&ratios);
        let spread = (ratios.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / f64::from(runs)).sqrt();
        assert_close(mean_of(&errors) / spread, 1.0, 0.08);
    }

    #[test]
    fn without_autocorrelation_the_error_is_lo_s_formula_for_independent_returns() {
        let mut rng = Rng::new(8);
        let returns: Vec<f64> = (0..20_000).map(|_| 0.5 + rng.normal()).collect();
        let result = sharpe(&returns, 0.0, 0).unwrap();
        let expected = ((1.0 + result.ratio.powi(2) / 2.0) / 20_000.0).sqrt();
        assert_close(result.standard_error / expected, 1.0, 0.02);
        assert!(
            autocorrelations(&returns, 5)
                .unwrap()
                .iter()
                .all(|rho| rho.abs() < 0.03)
        );
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn leverage_changes_no_ratio_and_smoothing_lowers_the_annual_one(
            returns in prop::collection::vec(-0.1f64..0.1, 20..60), leverage in 0.1f64..10.0, rho in 0.01f64..0.9,
        ) {
            let levered: Vec<f64> = returns.iter().map(|r| r * leverage).collect();
            let (a, b) = (sharpe(&returns, 0.0, 2).unwrap(), sharpe(&levered, 0.0, 2).unwrap());
            prop_assert!((a.ratio - b.ratio).abs() < 1e-9 * (1.0 + a.ratio.abs()));
            prop_assert!((a.standard_error / b.standard_error - 1.0).abs() < 1e-6);
            prop_assert!(annualisation_factor(12, &[rho]).unwrap() < 12.0_f64.sqrt());
            let sample = autocorrelations(&returns, 5).unwrap();
            prop_assert!(sample.iter().all(|r| r.abs() <= 1.0));
            prop_assert!(annualisation_factor(365, &tapered(&sample)).is_ok());
        }
    }
}
