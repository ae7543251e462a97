//! The fixed point h = Φ(h): the hurdle rate as an equilibrium, with a proof of uniqueness or the statement that there
//! is none.
//!
//! Give the solver the *unclamped* Φ: a clamped one always has a fixed point (Brouwer), which hides a run.

pub mod dynamics;
mod integer;
mod regime;
mod scan;
mod solve;
pub mod stability;
mod statics;

pub use integer::{IntegerEquilibrium, solve_integer};
pub use regime::{Analysis, Regime, analyse};
pub use solve::{Bracket, Equilibrium, Missing, Proof, SolveError, solve};
pub use statics::{Effect, comparative_statics, effects};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, derivative};
    use core::convert::Infallible;

    #[test]
    fn comparative_statics_equal_the_shift_of_the_solved_equilibrium() {
        // Φ(h; x) = x + 0.4·sin(h).
        let solved = |x: f64| {
            let bracket = Bracket::new(-1.0, 1.0).unwrap();
            match solve(|h| Ok::<_, Infallible>(x + 0.4 * f64::sin(h)), bracket, Some(0.4)).unwrap() {
                Equilibrium::Unique { h, .. } => h,
                other => panic!("{other:?}"),
            }
        };
        let h = solved(0.3);
        assert_close(
            comparative_statics(1.0, 0.4 * h.cos()).unwrap(),
            derivative(solved, 0.3, 1e-4),
            1e-6,
        );
        assert!(comparative_statics(1.0, 1.0).is_err());
    }
}
