//! Stage *solve*: the fixed point of Φ, on the integers that the program will check.

use super::Modelled;
use hurdle_interface::composition::{Anchor, Composition, CompositionRule};
use hurdle_interface::{HurdleError, Rate};
use hurdle_model::equilibrium::solve_integer;

/// The hurdle rate of one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solution {
    /// h, or the ceiling where there is no equilibrium.
    pub hurdle: Rate,
    /// |Φ(h) − h|; zero where there is no equilibrium.
    pub residual: Rate,
    /// No equilibrium: even at the ceiling capital asks for more, or the fixed point is not proved unique.
    pub stressed: bool,
}

/// Solves h = Φ(h) on `[floor, ceiling]`.
///
/// There is no equilibrium where the composition, not held to the range, exceeds the ceiling at the ceiling itself or
/// leaves its domain (a run), or where the responses do not prove that the fixed point is the only one.
///
/// # Errors
/// [`HurdleError::InvalidParameter`] for a rule that violates its invariant.
pub fn solve(rule: &CompositionRule, modelled: &Modelled, anchor: Anchor) -> Result<Solution, HurdleError> {
    let Some(composition) = equilibrium_of(rule, modelled, anchor)? else {
        return Ok(Solution {
            hurdle: rule.ceiling,
            residual: Rate::ZERO,
            stressed: true,
        });
    };
    let phi = |h| composition.phi(Rate::new(h)?).map(Rate::raw);
    let equilibrium = solve_integer(phi, rule.floor.raw(), rule.ceiling.raw())?;
    let hurdle = Rate::new(equilibrium.h)?;
    Ok(Solution {
        hurdle,
        residual: Rate::new(composition.residual(hurdle)?)?,
        stressed: false,
    })
}

/// The composition where it has one provable equilibrium.
fn equilibrium_of<'a>(
    rule: &'a CompositionRule,
    modelled: &'a Modelled,
    anchor: Anchor,
) -> Result<Option<Composition<'a>>, HurdleError> {
    let found =
        Composition::new(rule, &modelled.components, modelled.responses, anchor).and_then(|composition| {
            let exists = !composition.is_run()? && composition.is_unique()?;
            Ok(exists.then_some(composition))
        });
    match found {
        Err(error) if error.is_out_of_domain() => Ok(None),
        other => other,
    }
}
