//! Where the maximisation starts: the best points of a grid, the one that PyPI's `arch` 8.0.0 uses.

use super::sample::Sample;
use super::{ALPHA, BETA, DIMENSION, Dynamics, GAMMA, OMEGA, Vector};
use crate::vector::vectorised;

const WEIGHTS: [f64; 4] = [0.01, 0.05, 0.1, 0.2];
const PERSISTENCES: [f64; 4] = [0.5, 0.7, 0.9, 0.98];
/// Points that are evaluated in one pass: their recursions are independent, so that the processor overlaps them.
const LANES: usize = WEIGHTS.len() * PERSISTENCES.len();
/// Logarithms are taken of products of this many variances: on the grid ω is at least 0.02, and no variance is beyond
/// twice the largest square, so that the product stays within f64.
const LOG_BATCH: usize = 32;

/// The most likely point of the grid at each persistence, the most likely of all first. `theta` is ω, α, γ, β, μ of
/// standardised returns; the unconditional variance is that of the sample, one.
pub(super) fn candidates(sample: &Sample, dynamics: Dynamics) -> [Vector; PERSISTENCES.len()] {
    let gammas: &[f64] = match dynamics {
        Dynamics::Symmetric => &[0.0],
        Dynamics::Asymmetric => &WEIGHTS,
    };
    let mut best = [(f64::INFINITY, [0.0; DIMENSION]); PERSISTENCES.len()];
    for &gamma in gammas {
        let points: [Vector; LANES] = core::array::from_fn(|lane| {
            let (alpha, persistence) = (
                WEIGHTS[lane / WEIGHTS.len()],
                PERSISTENCES[lane % PERSISTENCES.len()],
            );
            let mut point = [0.0; DIMENSION];
            point[OMEGA] = 1.0 - persistence;
            point[ALPHA] = alpha;
            point[GAMMA] = gamma;
            point[BETA] = persistence - alpha - 0.5 * gamma;
            point
        });
        let values = vectorised(|| twice_negative_log_likelihoods(sample, &points));
        for (lane, (value, point)) in values.into_iter().zip(points).enumerate() {
            let at_persistence = &mut best[lane % PERSISTENCES.len()];
            if value < at_persistence.0 {
                *at_persistence = (value, point);
            }
        }
    }
    best.sort_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, point)| point)
}

/// Σ (ln σ² + ε²/σ²) at each point, with mean zero.
#[inline(always)]
fn twice_negative_log_likelihoods(sample: &Sample, points: &[Vector; LANES]) -> [f64; LANES] {
    let column = |parameter: usize| core::array::from_fn::<f64, LANES, _>(|lane| points[lane][parameter]);
    let (omega, alpha, gamma, beta) = (column(OMEGA), column(ALPHA), column(GAMMA), column(BETA));
    let mut variance = [sample.backcast; LANES];
    let (mut square, mut negative) = (sample.backcast, 0.5 * sample.backcast);
    let mut total = [0.0; LANES];
    for batch in sample.observations.chunks(LOG_BATCH) {
        let mut product = [1.0; LANES];
        for observation in batch {
            for lane in 0..LANES {
                let next =
                    omega[lane] + alpha[lane] * square + gamma[lane] * negative + beta[lane] * variance[lane];
                variance[lane] = observation.bounded(next);
            }
            if observation.is_missing() {
                (square, negative) = (observation.expected_square, 0.5 * observation.expected_square);
                continue;
            }
            square = observation.value * observation.value;
            negative = if observation.value < 0.0 { square } else { 0.0 };
            for lane in 0..LANES {
                product[lane] *= variance[lane];
                total[lane] += square / variance[lane];
            }
        }
        for lane in 0..LANES {
            total[lane] += product[lane].ln();
        }
    }
    total
}
