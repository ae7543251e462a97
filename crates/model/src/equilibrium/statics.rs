//! Comparative statics: how the equilibrium moves with every input.

use crate::composition::{Composition, Input};
use crate::error::{ModelError, Result, finite, representable};

/// How the equilibrium moves with a parameter x, dh/dx = Φₓ/(1 − Φₕ) by the implicit function theorem, from the partial
/// derivatives at the equilibrium. For a contracting Φ (Φₕ < 1) the loop amplifies the direct effect by 1/(1 − Φₕ).
///
/// # Errors
/// [`ModelError::NotFinite`]; [`ModelError::Unidentified`] where Φₕ = 1; [`ModelError::Overflow`].
pub fn comparative_statics(by_parameter: f64, by_hurdle: f64) -> Result<f64> {
    let gap = 1.0 - finite("slope of Φ by the hurdle rate", by_hurdle)?;
    if gap == 0.0 {
        return Err(ModelError::Unidentified {
            what: "response of the equilibrium",
        });
    }
    representable(
        "response of the equilibrium",
        finite("slope of Φ by the parameter", by_parameter)? / gap,
    )
}

/// The effect of one input on the equilibrium.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The input.
    pub input: Input,
    /// Its value.
    pub value: f64,
    /// ∂Φ/∂x: with the hurdle rate held.
    pub direct: f64,
    /// dh/dx: once the loop has closed.
    pub total: f64,
}

/// The effects of every input at an equilibrium `hurdle` of `composition`, in the order of [`Input::ALL`]. At a corner of
/// Φ (a kink, a cap that just binds) they are those on one of its sides.
///
/// # Errors
/// [`ModelError`] for an input outside its domain; [`ModelError::Unidentified`] where Φ′ = 1; [`ModelError::Overflow`].
pub fn effects(composition: &Composition, hurdle: f64) -> Result<Vec<Effect>> {
    let slope = composition.slope(hurdle)?;
    Input::ALL
        .iter()
        .map(|input| {
            let direct = composition.partial(*input, hurdle)?;
            Ok(Effect {
                input: *input,
                value: composition.input(*input),
                direct,
                total: comparative_statics(direct, slope)?,
            })
        })
        .collect()
}
