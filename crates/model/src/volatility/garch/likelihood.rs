//! The Gaussian log-likelihood with its exact first and second derivatives, in one pass over the observations.

use super::recursion::{BATCH, Batch, Lanes, Shock, State, skipped, step};
use super::sample::Sample;
use super::{ALPHA, BETA, DIMENSION, GAMMA, MU, Matrix, OMEGA, Vector};
use crate::error::count;
use crate::vector::vectorised;

/// The negative log-likelihood (of the standardised returns) at one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Derivatives {
    pub value: f64,
    pub gradient: Vector,
    pub hessian: Matrix,
    /// Σ of the outer products of the scores, if asked for.
    pub scores: Matrix,
    /// The conditional variance of the step after the last one.
    pub next_variance: f64,
}

/// The sums over the observations, one per lane.
struct Sums {
    squares: Lanes,
    logarithms: f64,
    gradient: [Lanes; DIMENSION],
    hessian: [[Lanes; DIMENSION]; DIMENSION],
    scores: [[Lanes; DIMENSION]; DIMENSION],
}

impl Sums {
    const ZERO: Self = Self {
        squares: [0.0; BATCH],
        logarithms: 0.0,
        gradient: [[0.0; BATCH]; DIMENSION],
        hessian: [[[0.0; BATCH]; DIMENSION]; DIMENSION],
        scores: [[[0.0; BATCH]; DIMENSION]; DIMENSION],
    };

    #[inline(always)]
    fn take<const GJR: bool, const MEAN: bool, const SCORES: bool>(&mut self, batch: &Batch) {
        // The bounds on each variance keep the product within f64.
        self.logarithms += batch.variance.iter().product::<f64>().ln();
        // Of ½(ln σ² + ε²/σ²) by σ², once and twice, by σ² and μ, and by μ.
        let (mut by_variance, mut twice) = ([0.0; BATCH], [0.0; BATCH]);
        let (mut mixed, mut by_mean) = ([0.0; BATCH], [0.0; BATCH]);
        for lane in 0..BATCH {
            let shock = batch.shock[lane];
            let precision = batch.present[lane] / batch.variance[lane];
            let standard = shock * shock * precision;
            self.squares[lane] += standard;
            by_variance[lane] = 0.5 * precision * (1.0 - standard);
            twice[lane] = precision * precision * (standard - 0.5);
            mixed[lane] = shock * precision * precision;
            by_mean[lane] = -shock * precision;
            if MEAN {
                self.gradient[MU][lane] += by_mean[lane];
                self.hessian[MU][MU][lane] += precision;
            }
        }
        for (i, row) in self.hessian.iter_mut().enumerate() {
            if skipped::<GJR, MEAN>(i) {
                continue;
            }
            add(&mut self.gradient[i], &by_variance, &batch.first[i]);
            let mut weighted = if i == MU { mixed } else { [0.0; BATCH] };
            add(&mut weighted, &twice, &batch.first[i]);
            for (j, cell) in row.iter_mut().enumerate().take(i + 1) {
                if !skipped::<GJR, MEAN>(j) {
                    add(cell, &weighted, &batch.first[j]);
                }
            }
        }
        for (k, i) in [OMEGA, ALPHA, GAMMA, BETA].into_iter().enumerate() {
            if !skipped::<GJR, MEAN>(i) {
                add(&mut self.hessian[BETA][i], &by_variance, &batch.by_beta[k]);
            }
        }
        if MEAN {
            add(&mut self.hessian[MU][MU], &mixed, &batch.first[MU]);
            for (k, i) in [ALPHA, GAMMA, BETA, MU].into_iter().enumerate() {
                if !skipped::<GJR, MEAN>(i) {
                    add(&mut self.hessian[MU][i], &by_variance, &batch.by_mu[k]);
                }
            }
        }
        if SCORES {
            let mut score = [[0.0; BATCH]; DIMENSION];
            if MEAN {
                score[MU] = by_mean;
            }
            for (i, row) in self.scores.iter_mut().enumerate() {
                add(&mut score[i], &by_variance, &batch.first[i]);
                for (cell, other) in row.iter_mut().zip(&score).take(i + 1) {
                    add(cell, &score[i], other);
                }
            }
        }
    }
}

