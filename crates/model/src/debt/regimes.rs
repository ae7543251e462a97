//! Regimes of the borrow-rate curve: governance changes its parameters from time to time, and a fit across a change
//! describes no curve that ever was in force.

use super::fit::{DebtFit, fit_kinked_curve};
use crate::error::{Result, at_least, count, fraction, positive, within};

/// Blocks that the series is cut into for the search; a regime shorter than one is not looked for.
const BLOCKS: usize = 40;
/// Points of a block that take part in the search, evenly spaced; every point takes part in the fits.
const POINTS_PER_BLOCK: usize = 16;
/// Fewest points of a regime: a kinked curve has four parameters.
const SHORTEST: usize = 8;
/// Parameters of one more regime: four of its curve and its beginning.
const PARAMETERS: f64 = 5.0;
/// Rounds of moving the boundaries and fitting again.
const ROUNDS: usize = 4;
/// Rates are published with about nine significant digits.
const LEAST_NOISE: f64 = 1e-9;

/// A stretch of observations under one curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Regime {
    /// Index of its first observation.
    pub first: usize,
    /// Index of its last observation.
    pub last: usize,
    /// What its observations say about the curve; an error where they do not identify one.
    pub fit: Result<DebtFit>,
}

/// Finds the regimes in observations (utilisation, rate) in order of time.
///
/// Penalised least squares over all partitions of a grid of 40 blocks by dynamic programming (Jackson et al. 2005,
/// "An algorithm for optimal partitioning of data on an interval"), with Schwarz's penalty for a regime's five parameters
/// (Yao 1988) at the noise's scale: `noise` if given (per year), else the ninth decile of the blocks' own misfits, so that
/// a block astride a change does not count. The boundaries are then moved to the observation at which the two neighbouring
/// curves part best, over all observations, and neighbours that one curve explains as well are joined.
///
/// # Errors
/// As [`fit_kinked_curve`], but for utilisations that never vary; [`crate::ModelError::NotPositive`] for the noise.
pub fn fit_regimes(observations: &[(f64, f64)], noise: Option<f64>) -> Result<Vec<Regime>> {
    at_least("observations of the borrow rate", SHORTEST, observations.len())?;
    for (u, rate) in observations {
        fraction("utilisation", *u)?;
        within("borrow rate", *rate, -1e12, 1e12)?;
    }
    let blocks = blocks(observations.len());
    let scale = match noise {
        Some(noise) => positive("noise of the borrow rate", noise)?,
        None => block_noise(observations, &blocks),
    };
    let penalty = PARAMETERS * count(observations.len()).ln() * scale * scale;
    let mut starts = settled(observations, partition(observations, &blocks, penalty));
    join(observations, &mut starts, penalty, scale);
    Ok(ranges(&starts, observations.len())
        .map(|(first, end)| Regime {
            first,
            last: end - 1,
            fit: fit_kinked_curve(&observations[first..end]),
        })
        .collect())
}

/// First observation of every block, and one past the last.
fn blocks(n: usize) -> Vec<usize> {
    let number = (n / SHORTEST).clamp(1, BLOCKS);
    (0..=number).map(|i| i * n / number).collect()
}

/// (first, one past the last) of every regime.
fn ranges(starts: &[usize], n: usize) -> impl Iterator<Item = (usize, usize)> {
    let ends = starts.iter().skip(1).copied().chain([n]);
    starts.iter().copied().zip(ends)
}

/// Sum of squared errors of the best curve, or about the mean where there is none.
fn misfit(points: &[(f64, f64)]) -> f64 {
    let line = Line::of(points);
    points.iter().map(|point| line.squared_error(*point)).sum()
}

fn block_noise(observations: &[(f64, f64)], blocks: &[usize]) -> f64 {
    let mut errors: Vec<f64> = blocks
        .windows(2)
        .map(|range| {
            let points = &observations[range[0]..range[1]];
            (misfit(points) / count(points.len())).sqrt()
        })
        .collect();
    errors.sort_unstable_by(f64::total_cmp);
    errors[(errors.len() - 1) * 9 / 10].max(LEAST_NOISE)
}

