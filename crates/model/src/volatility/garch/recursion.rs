//! The conditional variance from step to step, with the derivatives by which it depends on the parameters.

use super::sample::{Observation, Sample};
use super::{ALPHA, BETA, DIMENSION, GAMMA, MU, OMEGA, Vector};

/// Observations whose terms are summed side by side, after the recursion has passed them.
pub(super) const BATCH: usize = 8;

/// One number per observation of a batch.
pub(super) type Lanes = [f64; BATCH];

/// The conditional variance with the derivatives by which it depends on the parameters. The second derivatives that are
/// not here are zero at every step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct State {
    pub variance: f64,
    pub first: Vector,
    /// By β and each of (ω, α, γ, β).
    by_beta: [f64; 4],
    /// By μ and each of (α, γ, β, μ).
    by_mu: [f64; 4],
}

/// What a step tells the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shock {
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
    #[inline(always)]
    pub fn unknown(square: f64) -> Self {
        Self {
            square,
            negative_square: 0.5 * square,
            slope: 0.0,
            negative_slope: 0.0,
            curvature: 0.0,
            negative_curvature: 0.0,
        }
    }

    #[inline(always)]
    pub fn of(shock: f64) -> Self {
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
    #[inline(always)]
    pub fn before(sample: &Sample) -> Self {
        Self {
            variance: sample.backcast,
            first: [0.0; DIMENSION],
            by_beta: [0.0; 4],
            by_mu: [0.0; 4],
        }
    }

    #[inline(always)]
    pub fn advance<const GJR: bool, const MEAN: bool>(&mut self, theta: &Vector, shock: &Shock) {
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
    pub fn bound(&mut self, observation: &Observation) {
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

/// What the recursion leaves of each of a batch of observations.
pub(super) struct Batch {
    pub variance: Lanes,
    pub shock: Lanes,
    /// One where the return is there, zero where it is missing.
    pub present: Lanes,
    pub first: [Lanes; DIMENSION],
    pub by_beta: [Lanes; 4],
    pub by_mu: [Lanes; 4],
}

impl Batch {
    pub const EMPTY: Self = Self {
        variance: [1.0; BATCH],
        shock: [0.0; BATCH],
        present: [0.0; BATCH],
        first: [[0.0; BATCH]; DIMENSION],
        by_beta: [[0.0; BATCH]; 4],
        by_mu: [[0.0; BATCH]; 4],
    };

    /// Passes the recursion over at most a batch of observations.
    #[inline(always)]
    pub fn fill<const GJR: bool, const MEAN: bool>(
        &mut self,
        state: &mut State,
        theta: &Vector,
        observations: &[Observation],
    ) {
        for lane in 0..BATCH {
            let Some(observation) = observations.get(lane) else {
                (self.variance[lane], self.shock[lane], self.present[lane]) = (1.0, 0.0, 0.0);
                continue;
            };
            state.bound(observation);
            for i in 0..DIMENSION {
                if !skipped::<GJR, MEAN>(i) {
                    self.first[i][lane] = state.first[i];
                }
            }
            for k in 0..4 {
                self.by_beta[k][lane] = state.by_beta[k];
                if MEAN {
                    self.by_mu[k][lane] = state.by_mu[k];
                }
            }
            if observation.is_missing() {
                (self.variance[lane], self.shock[lane], self.present[lane]) = (1.0, 0.0, 0.0);
                state.advance::<GJR, MEAN>(theta, &Shock::unknown(observation.expected_square));
            } else {
                let shock = observation.value - theta[MU];
                (self.variance[lane], self.shock[lane], self.present[lane]) = (state.variance, shock, 1.0);
                state.advance::<GJR, MEAN>(theta, &Shock::of(shock));
            }
        }
    }
}

/// Whether a parameter is not estimated.
#[inline(always)]
pub(super) const fn skipped<const GJR: bool, const MEAN: bool>(parameter: usize) -> bool {
    (parameter == GAMMA && !GJR) || (parameter == MU && !MEAN)
}

/// σ² of the next step.
#[inline(always)]
pub(super) fn step(theta: &Vector, square: f64, negative_square: f64, variance: f64) -> f64 {
    theta[OMEGA] + theta[ALPHA] * square + theta[GAMMA] * negative_square + theta[BETA] * variance
}
