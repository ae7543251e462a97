//! Component **b**, the systematic premium β·λ.

mod factors;
mod rolling;

pub use factors::{FactorRule, FactorTable, factor_table};
pub use rolling::{RollingFit, rolling_factors};

use crate::error::{ModelError, Result, at_least, finite, positive, representable, same_length};
use crate::hac::Bandwidth;
use crate::linear::LeastSquares;

/// A factor loading with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loading {
    /// The estimated β.
    pub beta: f64,
    /// Newey–West standard error.
    pub standard_error: f64,
}

/// A factor model fitted to returns.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorModel {
    /// Return per period not explained by the factors.
    pub alpha: Loading,
    /// One loading per factor, in the order given.
    pub loadings: Vec<Loading>,
    /// Share of the variance explained.
    pub r_squared: f64,
    /// Observations used.
    pub observations: usize,
    /// Lags of the Newey–West covariance.
    pub lags: usize,
    /// Newey–West covariance of the loadings, row by row in the order of the factors.
    pub covariance: Vec<Vec<f64>>,
}

impl FactorModel {
    /// Standard error of the premium Σ βᵢ·λᵢ for given factor prices, √(λᵀVλ): the loadings' errors are correlated where
    /// the factors are.
    ///
    /// # Errors
    /// [`ModelError::LengthMismatch`], [`ModelError::NotFinite`], [`ModelError::Overflow`].
    pub fn premium_error(&self, prices: &[f64]) -> Result<f64> {
        same_length("factor prices", prices.len(), self.loadings.len())?;
        let mut variance = 0.0;
        for (row, a) in self.covariance.iter().zip(prices) {
            for (covariance, b) in row.iter().zip(prices) {
                variance += finite("factor price", *a)? * covariance * finite("factor price", *b)?;
            }
        }
        representable("error of the premium", variance.max(0.0).sqrt())
    }
}

/// What is believed about a β before seeing data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Expected β; 1 for the market factor.
    pub mean: f64,
    /// Cross-sectional standard deviation of β.
    pub deviation: f64,
}

/// Regresses `returns` (of a liquidity provider) on `factors` (market return, change of realised volatility, gas-price
/// spikes …, one slice each, same periods) with an intercept, by ordinary least squares; standard errors of Newey &
/// West (1987) with the rule ⌊4·(n/100)^(2/9)⌋ for the number of lags.
///
/// # Errors
/// As [`fit_factors_with`].
pub fn fit_factors(returns: &[f64], factors: &[&[f64]]) -> Result<FactorModel> {
    fit_factors_with(returns, factors, Bandwidth::Rule)
}

/// As [`fit_factors`], with a choice of the bandwidth.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without factors or with too few observations,
/// [`crate::ModelError::LengthMismatch`], [`crate::ModelError::NotFinite`],
/// [`crate::ModelError::Unidentified`] for constant or collinear factors, [`crate::ModelError::Overflow`].
pub fn fit_factors_with(returns: &[f64], factors: &[&[f64]], bandwidth: Bandwidth) -> Result<FactorModel> {
    at_least("factors", 1, factors.len())?;
    let mut columns = vec![vec![1.0; returns.len()]];
    for factor in factors {
        same_length("factor observations", factor.len(), returns.len())?;
        columns.push(factor.to_vec());
    }
    let fit = LeastSquares::fit(columns, returns)?;
    let lags = bandwidth.lags(&fit);
    let covariance = fit.hac_covariance(lags);
    for cell in covariance.iter().flatten() {
        representable("covariance of the loadings", *cell)?;
    }
    let mut loadings: Vec<Loading> = fit
        .coefficients
        .iter()
        .enumerate()
        .map(|(j, beta)| Loading {
            beta: *beta,
            standard_error: covariance[j][j].max(0.0).sqrt(),
        })
        .collect();
    let alpha = loadings.remove(0);
    let n = crate::error::count(returns.len());
    let mean = returns.iter().sum::<f64>() / n;
    let variation: f64 = returns.iter().map(|r| (r - mean).powi(2)).sum();
    let r_squared = if variation > 0.0 {
        1.0 - fit.squared_error() / variation
    } else {
        0.0
    };
    Ok(FactorModel {
        alpha,
        loadings,
        r_squared,
        observations: returns.len(),
        lags,
        covariance: covariance[1..].iter().map(|row| row[1..].to_vec()).collect(),
    })
}

