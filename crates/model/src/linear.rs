//! Ordinary least squares by Householder QR, with classical and Newey–West covariance.

use crate::error::{ModelError, Result, at_least, count, finite, representable, same_length};

/// Relative size of a pivot below which a column counts as a combination of those before it.
const RANK_TOLERANCE: f64 = 1e-11;

/// A fitted linear model y = X·coefficients + residuals.
#[derive(Debug, Clone, PartialEq)]
pub struct LeastSquares {
    /// One coefficient per column of the design.
    pub coefficients: Vec<f64>,
    /// y − X·coefficients.
    pub residuals: Vec<f64>,
    /// (XᵀX)⁻¹, row by row.
    pub inverse_gram: Vec<Vec<f64>>,
    columns: Vec<Vec<f64>>,
}

impl LeastSquares {
    /// Regresses `y` on `columns` (give a column of ones for an intercept). Householder QR (Golub 1965), which keeps
    /// the digits that normal equations would lose.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] unless there are more rows than columns, [`ModelError::LengthMismatch`],
    /// [`ModelError::NotFinite`], [`ModelError::Unidentified`] for collinear columns, [`ModelError::Overflow`].
    pub fn fit(columns: Vec<Vec<f64>>, y: &[f64]) -> Result<Self> {
        at_least("columns of a regression", 1, columns.len())?;
        at_least("rows of a regression", columns.len() + 1, y.len())?;
        for column in &columns {
            same_length("columns of a regression", column.len(), y.len())?;
            for value in column {
                finite("regressor", *value)?;
            }
        }
        for value in y {
            finite("regressand", *value)?;
        }
        let (upper, rotated) = triangularise(columns.clone(), y.to_vec())?;
        let coefficients = back_substitute(&upper, &rotated);
        let inverse_gram = invert_gram(&upper);
        for value in coefficients.iter().chain(inverse_gram.iter().flatten()) {
            representable("regression", *value)?;
        }
        let residuals = (0..y.len())
            .map(|row| {
                y[row]
                    - columns
                        .iter()
                        .zip(&coefficients)
                        .map(|(c, b)| c[row] * b)
                        .sum::<f64>()
            })
            .collect();
        Ok(Self {
            coefficients,
            residuals,
            inverse_gram,
            columns,
        })
    }

    /// Sum of squared residuals.
    #[must_use]
    pub fn squared_error(&self) -> f64 {
        self.residuals.iter().map(|e| e * e).sum()
    }

    /// Classical standard errors √(s²·(XᵀX)⁻¹ⱼⱼ), s² = SSE / (n − k).
    #[must_use]
    pub fn classical_errors(&self) -> Vec<f64> {
        let variance = self.squared_error() / count(self.residuals.len() - self.coefficients.len());
        (0..self.coefficients.len())
            .map(|j| (variance * self.inverse_gram[j][j]).sqrt())
            .collect()
    }

    /// Standard errors consistent under heteroskedasticity and autocorrelation: the roots of the diagonal of
    /// [`LeastSquares::hac_covariance`].
    #[must_use]
    pub fn hac_errors(&self, lags: usize) -> Vec<f64> {
        let covariance = self.hac_covariance(lags);
        (0..covariance.len())
            .map(|j| covariance[j][j].max(0.0).sqrt())
            .collect()
    }

    /// Covariance of the coefficients, consistent under heteroskedasticity and autocorrelation: Newey & West (1987, the
    /// estimator of their title) with Bartlett weights 1 − j/(lags+1), row by row. `lags = 0` gives White's (1980)
    /// estimator.
    #[must_use]
    pub fn hac_covariance(&self, lags: usize) -> Vec<Vec<f64>> {
        let k = self.coefficients.len();
        let n = self.residuals.len();
        let scores: Vec<Vec<f64>> = (0..k).map(|i| self.scores(i)).collect();
        let mut meat = vec![vec![0.0; k]; k];
        for lag in 0..=lags.min(n - 1) {
            let weight = 1.0 - count(lag) / (count(lags) + 1.0);
            for (i, row) in meat.iter_mut().enumerate() {
                for (j, cell) in row.iter_mut().enumerate() {
                    let cross = lagged_product(&scores[i], &scores[j], lag);
                    let mirrored = if lag == 0 {
                        0.0
                    } else {
                        lagged_product(&scores[j], &scores[i], lag)
                    };
                    *cell += weight * (cross + mirrored);
                }
            }
        }
        let sandwich = |a: usize, b: usize| -> f64 {
            (0..k)
                .map(|i| {
                    let right: f64 = (0..k).map(|j| meat[i][j] * self.inverse_gram[b][j]).sum();
                    self.inverse_gram[a][i] * right
                })
                .sum()
        };
        (0..k).map(|a| (0..k).map(|b| sandwich(a, b)).collect()).collect()
    }

