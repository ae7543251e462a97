//! What miners pay for energy: a distribution over the hash rate, not a number.

use crate::error::{Result, at_least, finite, fraction, positive, within};
use crate::normal;
use crate::roots::itp;

/// A group of miners, whose prices are a shifted lognormal: floor + (median − floor)·e^(deviation·Z).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnergyRegion {
    /// Share of the hash rate, relative to the other groups'.
    pub share: f64,
    /// Price that nobody is below, quote per kWh.
    pub floor: f64,
    /// Median price, quote per kWh; above the floor.
    pub median: f64,
    /// Deviation of the logarithm of what lies above the floor.
    pub deviation: f64,
}

/// Energy prices across the hash rate: a mixture of groups.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyPrices {
    regions: Vec<EnergyRegion>,
}

/// Deviations from here on would put the mean beyond any price.
const MOST_DEVIATION: f64 = 5.0;

impl EnergyRegion {
    /// The standardised logarithm of a price above the floor, or nothing at and below it.
    fn score(&self, price: f64) -> Option<f64> {
        let above = price - self.floor;
        (above > 0.0).then(|| (above / (self.median - self.floor)).ln() / self.deviation)
    }

    /// Mean of what lies above the floor.
    fn mean_above(&self) -> f64 {
        (self.median - self.floor) * (0.5 * self.deviation * self.deviation).exp()
    }
}

impl EnergyPrices {
    /// A mixture of at least one group; shares are scaled to a sum of one.
    ///
    /// # Errors
    /// [`crate::ModelError::TooFew`] without groups; [`crate::ModelError::NotPositive`] for shares, deviations and a
    /// median that is not above its floor, [`crate::ModelError::OutOfRange`] for negative floors and deviations above 5,
    /// [`crate::ModelError::NotFinite`].
    pub fn new(mut regions: Vec<EnergyRegion>) -> Result<Self> {
        at_least("groups of energy prices", 1, regions.len())?;
        for region in &regions {
            positive("share of a group of miners", region.share)?;
            within("floor of energy prices", region.floor, 0.0, 1e6)?;
            within("median of energy prices", region.median, 0.0, 1e6)?;
            positive(
                "median of energy prices, above their floor,",
                region.median - region.floor,
            )?;
            positive("deviation of energy prices", region.deviation)?;
            within(
                "deviation of energy prices",
                region.deviation,
                0.0,
                MOST_DEVIATION,
            )?;
        }
        let total = positive(
            "sum of the groups' shares",
            regions.iter().map(|region| region.share).sum(),
        )?;
        for region in &mut regions {
            region.share /= total;
        }
        Ok(Self { regions })
    }

