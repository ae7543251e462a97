//! One figure from several.

use crate::error::{Result, at_least, non_negative, positive, representable, same_length};

/// How estimates are combined into one forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Combination<'a> {
    /// The largest estimate: prudent, and quick to rise.
    Largest,
    /// √(Σ wᵢσᵢ²/Σ wᵢ): a heterogeneous autoregression of the variance with given weights (Corsi 2009, HAR-RV without
    /// intercept).
    Weighted(&'a [f64]),
}

/// One forecast from several estimates.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without estimates, [`crate::ModelError::LengthMismatch`] of weights,
/// [`crate::ModelError::OutOfRange`] for a negative estimate or weight, [`crate::ModelError::NotPositive`] if all
/// weights are zero.
pub fn combine(estimates: &[f64], combination: Combination<'_>) -> Result<f64> {
    at_least("volatility estimates", 1, estimates.len())?;
    for estimate in estimates {
        non_negative("volatility", *estimate)?;
    }
    match combination {
        Combination::Largest => Ok(estimates.iter().copied().fold(0.0, f64::max)),
        Combination::Weighted(weights) => {
            same_length("volatility weights", weights.len(), estimates.len())?;
            let (mut variance, mut total) = (0.0, 0.0);
            for (weight, estimate) in weights.iter().zip(estimates) {
                variance += non_negative("volatility weight", *weight)? * estimate * estimate;
                total += weight;
            }
            positive("sum of the volatility weights", total)?;
            representable("combined volatility", (variance / total).sqrt())
        }
    }
}

/// Standard deviation of the log-return over `horizon_years`: σ·√T.
///
/// # Errors
/// [`crate::ModelError::OutOfRange`] for a negative volatility, [`crate::ModelError::NotPositive`] for the horizon.
pub fn over_horizon(volatility: f64, horizon_years: f64) -> Result<f64> {
    non_negative("volatility", volatility)?;
    representable(
        "volatility over the horizon",
        volatility * positive("horizon", horizon_years)?.sqrt(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn combinations_lie_between_the_extremes() {
        assert_eq!(combine(&[0.5, 0.9, 0.7], Combination::Largest), Ok(0.9));
        assert_close(
            combine(&[0.6, 0.8], Combination::Weighted(&[1.0, 1.0])).unwrap(),
            0.5_f64.sqrt(),
            1e-15,
        );
        assert!(combine(&[0.6], Combination::Weighted(&[0.0])).is_err());
        assert_close(over_horizon(0.8, 0.25).unwrap(), 0.4, 1e-15);
    }
}
