//! The price at which miners stop, as a distribution.

use crate::error::{Result, at_least, count, finite, non_negative, positive, representable, within};
use crate::normal;
use crate::roots::itp;

/// The price at which a miner stops: a mixture of lognormals of one deviation, equally likely.
///
/// The medians are the floor under the different degrees to which difficulty may have followed the price by then; the
/// deviation is what is not known of energy prices, machines and fees, on all of which a floor depends in proportion.
#[derive(Debug, Clone, PartialEq)]
pub struct FloorDistribution {
    /// Logarithms of the components' medians.
    logs: Vec<f64>,
    /// Deviation of the logarithm within a component.
    deviation: f64,
}

/// Points of time at which [`FloorDistribution::time_below`] looks.
const TIMES: u16 = 200;

impl FloorDistribution {
    /// A floor with these medians (quote per coin), each equally likely, and a deviation of its logarithm.
    ///
    /// # Errors
    /// [`crate::ModelError::TooFew`] without medians, [`crate::ModelError::NotPositive`] for medians and deviation,
    /// [`crate::ModelError::OutOfRange`] for a deviation above 5, [`crate::ModelError::NotFinite`].
    pub fn new(medians: &[f64], deviation: f64) -> Result<Self> {
        at_least("medians of a floor", 1, medians.len())?;
        positive("deviation of a floor", deviation)?;
        within("deviation of a floor", deviation, 0.0, 5.0)?;
        let logs = medians
            .iter()
            .map(|median| positive("median of a floor", *median).map(f64::ln))
            .collect::<Result<_>>()?;
        Ok(Self { logs, deviation })
    }

    /// Probability that the floor lies below a price. One less it is the probability that this price is under the floor.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`].
    pub fn probability_below(&self, price: f64) -> Result<f64> {
        Ok(self.below(positive("price of a coin", price)?.ln()))
    }

    /// The price that the floor lies below with probability `p`, quote per coin.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a probability outside (0, 1), [`crate::ModelError::Overflow`].
    pub fn quantile(&self, p: f64) -> Result<f64> {
        let reach = self.deviation * normal::quantile(p)?;
        let (low, high) = self
            .logs
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), log| {
                (low.min(log + reach), high.max(log + reach))
            });
        let gap = |log: f64| Ok(self.below(log) - p);
        let (below, above) = (gap(low)?, gap(high)?);
        let log = if below >= 0.0 {
            low
        } else if above <= 0.0 {
            high
        } else {
            itp(gap, (low, below), (high, above), 1e-13)?.x
        };
        positive(
            "quantile of a floor",
            representable("quantile of a floor", log.exp())?,
        )
    }

    /// Mean, quote per coin.
    ///
    /// # Errors
    /// [`crate::ModelError::Overflow`].
    pub fn mean(&self) -> Result<f64> {
        let variance = self.deviation * self.deviation;
        let sum: f64 = self.logs.iter().map(|log| (log + 0.5 * variance).exp()).sum();
        representable("mean of a floor", sum / count(self.logs.len()))
    }

    /// How far a price stands above the floor: (ln price − mean of ln floor) ÷ deviation of ln floor. Negative below.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`].
    pub fn distance(&self, price: f64) -> Result<f64> {
        let (mean, deviation) = self.log_moments();
        Ok((positive("price of a coin", price)?.ln() - mean) / deviation)
    }

    /// Mean and deviation of the floor's logarithm.
    #[must_use]
    pub fn log_moments(&self) -> (f64, f64) {
        let n = count(self.logs.len());
        let mean = self.logs.iter().sum::<f64>() / n;
        let spread = self
            .logs
            .iter()
            .map(|log| (log - mean) * (log - mean))
            .sum::<f64>()
            / n;
        (mean, (spread + self.deviation * self.deviation).sqrt())
    }

    /// Share of a horizon (years) that a price spends under the floor in expectation, if it is a geometric Brownian motion
    /// of this drift and volatility (per year and √year) and the floor stays.
    ///
    /// ln S_t − ln F is normal within a component, with mean ln S₀ + (μ − σ²/2)t − ln m and variance σ²t + s².
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for price and horizon, [`crate::ModelError::OutOfRange`] for a negative
    /// volatility, [`crate::ModelError::NotFinite`].
    pub fn time_below(&self, price: f64, drift: f64, volatility: f64, horizon: f64) -> Result<f64> {
        let start = positive("price of a coin", price)?.ln();
        within("drift of a price", drift, -1e3, 1e3)?;
        within("volatility of a price", volatility, 0.0, 1e3)?;
        within("horizon", positive("horizon", horizon)?, 0.0, 1e3)?;
        let under = |time: f64| -> f64 {
            let mean = start + (drift - 0.5 * volatility * volatility) * time;
            let deviation = (volatility * volatility * time + self.deviation * self.deviation).sqrt();
            let sum: f64 = self
                .logs
                .iter()
                .map(|log| normal::cdf((log - mean) / deviation))
                .sum();
            sum / count(self.logs.len())
        };
        let step = horizon / f64::from(TIMES);
        let sum: f64 = (0..TIMES).map(|i| under((f64::from(i) + 0.5) * step)).sum();
        Ok(sum / f64::from(TIMES))
    }

    /// Distribution function of the logarithm.
    fn below(&self, log: f64) -> f64 {
        let sum: f64 = self
            .logs
            .iter()
            .map(|median| normal::cdf((log - median) / self.deviation))
            .sum();
        sum / count(self.logs.len())
    }
}

