//! The safeguarded solver over real rates.

use super::scan::scan;
use crate::error::{ModelError, finite};
use crate::roots::itp;
use core::cell::{Cell, RefCell};
use thiserror::Error;

/// Tolerance of the hurdle rate, two orders below the on-chain unit of 1e-8.
pub(super) const TOLERANCE: f64 = 1e-10;

/// The admissible range of the hurdle rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bracket {
    floor: f64,
    ceiling: f64,
}

impl Bracket {
    /// A range from `floor` to `ceiling`.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`]; [`ModelError::NotPositive`] unless floor < ceiling.
    pub fn new(floor: f64, ceiling: f64) -> crate::Result<Self> {
        finite("floor", floor)?;
        finite("ceiling", ceiling)?;
        crate::error::positive("ceiling minus floor", ceiling - floor)?;
        Ok(Self { floor, ceiling })
    }

    /// Its lower end.
    #[must_use]
    pub const fn floor(&self) -> f64 {
        self.floor
    }

    /// Its upper end.
    #[must_use]
    pub const fn ceiling(&self) -> f64 {
        self.ceiling
    }
}

/// What the solver found.
#[derive(Debug, Clone, PartialEq)]
pub enum Equilibrium {
    /// Exactly one fixed point, and an attracting one.
    Unique {
        /// The equilibrium hurdle rate.
        h: f64,
        /// Φ(h) − h there.
        residual: f64,
        /// Evaluations of Φ.
        iterations: usize,
        /// Why it is the only one.
        proof: Proof,
    },
    /// Several fixed points in ascending order, or a single one that repels, so that both bounds attract.
    NotUnique {
        /// The fixed points.
        roots: Vec<f64>,
    },
    /// No fixed point within the bracket.
    None {
        /// On which side Φ lies.
        missing: Missing,
        /// Φ(floor).
        at_floor: f64,
        /// Φ(ceiling).
        at_ceiling: f64,
    },
}

/// Why an equilibrium counts as the only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// sup Φ′ < 1 makes Φ(h) − h strictly decreasing (a contraction where |Φ′| < 1, Banach 1922).
    SlopeBound,
    /// A scan of 256 intervals found one crossing and no touching point. Evidence, not proof: a pair of roots closer
    /// than an interval and steeper than it can show is missed.
    Scan,
}

/// Where Φ lies when it never meets h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Φ(h) > h throughout: the rate that capital demands runs away from every rate it is given. A run.
    AboveCeiling,
    /// Φ(h) < h throughout: less than the floor is demanded, and the floor binds.
    BelowFloor,
}

/// Why the solver could not answer.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum SolveError<E> {
    /// An input or a value of Φ is not a finite number.
    #[error(transparent)]
    Input(#[from] ModelError),
    /// Φ itself failed.
    #[error("the hurdle-rate map failed: {0}")]
    Phi(E),
    /// Φ was seen to rise faster than the bound claims.
    #[error(
        "the hurdle-rate map rises by {slope} per unit between {from} and {to}, more than the stated bound {bound}"
    )]
    SlopeBoundViolated {
        /// Lower of two rates.
        from: f64,
        /// Higher of two rates.
        to: f64,
        /// Slope of Φ between them.
        slope: f64,
        /// The bound given.
        bound: f64,
    },
}

