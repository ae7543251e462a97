//! Forecasts over every horizon up to a longest one.

use super::{Specification, fit};
use crate::error::{Result, at_least, count, positive, representable, within};
use crate::volatility::{EvenSeries, IntegratedVariance};

/// The expected variance from the end of the series to the end of each step ahead, one direct forecast per step.
#[derive(Debug, Clone, PartialEq)]
pub struct TermForecast {
    /// Expected sum of the variances of the first k steps, k = 0, 1, …; never decreasing.
    cumulated: Vec<f64>,
    step_years: f64,
    constrained: usize,
}

impl TermForecast {
    /// Fits one regression for each of 1 to `specification.ahead` steps.
    ///
    /// # Errors
    /// As [`fit`].
    pub fn fit(variances: &EvenSeries, specification: Specification) -> Result<Self> {
        at_least("steps ahead", 1, specification.ahead)?;
        let (mut cumulated, mut constrained) = (vec![0.0_f64], 0);
        for ahead in 1..=specification.ahead {
            let forecast = fit(
                variances,
                Specification {
                    ahead,
                    ..specification
                },
            )?
            .forecast;
            constrained += usize::from(forecast.constrained);
            let before = cumulated[ahead - 1];
            // The regressions do not know of each other: a step that would have negative variance has none.
            cumulated
                .push(representable("integrated variance", forecast.variance * count(ahead))?.max(before));
        }
        Ok(Self {
            cumulated,
            step_years: variances.step_years(),
            constrained,
        })
    }

    /// How many of the forecasts had to use non-negative coefficients.
    #[must_use]
    pub fn constrained(&self) -> usize {
        self.constrained
    }

    /// Longest horizon, years.
    #[must_use]
    pub fn longest_years(&self) -> f64 {
        count(self.cumulated.len() - 1) * self.step_years
    }
}

impl IntegratedVariance for TermForecast {
    fn integrated_variance(&self, horizon_years: f64) -> Result<f64> {
        positive("horizon", horizon_years)?;
        within(
            "horizon",
            horizon_years,
            0.0,
            self.longest_years() * (1.0 + 1e-12),
        )?;
        let mut left = horizon_years / self.step_years;
        let mut variance = 0.0;
        for pair in self.cumulated.windows(2) {
            variance += (pair[1] - pair[0]) * left.clamp(0.0, 1.0);
            left -= 1.0;
        }
        representable("integrated variance", variance)
    }
}
