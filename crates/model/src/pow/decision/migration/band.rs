//! The two thresholds between which a miner stays where it is.
//!
//! Per day the second chain earns g(x) = e^(x/2) − e^(−x/2) more than the first, in units of the geometric mean of the
//! two revenues. Let D(x) be by how much it is worth more to be on the second, all later moves being optimal, before
//! today's. Being able to move at the costs c₂ (to the second) and c₁ bounds the difference, so that
//!
//! D(x) = g(x) + β·E[clamp(D(x′), −c₁, c₂) | x],
//!
//! a contraction whose fixed point rises in x. Moving to the second is best where D ≥ c₂, to the first where D ≤ −c₁.
//! That is the entry and exit problem of Dixit (1989, "Entry and Exit Decisions under Uncertainty") for a mean-reverting
//! ratio. Where g alone exceeds c₂ + β·c₁, D exceeds c₂ whatever follows: outside that interval the clamped difference
//! is constant, so a grid over the interval loses nothing at its ends.

use super::ratio::LogRatio;
use crate::error::{Result, count, within};
use crate::{ModelError, normal};

/// What a move costs, as parts of a day's revenue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SwitchingCost {
    /// Revenue of the new chain that is not earned while machines reconnect, days.
    pub downtime: f64,
    /// Revenue of the old chain that is not paid: stale shares and what is below the pool's payout threshold, days.
    pub forfeited: f64,
}

/// The best rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Log ratio (second ÷ first) at or below which to move to the first chain.
    pub to_first: f64,
    /// Log ratio at or above which to move to the second.
    pub to_second: f64,
}

/// Points of the grid.
const POINTS: usize = 257;
const ITERATIONS: usize = 100_000;
/// Finer grids at most.
const ROUNDS: usize = 12;
/// A grid is fine enough when its range is at most this many times the band.
const CLOSE: f64 = 1.6;