/// Finds h = Φ(h) within `bracket`.
///
/// With `slope_bound` = sup Φ′ < 1 the fixed point is unique if it exists, and it is found by the ITP method in at most
/// one evaluation more than bisection; every evaluation is held against the bound. Without a bound below 1, Φ(h) − h is
/// scanned for all of its roots, touching ones included.
///
/// # Errors
/// [`SolveError::Phi`] with the error of Φ, [`SolveError::Input`] if Φ gives NaN or an infinity,
/// [`SolveError::SlopeBoundViolated`].
pub fn solve<E>(
    phi: impl Fn(f64) -> Result<f64, E>,
    bracket: Bracket,
    slope_bound: Option<f64>,
) -> Result<Equilibrium, SolveError<E>> {
    let evaluations = Cell::new(0usize);
    let gap = |h: f64| {
        evaluations.set(evaluations.get() + 1);
        let value = phi(h).map_err(SolveError::Phi)?;
        finite("Φ(h)", value)
            .map(|value| value - h)
            .map_err(SolveError::Input)
    };
    let low = (bracket.floor, gap(bracket.floor)?);
    let high = (bracket.ceiling, gap(bracket.ceiling)?);
    if let Some(bound) = slope_bound {
        finite("slope bound", bound)?;
    }
    match slope_bound {
        Some(bound) if bound < 1.0 => {
            let seen = RefCell::new(vec![low]);
            check_slope(&seen, high, bound)?;
            if let Some(missing) = missing_by_monotonicity(low.1, high.1) {
                return Ok(none(missing, low, high));
            }
            let checked = |h: f64| -> Result<f64, SolveError<E>> {
                let value = gap(h)?;
                check_slope(&seen, (h, value), bound)?;
                Ok(value)
            };
            let root = itp(checked, low, high, TOLERANCE)?;
            Ok(Equilibrium::Unique {
                h: root.x,
                residual: root.value,
                iterations: evaluations.get(),
                proof: Proof::SlopeBound,
            })
        }
        _ => {
            let roots = scan(&gap, low, high)?;
            Ok(match roots.as_slice() {
                [] => none(
                    if low.1 > 0.0 {
                        Missing::AboveCeiling
                    } else {
                        Missing::BelowFloor
                    },
                    low,
                    high,
                ),
                [(h, residual)] if low.1 >= 0.0 && high.1 <= 0.0 => Equilibrium::Unique {
                    h: *h,
                    residual: *residual,
                    iterations: evaluations.get(),
                    proof: Proof::Scan,
                },
                several => Equilibrium::NotUnique {
                    roots: several.iter().map(|root| root.0).collect(),
                },
            })
        }
    }
}

fn none(missing: Missing, low: (f64, f64), high: (f64, f64)) -> Equilibrium {
    Equilibrium::None {
        missing,
        at_floor: low.0 + low.1,
        at_ceiling: high.0 + high.1,
    }
}

/// For a decreasing gap the signs at the ends decide.
fn missing_by_monotonicity(at_floor: f64, at_ceiling: f64) -> Option<Missing> {
    if at_floor < 0.0 {
        Some(Missing::BelowFloor)
    } else if at_ceiling > 0.0 {
        Some(Missing::AboveCeiling)
    } else {
        None
    }
}

