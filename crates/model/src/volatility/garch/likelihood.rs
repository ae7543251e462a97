//! The Gaussian log-likelihood with its exact first and second derivatives, in one pass over the observations.

use super::sample::{Observation, Sample};
use super::{ALPHA, BETA, DIMENSION, GAMMA, MU, Matrix, OMEGA, Vector};
use crate::error::count;

/// Logarithms are taken of products of this many variances: bounds on each keep the product within f64.
const LOG_BATCH: usize = 8;

/// The negative log-likelihood (of the standardised returns) at one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Derivatives {
    pub value: f64,
    pub gradient: Vector,
    pub hessian: Matrix,
}

/// Sums over the observations that estimate the information.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Information {
    /// Σ of the outer products of the scores.
    pub scores: Matrix,
    /// Σ of the Fisher information of each observation given those before it; positive semidefinite.
    pub expected: Matrix,
}

/// The conditional variance with the derivatives by which it depends on the parameters. The second derivatives that are
/// not here are zero at every step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct State {
    pub variance: f64,
    first: Vector,
    /// By β and each of (ω, α, γ, β).
    by_beta: [f64; 4],
    /// By μ and each of (α, γ, β, μ).
    by_mu: [f64; 4],
}

/// What a step tells the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shock {
    square: f64,
    /// The square of a negative shock, zero for others; half the square where the shock is not known.
    negative_square: f64,
    /// Derivatives of the two by μ.
    slope: f64,
    negative_slope: f64,
    /// Second derivatives of the two by μ.
    curvature: f64,
    negative_curvature: f64,
}

impl Shock {
    fn unknown(square: f64) -> Self {
        Self {
            square,
            negative_square: 0.5 * square,
            slope: 0.0,
            negative_slope: 0.0,
            curvature: 0.0,
            negative_curvature: 0.0,
        }
    }

    fn of(shock: f64) -> Self {
        let negative = if shock < 0.0 { 1.0 } else { 0.0 };
        Self {
            square: shock * shock,
            negative_square: negative * shock * shock,
            slope: -2.0 * shock,
            negative_slope: -2.0 * negative * shock,
            curvature: 2.0,
            negative_curvature: 2.0 * negative,
        }
    }
}

impl State {
    /// Before the first observation: a known variance.
    fn before(sample: &Sample) -> Self {
        Self {
            variance: sample.backcast,
            first: [0.0; DIMENSION],
            by_beta: [0.0; 4],
            by_mu: [0.0; 4],
        }
    }

    #[inline(always)]
    fn advance<const GJR: bool, const MEAN: bool>(&mut self, theta: &Vector, shock: &Shock) {
        let (alpha, gamma, beta) = (theta[ALPHA], theta[GAMMA], theta[BETA]);
        let [omega_1, alpha_1, gamma_1, beta_1, mu_1] = self.first;
        let twice = [omega_1, alpha_1, gamma_1, 2.0 * beta_1];
        for (second, inflow) in self.by_beta.iter_mut().zip(twice) {
            *second = inflow + beta * *second;
        }
        if MEAN {
            let inflow = [
                shock.slope,
                shock.negative_slope,
                mu_1,
                alpha * shock.curvature + gamma * shock.negative_curvature,
            ];
            for (second, inflow) in self.by_mu.iter_mut().zip(inflow) {
                *second = inflow + beta * *second;
            }
        }
        self.first = [
            1.0 + beta * omega_1,
            shock.square + beta * alpha_1,
            if GJR {
                shock.negative_square + beta * gamma_1
            } else {
                0.0
            },
            self.variance + beta * beta_1,
            if MEAN {
                alpha * shock.slope + gamma * shock.negative_slope + beta * mu_1
            } else {
                0.0
            },
        ];
        self.variance = step(theta, shock.square, shock.negative_square, self.variance);
    }

    /// Holds the variance within its bounds, where it no longer depends on the parameters.
    #[inline(always)]
    fn bound(&mut self, observation: &Observation) {
        let bounded = observation.bounded(self.variance);
        if bounded != self.variance {
            *self = Self {
                variance: bounded,
                first: [0.0; DIMENSION],
                by_beta: [0.0; 4],
                by_mu: [0.0; 4],
            };
        }
    }
}

/// σ² of the next step.
#[inline(always)]
fn step(theta: &Vector, square: f64, negative_square: f64, variance: f64) -> f64 {
    theta[OMEGA] + theta[ALPHA] * square + theta[GAMMA] * negative_square + theta[BETA] * variance
}

