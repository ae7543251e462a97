//! The variance from now to a horizon: what a margin has to last for.

use crate::error::{Result, non_negative, positive, representable};

/// A forecast of the variation of the log-price.
pub trait IntegratedVariance {
    /// Expected variance of the log-return from now to `horizon_years` from now (not annualised).
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for the horizon, [`crate::ModelError::OutOfRange`] where the forecast does
    /// not reach that far, [`crate::ModelError::Overflow`].
    fn integrated_variance(&self, horizon_years: f64) -> Result<f64>;
}

/// One volatility for every horizon, such as [`crate::volatility::exponentially_weighted`] gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flat {
    volatility: f64,
}

impl Flat {
    /// Takes a volatility per √year.
    ///
    /// # Errors
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::OutOfRange`] for a negative one.
    pub fn new(volatility: f64) -> Result<Self> {
        Ok(Self {
            volatility: non_negative("volatility", volatility)?,
        })
    }
}

impl IntegratedVariance for Flat {
    fn integrated_variance(&self, horizon_years: f64) -> Result<f64> {
        positive("horizon", horizon_years)?;
        representable(
            "integrated variance",
            self.volatility * self.volatility * horizon_years,
        )
    }
}

/// A forecast at one horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TermPoint {
    /// Years from now.
    pub horizon_years: f64,
    /// Variance of the log-return until then.
    pub variance: f64,
    /// The same annualised and as a volatility: √(variance/horizon), per √year.
    pub volatility: f64,
    /// Standard deviation of the log-return until then: √variance.
    pub deviation: f64,
}

/// The forecast at every horizon (years from now), in the order given.
///
/// # Errors
/// As [`IntegratedVariance::integrated_variance`].
pub fn term_structure(forecast: &impl IntegratedVariance, horizons_years: &[f64]) -> Result<Vec<TermPoint>> {
    horizons_years
        .iter()
        .map(|&horizon_years| {
            let variance = forecast.integrated_variance(horizon_years)?;
            Ok(TermPoint {
                horizon_years,
                variance,
                volatility: representable("volatility", (variance / horizon_years).sqrt())?,
                deviation: variance.sqrt(),
            })
        })
        .collect()
}
