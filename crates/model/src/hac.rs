//! How many lags the Newey–West covariance takes: by rule of thumb or from the data.

use crate::error::{Result, at_least, count, within};
use crate::linear::{LeastSquares, automatic_lags, lagged_product};

/// The Bartlett kernel's constant 1.1447 = (3/2)^(1/3) in the optimal bandwidth (Andrews 1991, eq. 5.3; Newey & West
/// 1994, table I B).
const BARTLETT: f64 = 1.144_714_242_553_332;
/// An autoregression nearer to a unit root than this would ask for an unbounded bandwidth (Andrews & Monahan 1992 hold
/// it to 0.97).
const MOST_PERSISTENT: f64 = 0.97;

/// Choice of the number of lags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bandwidth {
    /// So many.
    Lags(usize),
    /// ⌊4·(n/100)^(2/9)⌋, by the number of observations alone.
    #[default]
    Rule,
    /// The plug-in of Newey & West (1994), "Automatic lag selection in covariance matrix estimation", RES 61: from the
    /// autocovariances of the scores, which carry weight one but for the intercept's.
    NeweyWest,
    /// The plug-in of Andrews (1991, eq. 6.4) with first-order autoregressions of the scores, the intercept's weight
    /// being zero.
    Andrews,
}

impl Bandwidth {
    /// The bandwidth for a fitted regression whose first column is the intercept: not a whole number for the plug-ins.
    #[must_use]
    pub fn value(self, fit: &LeastSquares) -> f64 {
        let n = fit.residuals.len();
        let scores: Vec<Vec<f64>> = (1..fit.coefficients.len()).map(|j| fit.scores(j)).collect();
        let bandwidth = match self {
            Self::Lags(lags) => count(lags),
            Self::Rule => count(automatic_lags(n)),
            Self::NeweyWest => newey_west(&total(&scores, n)),
            Self::Andrews => andrews(&scores),
        };
        // Scores without variation (a perfect fit) have no autocorrelation to reach for.
        if bandwidth.is_nan() { 0.0 } else { bandwidth }
    }

    /// The number of lags: the whole part of [`Bandwidth::value`], below the number of rows.
    #[must_use]
    pub fn lags(self, fit: &LeastSquares) -> usize {
        let rows = fit.residuals.len();
        // The cast saturates.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let lags = self.value(fit).floor() as usize;
        lags.min(rows.saturating_sub(1))
    }
}

/// The Newey–West long-run standard error of a mean of autocorrelated observations, √(Ω/n) with the given lags.
///
/// # Errors
/// [`crate::ModelError::TooFew`] below two observations, [`crate::ModelError::NotFinite`],
/// [`crate::ModelError::OutOfRange`] for as many lags as observations, [`crate::ModelError::Overflow`].
pub fn mean_error(values: &[f64], lags: usize) -> Result<f64> {
    at_least("observations of a mean", 2, values.len())?;
    within("lags of a mean", count(lags), 0.0, count(values.len() - 1))?;
    let fit = LeastSquares::fit(vec![vec![1.0; values.len()]], values)?;
    crate::error::representable("error of a mean", fit.hac_errors(lags)[0])
}

/// Sum of the scores of every column at each date.
fn total(scores: &[Vec<f64>], n: usize) -> Vec<f64> {
    (0..n)
        .map(|t| scores.iter().map(|score| score[t]).sum())
        .collect()
}

/// Bandwidth 1.1447·((s₁/s₀)²·n)^(1/3) with s₀ = Σσⱼ and s₁ = Σ|j|·σⱼ over the pilot lags.
fn newey_west(scores: &[f64]) -> f64 {
    let n = count(scores.len());
    let (mut level, mut bend) = (lagged_product(scores, scores, 0) / n, 0.0);
    for lag in 1..=automatic_lags(scores.len()).min(scores.len().saturating_sub(1)) {
        let covariance = lagged_product(scores, scores, lag) / n;
        level += 2.0 * covariance;
        bend += 2.0 * count(lag) * covariance;
    }
    BARTLETT * ((bend / level).powi(2) * n).cbrt()
}

