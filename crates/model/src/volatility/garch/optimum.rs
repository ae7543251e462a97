//! The search for the most likely admissible parameters.

use super::likelihood::Derivatives;
use super::sample::Sample;
use super::{ALPHA, BETA, DIMENSION, Dynamics, GAMMA, Matrix, Mean, OMEGA, Specification, Vector};
use crate::error::{ModelError, Result};
use crate::quadratic::{HalfSpace, dot, minimise};

/// Steps after which the maximisation gives up; a dozen is usual.
const MOST_ITERATIONS: usize = 200;
/// Below this number of returns the likelihood often has several optima, and more than one starting point is tried.
const SEVERAL_OPTIMA: usize = 1000;
/// Predicted gain in log-likelihood below which the last step is taken and the search ends: the distance to the optimum
/// is then 1e-5 standard errors, and the last step squares it.
const GAIN: f64 = 1e-10;
/// Share of the gain that its slope promises, which a step must bring (Armijo 1966).
const SUFFICIENT: f64 = 1e-4;
/// Shares of the Fisher information that are tried to make the Hessian definite: the less, the longer the step along a
/// valley whose floor is not convex.
const SHARES: [f64; 7] = [1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0, 3.0];
/// Shares of its diagonal that are tried to make the Fisher information definite.
const RIDGES: [f64; 4] = [0.0, 1e-9, 1e-6, 1e-3];
/// How far below the unconditional variance ω may fall, and how far above it rise.
const OMEGA_RANGE: (f64, f64) = (1e-8, 10.0);

/// The minimisation of the negative log-likelihood of the standardised returns.
pub(super) struct Problem<'a> {
    pub sample: &'a Sample,
    pub free: [bool; DIMENSION],
    specification: Specification,
    constraints: Vec<HalfSpace<DIMENSION>>,
}

/// Where the likelihood is highest.
pub(super) struct Optimum {
    pub theta: Vector,
    pub at: Derivatives,
    /// The inequalities that bind, one bit each.
    pub active: u32,
    pub iterations: usize,
}

impl<'a> Problem<'a> {
    pub fn new(sample: &'a Sample, specification: Specification) -> Self {
        let half_space = |normal, bound| HalfSpace { normal, bound };
        let mut constraints = vec![
            half_space([1.0, 0.0, 0.0, 0.0, 0.0], OMEGA_RANGE.0),
            half_space([-1.0, 0.0, 0.0, 0.0, 0.0], -OMEGA_RANGE.1),
            half_space([0.0, 1.0, 0.0, 0.0, 0.0], 0.0),
            half_space([0.0, 0.0, 0.0, 1.0, 0.0], 0.0),
            half_space([0.0, -1.0, -0.5, -1.0, 0.0], -1.0),
        ];
        if specification.dynamics == Dynamics::Asymmetric {
            // In the symmetric model both follow from the others.
            constraints.push(half_space([0.0, 1.0, 1.0, 0.0, 0.0], 0.0));
            constraints.push(half_space([0.0, -1.0, 0.0, 0.0, 0.0], -1.0));
        }
        let free = specification.free();
        for constraint in &mut constraints {
            zero_unless(&mut constraint.normal, free);
        }
        Self {
            sample,
            free,
            specification,
            constraints,
        }
    }

    fn derivatives<const SCORES: bool>(&self, theta: &Vector) -> Derivatives {
        match (self.specification.dynamics, self.specification.mean) {
            (Dynamics::Symmetric, Mean::Zero) => self.sample.derivatives::<false, false, SCORES>(theta),
            (Dynamics::Symmetric, Mean::Constant) => self.sample.derivatives::<false, true, SCORES>(theta),
            (Dynamics::Asymmetric, Mean::Zero) => self.sample.derivatives::<true, false, SCORES>(theta),
            (Dynamics::Asymmetric, Mean::Constant) => self.sample.derivatives::<true, true, SCORES>(theta),
        }
    }

    fn information(&self, theta: &Vector) -> Matrix {
        match (self.specification.dynamics, self.specification.mean) {
            (Dynamics::Symmetric, Mean::Zero) => self.sample.information::<false, false>(theta),
            (Dynamics::Symmetric, Mean::Constant) => self.sample.information::<false, true>(theta),
            (Dynamics::Asymmetric, Mean::Zero) => self.sample.information::<true, false>(theta),
            (Dynamics::Asymmetric, Mean::Constant) => self.sample.information::<true, true>(theta),
        }
    }

    /// A matrix in which the parameters that are not estimated stand alone, so that no step moves them.
    pub fn pinned(&self, mut matrix: Matrix) -> Matrix {
        for i in (0..DIMENSION).filter(|i| !self.free[*i]) {
            matrix[i] = [0.0; DIMENSION];
            for row in &mut matrix {
                row[i] = 0.0;
            }
            matrix[i][i] = 1.0;
        }
        matrix
    }

    /// The Hessian with curvature added across the inequalities that bind: of no consequence for a step along them, for
    /// which alone the Hessian has to be definite at a constrained optimum.
    fn stiffened(&self, mut hessian: Matrix, active: u32) -> Matrix {
        let stiffness: f64 = (0..DIMENSION).map(|i| hessian[i][i].abs()).sum();
        for (_, c) in self
            .constraints
            .iter()
            .enumerate()
            .filter(|(i, _)| active & (1 << i) != 0)
        {
            for (row, across) in hessian.iter_mut().zip(c.normal) {
                for (cell, along) in row.iter_mut().zip(c.normal) {
                    *cell += stiffness * across * along;
                }
            }
        }
        hessian
    }