    /// One group.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn lognormal(floor: f64, median: f64, deviation: f64) -> Result<Self> {
        Self::new(vec![EnergyRegion {
            share: 1.0,
            floor,
            median,
            deviation,
        }])
    }

    /// One group for the world: nobody below 0.02 per kWh, a median of 0.047, a mean of 0.0506, near the 0.05 that the Cambridge
    /// index assumes (CCAF 2019, methodology).
    ///
    /// # Errors
    /// None; as [`Self::new`] has it.
    pub fn worldwide() -> Result<Self> {
        Self::lognormal(0.02, 0.047, 0.5)
    }

    /// The groups, their shares scaled to a sum of one.
    #[must_use]
    pub fn regions(&self) -> &[EnergyRegion] {
        &self.regions
    }

    /// All prices times a factor.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`], and as [`Self::new`] of the result.
    pub fn scaled(&self, factor: f64) -> Result<Self> {
        positive("factor on energy prices", factor)?;
        let scale = |region: &EnergyRegion| EnergyRegion {
            floor: region.floor * factor,
            median: region.median * factor,
            ..*region
        };
        Self::new(self.regions.iter().map(scale).collect())
    }

    /// Share of the hash rate that pays less than a price.
    #[must_use]
    pub fn share_below(&self, price: f64) -> f64 {
        self.sum(price, |_, score| normal::cdf(score))
    }

    /// Density at a price, per quote and kWh.
    #[must_use]
    pub fn density(&self, price: f64) -> f64 {
        self.sum(price, |region, score| {
            normal::density(score) / (region.deviation * (price - region.floor))
        })
    }

    /// ∫ c dF(c) over prices below a price: mean price of those who pay less × their share.
    #[must_use]
    pub fn paid_below(&self, price: f64) -> f64 {
        self.sum(price, |region, score| {
            region.floor * normal::cdf(score) + region.mean_above() * normal::cdf(score - region.deviation)
        })
    }

    /// Mean price, quote per kWh.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.regions
            .iter()
            .map(|region| region.share * (region.floor + region.mean_above()))
            .sum()
    }

    /// The price below which a share of the hash rate pays.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a share outside (0, 1), [`crate::ModelError::NotFinite`].
    pub fn quantile(&self, share: f64) -> Result<f64> {
        fraction("share of the hash rate", finite("share of the hash rate", share)?)?;
        let score = normal::quantile(share)?;
        let of = |region: &EnergyRegion| {
            region.floor + (region.median - region.floor) * (region.deviation * score).exp()
        };
        // the mixture's quantile lies between its groups'
        let low = self.regions.iter().map(of).fold(f64::INFINITY, f64::min);
        let high = self.regions.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        let gap = |price: f64| Ok(self.share_below(price) - share);
        let (below, above) = (gap(low)?, gap(high)?);
        if below >= 0.0 {
            return Ok(low);
        }
        if above <= 0.0 {
            return Ok(high);
        }
        itp(gap, (low, below), (high, above), 1e-14 * high).map(|root| root.x)
    }

    fn sum(&self, price: f64, part: impl Fn(&EnergyRegion, f64) -> f64) -> f64 {
        self.regions
            .iter()
            .filter_map(|region| {
                region
                    .score(price)
                    .map(|score| region.share * part(region, score))
            })
            // an empty sum is −0
            .fold(0.0, |sum, part| sum + part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, integrate};
    use proptest::prelude::*;

    fn two() -> EnergyPrices {
        EnergyPrices::new(vec![
            EnergyRegion {
                share: 3.0,
                floor: 0.01,
                median: 0.04,
                deviation: 0.3,
            },
            EnergyRegion {
                share: 1.0,
                floor: 0.02,
                median: 0.08,
                deviation: 0.4,
            },
        ])
        .unwrap()
    }

    #[test]
    fn shares_and_payments_are_the_integrals_of_the_density() {
        let prices = two();
        for price in [0.03, 0.05, 0.09, 0.3] {
            let below = integrate(|c| prices.density(c), 0.010_000_1, price, 20_000);
            assert_close(prices.share_below(price), below, 1e-8);
            let paid = integrate(|c| c * prices.density(c), 0.010_000_1, price, 20_000);
            assert_close(prices.paid_below(price), paid, 1e-9);
        }
        assert_close(prices.paid_below(1e6), prices.mean(), 1e-12);
        assert_close(prices.share_below(0.01), 0.0, 0.0);
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        for (floor, median, deviation) in [
            (-0.01, 0.05, 0.3),
            (0.05, 0.05, 0.3),
            (0.01, 0.05, 0.0),
            (0.01, 0.05, 6.0),
            (0.01, f64::NAN, 0.3),
            (0.01, f64::INFINITY, 0.3),
        ] {
            assert!(EnergyPrices::lognormal(floor, median, deviation).is_err());
        }
        assert!(EnergyPrices::new(vec![]).is_err());
        assert!(two().quantile(0.0).is_err() && two().quantile(f64::NAN).is_err());
        assert!(two().scaled(0.0).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn a_quantile_is_undone_by_the_share_and_scales_with_the_prices(
            share in 1e-6_f64..0.999_999, factor in 0.1_f64..10.0,
        ) {
            let prices = two();
            let price = prices.quantile(share).unwrap();
            prop_assert!((prices.share_below(price) - share).abs() < 1e-9);
            let scaled = prices.scaled(factor).unwrap().quantile(share).unwrap();
            prop_assert!((scaled / (factor * price) - 1.0).abs() < 1e-9);
        }
    }
}
