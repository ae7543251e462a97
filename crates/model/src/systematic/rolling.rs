//! The loadings over a rolling window: how stable they are.

use super::{FactorModel, fit_factors_with};
use crate::error::{Result, at_least, same_length};
use crate::hac::Bandwidth;

/// The regression over one window.
#[derive(Debug, Clone, PartialEq)]
pub struct RollingFit {
    /// Index of the window's last observation.
    pub last: usize,
    /// What the window says; an error where it does not identify the loadings (a factor that stood still).
    pub model: Result<FactorModel>,
}

/// Regressions over every `step`-th window of `window` observations, oldest first, the last one ending in the newest
/// observation.
///
/// # Errors
/// [`crate::ModelError::TooFew`] for a step of zero, a window with no more observations than coefficients or longer than
/// the series; [`crate::ModelError::LengthMismatch`]. What is wrong with the numbers of one window is in its entry.
pub fn rolling_factors(
    returns: &[f64],
    factors: &[&[f64]],
    window: usize,
    step: usize,
    bandwidth: Bandwidth,
) -> Result<Vec<RollingFit>> {
    at_least("step of the rolling window", 1, step)?;
    at_least(
        "observations in the rolling window",
        factors.len().saturating_add(2),
        window,
    )?;
    at_least("observations of the returns", window, returns.len())?;
    for factor in factors {
        same_length("factor observations", factor.len(), returns.len())?;
    }
    let first = (returns.len() - window) % step;
    Ok((first..=returns.len() - window)
        .step_by(step)
        .map(|start| {
            let range = start..start + window;
            let columns: Vec<&[f64]> = factors.iter().map(|factor| &factor[range.clone()]).collect();
            RollingFit {
                last: range.end - 1,
                model: fit_factors_with(&returns[range], &columns, bandwidth),
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    #[test]
    fn a_loading_that_changes_is_followed_and_a_dead_factor_is_named() {
        let mut rng = Rng::new(31);
        let market: Vec<f64> = (0..600)
            .map(|i| if i < 100 { 0.0 } else { rng.normal() })
            .collect();
        let returns: Vec<f64> = market
            .iter()
            .enumerate()
            .map(|(i, m)| if i < 350 { 0.5 * m } else { 1.5 * m } + 0.01 * rng.normal())
            .collect();
        let fits = rolling_factors(&returns, &[&market], 100, 50, Bandwidth::Rule).unwrap();
        assert_eq!(fits.iter().map(|fit| fit.last).max(), Some(599));
        assert!(fits[0].model.is_err());
        let beta = |i: usize| fits[i].model.as_ref().unwrap().loadings[0].beta;
        assert_close(beta(3), 0.5, 0.01);
        assert_close(beta(fits.len() - 1), 1.5, 0.01);
        assert!(rolling_factors(&returns, &[&market], 601, 1, Bandwidth::Rule).is_err());
        assert!(rolling_factors(&returns, &[&market], 100, 0, Bandwidth::Rule).is_err());
    }
}