impl Sample {
    /// The negative log-likelihood.
    pub fn negative_log_likelihood(&self, theta: &Vector) -> f64 {
        let mut variance = step(theta, self.backcast, 0.5 * self.backcast, self.backcast);
        let (mut squares, mut logarithms) = (0.0, 0.0);
        for batch in self.observations.chunks(LOG_BATCH) {
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
        0.5 * (squares + logarithms + count(self.present) * core::f64::consts::TAU.ln())
    }

    /// The negative log-likelihood with its derivatives.
    pub fn derivatives<const GJR: bool, const MEAN: bool>(&self, theta: &Vector) -> Derivatives {
        let (mut squares, mut logarithms) = (0.0, 0.0);
        let (mut gradient, mut hessian) = ([0.0; DIMENSION], [[0.0; DIMENSION]; DIMENSION]);
        let mut state = State::before(self);
        state.advance::<GJR, MEAN>(theta, &Shock::unknown(self.backcast));
        for batch in self.observations.chunks(LOG_BATCH) {
            let mut product = 1.0;
            for observation in batch {
                state.bound(observation);
                if observation.is_missing() {
                    state.advance::<GJR, MEAN>(theta, &Shock::unknown(observation.expected_square));
                    continue;
                }
                let shock = observation.value - theta[MU];
                let precision = 1.0 / state.variance;
                let standard = shock * shock * precision;
                product *= state.variance;
                squares += standard;
                // Of ½(ln σ² + ε²/σ²) by σ², once and twice, and by σ² and μ.
                let by_variance = 0.5 * precision * (1.0 - standard);
                let twice = precision * precision * (standard - 0.5);
                let mixed = shock * precision * precision;
                let first = state.first;
                for i in 0..DIMENSION {
                    gradient[i] += by_variance * first[i];
                    let weighted = twice * first[i];
                    for j in 0..=i {
                        hessian[i][j] += weighted * first[j];
                    }
                }
                for (i, second) in [OMEGA, ALPHA, GAMMA, BETA].into_iter().zip(state.by_beta) {
                    hessian[BETA][i] += by_variance * second;
                }
                if MEAN {
                    gradient[MU] -= shock * precision;
                    for (i, second) in [ALPHA, GAMMA, BETA, MU].into_iter().zip(state.by_mu) {
                        hessian[MU][i] += by_variance * second;
                    }
                    for i in 0..MU {
                        hessian[MU][i] += mixed * first[i];
                    }
                    hessian[MU][MU] += 2.0 * mixed * first[MU] + precision;
                }
                state.advance::<GJR, MEAN>(theta, &Shock::of(shock));
            }
            logarithms += product.ln();
        }
        Derivatives {
            value: 0.5 * (squares + logarithms + count(self.present) * core::f64::consts::TAU.ln()),
            gradient,
            hessian: mirrored(hessian),
        }
    }

    /// The estimates of the information.
    pub fn information<const GJR: bool, const MEAN: bool>(&self, theta: &Vector) -> Information {
        let (mut scores, mut expected) = ([[0.0; DIMENSION]; DIMENSION], [[0.0; DIMENSION]; DIMENSION]);
        let mut state = State::before(self);
        state.advance::<GJR, MEAN>(theta, &Shock::unknown(self.backcast));
        for observation in &self.observations {
            state.bound(observation);
            if observation.is_missing() {
                state.advance::<GJR, MEAN>(theta, &Shock::unknown(observation.expected_square));
                continue;
            }
            let shock = observation.value - theta[MU];
            let precision = 1.0 / state.variance;
            let by_variance = 0.5 * precision * (1.0 - shock * shock * precision);
            let mut score = state.first.map(|first| by_variance * first);
            if MEAN {
                score[MU] -= shock * precision;
                expected[MU][MU] += precision;
            }
            let weight = 0.5 * precision * precision;
            for i in 0..DIMENSION {
                for j in 0..=i {
                    scores[i][j] += score[i] * score[j];
                    expected[i][j] += weight * state.first[i] * state.first[j];
                }
            }
            state.advance::<GJR, MEAN>(theta, &Shock::of(shock));
        }
        Information {
            scores: mirrored(scores),
            expected: mirrored(expected),
        }
    }

    /// The conditional variance of the step after the last one.
    pub fn next_variance(&self, theta: &Vector) -> f64 {
        let start = step(theta, self.backcast, 0.5 * self.backcast, self.backcast);
        self.observations.iter().fold(start, |variance, observation| {
            let variance = observation.bounded(variance);
            let shock = if observation.is_missing() {
                Shock::unknown(observation.expected_square)
            } else {
                Shock::of(observation.value - theta[MU])
            };
            step(theta, shock.square, shock.negative_square, variance)
        })
    }
}

/// The symmetric matrix of which the lower triangle is given.
fn mirrored(lower: Matrix) -> Matrix {
    core::array::from_fn(|i| core::array::from_fn(|j| lower[i.max(j)][i.min(j)]))
}