    /// The scores x·e of one column, in the order of the rows.
    pub(crate) fn scores(&self, column: usize) -> Vec<f64> {
        let pairs = self.columns[column].iter().zip(&self.residuals);
        pairs.map(|(x, e)| x * e).collect()
    }
}

/// Σ aₜ·bₜ₋ₗ.
pub(crate) fn lagged_product(a: &[f64], b: &[f64], lag: usize) -> f64 {
    a.iter().skip(lag).zip(b).map(|(now, before)| now * before).sum()
}

/// Newey & West's (1994) rule for the number of lags with the Bartlett kernel: ⌊4·(n/100)^(2/9)⌋.
#[must_use]
pub fn automatic_lags(observations: usize) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // Non-negative and far below usize::MAX.
    let lags = (4.0 * (count(observations) / 100.0).powf(2.0 / 9.0)).floor() as usize;
    lags
}

/// The upper triangle R (as columns) and the first k entries of Qᵀy.
fn triangularise(mut columns: Vec<Vec<f64>>, mut y: Vec<f64>) -> Result<(Vec<Vec<f64>>, Vec<f64>)> {
    let k = columns.len();
    for j in 0..k {
        let full_norm = representable("regressor norm", norm(&columns[j]))?;
        let pivot_norm = norm(&columns[j][j..]);
        if pivot_norm <= RANK_TOLERANCE * full_norm || pivot_norm == 0.0 {
            return Err(ModelError::Unidentified {
                what: "regression coefficients",
            });
        }
        let alpha = -pivot_norm.copysign(columns[j][j]);
        let mut reflector = columns[j][j..].to_vec();
        reflector[0] -= alpha;
        let length = norm(&reflector);
        reflector.iter_mut().for_each(|v| *v /= length);
        for column in columns[j..].iter_mut().chain(core::iter::once(&mut y)) {
            let projection: f64 = 2.0
                * reflector
                    .iter()
                    .zip(&column[j..])
                    .map(|(v, c)| v * c)
                    .sum::<f64>();
            column[j..]
                .iter_mut()
                .zip(&reflector)
                .for_each(|(c, v)| *c -= projection * v);
        }
    }
    y.truncate(k);
    columns.iter_mut().for_each(|column| column.truncate(k));
    Ok((columns, y))
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// Solves R·x = b for upper triangular R given as columns.
fn back_substitute(upper: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut x = b.to_vec();
    for j in (0..x.len()).rev() {
        x[j] /= upper[j][j];
        for i in 0..j {
            x[i] -= upper[j][i] * x[j];
        }
    }
    x
}

/// R⁻¹·R⁻ᵀ.
fn invert_gram(upper: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let k = upper.len();
    let inverse_columns: Vec<Vec<f64>> = (0..k)
        .map(|j| {
            let unit: Vec<f64> = (0..k).map(|i| f64::from(u8::from(i == j))).collect();
            back_substitute(upper, &unit)
        })
        .collect();
    (0..k)
        .map(|i| {
            (0..k)
                .map(|j| inverse_columns.iter().map(|column| column[i] * column[j]).sum())
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    /// NIST Statistical Reference Datasets, "Norris" (y, x).
    const NORRIS: [(f64, f64); 36] = [
        (0.1, 0.2),
        (338.8, 337.4),
        (118.1, 118.2),
        (888.0, 884.6),
        (9.2, 10.1),
        (228.1, 226.5),
        (668.5, 666.3),
        (998.5, 996.3),
        (449.1, 448.6),
        (778.9, 777.0),
        (559.2, 558.2),
        (0.3, 0.4),
        (0.1, 0.6),
        (778.1, 775.5),
        (668.8, 666.9),
        (339.3, 338.0),
        (448.9, 447.5),
        (10.8, 11.6),
        (557.7, 556.0),
        (228.3, 228.1),
        (998.0, 995.8),
        (888.8, 887.6),
        (119.6, 120.2),
        (0.3, 0.3),
        (0.6, 0.3),
        (557.6, 556.8),
        (339.3, 339.1),
        (888.0, 887.2),
        (998.5, 999.0),
        (778.9, 779.0),
        (10.2, 11.1),
        (117.6, 118.3),
        (228.9, 229.2),
        (668.4, 669.1),
        (449.2, 448.9),
        (0.2, 0.5),
    ];

    fn ones(n: usize) -> Vec<f64> {
        vec![1.0; n]
    }

    #[test]
    fn matches_the_certified_values_of_nist_norris() {
        let (y, x): (Vec<f64>, Vec<f64>) = NORRIS.into_iter().unzip();
        let fit = LeastSquares::fit(vec![ones(36), x], &y).unwrap();
        assert_close(fit.coefficients[0], -0.262_323_073_774_029, 1e-11);
        assert_close(fit.coefficients[1], 1.002_116_818_020_45, 1e-13);
        let errors = fit.classical_errors();
        assert_close(errors[0], 0.232_818_234_301_152, 1e-11);
        assert_close(errors[1], 0.429_796_848_199_937e-3, 1e-14);
        assert_close((fit.squared_error() / 34.0).sqrt(), 0.884_796_396_144_373, 1e-12);
    }

    #[test]
    fn newey_west_equals_the_double_sum_over_all_pairs_of_dates() {
        let mut rng = Rng::new(3);
        let x: Vec<f64> = (0..60).map(|_| rng.normal()).collect();
        let y: Vec<f64> = x.iter().map(|v| 0.3 + 1.4 * v + v.abs() * rng.normal()).collect();
        let fit = LeastSquares::fit(vec![ones(60), x.clone()], &y).unwrap();
        // Explicit 2×2 inverse and double sum Σ_t Σ_s w(|t−s|) e_t e_s x_t x_sᵀ.
        let (sx, sxx): (f64, f64) = (x.iter().sum(), x.iter().map(|v| v * v).sum());
        let det = 60.0 * sxx - sx * sx;
        let bread = [-sx / det, 60.0 / det];
        for lags in [0usize, 1, 5] {
            let mut variance = 0.0;
            for t in 0..60usize {
                for s in 0..60usize {
                    let distance = t.abs_diff(s);
                    if distance <= lags {
                        let weight = 1.0 - distance as f64 / (lags as f64 + 1.0);
                        let influence = |i: usize| (bread[0] + bread[1] * x[i]) * fit.residuals[i];
                        variance += weight * influence(t) * influence(s);
                    }
                }
            }
            assert_close(fit.hac_errors(lags)[1], variance.sqrt(), 1e-12);
        }
    }

    #[test]
    fn the_residuals_are_orthogonal_to_the_design() {
        let mut rng = Rng::new(5);
        let columns: Vec<Vec<f64>> = (0..4)
            .map(|j| (0..50).map(|_| rng.normal() + f64::from(j) * 10.0).collect())
            .collect();
        let y: Vec<f64> = (0..50).map(|_| rng.normal()).collect();
        let fit = LeastSquares::fit(columns.clone(), &y).unwrap();
        for column in columns {
            assert_close(
                column.iter().zip(&fit.residuals).map(|(a, b)| a * b).sum(),
                0.0,
                1e-10,
            );
        }
    }

    #[test]
    fn collinear_columns_are_refused() {
        let x: Vec<f64> = (0..10).map(f64::from).collect();
        let twice = x.iter().map(|v| 2.0 * v + 1.0).collect();
        assert_eq!(
            LeastSquares::fit(vec![ones(10), x.clone(), twice], &x),
            Err(ModelError::Unidentified {
                what: "regression coefficients"
            })
        );
    }

    #[test]
    fn the_automatic_lag_rule_gives_its_published_points() {
        assert_eq!(
            (automatic_lags(100), automatic_lags(1000), automatic_lags(25)),
            (4, 6, 2)
        );
    }
}
