//! What a backtest asks of a volatility model.

use crate::error::{Result, at_least, open_fraction, positive, representable};
use crate::margin::Past;

/// A volatility model that can be fitted to what was known at one time.
pub trait VolatilityModel {
    /// Fits the model.
    ///
    /// # Errors
    /// [`ModelError`] where the past does not suffice.
    fn fit(&self, past: &Past<'_>) -> Result<Box<dyn VolatilityForecast>>;
}

/// A fitted model, asked at later times without being fitted again.
pub trait VolatilityForecast {
    /// Standard deviation of the log-return from now to `horizon_years` from now (not annualised), > 0.
    ///
    /// # Errors
    /// [`ModelError`] where there is no forecast.
    fn deviation(&self, past: &Past<'_>, horizon_years: f64) -> Result<f64>;
}

impl<F: Fn(&Past<'_>, f64) -> Result<f64>> VolatilityForecast for F {
    fn deviation(&self, past: &Past<'_>, horizon_years: f64) -> Result<f64> {
        self(past, horizon_years)
    }
}

/// A model without parameters to fit, out of a function that makes its forecast.
#[derive(Debug, Clone, Copy)]
pub struct Unfitted<F>(pub F);

impl<F: Fn(&Past<'_>, f64) -> Result<f64> + Clone + 'static> VolatilityModel for Unfitted<F> {
    fn fit(&self, _: &Past<'_>) -> Result<Box<dyn VolatilityForecast>> {
        Ok(Box::new(self.0.clone()))
    }
}

/// Exponentially weighted volatility (RiskMetrics 1996), in the form of
/// [`crate::volatility::exponentially_weighted`]: √(σ²·T) for any horizon T.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ewma {
    /// Share of the weight that remains after one interval, (0, 1).
    pub decay: f64,
    /// The interval that the decay is stated for, years, > 0.
    pub interval_years: f64,
}

impl Ewma {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a decay outside (0, 1), [`crate::ModelError::NotPositive`] for the interval.
    pub fn new(decay: f64, interval_years: f64) -> Result<Self> {
        open_fraction("decay factor", decay)?;
        Ok(Self {
            decay,
            interval_years: positive("decay interval", interval_years)?,
        })
    }
}

impl VolatilityModel for Ewma {
    fn fit(&self, _: &Past<'_>) -> Result<Box<dyn VolatilityForecast>> {
        Ok(Box::new(Self::new(self.decay, self.interval_years)?))
    }
}

impl VolatilityForecast for Ewma {
    fn deviation(&self, past: &Past<'_>, horizon_years: f64) -> Result<f64> {
        /// Weights below e^−32 of the newest one change no digit that matters.
        const OLDEST: f64 = -32.0;
        at_least("returns", 1, past.returns.len())?;
        let per_year = self.decay.ln() / self.interval_years;
        let (mut age, mut variance, mut weights) = (0.0, 0.0, 0.0);
        // Returns of one length share their weight's factor.
        let (mut length, mut factor, mut kept) = (f64::NAN, 0.0, 0.0);
        let mut weight_of_age = 1.0;
        for r in past.returns.iter().rev() {
            if r.years != length {
                length = r.years;
                factor = -(per_year * length).exp_m1();
                kept = 1.0 - factor;
            }
            let weight = weight_of_age * factor;
            variance += weight * r.value * r.value / r.years;
            weights += weight;
            weight_of_age *= kept;
            age += per_year * length;
            if age < OLDEST {
                break;
            }
        }
        let volatility = representable("exponentially weighted volatility", (variance / weights).sqrt())?;
        representable(
            "forecast of the deviation",
            volatility * positive("horizon", horizon_years)?.sqrt(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::margin::PricePath;
    use crate::testing::{Rng, assert_close};

    #[test]
    fn it_is_the_librarys_exponentially_weighted_volatility() {
        let mut rng = Rng::new(91);
        let (mut time, mut log, mut times, mut closes) = (0, 0.0, vec![0], vec![1.0]);
        for _ in 0..500 {
            time += 60 * (1 + (rng.uniform() * 3.0) as i64);
            log += 0.01 * rng.normal();
            times.push(time);
            closes.push(f64::exp(log));
        }
        let path = PricePath::new(times, closes).unwrap();
        let ewma = Ewma::new(0.94, 1e-5).unwrap();
        let past = path.past(400);
        let expected = crate::volatility::exponentially_weighted(past.returns, 0.94, 1e-5).unwrap();
        assert_close(
            ewma.deviation(&past, 0.01).unwrap() / (0.1 * expected),
            1.0,
            1e-12,
        );
        assert!(Ewma::new(1.0, 1.0).is_err());
    }
}
