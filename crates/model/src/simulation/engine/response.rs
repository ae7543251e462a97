//! How the tail premium answers to margin.

use super::report::annual;
use super::{MarginEngine, Venue};
use crate::error::{Result, open_fraction, positive};
use crate::simulation::estimate::Estimate;
use crate::simulation::run::Run;

/// The premium and its derivative by the margin multiplier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarginResponse {
    /// The premium per year of capital at the present margin.
    pub premium: Estimate,
    /// ∂premium/∂m where the requirement and every account's margin are multiplied by m, at m = 1: the response ρ_q of
    /// the equilibrium when m is measured relative to its present value.
    pub by_multiplier: Estimate,
    /// Half-width of the difference that it was taken from.
    pub step: f64,
}

impl MarginEngine {
    /// The same engine with the requirement and every account's margin multiplied by `multiplier`: holders keep the
    /// multiple of the requirement that they chose.
    ///
    /// # Errors
    /// As [`MarginEngine::new`].
    pub fn with_margin_multiplier(&self, multiplier: f64) -> Result<Self> {
        let venue = Venue {
            maintenance: self.venue.maintenance * positive("margin multiplier", multiplier)?,
            ..self.venue
        };
        Self::new(
            self.process.clone(),
            self.grid,
            self.book.with_margins_scaled(multiplier)?,
            venue,
        )
    }

    /// Central difference of the premium over multipliers 1 ± `step` on common random numbers: each path has the same
    /// prices before impact at all three margins, so that the difference's error is that of what margin changes and not
    /// of what prices do (Glasserman & Yao 1992). A derivative path by path would be biased, because liquidation is a
    /// jump of the loss.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a step outside (0, 1); [`crate::ModelError::NotPositive`] for the capital; as
    /// [`MarginEngine::simulate`].
    pub fn margin_response(&self, run: &Run, step: f64, capital: f64) -> Result<MarginResponse> {
        open_fraction("step of the margin multiplier", step)?;
        let losses = |engine: &Self| Ok(engine.outcomes(run)?.socialised().of_every_path());
        let here = losses(self)?;
        let more = losses(&self.with_margin_multiplier(1.0 + step)?)?;
        let less = losses(&self.with_margin_multiplier(1.0 - step)?)?;
        let (paths, units) = (run.paths(), run.units());
        let difference = Estimate::over_paths(paths, units, |i| more[i] - less[i]).scaled(0.5 / step);
        let loss = Estimate::over_paths(paths, units, |i| here[i]);
        Ok(MarginResponse {
            premium: annual(loss, capital, self.grid.years())?,
            by_multiplier: annual(difference, capital, self.grid.years())?,
            step,
        })
    }
}
