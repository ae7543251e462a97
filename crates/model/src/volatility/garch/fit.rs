//! A fit of the model to returns, and what it says.

use super::covariance::standard_errors;
use super::forecast::Forecast;
use super::optimum::Problem;
use super::sample::Sample;
use super::{ALPHA, BETA, GAMMA, MU, OMEGA, Parameters, Specification, Vector, start};
use crate::error::{Result, count, representable};
use crate::volatility::EvenSeries;

/// A fitted model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// What was estimated.
    pub specification: Specification,
    /// The estimates; returns in the unit in which they were given, per step.
    pub parameters: Parameters,
    /// Standard errors that hold whatever the distribution of the shocks (Bollerslev & Wooldridge 1992, the sandwich
    /// H⁻¹·S·H⁻¹ of observed Hessian H and outer product of the scores S). `None` where the likelihood is flat. At a
    /// boundary neither these nor the classical ones have their usual meaning.
    pub robust_errors: Option<Parameters>,
    /// Standard errors under Gaussian shocks, H⁻¹.
    pub classical_errors: Option<Parameters>,
    /// The Gaussian log-likelihood at the estimates, of the returns as they were given.
    pub log_likelihood: f64,
    /// Akaike's (1974) criterion 2k − 2·log-likelihood.
    pub aic: f64,
    /// Schwarz's (1978) criterion k·ln n − 2·log-likelihood.
    pub bic: f64,
    /// Returns used.
    pub returns: usize,
    /// Whether an inequality binds: a weight of zero or persistence one.
    pub at_boundary: bool,
    /// Steps of the maximisation.
    pub iterations: usize,
    /// Variance of the return of the step after the last one.
    pub next_variance: f64,
    /// Length of a step, years.
    pub step_years: f64,
}

impl Fit {
    /// The forecast from the end of the series.
    ///
    /// # Errors
    /// As [`Forecast::new`].
    pub fn forecast(&self) -> Result<Forecast> {
        Forecast::new(&self.parameters, self.next_variance, self.step_years)
    }
}

/// Fits a GARCH(1,1) or GJR-GARCH(1,1) by Gaussian quasi maximum likelihood (Bollerslev & Wooldridge 1992).
///
/// The likelihood is that of PyPI's `arch` 8.0.0: the variance before the first return is the exponentially weighted
/// mean (0.94) of the first 75 squared returns less their mean, ω lies within 1e-8 and 10 times the sample variance, α,
/// β and α + γ are not negative, α and the persistence at most one. It is maximised by Newton's method with exact
/// second derivatives (the Fisher information where they are not definite), each step the exact solution of the
/// quadratic model within these inequalities, from the best point of `arch`'s grid; below 1,000 returns, where several
/// optima are common, from the best at each persistence of the grid. A missing return is skipped; the variance goes on
/// with its exponentially weighted expectation.
///
/// # Errors
/// [`crate::ModelError::TooFew`] below 50 returns, [`crate::ModelError::Unidentified`] for constant returns or ones
/// below the resolution of f64, [`crate::ModelError::NotConverged`], [`crate::ModelError::Overflow`].
pub fn fit(returns: &EvenSeries, specification: Specification) -> Result<Fit> {
    let sample = Sample::new(returns, specification.mean)?;
    let problem = Problem::new(&sample, specification);
    let optimum = problem.best(&start::candidates(&sample, specification.dynamics))?;
    let theta = &optimum.theta;
    let square = sample.scale * sample.scale;
    let n = count(sample.present);
    let k = count(specification.parameters());
    let log_likelihood = -optimum.at.value - n * sample.scale.ln();
    let errors = standard_errors(&problem, &optimum.at);
    let mut parameters = Parameters::from_vector(theta);
    parameters.mean = sample.location + sample.scale * parameters.mean;
    parameters.omega = representable("omega", square * parameters.omega)?;
    Ok(Fit {
        specification,
        parameters,
        robust_errors: errors.map(|(robust, _)| robust),
        classical_errors: errors.map(|(_, classical)| classical),
        log_likelihood: representable("log-likelihood", log_likelihood)?,
        aic: 2.0 * k - 2.0 * log_likelihood,
        bic: k * n.ln() - 2.0 * log_likelihood,
        returns: sample.present,
        at_boundary: optimum.active != 0,
        iterations: optimum.iterations,
        next_variance: representable("conditional variance", square * optimum.at.next_variance)?,
        step_years: returns.step_years(),
    })
}

impl Parameters {
    pub(super) fn from_vector(theta: &Vector) -> Self {
        Self {
            mean: theta[MU],
            omega: theta[OMEGA],
            alpha: theta[ALPHA],
            gamma: theta[GAMMA],
            beta: theta[BETA],
        }
    }
}