/// What is not known of the figures that a floor is made of: deviations of their logarithms, taken as independent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloorUncertainty {
    /// Level of energy prices.
    pub energy: f64,
    /// Mean efficiency of the machines.
    pub efficiency: f64,
    /// Coins per unit of work: fees and luck.
    pub coins: f64,
}

impl FloorUncertainty {
    /// A quarter on the level of energy prices (0.04 to 0.064 about 0.05), 15 % on the machines, 5 % on fees and luck.
    pub const DEFAULT: Self = Self {
        energy: 0.25,
        efficiency: 0.15,
        coins: 0.05,
    };

    /// Deviation of the floor's logarithm: a floor is in proportion to each of the three.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative one, [`crate::ModelError::NotPositive`] where all are zero,
    /// [`crate::ModelError::NotFinite`].
    pub fn deviation(&self) -> Result<f64> {
        non_negative("uncertainty of energy prices", self.energy)?;
        non_negative("uncertainty of the machines' efficiency", self.efficiency)?;
        non_negative("uncertainty of the coins", self.coins)?;
        positive(
            "uncertainty of a floor",
            finite(
                "uncertainty of a floor",
                self.energy.hypot(self.efficiency).hypot(self.coins),
            )?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close, integrate};
    use proptest::prelude::*;

    #[test]
    fn one_component_is_a_lognormal() {
        let floor = FloorDistribution::new(&[100.0], 0.3).unwrap();
        assert_close(floor.quantile(0.5).unwrap(), 100.0, 1e-9);
        // lognormal of median 100 and deviation 0.3: 95 % quantile 100·e^(0.3·1.6448536)
        assert_close(floor.quantile(0.95).unwrap(), 163.796_896_5, 1e-3);
        assert_close(floor.mean().unwrap(), 100.0 * 0.045_f64.exp(), 1e-9);
        assert_close(floor.distance(100.0 * 0.6_f64.exp()).unwrap(), 2.0, 1e-12);
        assert_close(floor.probability_below(100.0).unwrap(), 0.5, 1e-15);
    }

    #[test]
    fn a_mixture_has_the_mean_that_its_quantiles_have() {
        let floor = FloorDistribution::new(&[40.0, 100.0, 70.0], 0.2).unwrap();
        let mean = integrate(|p| floor.quantile(p).unwrap(), 1e-9, 1.0 - 1e-9, 4_000);
        assert_close(floor.mean().unwrap() / mean, 1.0, 2e-3);
    }

    #[test]
    fn the_time_below_is_what_simulated_prices_spend_there() {
        let floor = FloorDistribution::new(&[80.0, 95.0], 0.1).unwrap();
        let (drift, volatility, horizon) = (0.1, 0.8, 0.5);
        let mut rng = Rng::new(7);
        let (mut under, draws) = (0.0, 200_000);
        for _ in 0..draws {
            let time = horizon * rng.uniform();
            let price = 100.0
                * ((drift - 0.5 * volatility * volatility) * time + volatility * time.sqrt() * rng.normal())
                    .exp();
            let median: f64 = if rng.uniform() < 0.5 { 80.0 } else { 95.0 };
            under += f64::from(u8::from(price < median * (0.1 * rng.normal()).exp()));
        }
        let expected = floor.time_below(100.0, drift, volatility, horizon).unwrap();
        // three standard errors of the simulated share
        assert_close(expected, under / f64::from(draws), 3.5e-3);
    }

    #[test]
    fn a_floor_without_medians_or_deviation_is_refused() {
        assert!(FloorDistribution::new(&[], 0.1).is_err());
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(FloorDistribution::new(&[bad], 0.1).is_err());
            assert!(FloorDistribution::new(&[1.0], bad).is_err());
            let floor = FloorDistribution::new(&[1.0], 0.1).unwrap();
            assert!(floor.probability_below(bad).is_err() && floor.distance(bad).is_err());
            assert!(floor.time_below(bad, 0.0, 0.1, 1.0).is_err());
            assert!(floor.quantile(bad).is_err());
        }
        let certain = FloorUncertainty {
            energy: 0.0,
            efficiency: 0.0,
            coins: 0.0,
        };
        assert!(certain.deviation().is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn quantiles_rise_and_are_undone_by_the_probability(
            medians in proptest::collection::vec(1e-3_f64..1e6, 1..6),
            deviation in 0.01_f64..2.0,
            low in 1e-4_f64..0.999, step in 1e-4_f64..0.5,
        ) {
            let floor = FloorDistribution::new(&medians, deviation).unwrap();
            let high = (low + step).min(0.9999);
            let (a, b) = (floor.quantile(low).unwrap(), floor.quantile(high).unwrap());
            prop_assert!(a <= b);
            prop_assert!((floor.probability_below(a).unwrap() - low).abs() < 1e-9);
        }
    }
}
