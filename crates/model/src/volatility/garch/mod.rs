//! Conditional variance with its own dynamics: GARCH(1,1) of Bollerslev (1986) and its asymmetric extension of Glosten,
//! Jagannathan & Runkle (1993), by Gaussian quasi maximum likelihood.

mod covariance;
mod fit;
mod forecast;
mod likelihood;
mod optimum;
mod recursion;
mod sample;
mod start;
#[cfg(test)]
mod tests;

pub use fit::{Fit, fit};
pub use forecast::Forecast;

/// The conditional mean of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mean {
    /// Zero: returns are shocks.
    Zero,
    /// One constant, estimated with the rest.
    Constant,
}

/// The dynamics of the conditional variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dynamics {
    /// σ²ₜ = ω + α·ε²ₜ₋₁ + β·σ²ₜ₋₁ (Bollerslev 1986).
    Symmetric,
    /// σ²ₜ = ω + (α + γ·1{εₜ₋₁ < 0})·ε²ₜ₋₁ + β·σ²ₜ₋₁ (Glosten, Jagannathan & Runkle 1993): falls may weigh more than
    /// rises.
    Asymmetric,
}

/// What is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Specification {
    /// The mean.
    pub mean: Mean,
    /// The variance.
    pub dynamics: Dynamics,
}

impl Specification {
    /// Number of estimated parameters.
    #[must_use]
    pub fn parameters(self) -> usize {
        self.free().into_iter().filter(|free| *free).count()
    }

    /// Which of (ω, α, γ, β, μ) are estimated; the others are zero.
    fn free(self) -> [bool; DIMENSION] {
        let asymmetric = self.dynamics == Dynamics::Asymmetric;
        [true, true, asymmetric, true, self.mean == Mean::Constant]
    }
}

/// One number per parameter: the parameters themselves, or their standard errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters {
    /// Mean of a return, in the unit of the returns; zero where not estimated.
    pub mean: f64,
    /// ω > 0, in the squared unit of the returns.
    pub omega: f64,
    /// α ≥ 0, the weight of the last squared shock.
    pub alpha: f64,
    /// γ ≥ −α, the additional weight of a negative one; zero where not estimated.
    pub gamma: f64,
    /// β ≥ 0, the weight of the last variance.
    pub beta: f64,
}

impl Parameters {
    /// α + γ/2 + β, the share of a shock to the variance that is left one step later in expectation (of returns with a
    /// symmetric distribution); at most one.
    #[must_use]
    pub fn persistence(&self) -> f64 {
        self.alpha + 0.5 * self.gamma + self.beta
    }

    /// ω/(1 − persistence), what forecasts converge to; `None` at persistence one, which a fit may miss by rounding.
    #[must_use]
    pub fn long_run_variance(&self) -> Option<f64> {
        let left = 1.0 - self.persistence();
        let variance = self.omega / left;
        (left > PERSISTENCE_ROUNDING && variance.is_finite()).then_some(variance)
    }
}

/// How far rounding may take the persistence beyond one, or leave it below.
const PERSISTENCE_ROUNDING: f64 = 1e-9;

/// Parameters in the order in which the library computes with them: ω, α, γ, β, μ.
const DIMENSION: usize = 5;
type Vector = [f64; DIMENSION];
type Matrix = [[f64; DIMENSION]; DIMENSION];
const OMEGA: usize = 0;
const ALPHA: usize = 1;
const GAMMA: usize = 2;
const BETA: usize = 3;
const MU: usize = 4;