/// Bayesian shrinkage of a β toward its prior (Vasicek 1973): precision-weighted mean, whose standard error is
/// that of the posterior.
///
/// # Errors
/// [`crate::ModelError::NotFinite`]; [`crate::ModelError::NotPositive`] for the prior's deviation;
/// [`crate::ModelError::OutOfRange`] for a negative standard error.
pub fn shrink(loading: Loading, prior: Prior) -> Result<Loading> {
    let beta = finite("beta", loading.beta)?;
    let error = crate::error::non_negative("standard error", loading.standard_error)?;
    let mean = finite("prior beta", prior.mean)?;
    let deviation = positive("prior deviation of beta", prior.deviation)?;
    // Written with the ratio of the deviations, so that neither square can overflow or vanish.
    let weight_of_data = if error <= deviation {
        1.0 / (1.0 + (error / deviation).powi(2))
    } else {
        let ratio = (deviation / error).powi(2);
        ratio / (1.0 + ratio)
    };
    Ok(Loading {
        beta: representable(
            "shrunk beta",
            mean * (1.0 - weight_of_data) + beta * weight_of_data,
        )?,
        standard_error: error * weight_of_data.sqrt(),
    })
}

/// The prior of Vasicek (1973) from the cross-section: mean of the peers' loadings on one factor, and the deviation that
/// remains of their spread once the sampling error within it is taken off, √max(0, s² − mean(se²)).
///
/// # Errors
/// [`ModelError::TooFew`] below three peers, [`ModelError::NotFinite`], [`ModelError::OutOfRange`] for a negative standard
/// error, [`ModelError::Unidentified`] where the spread is no larger than the sampling error explains: the peers then do
/// not differ visibly, and their mean is all there is to believe.
pub fn cross_sectional_prior(peers: &[Loading]) -> Result<Prior> {
    at_least("loadings of peers", 3, peers.len())?;
    let n = crate::error::count(peers.len());
    let (mut sum, mut noise) = (0.0, 0.0);
    for peer in peers {
        sum += finite("beta", peer.beta)?;
        noise += crate::error::non_negative("standard error", peer.standard_error)?.powi(2);
    }
    let mean = representable("mean of the peers' betas", sum / n)?;
    let spread = peers.iter().map(|peer| (peer.beta - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let variance = representable("spread of the peers' betas", spread - noise / n)?;
    if variance <= 0.0 {
        return Err(ModelError::Unidentified {
            what: "spread of the peers' betas",
        });
    }
    Ok(Prior {
        mean,
        deviation: variance.sqrt(),
    })
}

/// The premium per year, Σ βᵢ·λᵢ (Sharpe 1964 for one factor, Ross 1976 for several): `prices` are the factors' risk
/// premia per year.
///
/// # Errors
/// [`crate::ModelError::LengthMismatch`], [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
pub fn systematic_premium(loadings: &[Loading], prices: &[f64]) -> Result<f64> {
    same_length("factor prices", prices.len(), loadings.len())?;
    let mut premium = 0.0;
    for (loading, price) in loadings.iter().zip(prices) {
        premium += finite("beta", loading.beta)? * finite("factor price", *price)?;
    }
    representable("systematic premium", premium)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    /// AR(1) errors and regressors, for which classical standard errors are too small.
    fn correlated(rng: &mut Rng, n: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut x, mut e) = (0.0, 0.0);
        (0..n)
            .map(|_| {
                x = 0.7 * x + rng.normal();
                e = 0.7 * e + rng.normal();
                (x, 0.001 + 1.3 * x + e)
            })
            .unzip()
    }

    #[test]
    fn two_factors_are_recovered_from_noisy_returns() {
        let mut rng = Rng::new(21);
        let market: Vec<f64> = (0..5000).map(|_| 0.04 * rng.normal()).collect();
        let gas: Vec<f64> = (0..5000).map(|_| rng.uniform()).collect();
        let returns: Vec<f64> = market
            .iter()
            .zip(&gas)
            .map(|(m, g)| 0.0002 + 0.6 * m - 0.01 * g + 0.01 * rng.normal())
            .collect();
        let model = fit_factors(&returns, &[&market, &gas]).unwrap();
        assert_close(model.loadings[0].beta, 0.6, 0.015);
        assert_close(model.loadings[1].beta, -0.01, 0.002);
        let premium = systematic_premium(&model.loadings, &[0.08, -0.5]).unwrap();
        assert_close(premium, 0.6 * 0.08 + 0.005, 2e-3);
    }

    #[test]
    fn hac_errors_are_honest_where_classical_ones_are_not() {
        let mut rng = Rng::new(22);
        let runs: Vec<(Loading, f64)> = (0..300)
            .map(|_| {
                let (x, y) = correlated(&mut rng, 500);
                let classical = LeastSquares::fit(vec![vec![1.0; 500], x.clone()], &y)
                    .unwrap()
                    .classical_errors()[1];
                (fit_factors(&y, &[&x]).unwrap().loadings[0], classical)
            })
            .collect();
        let spread = (runs.iter().map(|(l, _)| (l.beta - 1.3).powi(2)).sum::<f64>() / 300.0).sqrt();
        let hac = runs.iter().map(|(l, _)| l.standard_error).sum::<f64>() / 300.0;
        let classical = runs.iter().map(|(_, c)| c).sum::<f64>() / 300.0;
        assert!(
            (hac - spread).abs() < (classical - spread).abs() && hac / spread > 0.8,
            "{hac} {classical} {spread}"
        );
    }

    #[test]
    fn shrinkage_is_the_posterior_mean_of_two_normals() {
        let posterior = shrink(
            Loading {
                beta: 1.6,
                standard_error: 0.3,
            },
            Prior {
                mean: 1.0,
                deviation: 0.4,
            },
        )
        .unwrap();
        let (data, prior) = (1.0 / 0.09, 1.0 / 0.16);
        assert_close(posterior.beta, (1.6 * data + 1.0 * prior) / (data + prior), 1e-14);
        assert_close(posterior.standard_error, (1.0 / (data + prior)).sqrt(), 1e-14);
        let certain = shrink(
            Loading {
                beta: 1.6,
                standard_error: 0.0,
            },
            Prior {
                mean: 1.0,
                deviation: 0.4,
            },
        )
        .unwrap();
        assert_eq!((certain.beta, certain.standard_error), (1.6, 0.0));
    }

    #[test]
    fn the_cross_section_gives_back_the_prior_that_the_peers_were_drawn_from() {
        let mut rng = Rng::new(23);
        let peers: Vec<Loading> = (0..4000)
            .map(|i| {
                let standard_error = 0.1 + 0.3 * f64::from(i % 3);
                Loading {
                    beta: 0.9 + 0.25 * rng.normal() + standard_error * rng.normal(),
                    standard_error,
                }
            })
            .collect();
        let prior = cross_sectional_prior(&peers).unwrap();
        assert_close(prior.mean, 0.9, 0.03);
        assert_close(prior.deviation, 0.25, 0.04);
        let alike = [Loading {
            beta: 1.0,
            standard_error: 0.2,
        }; 5];
        assert_eq!(
            cross_sectional_prior(&alike),
            Err(ModelError::Unidentified {
                what: "spread of the peers' betas"
            })
        );
    }

    #[test]
    fn the_premiums_error_counts_the_correlation_of_the_loadings() {
        let mut rng = Rng::new(24);
        let market: Vec<f64> = (0..400).map(|_| rng.normal()).collect();
        let twin: Vec<f64> = market.iter().map(|m| m + 0.1 * rng.normal()).collect();
        let returns: Vec<f64> = market.iter().map(|m| m + 0.5 * rng.normal()).collect();
        let model = fit_factors(&returns, &[&market, &twin]).unwrap();
        // Two near-copies of one factor: each loading alone is uncertain, their sum is not.
        let sum = model.premium_error(&[1.0, 1.0]).unwrap();
        let alone = model.premium_error(&[1.0, 0.0]).unwrap();
        assert_close(alone, model.loadings[0].standard_error, 1e-12);
        assert!(sum < 0.3 * alone, "{sum} {alone}");
    }
}
