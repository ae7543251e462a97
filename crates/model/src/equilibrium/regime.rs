//! What is published in every case: calm, stressed, or at the floor.

use super::solve::{Bracket, Equilibrium, Missing, SolveError, solve};
use crate::composition::{Composition, SlopeRange};
use crate::emissions::organic_hurdle;
use crate::error::ModelError;

/// Which case it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// One equilibrium inside the range.
    Calm,
    /// No equilibrium, or several: the rate that capital asks for runs away. The ceiling is published, as stressed.
    Stressed,
    /// Less than the floor is asked for everywhere; the floor is published.
    Floor,
}

/// The answer for one composition.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// What the solver found.
    pub equilibrium: Equilibrium,
    /// Range of Φ′ over the range of rates.
    pub slope: SlopeRange,
    /// The case.
    pub regime: Regime,
    /// The hurdle rate to publish.
    pub hurdle: f64,
    /// Margin multiplier there, ≥ 1.
    pub multiplier: f64,
    /// hurdle − emissions; negative in a hyper-inflationary protocol, which leaves the multiplier as it is.
    pub organic_hurdle: f64,
}

/// Solves a composition over its own range of rates and says what to publish.
///
/// Existence: Φ is continuous, so Φ(floor) ≥ floor and Φ(ceiling) ≤ ceiling suffice (intermediate value theorem);
/// uniqueness: sup Φ′ < 1. Margin multiplies by max(1, …) of the *gross* hurdle: a negative cost of capital, gross or
/// organic, never lowers a requirement below its base.
///
/// # Errors
/// [`SolveError::Input`] for an input outside its domain or negative emissions; as [`solve`].
pub fn analyse(composition: &Composition, emissions: f64) -> Result<Analysis, SolveError<ModelError>> {
    let slope = composition.slope_range()?;
    let bracket = Bracket::new(composition.floor, composition.ceiling)?;
    let equilibrium = solve(|h| composition.phi_unclamped(h), bracket, Some(slope.max))?;
    let (regime, hurdle) = match &equilibrium {
        Equilibrium::Unique { h, .. } => (Regime::Calm, *h),
        Equilibrium::None {
            missing: Missing::BelowFloor,
            ..
        } => (Regime::Floor, composition.floor),
        Equilibrium::None { .. } | Equilibrium::NotUnique { .. } => (Regime::Stressed, composition.ceiling),
    };
    Ok(Analysis {
        equilibrium,
        slope,
        regime,
        hurdle,
        multiplier: composition.margin.multiplier(hurdle),
        organic_hurdle: organic_hurdle(hurdle, emissions)?,
    })
}
