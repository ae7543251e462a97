//! How many events a period has: Poisson against negative binomial regression, and tests of over-dispersion.
//!
//! Both have mean μᵢ = exp(xᵢ·β + oᵢ). The Poisson's variance is μ, the negative binomial's μ + α·μ² (the NB2 model of
//! Cameron & Trivedi 1986): α is the variance of a common factor of mean one that scales every rate of a period.

use super::cholesky::Cholesky;
use crate::error::{ModelError, Result, at_least, count, finite, same_length};
use crate::linear::LeastSquares;
use crate::normal;
use crate::roots::itp;

const MAX_ITERATIONS: usize = 200;
const TOLERANCE: f64 = 1e-13;
/// ln α between which the maximum is looked for.
const LOG_ALPHA: (f64, f64) = (-18.0, 7.0);

/// Counts with the regressors of their mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    counts: Vec<u32>,
    /// Row by row.
    design: Vec<Vec<f64>>,
    offsets: Vec<f64>,
}

impl Counts {
    /// Checks counts, the columns of their design (give ones for an intercept) and offsets (log exposures).
    ///
    /// # Errors
    /// [`ModelError::TooFew`] unless there are more counts than columns, [`ModelError::LengthMismatch`],
    /// [`ModelError::NotFinite`], [`ModelError::OneClass`] if all counts are zero.
    pub fn new(counts: Vec<u32>, columns: &[Vec<f64>], offsets: Vec<f64>) -> Result<Self> {
        at_least("columns of a count regression", 1, columns.len())?;
        at_least("counts of a count regression", columns.len() + 1, counts.len())?;
        same_length("offsets of a count regression", counts.len(), offsets.len())?;
        for column in columns {
            same_length("columns of a count regression", counts.len(), column.len())?;
        }
        for value in columns.iter().flatten().chain(&offsets) {
            finite("regressor", *value)?;
        }
        if counts.iter().all(|y| *y == 0) {
            return Err(ModelError::OneClass { what: "counts" });
        }
        let design = (0..counts.len())
            .map(|row| columns.iter().map(|column| column[row]).collect())
            .collect();
        Ok(Self {
            counts,
            design,
            offsets,
        })
    }

    fn means(&self, beta: &[f64]) -> Vec<f64> {
        self.design
            .iter()
            .zip(&self.offsets)
            .map(|(row, offset)| (row.iter().zip(beta).map(|(x, b)| x * b).sum::<f64>() + offset).exp())
            .collect()
    }

    /// Log-likelihood at means `mu`; α = 0 is the Poisson.
    fn log_likelihood(&self, mu: &[f64], alpha: f64) -> f64 {
        self.counts
            .iter()
            .zip(mu)
            .map(|(y, mu)| {
                let n = f64::from(*y);
                // Γ(y + 1/α)·αʸ/Γ(1/α) as the product it is, which α = 0 leaves at one
                let rising: f64 = (0..*y).map(|j| (alpha * f64::from(j)).ln_1p()).sum();
                let inner = if alpha == 0.0 {
                    -mu
                } else {
                    -(n + 1.0 / alpha) * (alpha * mu).ln_1p()
                };
                rising - libm::lgamma(n + 1.0) + n * mu.ln() + inner
            })
            .sum()
    }
}

/// A fitted count regression.
#[derive(Debug, Clone, PartialEq)]
pub struct CountFit {
    /// One coefficient per column.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub standard_errors: Vec<f64>,
    /// Fitted means.
    pub means: Vec<f64>,
    /// The likelihood's maximum.
    pub log_likelihood: f64,
}

/// Poisson and negative binomial side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispersion {
    /// The Poisson regression.
    pub poisson: CountFit,
    /// The negative binomial regression.
    pub negative_binomial: CountFit,
    /// α; zero where the counts are not over-dispersed.
    pub alpha: f64,
    /// Its standard error; none at the boundary α = 0.
    pub alpha_error: Option<f64>,
    /// Variance of the counts ÷ their mean (Fisher's index, without regressors): one for a Poisson.
    pub index: f64,
    /// Upper tail probability of the index, by the χ² approximation of Wilson & Hilferty (1931).
    pub index_p: f64,
    /// t statistic of the regression-based test for NB2 over-dispersion (Cameron & Trivedi 1990).
    pub regression_t: f64,
    /// Its one-sided p-value.
    pub regression_p: f64,
    /// Twice the gain in log-likelihood over the Poisson.
    pub likelihood_ratio: f64,
    /// Its p-value: half that of χ² with one degree of freedom, because α = 0 lies on the boundary (Self & Liang 1987).
    pub likelihood_ratio_p: f64,
}

