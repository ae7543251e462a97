//! GARCH and GJR as volatility models of a backtest.

use super::forecast::{VolatilityForecast, VolatilityModel};
use crate::error::{Result, at_least, positive, representable, within};
use crate::margin::Past;
use crate::series::{PositiveSeries, SECONDS_PER_YEAR, years_between};
use crate::volatility::garch::{Fit, Specification, fit};
use crate::volatility::{EvenSeries, IntegratedVariance, garch};

/// A GARCH(1,1) or GJR model of log-returns over even steps, fitted to the newest prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Garch {
    /// What is estimated.
    pub specification: Specification,
    /// Length of a step, seconds, > 0.
    pub step: u32,
    /// Steps that a fit is made from, ≥ 50.
    pub steps: usize,
}

impl VolatilityModel for Garch {
    fn fit(&self, past: &Past<'_>) -> Result<Box<dyn VolatilityForecast>> {
        positive("step, seconds", f64::from(self.step))?;
        at_least("steps of a fit", 50, self.steps)?;
        let newest = past.times.last().copied().unwrap_or_default();
        let span = i64::try_from(self.steps)
            .unwrap_or(i64::MAX)
            .saturating_mul(i64::from(self.step));
        let first = past
            .times
            .partition_point(|time| *time < newest.saturating_sub(span));
        let prices = PositiveSeries::new(
            past.times[first..]
                .iter()
                .copied()
                .zip(past.closes[first..].iter().copied()),
        )?;
        // A price older than a step is a gap, not a return of zero.
        let returns = EvenSeries::log_returns(&prices, self.step, self.step)?;
        Ok(Box::new(Filter {
            fit: fit(&returns, self.specification)?,
            end: returns.end(),
            step: self.step,
        }))
    }
}

/// A fitted model, carried forward over the returns since.
#[derive(Debug, Clone, Copy)]
struct Filter {
    fit: Fit,
    end: i64,
    step: u32,
}

impl Filter {
    /// ln of the newest price not later than `time` nor older than a step.
    fn log_price(&self, past: &Past<'_>, time: i64) -> Option<f64> {
        let at = past
            .times
            .partition_point(|known| *known <= time)
            .checked_sub(1)?;
        (time.saturating_sub(past.times[at]) <= i64::from(self.step)).then(|| past.closes[at].ln())
    }
}

impl VolatilityForecast for Filter {
    fn deviation(&self, past: &Past<'_>, horizon_years: f64) -> Result<f64> {
        let parameters = &self.fit.parameters;
        let mut variance = self.fit.next_variance;
        let now = past.times.last().copied().unwrap_or(self.end);
        // A gap of more would be walked for nothing: fit anew after it.
        let steps = years_between(self.end, now) * SECONDS_PER_YEAR / f64::from(self.step);
        within("steps since the fit", steps, 0.0, 1e6)?;
        let (mut time, mut before) = (self.end, self.log_price(past, self.end));
        while time.saturating_add(i64::from(self.step)) <= now {
            time += i64::from(self.step);
            let log = self.log_price(past, time);
            variance = match (before, log) {
                (Some(before), Some(log)) => {
                    let shock = log - before - parameters.mean;
                    let weight = parameters.alpha + if shock < 0.0 { parameters.gamma } else { 0.0 };
                    parameters.omega + weight * shock * shock + parameters.beta * variance
                }
                // The expectation, where there is no return.
                _ => parameters.omega + parameters.persistence() * variance,
            };
            before = log;
        }
        let step_years = f64::from(self.step) / SECONDS_PER_YEAR;
        let forecast = garch::Forecast::new(parameters, variance, step_years)?;
        representable(
            "forecast of the deviation",
            forecast.integrated_variance(horizon_years)?.sqrt(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::margin::PricePath;
    use crate::testing::{Rng, assert_close};
    use crate::volatility::garch::{Dynamics, Mean};

    fn path(n: usize) -> PricePath {
        let mut rng = Rng::new(101);
        let (mut log, mut variance, mut closes) = (0.0, 1e-4, vec![]);
        for _ in 0..n {
            let r: f64 = f64::sqrt(variance) * rng.normal();
            variance = 2e-6 + 0.1 * r * r + 0.88 * variance;
            log += r;
            closes.push(f64::exp(log));
        }
        PricePath::new((0..n as i64).map(|i| i * 3_600).collect(), closes).unwrap()
    }

    #[test]
    fn carried_forward_it_is_the_variance_that_the_same_parameters_filter_over_the_whole_path() {
        let path = path(3_000);
        let model = Garch {
            specification: Specification {
                mean: Mean::Zero,
                dynamics: Dynamics::Symmetric,
            },
            step: 3_600,
            steps: 2_000,
        };
        let fitted = model.fit(&path.past(2_500)).unwrap();
        let hour = 1.0 / 8_760.0;
        // Right after the fit it is the fit's own forecast; 400 returns later the past of the fit hardly counts.
        let later = path.past(2_900);
        let carried = fitted.deviation(&later, hour).unwrap();
        let truth = {
            let mut variance = 1e-4;
            for r in later.returns {
                variance = 2e-6 + 0.1 * r.value * r.value + 0.88 * variance;
            }
            f64::sqrt(variance)
        };
        assert_close(carried / truth, 1.0, 0.15);
        assert!(fitted.deviation(&later, 24.0 * hour).unwrap() > 3.0 * carried);
        assert!(model.fit(&path.past(20)).is_err());
    }
}
