//! What a fitted model says about the variance to come.

use super::{PERSISTENCE_ROUNDING, Parameters};
use crate::error::{Result, finite, non_negative, positive, representable, within};
use crate::volatility::IntegratedVariance;

/// The variance of the steps after the last return.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    omega: f64,
    persistence: f64,
    next_variance: f64,
    step_years: f64,
}

impl Forecast {
    /// The forecast of a model with the given parameters, from the variance of the next step.
    ///
    /// # Errors
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::OutOfRange`] for a negative ω or variance or a
    /// persistence outside [0, 1], [`crate::ModelError::NotPositive`] for the step.
    pub fn new(parameters: &Parameters, next_variance: f64, step_years: f64) -> Result<Self> {
        finite("persistence", parameters.persistence())?;
        Ok(Self {
            omega: non_negative("omega", parameters.omega)?,
            // The optimum may lie on the boundary, which rounding does not respect.
            persistence: within(
                "persistence",
                parameters.persistence(),
                -PERSISTENCE_ROUNDING,
                1.0 + PERSISTENCE_ROUNDING,
            )?
            .clamp(0.0, 1.0),
            next_variance: non_negative("next variance", next_variance)?,
            step_years: positive("step", step_years)?,
        })
    }

    /// Variance of the return of the k-th step after the last one, k ≥ 1 (of the next step for k = 0):
    /// κᵏ⁻¹·σ²₁ + ω·(1 − κᵏ⁻¹)/(1 − κ) with persistence κ (Engle & Bollerslev 1986).
    ///
    /// # Errors
    /// [`crate::ModelError::Overflow`].
    pub fn variance(&self, k: u32) -> Result<f64> {
        let steps = f64::from(k.saturating_sub(1));
        let decay = self.decay(steps);
        representable(
            "forecast variance",
            decay * self.next_variance + self.omega * self.geometric(steps),
        )
    }

    /// κⁿ.
    fn decay(&self, n: f64) -> f64 {
        if n == 0.0 { 1.0 } else { self.persistence.powf(n) }
    }

    /// 1 + κ + … + κⁿ⁻¹.
    fn geometric(&self, n: f64) -> f64 {
        let rest = 1.0 - self.persistence;
        if rest == 0.0 || n == 0.0 {
            n
        } else {
            // 1 − κⁿ without the cancellation that a persistence near one brings.
            -f64::exp_m1(n * f64::ln_1p(-rest)) / rest
        }
    }

    /// Σ over the first n steps of 1 + κ + … (as many terms as steps came before).
    fn double_geometric(&self, n: f64) -> f64 {
        let rest = 1.0 - self.persistence;
        if rest * n < 1e-3 {
            // The expansion in 1 − κ, whose next term is below 1e-10 of the first.
            let (pairs, triples) = (0.5 * n * (n - 1.0), n * (n - 1.0) * (n - 2.0) / 6.0);
            let (quadruples, quintuples) =
                (triples * (n - 3.0) / 4.0, triples * (n - 3.0) * (n - 4.0) / 20.0);
            pairs - rest * (triples - rest * (quadruples - rest * quintuples))
        } else {
            (n - self.geometric(n)) / rest
        }
    }
}

impl IntegratedVariance for Forecast {
    fn integrated_variance(&self, horizon_years: f64) -> Result<f64> {
        let steps = positive("horizon", horizon_years)? / self.step_years;
        let whole = steps.floor();
        let started = steps - whole;
        let sum = self.next_variance * (self.geometric(whole) + started * self.decay(whole))
            + self.omega * (self.double_geometric(whole) + started * self.geometric(whole));
        representable("integrated variance", sum)
    }
}