impl Sample {
    /// The negative log-likelihood.
    pub fn negative_log_likelihood(&self, theta: &Vector) -> f64 {
        let mut variance = step(theta, self.backcast, 0.5 * self.backcast, self.backcast);
        let (mut squares, mut logarithms) = (0.0, 0.0);
        for batch in self.observations.chunks(BATCH) {
            let mut product = 1.0;
            for observation in batch {
                variance = observation.bounded(variance);
                let (square, negative_square) = if observation.is_missing() {
                    (observation.expected_square, 0.5 * observation.expected_square)
                } else {
                    let shock = observation.value - theta[MU];
                    product *= variance;
                    squares += shock * shock / variance;
                    (shock * shock, if shock < 0.0 { shock * shock } else { 0.0 })
                };
                variance = step(theta, square, negative_square, variance);
            }
            logarithms += product.ln();
        }
        0.5 * (squares + logarithms + self.constant())
    }

    /// The negative log-likelihood with its derivatives, and with the scores if `SCORES`.
    pub fn derivatives<const GJR: bool, const MEAN: bool, const SCORES: bool>(
        &self,
        theta: &Vector,
    ) -> Derivatives {
        vectorised(|| self.summed::<GJR, MEAN, SCORES>(theta))
    }

    #[inline(always)]
    fn summed<const GJR: bool, const MEAN: bool, const SCORES: bool>(&self, theta: &Vector) -> Derivatives {
        let (mut sums, mut batch) = (Sums::ZERO, Batch::EMPTY);
        let mut state = State::before(self);
        state.advance::<GJR, MEAN>(theta, &Shock::unknown(self.backcast));
        for observations in self.observations.chunks(BATCH) {
            batch.fill::<GJR, MEAN>(&mut state, theta, observations);
            sums.take::<GJR, MEAN, SCORES>(&batch);
        }
        let total = |lanes: &Lanes| lanes.iter().sum::<f64>();
        let matrix = |lanes: &[[Lanes; DIMENSION]; DIMENSION]| {
            mirrored(lanes.each_ref().map(|row| row.each_ref().map(total)))
        };
        Derivatives {
            value: 0.5 * (total(&sums.squares) + sums.logarithms + self.constant()),
            gradient: sums.gradient.each_ref().map(total),
            hessian: matrix(&sums.hessian),
            scores: matrix(&sums.scores),
            next_variance: state.variance,
        }
    }

    /// Σ of the Fisher information of each observation given those before it; positive semidefinite.
    pub fn information<const GJR: bool, const MEAN: bool>(&self, theta: &Vector) -> Matrix {
        let mut information = [[0.0; DIMENSION]; DIMENSION];
        let mut state = State::before(self);
        state.advance::<GJR, MEAN>(theta, &Shock::unknown(self.backcast));
        for observation in &self.observations {
            state.bound(observation);
            if observation.is_missing() {
                state.advance::<GJR, MEAN>(theta, &Shock::unknown(observation.expected_square));
                continue;
            }
            let precision = 1.0 / state.variance;
            let weight = 0.5 * precision * precision;
            for (i, row) in information.iter_mut().enumerate() {
                for (cell, first) in row.iter_mut().zip(state.first).take(i + 1) {
                    *cell += weight * state.first[i] * first;
                }
            }
            if MEAN {
                information[MU][MU] += precision;
            }
            state.advance::<GJR, MEAN>(theta, &Shock::of(observation.value - theta[MU]));
        }
        mirrored(information)
    }

    /// n·ln 2π.
    fn constant(&self) -> f64 {
        count(self.present) * core::f64::consts::TAU.ln()
    }
}

/// sums += left·right.
#[inline(always)]
fn add(sums: &mut Lanes, left: &Lanes, right: &Lanes) {
    for lane in 0..BATCH {
        sums[lane] += left[lane] * right[lane];
    }
}

/// The symmetric matrix of which the lower triangle is given.
fn mirrored(lower: Matrix) -> Matrix {
    core::array::from_fn(|i| core::array::from_fn(|j| lower[i.max(j)][i.min(j)]))
}