/// The first observations of the regimes of the best partition of the blocks.
fn partition(observations: &[(f64, f64)], blocks: &[usize], penalty: f64) -> Vec<usize> {
    let thinned: Vec<Vec<(f64, f64)>> = blocks
        .windows(2)
        .map(|range| {
            let length = range[1] - range[0];
            let kept = length.min(POINTS_PER_BLOCK);
            (0..kept)
                .map(|i| observations[range[0] + i * length / kept])
                .collect()
        })
        .collect();
    // Each kept point stands for as many as its block has.
    let weight = count(observations.len()) / count(thinned.iter().map(Vec::len).sum::<usize>());
    // best[k]: least cost of the first k blocks, and where their last regime begins.
    let mut best = vec![(-penalty, 0)];
    for end in 1..blocks.len() {
        let mut run = Vec::new();
        let mut least = (f64::INFINITY, 0);
        for first in (0..end).rev() {
            run.extend_from_slice(&thinned[first]);
            let cost = best[first].0 + penalty + weight * misfit(&run);
            if cost < least.0 {
                least = (cost, first);
            }
        }
        best.push(least);
    }
    let mut starts = Vec::new();
    let mut end = blocks.len() - 1;
    while end > 0 {
        end = best[end].1;
        starts.push(blocks[end]);
    }
    starts.reverse();
    starts
}

/// The boundaries moved, one after the other, to where their neighbours' curves part best.
fn refined(observations: &[(f64, f64)], starts: &[usize]) -> Vec<usize> {
    let mut starts = starts.to_vec();
    for i in 1..starts.len() {
        let (first, middle) = (starts[i - 1], starts[i]);
        let end = starts.get(i + 1).copied().unwrap_or(observations.len());
        if end - first < 2 * SHORTEST {
            continue;
        }
        let before = Line::of(&observations[first..middle]);
        let after = Line::of(&observations[middle..end]);
        // Error of the observations from `first` on that the curve before has and the curve after has not.
        let (mut sum, mut least, mut at) = (0.0, f64::INFINITY, middle);
        for (index, point) in observations[first..end].iter().enumerate() {
            let candidate = first + index;
            if (first + SHORTEST..=end - SHORTEST).contains(&candidate) && sum < least {
                (least, at) = (sum, candidate);
            }
            sum += before.squared_error(*point) - after.squared_error(*point);
        }
        starts[i] = at;
    }
    starts
}

/// Leaves out boundaries, one at a time and those first that are missed least, while that lowers the penalised error, or
/// raises it by less than the noise at each observation of the shorter neighbour: a burst of misfit is no change of curve.
fn join(observations: &[(f64, f64)], starts: &mut Vec<usize>, penalty: f64, scale: f64) {
    let mut error = total_misfit(observations, starts);
    while starts.len() > 1 {
        let cheapest = (1..starts.len())
            .map(|i| {
                let end = starts.get(i + 1).copied().unwrap_or(observations.len());
                let shorter = (starts[i] - starts[i - 1]).min(end - starts[i]);
                let mut fewer = starts.clone();
                fewer.remove(i);
                let fewer = settled(observations, fewer);
                let joined = total_misfit(observations, &fewer);
                let allowed = penalty.max(count(shorter) * scale * scale);
                (joined - error - allowed, joined, fewer)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0));
        match cheapest {
            Some((loss, joined, fewer)) if loss < 0.0 => (error, *starts) = (joined, fewer),
            _ => return,
        }
    }
}

fn total_misfit(observations: &[(f64, f64)], starts: &[usize]) -> f64 {
    ranges(starts, observations.len())
        .map(|(first, end)| misfit(&observations[first..end]))
        .sum()
}

/// The boundaries once moving them and fitting again changes nothing more.
fn settled(observations: &[(f64, f64)], mut starts: Vec<usize>) -> Vec<usize> {
    for _ in 0..ROUNDS {
        let moved = refined(observations, &starts);
        if moved == starts {
            break;
        }
        starts = moved;
    }
    starts
}

/// The rate that a fit predicts at any utilisation.
enum Line {
    Curve(super::KinkedCurve),
    Straight { intercept: f64, gradient: f64 },
}

impl Line {
    fn of(points: &[(f64, f64)]) -> Self {
        match fit_kinked_curve(points) {
            Ok(DebtFit::Kinked(fitted)) => Self::Curve(fitted.curve),
            Ok(DebtFit::BelowKink(line) | DebtFit::AboveKink(line)) => Self::Straight {
                intercept: line.intercept,
                gradient: line.gradient,
            },
            Err(_) => Self::Straight {
                intercept: points.iter().map(|point| point.1).sum::<f64>() / count(points.len().max(1)),
                gradient: 0.0,
            },
        }
    }

    fn squared_error(&self, (u, rate): (f64, f64)) -> f64 {
        let predicted = match self {
            // Utilisations were checked to lie in the curve's domain.
            Self::Curve(curve) => curve.rate(u).unwrap_or(f64::MAX),
            Self::Straight { intercept, gradient } => intercept + gradient * u,
        };
        (rate - predicted).powi(2)
    }
}