    /// The most likely of the optima that the starting points lead to.
    pub fn best(&self, starts: &[Vector]) -> Result<Optimum> {
        let (first, others) = starts.split_at(1);
        let mut best = self.solve(first.first().copied().unwrap_or_default());
        if self.sample.present < SEVERAL_OPTIMA {
            for start in others {
                let found = self.solve(*start);
                let better = match (&found, &best) {
                    (Ok(found), Ok(best)) => found.at.value < best.at.value,
                    (Ok(_), Err(_)) => true,
                    (Err(_), _) => false,
                };
                if better {
                    best = found;
                }
            }
        }
        best
    }

    fn solve(&self, start: Vector) -> Result<Optimum> {
        let mut theta = start;
        let mut at = self.derivatives::<false>(&theta);
        let mut active = 0;
        for iterations in 1..=MOST_ITERATIONS {
            let (direction, gain, next_active) = self.step(&theta, &at, active)?;
            active = next_active;
            let moved = |length: f64| admissible(core::array::from_fn(|i| theta[i] + length * direction[i]));
            if gain <= GAIN {
                let last = moved(1.0);
                let at_last = self.derivatives::<true>(&last);
                // Within rounding the quadratic model knows better than the sum.
                let (theta, at) = if at_last.value <= at.value + GAIN {
                    (last, at_last)
                } else {
                    (theta, self.derivatives::<true>(&theta))
                };
                return Ok(Optimum {
                    theta,
                    at,
                    active,
                    iterations,
                });
            }
            let slope = dot(&at.gradient, &direction);
            let full = self.derivatives::<false>(&moved(1.0));
            if full.value <= at.value + SUFFICIENT * slope {
                (theta, at) = (moved(1.0), full);
                continue;
            }
            let shorter = (1..50)
                .map(|halvings| 0.5_f64.powi(halvings))
                .find(|length| {
                    self.sample.negative_log_likelihood(&moved(*length))
                        <= at.value + SUFFICIENT * length * slope
                })
                .ok_or(ModelError::NotConverged {
                    what: "likelihood of the conditional variance",
                    iterations,
                })?;
            theta = moved(shorter);
            at = self.derivatives::<false>(&theta);
        }
        Err(ModelError::NotConverged {
            what: "likelihood of the conditional variance",
            iterations: MOST_ITERATIONS,
        })
    }

    /// The step to the minimum of the quadratic model within the inequalities, the gain that the model predicts, and
    /// the inequalities that bind there.
    fn step(&self, theta: &Vector, at: &Derivatives, active: u32) -> Result<(Vector, f64, u32)> {
        let shifted: Vec<HalfSpace<DIMENSION>> = self
            .constraints
            .iter()
            .map(|c| HalfSpace {
                normal: c.normal,
                bound: (c.bound - dot(&c.normal, theta)).min(0.0),
            })
            .collect();
        let mut gradient = at.gradient;
        zero_unless(&mut gradient, self.free);
        let exact = self.pinned(at.hessian);
        let attempt = |model: Matrix| minimise(&model, &gradient, &shifted, active).map(|step| (model, step));
        let (model, step) = attempt(exact)
            .or_else(|| attempt(self.stiffened(exact, active)))
            .or_else(|| {
                let expected = self.pinned(self.information(theta));
                let mixed = SHARES
                    .iter()
                    .find_map(|share| attempt(sum(&exact, &expected, *share)));
                mixed.or_else(|| RIDGES.iter().find_map(|ridge| attempt(ridged(expected, *ridge))))
            })
            .ok_or(ModelError::Unidentified {
                what: "conditional variance",
            })?;
        let image = model.map(|row| dot(&row, &step.x));
        let gain = -dot(&gradient, &step.x) - 0.5 * dot(&step.x, &image);
        Ok((step.x, gain, step.active))
    }
}

/// The point itself, without what rounding took it beyond the inequalities.
fn admissible(mut theta: Vector) -> Vector {
    theta[OMEGA] = theta[OMEGA].clamp(OMEGA_RANGE.0, OMEGA_RANGE.1);
    theta[ALPHA] = theta[ALPHA].clamp(0.0, 1.0);
    theta[GAMMA] = theta[GAMMA].clamp(-theta[ALPHA], 2.0 * (1.0 - theta[ALPHA]));
    let left = (1.0 - theta[ALPHA] - 0.5 * theta[GAMMA]).max(0.0);
    theta[BETA] = theta[BETA].clamp(0.0, left);
    theta
}

fn sum(left: &Matrix, right: &Matrix, share: f64) -> Matrix {
    core::array::from_fn(|i| core::array::from_fn(|j| left[i][j] + share * right[i][j]))
}

/// A positive semidefinite matrix made definite by a share of its own diagonal.
fn ridged(mut matrix: Matrix, share: f64) -> Matrix {
    for (i, row) in matrix.iter_mut().enumerate() {
        row[i] += share * row[i] + f64::MIN_POSITIVE;
    }
    matrix
}

/// Takes the parameters that are not estimated out of a vector.
pub(super) fn zero_unless(vector: &mut Vector, free: [bool; DIMENSION]) {
    for (value, free) in vector.iter_mut().zip(free) {
        if !free {
            *value = 0.0;
        }
    }
}
