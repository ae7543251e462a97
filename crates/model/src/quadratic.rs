//! Small convex quadratic programmes, solved exactly: a handful of variables under a handful of linear inequalities.

/// The half-space normal·x ≥ bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct HalfSpace<const N: usize> {
    pub normal: [f64; N],
    pub bound: f64,
}

/// Where a quadratic form is smallest, and the constraints that hold with equality there (bit i for the i-th).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Minimum<const N: usize> {
    pub x: [f64; N],
    pub active: u32,
}

/// How far a constraint may be missed by rounding, relative to the terms it is the sum of.
const ROUNDING: f64 = 1e-11;

/// The lower Cholesky factor of the leading `n` rows and columns, or `None` unless these are positive definite.
pub(crate) fn cholesky<const N: usize>(matrix: &[[f64; N]; N], n: usize) -> Option<[[f64; N]; N]> {
    let mut factor = [[0.0; N]; N];
    for i in 0..n {
        for j in 0..=i {
            let partial: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = matrix[i][j] - partial;
            if i == j {
                // What is left of a pivot below rounding carries no information.
                if !(rest > 4.0 * f64::EPSILON * matrix[i][i].abs() && rest.is_finite()) {
                    return None;
                }
                factor[i][i] = rest.sqrt();
            } else {
                factor[i][j] = rest / factor[j][j];
            }
        }
    }
    Some(factor)
}

/// Solves L·Lᵀ·x = b over the leading `n` entries.
pub(crate) fn cholesky_solve<const N: usize>(factor: &[[f64; N]; N], b: &[f64; N], n: usize) -> [f64; N] {
    let mut x = [0.0; N];
    for i in 0..n {
        let known: f64 = (0..i).map(|k| factor[i][k] * x[k]).sum();
        x[i] = (b[i] - known) / factor[i][i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| factor[k][i] * x[k]).sum();
        x[i] = (x[i] - known) / factor[i][i];
    }
    x
}

/// The inverse of a positive definite matrix, or `None` unless it is one.
pub(crate) fn invert<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let factor = cholesky(matrix, N)?;
    let mut inverse = [[0.0; N]; N];
    for (i, row) in inverse.iter_mut().enumerate() {
        let mut unit = [0.0; N];
        unit[i] = 1.0;
        *row = cholesky_solve(&factor, &unit, N);
    }
    Some(inverse)
}

pub(crate) fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The minimum of ½xᵀHx + gᵀx over the intersection of the half-spaces, by the Karush–Kuhn–Tucker conditions of each
/// set of active constraints, `guess` first. The minimum is unique where H is positive definite, so the first set that
/// satisfies them is the answer. `None` if H is not positive definite (or so nearly singular that rounding leaves no
/// answer that satisfies the constraints) or the intersection is empty.
pub(crate) fn minimise<const N: usize>(
    hessian: &[[f64; N]; N],
    gradient: &[f64; N],
    constraints: &[HalfSpace<N>],
    guess: u32,
) -> Option<Minimum<N>> {
    // In units in which the diagonal is one, which is close to the best conditioning (van der Sluis 1969).
    let unit: [f64; N] = core::array::from_fn(|i| hessian[i][i].sqrt().recip());
    let scaled = |vector: &[f64; N]| core::array::from_fn(|i| vector[i] * unit[i]);
    let matrix = core::array::from_fn(|i| core::array::from_fn(|j| hessian[i][j] * unit[i] * unit[j]));
    let factor = cholesky(&matrix, N)?;
    let newton = cholesky_solve(&factor, &scaled(gradient), N).map(|x| -x);
    let constraints: Vec<HalfSpace<N>> = constraints
        .iter()
        .map(|c| HalfSpace {
            normal: scaled(&c.normal),
            bound: c.bound,
        })
        .collect();
    let images: Vec<[f64; N]> = constraints
        .iter()
        .map(|c| cholesky_solve(&factor, &c.normal, N))
        .collect();
    let sets = 0..1_u32.checked_shl(u32::try_from(constraints.len()).ok()?)?;
    core::iter::once(guess)
        .chain(sets)
        .filter(|active| active.count_ones() as usize <= N)
        .find_map(|active| candidate(&newton, &images, &constraints, active))
        .map(|found| Minimum {
            x: scaled(&found.x),
            active: found.active,
        })
}

