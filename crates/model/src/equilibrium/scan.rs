//! All fixed points that a grid can show, for a map without a usable slope bound.

use super::solve::{SolveError, TOLERANCE};
use crate::roots::itp;

/// Intervals of the scan for several roots.
const SCAN_INTERVALS: u32 = 256;
/// Golden-section steps on a suspected touching point: 0.618⁶⁰ < 1e-12 of the interval.
const GOLDEN_STEPS: u32 = 60;

/// All roots of `gap` that the grid can show, ascending, with their residuals.
pub(super) fn scan<E>(
    gap: &impl Fn(f64) -> Result<f64, SolveError<E>>,
    low: (f64, f64),
    high: (f64, f64),
) -> Result<Vec<(f64, f64)>, SolveError<E>> {
    let step = (high.0 - low.0) / f64::from(SCAN_INTERVALS);
    let mut grid = vec![low];
    for i in 1..SCAN_INTERVALS {
        let h = low.0 + step * f64::from(i);
        grid.push((h, gap(h)?));
    }
    grid.push(high);
    let mut roots = Vec::new();
    for pair in grid.windows(2) {
        if pair[0].1 == 0.0 {
            roots.push(pair[0]);
        } else if pair[1].1 != 0.0 && (pair[0].1 > 0.0) != (pair[1].1 > 0.0) {
            let root = itp(gap, pair[0], pair[1], TOLERANCE)?;
            roots.push((root.x, root.value));
        }
    }
    if high.1 == 0.0 {
        roots.push(high);
    }
    for triple in grid.windows(3) {
        let sign = triple[1].1.signum();
        let dips = triple.iter().all(|point| point.1 * sign > 0.0)
            && triple[1].1.abs() <= triple[0].1.abs()
            && triple[1].1.abs() <= triple[2].1.abs();
        if dips {
            roots.extend(touching(gap, triple, sign)?);
        }
    }
    roots.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    roots.dedup_by(|next, kept| next.0 - kept.0 <= 4.0 * TOLERANCE);
    Ok(roots)
}

/// The roots between grid points where the gap dips towards zero without changing sign on the grid: none, one that
/// touches, or a pair.
fn touching<E>(
    gap: &impl Fn(f64) -> Result<f64, SolveError<E>>,
    triple: &[(f64, f64)],
    sign: f64,
) -> Result<Vec<(f64, f64)>, SolveError<E>> {
    const INVERSE_GOLDEN: f64 = 0.618_033_988_749_894_8;
    let (mut a, mut b) = (triple[0].0, triple[2].0);
    let mut best = triple[1];
    for _ in 0..GOLDEN_STEPS {
        let (left, right) = (b - INVERSE_GOLDEN * (b - a), a + INVERSE_GOLDEN * (b - a));
        let (at_left, at_right) = (gap(left)?, gap(right)?);
        let (point, value) = if at_left * sign < at_right * sign {
            (left, at_left)
        } else {
            (right, at_right)
        };
        if at_left * sign < at_right * sign {
            b = right
        } else {
            a = left
        }
        if value * sign < best.1 * sign {
            best = (point, value);
        }
        if best.1 * sign < 0.0 {
            let first = itp(gap, triple[0], best, TOLERANCE)?;
            let second = itp(gap, best, triple[2], TOLERANCE)?;
            return Ok(vec![(first.x, first.value), (second.x, second.value)]);
        }
    }
    Ok(if best.1.abs() <= TOLERANCE {
        vec![best]
    } else {
        Vec::new()
    })
}
