//! Cholesky factor of a symmetric positive definite matrix.

use crate::error::{ModelError, Result};

/// A pivot below this share of its diagonal entry is a column that the others explain.
const RANK_TOLERANCE: f64 = 1e-11;

/// The lower triangle L of A = L·Lᵀ.
pub(super) struct Cholesky(Vec<Vec<f64>>);

impl Cholesky {
    /// Factors a matrix of which the lower triangle is read.
    ///
    /// # Errors
    /// [`ModelError::Unidentified`] where it is not positive definite, [`ModelError::Overflow`].
    pub(super) fn new(what: &'static str, matrix: &[Vec<f64>]) -> Result<Self> {
        let mut lower: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
        for (i, row) in matrix.iter().enumerate() {
            let mut entries = Vec::with_capacity(i + 1);
            for (j, entry) in row.iter().enumerate().take(i) {
                let above = &lower[j];
                let inner: f64 = above
                    .iter()
                    .zip(&entries)
                    .map(|(a, b): (&f64, &f64)| a * b)
                    .take(j)
                    .sum();
                entries.push((entry - inner) / above[j]);
            }
            let pivot = row[i] - entries.iter().map(|v| v * v).sum::<f64>();
            if !pivot.is_finite() {
                return Err(ModelError::Overflow { what });
            }
            if pivot <= RANK_TOLERANCE * row[i].abs() {
                return Err(ModelError::Unidentified { what });
            }
            entries.push(pivot.sqrt());
            lower.push(entries);
        }
        Ok(Self(lower))
    }

    /// Solves A·x = b.
    pub(super) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for (i, row) in self.0.iter().enumerate() {
            let inner: f64 = row.iter().zip(&x).take(i).map(|(l, v)| l * v).sum();
            x[i] = (x[i] - inner) / row[i];
        }
        for i in (0..x.len()).rev() {
            x[i] /= self.0[i][i];
            for j in 0..i {
                x[j] -= self.0[i][j] * x[i];
            }
        }
        x
    }

    /// A⁻¹, row by row.
    pub(super) fn inverse(&self) -> Vec<Vec<f64>> {
        let n = self.0.len();
        (0..n)
            .map(|i| {
                let unit: Vec<f64> = (0..n).map(|j| f64::from(u8::from(i == j))).collect();
                self.solve(&unit)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn the_inverse_of_a_hilbert_matrix_is_made_of_whole_numbers() {
        let hilbert: Vec<Vec<f64>> = (1..=3)
            .map(|i| (1..=3).map(|j| 1.0 / f64::from(i + j - 1)).collect())
            .collect();
        let inverse = Cholesky::new("matrix", &hilbert).unwrap().inverse();
        for (row, expected) in
            inverse
                .iter()
                .zip([[9.0, -36.0, 30.0], [-36.0, 192.0, -180.0], [30.0, -180.0, 180.0]])
        {
            for (got, want) in row.iter().zip(expected) {
                assert_close(*got, want, 1e-10);
            }
        }
    }

    #[test]
    fn a_singular_matrix_is_refused() {
        let singular = [vec![1.0, 2.0], vec![2.0, 4.0]];
        assert!(matches!(
            Cholesky::new("matrix", &singular),
            Err(ModelError::Unidentified { what: "matrix" })
        ));
        let infinite = [vec![f64::INFINITY]];
        assert!(matches!(
            Cholesky::new("matrix", &infinite),
            Err(ModelError::Overflow { .. })
        ));
    }
}
