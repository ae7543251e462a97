//! The Brownian bridge as an orthogonal transform of independent normals.

use crate::error::count;
use crate::simulation::vector::Row;

/// Where one step of the construction puts a point, and from what.
#[derive(Debug, Clone, Copy)]
struct Insertion {
    at: usize,
    left: Option<usize>,
    right: Option<usize>,
    left_weight: f64,
    right_weight: f64,
    deviation: f64,
}

/// Orders the normals of a path by how much of its variance they decide: first the end, then the middle, then the
/// quarters (Moskowitz & Caflisch 1996), so that the best dimensions of a low-discrepancy point go where they count.
#[derive(Debug, Clone)]
pub(super) struct Bridge(Vec<Insertion>);

impl Bridge {
    /// For `steps` equal steps of variance one.
    pub(super) fn new(steps: usize) -> Self {
        let mut insertions = vec![Insertion {
            at: steps.saturating_sub(1),
            left: None,
            right: None,
            left_weight: 0.0,
            right_weight: 0.0,
            deviation: count(steps).sqrt(),
        }];
        // Breadth first. A gap lies between the points `from` and `to`; the point before the first is the origin.
        let mut gaps = std::collections::VecDeque::from([(None, steps.saturating_sub(1))]);
        while let Some((from, to)) = gaps.pop_front() {
            let first = from.map_or(0, |i: usize| i + 1);
            if first >= to {
                continue;
            }
            let at = first + (to - first) / 2;
            let (before, after) = (count(at + 1 - first), count(to - at));
            let whole = before + after;
            insertions.push(Insertion {
                at,
                left: from,
                right: Some(to),
                left_weight: after / whole,
                right_weight: before / whole,
                deviation: (before * after / whole).sqrt(),
            });
            gaps.push_back((from, at));
            gaps.push_back((Some(at), to));
        }
        insertions.truncate(steps);
        Self(insertions)
    }

    /// Rows of normals in the order of the construction become rows of increments in the order of time, again
    /// independent standard normals. `rows` and `spare` hold one row per step.
    #[inline(always)]
    pub(super) fn increments(&self, rows: &mut [Row], spare: &mut [Row]) {
        for (insertion, normals) in self.0.iter().zip(rows.iter()) {
            let (left, right) = (point(spare, insertion.left), point(spare, insertion.right));
            let ends = left.iter().zip(right.iter());
            for ((to, normal), (left, right)) in spare[insertion.at].iter_mut().zip(normals.iter()).zip(ends)
            {
                let mean = insertion
                    .left_weight
                    .mul_add(*left, insertion.right_weight * right);
                *to = insertion.deviation.mul_add(*normal, mean);
            }
        }
        let mut previous = Row::ZERO;
        for (row, points) in rows.iter_mut().zip(spare.iter()) {
            for ((increment, point), before) in row.iter_mut().zip(points.iter()).zip(previous.iter_mut()) {
                *increment = point - *before;
                *before = *point;
            }
        }
    }
}

/// A point of every path, which is zero at the start.
#[inline(always)]
fn point(points: &[Row], index: Option<usize>) -> Row {
    index.map_or(Row::ZERO, |index| points[index])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn the_transform_is_orthogonal_for_any_number_of_steps() {
        for steps in [1, 2, 3, 7, 16, 37] {
            // Unit vector i goes through lane i: the columns of the matrix.
            let mut rows = vec![Row::ZERO; steps];
            for (i, row) in rows.iter_mut().enumerate() {
                row[i] = 1.0;
            }
            Bridge::new(steps).increments(&mut rows, &mut vec![Row::ZERO; steps]);
            for a in 0..steps {
                for b in 0..steps {
                    let product: f64 = rows.iter().map(|row| row[a] * row[b]).sum();
                    assert_close(product, f64::from(u8::from(a == b)), 1e-12);
                }
            }
        }
    }

    #[test]
    fn the_first_normal_alone_decides_the_end() {
        let steps = 12;
        let mut rows = vec![Row::of(0.5); steps];
        for row in rows.iter_mut().skip(1) {
            row.fill(3.0);
        }
        Bridge::new(steps).increments(&mut rows, &mut vec![Row::ZERO; steps]);
        let end: f64 = rows.iter().map(|row| row[9]).sum();
        assert_close(end, 0.5 * 12f64.sqrt(), 1e-12);
    }
}
