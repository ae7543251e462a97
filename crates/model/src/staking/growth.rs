//! Staking yield as the realised growth of an LST's exchange rate.

use crate::error::{Result, at_least, positive, representable};
use crate::robust::theil_sen;
use crate::series::{PositiveSeries, years_between};

/// Growth of an exchange rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// Continuously compounded growth per year: d ln(rate)/dt.
    pub continuous: f64,
    /// Half the width of the 95 % confidence interval of `continuous`; zero for a two-point estimate.
    pub half_width: f64,
    /// Years covered by the samples.
    pub span_years: f64,
    /// Samples used.
    pub samples: usize,
}

impl Growth {
    /// The simple annualised rate over a holding period: (e^(g·T) − 1)/T. With T = 1 it is the effective annual yield
    /// (APY); as T → 0 it tends to the continuous rate.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for a period that is not greater than zero, [`crate::ModelError::Overflow`].
    pub fn simple(&self, period_years: f64) -> Result<f64> {
        positive("holding period", period_years)?;
        representable(
            "simple growth rate",
            (self.continuous * period_years).exp_m1() / period_years,
        )
    }
}

/// Growth over the last `window_seconds` by Theil–Sen regression of the logarithm of the rate on time (Sen 1968): a
/// misread or late sample does not move it, a slashing that persists does.
///
/// # Errors
/// [`crate::ModelError::TooFew`] with fewer than two samples in the window.
pub fn robust_growth(rates: &PositiveSeries, window_seconds: u32) -> Result<Growth> {
    let window = rates.trailing(window_seconds);
    let samples = window.series().samples();
    at_least("exchange-rate samples in the window", 2, samples.len())?;
    let origin = samples[0].time;
    let points: Vec<(f64, f64)> = samples
        .iter()
        .map(|s| (years_between(origin, s.time), s.value.ln()))
        .collect();
    let line = theil_sen(&points)?;
    Ok(Growth {
        continuous: line.slope,
        half_width: (line.slope_high - line.slope_low) / 2.0,
        span_years: window.series().span_years(),
        samples: line.points,
    })
}

/// Growth between the first and the last sample of the last `window_seconds`.
///
/// # Errors
/// [`crate::ModelError::TooFew`] with fewer than two samples in the window.
pub fn two_point_growth(rates: &PositiveSeries, window_seconds: u32) -> Result<Growth> {
    let window = rates.trailing(window_seconds);
    let series = window.series();
    at_least("exchange-rate samples in the window", 2, series.samples().len())?;
    let span_years = series.span_years();
    let continuous = (series.last().value.ln() - series.first().value.ln()) / span_years;
    Ok(Growth {
        continuous: representable("growth", continuous)?,
        half_width: 0.0,
        span_years,
        samples: 2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    const DAY: i64 = 86_400;

    fn epochs(apy: f64, days: i64, noise: impl Fn(i64) -> f64) -> PositiveSeries {
        PositiveSeries::new((0..days).map(|d| {
            (
                d * DAY,
                1.1 * (1.0 + apy).powf(d as f64 / 365.0) * (1.0 + noise(d)),
            )
        }))
        .unwrap()
    }

    #[test]
    fn the_effective_yield_of_a_compounding_rate_is_recovered_exactly() {
        let rates = epochs(0.073, 400, |_| 0.0);
        for growth in [
            robust_growth(&rates, u32::MAX),
            two_point_growth(&rates, u32::MAX),
        ] {
            assert_close(growth.unwrap().simple(1.0).unwrap(), 0.073, 1e-11);
        }
    }

    #[test]
    fn the_simple_rate_over_the_observed_span_is_the_plain_quotient() {
        let rates = PositiveSeries::new([(0, 1.0), (73 * DAY, 1.014)]).unwrap();
        let growth = two_point_growth(&rates, u32::MAX).unwrap();
        assert_close(growth.simple(0.2).unwrap(), 0.014 / 0.2, 1e-14);
        assert_close(growth.simple(1e-9).unwrap(), growth.continuous, 1e-9);
    }

    #[test]
    fn misread_samples_move_the_two_point_rate_but_not_the_robust_one() {
        let rates = epochs(0.07, 60, |d| if d % 7 == 3 || d == 59 { -0.02 } else { 0.0 });
        let robust = robust_growth(&rates, u32::MAX).unwrap();
        assert_close(robust.simple(1.0).unwrap(), 0.07, 2e-3);
        assert!((two_point_growth(&rates, u32::MAX).unwrap().simple(1.0).unwrap() - 0.07).abs() > 0.05);
    }

    #[test]
    fn noise_widens_the_interval_and_the_truth_stays_inside() {
        let mut rng = Rng::new(1);
        let noise: Vec<f64> = (0..90).map(|_| 2e-4 * rng.normal()).collect();
        let growth = robust_growth(&epochs(0.07, 90, |d| noise[d as usize]), u32::MAX).unwrap();
        // The half-width that least squares would have under this noise; Theil–Sen's is close to it.
        let least_squares = 1.96 * 2e-4 * (12.0_f64 / 90.0).sqrt() / (90.0 / 365.0);
        assert!((0.7..1.5).contains(&(growth.half_width / least_squares)));
        assert!((growth.continuous - 1.07_f64.ln()).abs() < growth.half_width);
    }

    #[test]
    fn only_the_window_counts() {
        let rates = PositiveSeries::new((0..200).map(|d| {
            let growth = if d < 100 { 0.5 } else { 0.05 };
            (d * DAY, (growth * (d - 100) as f64 / 365.0).exp())
        }))
        .unwrap();
        assert_close(
            robust_growth(&rates, 30 * 86_400).unwrap().continuous,
            0.05,
            1e-12,
        );
    }
}
