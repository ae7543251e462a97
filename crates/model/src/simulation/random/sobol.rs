//! Sobol's sequence (1967) in Gray-code order (Antonov & Saleev 1979), scrambled at random.

use super::directions::DIRECTIONS;
use super::stream::{Stream, symmetric};
use crate::error::{Result, within_count};

/// Binary digits of a point's index, and so of an unscrambled coordinate.
const DIGITS: usize = 32;

/// Dimensions for which direction numbers are carried.
pub const MOST_DIMENSIONS: usize = DIRECTIONS.len() + 1;

/// Sobol points under one random linear matrix scramble with digital shift (Matoušek 1998, "On the L2-discrepancy for
/// anchored boxes"): every point is uniform on the cube, the net keeps its equidistribution, and the variance is that
/// of Owen's nested scrambling for smooth integrands at a fraction of its cost (Owen 2003, "Variance with alternative
/// scramblings of digital nets").
#[derive(Debug, Clone)]
pub struct Sobol {
    /// Per dimension: the scrambled direction numbers.
    columns: Vec<[u64; DIGITS]>,
    /// Per dimension: the shift.
    shifts: Vec<u64>,
}

/// Unscrambled direction numbers of a dimension, the binary point before the highest bit.
fn plain_columns(dimension: usize) -> [u64; DIGITS] {
    let mut columns = [0; DIGITS];
    let Some(direction) = dimension.checked_sub(1).and_then(|i| DIRECTIONS.get(i)) else {
        for (k, column) in columns.iter_mut().enumerate() {
            *column = 1 << (63 - k);
        }
        return columns;
    };
    let degree = direction.initial.len();
    for k in 0..DIGITS {
        columns[k] = match direction.initial.get(k) {
            Some(m) => u64::from(*m) << (63 - k),
            None => {
                let mut column = columns[k - degree] ^ (columns[k - degree] >> degree);
                for i in 1..degree {
                    if (direction.polynomial >> (degree - 1 - i)) & 1 == 1 {
                        column ^= columns[k - i];
                    }
                }
                column
            }
        };
    }
    columns
}

/// A column times a random lower triangular matrix with ones on its diagonal; `rows` are the matrix's rows.
fn scramble(column: u64, rows: &[u64; 64]) -> u64 {
    rows.iter().enumerate().fold(0, |scrambled, (digit, row)| {
        scrambled | (u64::from((row & column).count_ones() & 1) << (63 - digit))
    })
}

impl Sobol {
    /// The points of one replicate; replicates of a seed are independent of each other.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for no dimension or more than [`MOST_DIMENSIONS`].
    pub fn new(dimensions: usize, seed: u64, replicate: u64) -> Result<Self> {
        within_count("dimensions of the Sobol sequence", dimensions, 1, MOST_DIMENSIONS)?;
        let mut random = Stream::new(seed, SCRAMBLES | replicate);
        let (mut columns, mut shifts) = (Vec::new(), Vec::new());
        for dimension in 0..dimensions {
            let mut rows = [0; 64];
            for (digit, row) in rows.iter_mut().enumerate() {
                let diagonal = 1 << (63 - digit);
                *row = (random.word() & !(diagonal | (diagonal - 1))) | diagonal;
            }
            columns.push(plain_columns(dimension).map(|column| scramble(column, &rows)));
            shifts.push(random.word());
        }
        Ok(Self { columns, shifts })
    }

    /// Coordinate `dimension` of the points from index `first` on, as 2u − 1 in (−1, 1). Indices are taken modulo 2³².
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a dimension that these points do not have.
    pub fn fill_symmetric(&self, dimension: usize, first: u32, out: &mut [f64]) -> Result<()> {
        within_count("dimension", dimension, 0, self.columns.len().saturating_sub(1))?;
        self.fill(dimension, first, out);
        Ok(())
    }

    /// The same for a dimension that is known to exist.
    pub(super) fn fill(&self, dimension: usize, first: u32, out: &mut [f64]) {
        let columns = &self.columns[dimension];
        let gray = first ^ (first >> 1);
        let mut state = self.shifts[dimension];
        for (k, column) in columns.iter().enumerate() {
            if (gray >> k) & 1 == 1 {
                state ^= column;
            }
        }
        let mut index = first;
        for coordinate in out {
            *coordinate = symmetric(state);
            index = index.wrapping_add(1);
            state ^= columns.get(index.trailing_zeros() as usize).copied().unwrap_or(0);
        }
    }
}

/// Streams of scrambles, apart from those of the blocks.
const SCRAMBLES: u64 = 1 << 63;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unscrambled_it_is_the_published_sequence() {
        // Points 1 to 4 of the first five dimensions by SciPy 1.17.1's unscrambled Sobol engine, times 8.
        let expected = [[4, 4, 4, 4, 4], [6, 2, 2, 2, 6], [2, 6, 6, 6, 2], [3, 3, 5, 7, 3]];
        for (dimension, column) in (0..5).map(|d| (d, plain_columns(d))) {
            let mut state = 0u64;
            for (index, row) in expected.iter().enumerate() {
                state ^= column[(index + 1).trailing_zeros() as usize];
                assert_eq!(
                    state >> 61,
                    row[dimension],
                    "dimension {dimension}, point {index}"
                );
            }
        }
    }

    #[test]
    fn every_dimension_is_stratified_and_every_scramble_differs() {
        let sobol = Sobol::new(MOST_DIMENSIONS, 5, 0).unwrap();
        let mut row = [0.0; 1024];
        for dimension in 0..MOST_DIMENSIONS {
            sobol.fill_symmetric(dimension, 4096, &mut row).unwrap();
            let mut seen = [false; 1024];
            for x in row {
                assert!(x.abs() < 1.0);
                seen[((x + 1.0) * 512.0) as usize] = true;
            }
            assert!(seen.iter().all(|&s| s), "dimension {dimension}");
        }
        let other = Sobol::new(1, 5, 1).unwrap();
        let (mut a, mut b) = ([0.0; 4], [0.0; 4]);
        sobol.fill(0, 0, &mut a);
        other.fill(0, 0, &mut b);
        assert_ne!(a, b);
    }

    #[test]
    fn a_block_in_the_middle_continues_the_one_before() {
        let sobol = Sobol::new(7, 1, 2).unwrap();
        let mut whole = [0.0; 512];
        sobol.fill(6, 0, &mut whole);
        let mut late = [0.0; 100];
        sobol.fill(6, 300, &mut late);
        assert_eq!(late, whole[300..400]);
    }

    #[test]
    fn impossible_dimensions_are_refused() {
        assert!(Sobol::new(0, 1, 0).is_err());
        assert!(Sobol::new(MOST_DIMENSIONS + 1, 1, 0).is_err());
        assert!(
            Sobol::new(2, 1, 0)
                .unwrap()
                .fill_symmetric(2, 0, &mut [0.0])
                .is_err()
        );
    }
}