impl SwitchingCost {
    /// The cost, if both parts lie in [0, 30].
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`], [`ModelError::NotFinite`].
    pub fn checked(self) -> Result<Self> {
        within("days of downtime", self.downtime, 0.0, 30.0)?;
        within("days of forfeited revenue", self.forfeited, 0.0, 30.0)?;
        Ok(self)
    }

    /// Both parts, days.
    #[must_use]
    pub fn days(&self) -> f64 {
        self.downtime + self.forfeited
    }
}

/// How much more the second chain earns in a day.
fn advantage(x: f64) -> f64 {
    2.0 * libm::sinh(x / 2.0)
}

/// The log ratio of an advantage.
fn ratio_of(advantage: f64) -> f64 {
    2.0 * libm::asinh(advantage / 2.0)
}

/// The best band for moves that cost `to_first` and `to_second`, with the value of a day later multiplied by `discount`.
///
/// # Errors
/// [`ModelError::OutOfRange`] for a discount factor outside [0, 1] and costs outside [0, 60] days,
/// [`ModelError::NotConverged`] where ratio and discount are so steady that the value does not settle; as
/// [`LogRatio::checked`].
pub fn band(process: &LogRatio, to_first: f64, to_second: f64, discount: f64) -> Result<Band> {
    let process = process.checked()?;
    within("cost of moving to the first chain", to_first, 0.0, 60.0)?;
    within("cost of moving to the second chain", to_second, 0.0, 60.0)?;
    crate::error::fraction("discount factor", discount)?;
    let widest = (
        ratio_of(-(to_first + discount * to_second)),
        ratio_of(to_second + discount * to_first),
    );
    let costs = (to_first, to_second);
    let mut range = widest;
    for _ in 0..ROUNDS {
        if range.1 - range.0 < 1e-12 {
            break;
        }
        let found = solve(&process, costs, discount, range)?;
        let width = found.to_second - found.to_first;
        if range.1 - range.0 <= CLOSE * width {
            return Ok(found);
        }
        // a finer grid around the band, with room for the coarse one's error
        let room = f64::max(0.2 * width, 2.0 * (range.1 - range.0) / count(POINTS - 1));
        range = (
            f64::max(found.to_first - room, widest.0),
            f64::min(found.to_second + room, widest.1),
        );
    }
    solve(&process, costs, discount, range)
}

/// The band on a grid over a range of log ratios beyond which moving is best.
fn solve(process: &LogRatio, costs: (f64, f64), discount: f64, range: (f64, f64)) -> Result<Band> {
    let (to_first, to_second) = costs;
    let (low, high) = range;
    let step = (high - low) / count(POINTS - 1);
    if step < f64::EPSILON {
        return Ok(Band {
            to_first: low,
            to_second: high,
        });
    }
    let grid: Vec<f64> = (0..POINTS).map(|i| low + step * count(i)).collect();
    let weights: Vec<(usize, Vec<f64>)> = grid
        .iter()
        .map(|x| weights(process.next(*x), process.deviation, low, step))
        .collect();
    let now: Vec<f64> = grid.iter().map(|x| advantage(*x)).collect();
    let mut value = now.clone();
    let mut bounded = vec![0.0; POINTS];
    let tolerance = 1e-12 * (to_first + to_second);
    for _ in 0..ITERATIONS {
        for (bounded, value) in bounded.iter_mut().zip(&value) {
            *bounded = value.clamp(-to_first, to_second);
        }
        let mut change = 0.0f64;
        for ((value, now), (start, weights)) in value.iter_mut().zip(&now).zip(&weights) {
            let near = &bounded[*start..];
            let later: f64 = weights.iter().zip(near).map(|(weight, v)| weight * v).sum();
            let next = now + discount * later;
            change = change.max((next - *value).abs());
            *value = next;
        }
        if change <= tolerance {
            return Ok(Band {
                to_first: crossing(&grid, &value, -to_first),
                to_second: crossing(&grid, &value, to_second),
            });
        }
    }
    Err(ModelError::NotConverged {
        what: "band of hash migration",
        iterations: ITERATIONS,
    })
}

/// E[f(m + s·ε)] as weights on the values of f at the grid's points, for f linear between them and constant outside:
/// exact for such f. A function that falls from 1 to 0 between two neighbouring points has the mean (F(high) − F(low))/step
/// with F(a) = E[max(0, a − z)] = (a − m)·Φ((a − m)/s) + s·φ((a − m)/s). The first index with a weight, and the weights
/// from there on.
fn weights(mean: f64, deviation: f64, low: f64, step: f64) -> (usize, Vec<f64>) {
    let expected_below = |end: f64| {
        let distance = end - mean;
        if deviation == 0.0 {
            return distance.max(0.0);
        }
        let z = distance / deviation;
        distance * normal::cdf(z) + deviation * normal::density(z)
    };
    let ends: Vec<f64> = (0..POINTS)
        .map(|i| expected_below(low + step * count(i)))
        .collect();
    let falls: Vec<f64> = ends
        .windows(2)
        .map(|pair| ((pair[1] - pair[0]) / step).clamp(0.0, 1.0))
        .collect();
    let all: Vec<f64> = (0..POINTS)
        .map(|i| {
            let below = if i == 0 { 0.0 } else { falls[i - 1] };
            falls.get(i).copied().unwrap_or(1.0) - below
        })
        .collect();
    let start = all.iter().position(|weight| *weight != 0.0).unwrap_or_default();
    let end = all
        .iter()
        .rposition(|weight| *weight != 0.0)
        .map_or(start, |last| last + 1);
    (start, all[start..end].to_vec())
}

/// Where rising values reach a level.
fn crossing(grid: &[f64], values: &[f64], level: f64) -> f64 {
    let at = values.partition_point(|value| *value < level);
    match (at.checked_sub(1), grid.get(at)) {
        (Some(before), Some(x)) => {
            let share = (level - values[before]) / (values[at] - values[before]);
            grid[before] + share * (x - grid[before])
        }
        (None, Some(x)) => *x,
        (_, None) => grid.last().copied().unwrap_or_default(),
    }
}