/// Fits both models and tests one against the other.
///
/// # Errors
/// [`ModelError::Unidentified`] for collinear columns or counts that all equal their fitted means, [`ModelError::NotConverged`],
/// [`ModelError::Overflow`].
pub fn dispersion(counts: &Counts) -> Result<Dispersion> {
    let mut start = vec![0.0; counts.design.first().map_or(0, Vec::len)];
    let poisson_beta = maximise(counts, 0.0, &start)?;
    start.clone_from(&poisson_beta);
    let means = counts.means(&poisson_beta);
    let poisson = describe(counts, 0.0, poisson_beta)?.0;
    let at_zero: f64 = counts
        .counts
        .iter()
        .zip(&means)
        .map(|(y, mu)| (f64::from(*y) - mu).powi(2) - f64::from(*y))
        .sum();
    let alpha = if at_zero > 0.0 {
        best_alpha(counts, &start)?
    } else {
        0.0
    };
    let (negative_binomial, alpha_error) = if alpha > 0.0 {
        describe(counts, alpha, maximise(counts, alpha, &start)?)?
    } else {
        (poisson.clone(), None)
    };
    let likelihood_ratio = (2.0 * (negative_binomial.log_likelihood - poisson.log_likelihood)).max(0.0);
    let (index, index_p) = index_of_dispersion(&counts.counts);
    let (regression_t, regression_p) = regression_test(counts, &means)?;
    Ok(Dispersion {
        alpha,
        alpha_error,
        index,
        index_p,
        regression_t,
        regression_p,
        likelihood_ratio,
        // P(χ²₁ > x) = 2·(1 − Φ(√x)); half of it, and one where there is no gain at all
        likelihood_ratio_p: if likelihood_ratio > 0.0 {
            normal::survival(likelihood_ratio.sqrt())
        } else {
            1.0
        },
        poisson,
        negative_binomial,
    })
}

/// Slope of the log-likelihood in α at means `mu`.
fn alpha_slope(counts: &[u32], mu: &[f64], alpha: f64) -> f64 {
    counts
        .iter()
        .zip(mu)
        .map(|(y, mu)| {
            let rising: f64 = (0..*y).map(|j| f64::from(j) / (1.0 + alpha * f64::from(j))).sum();
            let z = alpha * mu;
            // ln(1 + z)/α² − μ/(α·(1 + z)), which for small z cancels to μ²·(½ − ⅔·z)
            let loss = if z < 1e-4 {
                mu * mu * (0.5 - 2.0 / 3.0 * z)
            } else {
                (z.ln_1p() - z / (1.0 + z)) / (alpha * alpha)
            };
            rising + loss - f64::from(*y) * mu / (1.0 + z)
        })
        .sum()
}

/// Observed information of α at means `mu`: the negative slope of [`alpha_slope`].
fn alpha_information(counts: &[u32], mu: &[f64], alpha: f64) -> f64 {
    counts
        .iter()
        .zip(mu)
        .map(|(y, mu)| {
            let rising: f64 = (0..*y)
                .map(|j| (f64::from(j) / (1.0 + alpha * f64::from(j))).powi(2))
                .sum();
            let z = alpha * mu;
            let share = z / (1.0 + z);
            // 2·ln(1 + z)/α³ − 2·μ/(α²·(1 + z)) − μ²/(α·(1 + z)²), which for small z cancels to μ³·(⅔ − 3/2·z)
            let loss = if z < 1e-4 {
                mu.powi(3) * (2.0 / 3.0 - 1.5 * z)
            } else {
                (2.0 * (z.ln_1p() - share) - share * share) / alpha.powi(3)
            };
            rising + loss - f64::from(*y) * (mu / (1.0 + z)).powi(2)
        })
        .sum()
}

fn best_alpha(counts: &Counts, start: &[f64]) -> Result<f64> {
    let mut beta = start.to_vec();
    let mut slope = |log_alpha: f64| -> Result<f64> {
        let alpha = log_alpha.exp();
        beta = maximise(counts, alpha, &beta)?;
        Ok(alpha_slope(&counts.counts, &counts.means(&beta), alpha))
    };
    let (low, high) = (slope(LOG_ALPHA.0)?, slope(LOG_ALPHA.1)?);
    if low <= 0.0 {
        return Ok(0.0);
    }
    if high >= 0.0 {
        return Err(ModelError::Unidentified {
            what: "dispersion of the counts",
        });
    }
    itp(slope, (LOG_ALPHA.0, low), (LOG_ALPHA.1, high), 1e-12).map(|root| root.x.exp())
}