/// Bandwidth 1.1447·(α̂(1)·n)^(1/3), α̂(1) = Σ 4ρ²σ⁴/((1−ρ)⁶(1+ρ)²) ÷ Σ σ⁴/(1−ρ)⁴.
fn andrews(scores: &[Vec<f64>]) -> f64 {
    let (mut numerator, mut denominator, mut n) = (0.0, 0.0, 0.0);
    // Scaled by the largest variance, so that fourth powers neither vanish nor overflow.
    let largest = scores
        .iter()
        .map(|s| lagged_product(s, s, 0))
        .fold(f64::MIN_POSITIVE, f64::max);
    for score in scores {
        n = count(score.len());
        let (square, before) = (lagged_product(score, score, 0), score.len().saturating_sub(1));
        let past = lagged_product(&score[..before], &score[..before], 0);
        if past <= 0.0 {
            continue;
        }
        let cross = lagged_product(score, score, 1);
        let rho = (cross / past).clamp(-MOST_PERSISTENT, MOST_PERSISTENT);
        let first = score[0] * score[0];
        let innovation = ((square - first - 2.0 * rho * cross + rho * rho * past) / largest).max(0.0);
        let fourth = innovation * innovation;
        numerator += 4.0 * rho * rho * fourth / ((1.0 - rho).powi(6) * (1.0 + rho).powi(2));
        denominator += fourth / (1.0 - rho).powi(4);
    }
    BARTLETT * (numerator / denominator * n).cbrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    fn regression(persistence: f64, n: usize) -> LeastSquares {
        let mut rng = Rng::new(8);
        let (mut x, mut e) = (0.0, 0.0);
        let (xs, ys): (Vec<f64>, Vec<f64>) = (0..n)
            .map(|_| {
                x = persistence * x + rng.normal();
                e = persistence * e + rng.normal();
                (x, 0.5 * x + e)
            })
            .unzip();
        LeastSquares::fit(vec![vec![1.0; n], xs], &ys).unwrap()
    }

    #[test]
    fn persistence_lengthens_the_chosen_bandwidth() {
        for bandwidth in [Bandwidth::NeweyWest, Bandwidth::Andrews] {
            let (calm, persistent) = (regression(0.0, 2000), regression(0.9, 2000));
            assert!(
                bandwidth.lags(&calm) < bandwidth.lags(&persistent),
                "{bandwidth:?}"
            );
        }
        assert_eq!(Bandwidth::Rule.lags(&regression(0.5, 1000)), 6);
        assert_eq!(Bandwidth::Lags(5000).lags(&regression(0.5, 50)), 49);
    }

    #[test]
    fn a_perfect_fit_takes_no_lags_and_no_error() {
        let x: Vec<f64> = (0..30).map(f64::from).collect();
        let fit = LeastSquares::fit(vec![vec![1.0; 30], x], &[0.0; 30]).unwrap();
        for bandwidth in [Bandwidth::NeweyWest, Bandwidth::Andrews] {
            assert_eq!(bandwidth.lags(&fit), 0);
        }
    }

    #[test]
    fn the_error_of_a_mean_of_moving_averages_counts_its_overlap() {
        // Sums over ten neighbours: the mean's variance is about ten times that of independent ones.
        let mut rng = Rng::new(4);
        let noise: Vec<f64> = (0..4010).map(|_| rng.normal()).collect();
        let sums: Vec<f64> = noise.windows(10).map(|w| w.iter().sum()).collect();
        let naive = mean_error(&sums, 0).unwrap();
        assert_close(mean_error(&sums, 30).unwrap() / naive, 10f64.sqrt(), 0.5);
        assert!(mean_error(&sums, sums.len()).is_err());
    }
}