/// Holds a new point (h, Φ(h) − h) against its neighbours among those seen.
fn check_slope<E>(seen: &RefCell<Vec<(f64, f64)>>, new: (f64, f64), bound: f64) -> Result<(), SolveError<E>> {
    let mut seen = seen.borrow_mut();
    let at = seen.partition_point(|point| point.0 < new.0);
    let neighbours = [
        at.checked_sub(1).map(|i| (seen[i], new)),
        seen.get(at).map(|next| (new, *next)),
    ];
    for (left, right) in neighbours.into_iter().flatten() {
        let run = right.0 - left.0;
        let rise = right.1 - left.1 + run;
        // Rounding of Φ is no violation.
        let rounding = 1e-12 * (1.0 + left.1.abs() + right.1.abs() + right.0.abs());
        if rise > bound * run + rounding {
            return Err(SolveError::SlopeBoundViolated {
                from: left.0,
                to: right.0,
                slope: rise / run,
                bound,
            });
        }
    }
    seen.insert(at, new);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use core::convert::Infallible;
    use proptest::prelude::*;

    fn run(phi: impl Fn(f64) -> f64, bound: Option<f64>) -> Result<Equilibrium, SolveError<Infallible>> {
        solve(|h| Ok(phi(h)), Bracket::new(0.0, 1.0).unwrap(), bound)
    }

    #[test]
    fn the_dottie_number_is_found_and_proved_unique() {
        let Ok(Equilibrium::Unique {
            h,
            residual,
            iterations,
            proof,
        }) = run(f64::cos, Some(0.0))
        else {
            panic!("unique");
        };
        assert_close(h, 0.739_085_133_215_160_6, 1e-10);
        assert_close(residual, 0.0, 1e-9);
        assert!(iterations < 12 && proof == Proof::SlopeBound);
    }

    #[test]
    fn a_scan_finds_the_same_without_a_bound_and_says_so() {
        let Ok(Equilibrium::Unique { h, proof, .. }) = run(f64::cos, None) else {
            panic!("unique")
        };
        assert_close(h, 0.739_085_133_215_160_6, 1e-10);
        assert_eq!(proof, Proof::Scan);
    }

    #[test]
    fn three_equilibria_are_all_reported() {
        // g(h) = −20(h − 0.2)(h − 0.5)(h − 0.8).
        let phi = |h: f64| h - 20.0 * (h - 0.2) * (h - 0.5) * (h - 0.8);
        let Ok(Equilibrium::NotUnique { roots }) = run(phi, None) else {
            panic!("several")
        };
        assert_eq!(roots.len(), 3);
        for (root, expected) in roots.iter().zip([0.2, 0.5, 0.8]) {
            assert_close(*root, expected, 1e-9);
        }
    }

    #[test]
    fn a_calm_and_a_run_equilibrium_within_one_grid_interval_are_told_apart() {
        let phi = |h: f64| h + 3.0 * (h - 0.5001) * (h - 0.5008);
        let Ok(Equilibrium::NotUnique { roots }) = run(phi, None) else {
            panic!("several")
        };
        assert_eq!(roots.len(), 2);
        assert_close(roots[0], 0.5001, 1e-8);
        assert_close(roots[1], 0.5008, 1e-8);
    }

    #[test]
    fn a_repelling_equilibrium_alone_is_not_unique_because_both_bounds_attract() {
        let result = run(|h| 0.4 + 3.0 * (h - 0.4), None).unwrap();
        assert!(
            matches!(result, Equilibrium::NotUnique { ref roots } if roots.len() == 1),
            "{result:?}"
        );
    }

    #[test]
    fn a_run_and_a_binding_floor_are_reported_with_their_side() {
        for bound in [None, Some(0.5)] {
            let above = run(|h| 1.2 + 0.5 * h, bound).unwrap();
            let missing = Missing::AboveCeiling;
            assert_eq!(
                above,
                Equilibrium::None {
                    missing,
                    at_floor: 1.2,
                    at_ceiling: 1.7
                }
            );
            let below = run(|h| -0.5 + 0.5 * h, bound).unwrap();
            let missing = Missing::BelowFloor;
            assert_eq!(
                below,
                Equilibrium::None {
                    missing,
                    at_floor: -0.5,
                    at_ceiling: 0.0
                }
            );
        }
    }

    #[test]
    fn a_false_slope_bound_is_caught() {
        let result = run(|h| 0.1 + 0.7 * h, Some(0.3));
        assert!(
            matches!(result, Err(SolveError::SlopeBoundViolated { .. })),
            "{result:?}"
        );
    }

    #[test]
    fn nan_is_an_error_and_not_an_equilibrium() {
        assert!(matches!(
            run(|_| f64::NAN, None),
            Err(SolveError::Input(ModelError::NotFinite { .. }))
        ));
        assert!(Bracket::new(1.0, 1.0).is_err());
    }

    #[test]
    fn the_error_of_phi_comes_through() {
        let result = solve(
            |_| Err::<f64, _>("no depth"),
            Bracket::new(0.0, 1.0).unwrap(),
            None,
        );
        assert_eq!(result, Err(SolveError::Phi("no depth")));
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn every_contraction_with_its_fixed_point_inside_is_solved(
            root in 0.01f64..0.99, slope in -5.0f64..0.95, bend in 0.0f64..0.04,
        ) {
            let phi = |h: f64| root + slope * (h - root) + bend * f64::sin(h - root);
            let Ok(Equilibrium::Unique { h, .. }) = run(phi, Some(slope + bend)) else { panic!("unique") };
            prop_assert!((h - root).abs() < 1e-8);
            let Ok(Equilibrium::Unique { h, .. }) = run(phi, None) else { panic!("unique by scan") };
            prop_assert!((h - root).abs() < 1e-8);
        }
    }
}