/// Coefficients that maximise the likelihood at a given α, by Newton's method with step halving.
fn maximise(counts: &Counts, alpha: f64, start: &[f64]) -> Result<Vec<f64>> {
    let mut beta = start.to_vec();
    let mut mu = counts.means(&beta);
    let mut here = counts.log_likelihood(&mu, alpha);
    for _ in 0..MAX_ITERATIONS {
        let (gradient, information) = derivatives(counts, &mu, alpha);
        let step = Cholesky::new("coefficients of the count regression", &information)?.solve(&gradient);
        let decrement: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
        if decrement.abs() <= TOLERANCE * (1.0 + here.abs()) {
            // this close the step is exact to the last digits
            return Ok(beta.iter().zip(&step).map(|(b, s)| b + s).collect());
        }
        let mut length = 1.0;
        loop {
            let candidate: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + length * s).collect();
            let means = counts.means(&candidate);
            let there = counts.log_likelihood(&means, alpha);
            if there >= here - 1e-14 * here.abs() {
                (beta, mu, here) = (candidate, means, there);
                break;
            }
            length *= 0.5;
            if length < 1e-12 {
                return Err(ModelError::NotConverged {
                    what: "step of the count regression",
                    iterations: 40,
                });
            }
        }
    }
    Err(ModelError::NotConverged {
        what: "count regression",
        iterations: MAX_ITERATIONS,
    })
}

/// Gradient and observed information in the coefficients.
fn derivatives(counts: &Counts, mu: &[f64], alpha: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let k = counts.design.first().map_or(0, Vec::len);
    let (mut gradient, mut information) = (vec![0.0; k], vec![vec![0.0; k]; k]);
    for ((row, y), mu) in counts.design.iter().zip(&counts.counts).zip(mu) {
        let y = f64::from(*y);
        let scale = 1.0 + alpha * mu;
        let (slope, weight) = ((y - mu) / scale, mu * (1.0 + alpha * y) / (scale * scale));
        for i in 0..k {
            gradient[i] += slope * row[i];
            for j in 0..k {
                information[i][j] += weight * row[i] * row[j];
            }
        }
    }
    (gradient, information)
}

/// Standard errors from the observed information of coefficients and α together.
fn describe(counts: &Counts, alpha: f64, beta: Vec<f64>) -> Result<(CountFit, Option<f64>)> {
    let mu = counts.means(&beta);
    let (_, mut information) = derivatives(counts, &mu, alpha);
    let k = beta.len();
    if alpha > 0.0 {
        information.push(vec![0.0; k + 1]);
        for ((row, y), mu) in counts.design.iter().zip(&counts.counts).zip(&mu) {
            let n = f64::from(*y);
            let scale = 1.0 + alpha * mu;
            for (cell, x) in information[k].iter_mut().zip(row) {
                *cell += (n - mu) / (scale * scale) * mu * x;
            }
        }
        information[k][k] = alpha_information(&counts.counts, &mu, alpha);
    }
    let inverse = Cholesky::new("errors of the count regression", &information)?.inverse();
    let errors: Vec<f64> = inverse.iter().enumerate().map(|(j, row)| row[j].sqrt()).collect();
    let log_likelihood = finite("likelihood of the counts", counts.log_likelihood(&mu, alpha))?;
    Ok((
        CountFit {
            coefficients: beta,
            standard_errors: errors[..k].to_vec(),
            means: mu,
            log_likelihood,
        },
        errors.get(k).copied(),
    ))
}

/// ((y − μ)² − y)/μ on μ, without intercept: the slope is α, zero for a Poisson.
fn regression_test(counts: &Counts, mu: &[f64]) -> Result<(f64, f64)> {
    let excess: Vec<f64> = counts
        .counts
        .iter()
        .zip(mu)
        .map(|(y, mu)| ((f64::from(*y) - mu).powi(2) - f64::from(*y)) / mu)
        .collect();
    let fit = LeastSquares::fit(vec![mu.to_vec()], &excess)?;
    let (slope, error) = (fit.coefficients[0], fit.classical_errors()[0]);
    if error == 0.0 {
        return Err(ModelError::Unidentified {
            what: "dispersion of the counts",
        });
    }
    Ok((slope / error, normal::survival(slope / error)))
}

fn index_of_dispersion(counts: &[u32]) -> (f64, f64) {
    let n = count(counts.len());
    let mean = counts.iter().map(|y| f64::from(*y)).sum::<f64>() / n;
    let squares: f64 = counts.iter().map(|y| (f64::from(*y) - mean).powi(2)).sum();
    let degrees = n - 1.0;
    let index = squares / degrees / mean;
    let spread = 2.0 / (9.0 * degrees);
    (
        index,
        normal::survival((index.cbrt() - (1.0 - spread)) / spread.sqrt()),
    )
}

#[cfg(test)]
mod tests;
