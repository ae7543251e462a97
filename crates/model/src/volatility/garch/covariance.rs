//! How precise the estimates are.

use super::likelihood::Derivatives;
use super::optimum::{Problem, zero_unless};
use super::{DIMENSION, MU, Matrix, OMEGA, Parameters, Vector};
use crate::quadratic::invert;

/// Standard errors of the parameters in the unit of the returns, robust and classical, from the derivatives at the
/// optimum; `None` where the likelihood is not strictly concave.
pub(super) fn standard_errors(problem: &Problem<'_>, at: &Derivatives) -> Option<(Parameters, Parameters)> {
    let inverse = invert(&problem.pinned(at.hessian))?;
    let sandwich = product(&product(&inverse, &at.scores), &inverse);
    let errors = |covariance: &Matrix| {
        let mut deviations: Vector = core::array::from_fn(|i| covariance[i][i].max(0.0).sqrt());
        zero_unless(&mut deviations, problem.free);
        deviations[OMEGA] *= problem.sample.scale * problem.sample.scale;
        deviations[MU] *= problem.sample.scale;
        deviations
            .iter()
            .all(|deviation| deviation.is_finite())
            .then(|| Parameters::from_vector(&deviations))
    };
    Some((errors(&sandwich)?, errors(&inverse)?))
}

fn product(left: &Matrix, right: &Matrix) -> Matrix {
    core::array::from_fn(|i| core::array::from_fn(|j| (0..DIMENSION).map(|k| left[i][k] * right[k][j]).sum()))
}