/// The minimum on the subspace where the `active` constraints are equalities, if it is feasible and their multipliers
/// are not negative.
fn candidate<const N: usize>(
    newton: &[f64; N],
    images: &[[f64; N]],
    constraints: &[HalfSpace<N>],
    active: u32,
) -> Option<Minimum<N>> {
    let chosen: Vec<usize> = (0..constraints.len())
        .filter(|i| active & (1 << i) != 0)
        .collect();
    let mut matrix = [[0.0; N]; N];
    for (row, &i) in chosen.iter().enumerate() {
        for (column, &j) in chosen.iter().enumerate() {
            matrix[row][column] = dot(&constraints[i].normal, &images[j]);
        }
    }
    let factor = cholesky(&matrix, chosen.len())?;
    let mut x = *newton;
    let mut multipliers = [0.0; N];
    // Once more, for what cancels of a long step.
    for _ in 0..2 {
        let mut shortfall = [0.0; N];
        for (row, &i) in chosen.iter().enumerate() {
            shortfall[row] = constraints[i].bound - dot(&constraints[i].normal, &x);
        }
        let added = cholesky_solve(&factor, &shortfall, chosen.len());
        for (row, &i) in chosen.iter().enumerate() {
            multipliers[row] += added[row];
            for (value, image) in x.iter_mut().zip(&images[i]) {
                *value += added[row] * image;
            }
        }
    }
    // What the second pass leaves of the step's own rounding counts where the answer is zero.
    let reach = longest(&x).max(f64::EPSILON * longest(newton));
    let feasible = constraints.iter().all(|c| {
        let size: f64 = c.normal.iter().map(|a| a.abs() * reach).sum();
        dot(&c.normal, &x) >= c.bound - ROUNDING * (size + c.bound.abs())
    }) && multipliers.iter().all(|m| *m >= 0.0);
    feasible.then_some(Minimum { x, active })
}

fn longest<const N: usize>(x: &[f64; N]) -> f64 {
    x.iter().fold(0.0, |most, value| most.max(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    fn positive_orthant() -> Vec<HalfSpace<3>> {
        (0..3)
            .map(|i| {
                let mut normal = [0.0; 3];
                normal[i] = 1.0;
                HalfSpace { normal, bound: 0.0 }
            })
            .collect()
    }

    #[test]
    fn the_unconstrained_minimum_is_newtons_step() {
        let hessian = [[4.0, 1.0], [1.0, 3.0]];
        let found = minimise(&hessian, &[1.0, 2.0], &[], 0).unwrap();
        assert_close(found.x[0], -1.0 / 11.0, 1e-15);
        assert_close(found.x[1], -7.0 / 11.0, 1e-15);
    }

    #[test]
    fn what_is_not_positive_definite_or_has_no_feasible_point_has_no_minimum() {
        assert_eq!(minimise(&[[1.0, 2.0], [2.0, 1.0]], &[0.0, 0.0], &[], 0), None);
        let apart = [
            HalfSpace {
                normal: [1.0],
                bound: 1.0,
            },
            HalfSpace {
                normal: [-1.0],
                bound: 1.0,
            },
        ];
        assert_eq!(minimise(&[[1.0]], &[0.0], &apart, 0), None);
        assert!(invert(&[[f64::NAN]]).is_none());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn no_feasible_point_is_lower_than_the_minimum_whatever_the_guess(
            root in prop::array::uniform9(-1.0f64..1.0), gradient in prop::array::uniform3(-1.0f64..1.0),
            other in prop::array::uniform3(0.0f64..2.0), guess in 0u32..8,
        ) {
            let mut hessian = [[0.0; 3]; 3];
            for (i, row) in hessian.iter_mut().enumerate() {
                for (j, cell) in row.iter_mut().enumerate() {
                    *cell = (0..3).map(|k| root[3 * k + i] * root[3 * k + j]).sum::<f64>()
                        + if i == j { 0.05 } else { 0.0 };
                }
            }
            let found = minimise(&hessian, &gradient, &positive_orthant(), guess).unwrap();
            let form = |x: &[f64; 3]| {
                let image = hessian.map(|row| dot(&row, x));
                0.5 * dot(x, &image) + dot(&gradient, x)
            };
            prop_assert!(found.x.iter().all(|x| *x >= -1e-9));
            prop_assert!(form(&found.x) <= form(&other) + 1e-9);
        }

        #[test]
        fn the_inverse_times_the_matrix_is_the_unit_matrix(root in prop::array::uniform9(-1.0f64..1.0)) {
            let mut matrix = [[0.0; 3]; 3];
            for (i, row) in matrix.iter_mut().enumerate() {
                for (j, cell) in row.iter_mut().enumerate() {
                    *cell = (0..3).map(|k| root[3 * k + i] * root[3 * k + j]).sum::<f64>()
                        + if i == j { 0.1 } else { 0.0 };
                }
            }
            let inverse = invert(&matrix).unwrap();
            for (i, row) in matrix.iter().enumerate() {
                let product = cholesky_solve(&cholesky(&matrix, 3).unwrap(), row, 3);
                for (j, entry) in product.into_iter().enumerate() {
                    prop_assert!((entry - f64::from(u8::from(i == j))).abs() < 1e-10);
                    let other: f64 = (0..3).map(|k| row[k] * inverse[k][j]).sum();
                    prop_assert!((other - f64::from(u8::from(i == j))).abs() < 1e-10);
                }
            }
        }
    }
}
