//! What a miner earns and pays over a period.

use crate::error::{Result, finite, non_negative, representable};
use crate::pow::forward::JointAverages;
use crate::pow::{Fleet, Site, TERAHASHES_PER_PETAHASH};

/// Exposure over a period: profit = hashes·hashprice − energy·price of energy − fixed, with the averages of the period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MinerExposure {
    /// PH/s·days whose hashprice is earned.
    pub hashes: f64,
    /// kWh that are paid for.
    pub energy: f64,
    /// Costs that depend on nothing, quote.
    pub fixed: f64,
}

impl MinerExposure {
    /// A fleet that runs for so many days, whatever it earns.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first figure of the site outside its domain; [`crate::ModelError::Overflow`].
    pub fn of_fleet(fleet: &Fleet, site: &Site, days: f64) -> Result<Self> {
        let site = site.checked()?;
        non_negative("days", days)?;
        let running = site.uptime * days;
        Self {
            hashes: fleet.hash_rate() / TERAHASHES_PER_PETAHASH * running * (1.0 - site.pool_fee),
            energy: fleet.power() / 1e3 * 24.0 * running * site.overhead,
            fixed: site.operation * days,
        }
        .checked()
    }

    /// The exposure, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for negative hashes or energy, [`crate::ModelError::NotFinite`].
    pub fn checked(self) -> Result<Self> {
        non_negative("hashes", self.hashes)?;
        non_negative("energy", self.energy)?;
        finite("fixed costs", self.fixed)?;
        Ok(self)
    }

    /// Loadings of the profit on the averages of hashprice, price and energy.
    #[must_use]
    pub fn loadings(&self) -> [f64; 3] {
        [self.hashes, 0.0, -self.energy]
    }

    /// Profit at given averages.
    #[must_use]
    pub fn profit(&self, averages: &[f64; 3]) -> f64 {
        crate::quadratic::dot(&self.loadings(), averages) - self.fixed
    }

    /// Expected profit.
    ///
    /// # Errors
    /// [`crate::ModelError::Overflow`].
    pub fn expected(&self, averages: &JointAverages) -> Result<f64> {
        representable("expected profit", self.profit(&averages.means))
    }
}
