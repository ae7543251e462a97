//! What a miner earns and pays over a period.

use crate::error::{Result, finite, non_negative, representable};
use crate::pow::economics::Load;
use crate::pow::forward::JointAverages;
use crate::pow::{Fleet, Site};

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
    /// The machines of a fleet that pay for their energy at the period's expected hashprice, over so many days; the others
    /// stand still. What it would be worth to stop or start machines as hashprice moves is left out.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first figure of the site outside its domain; [`crate::ModelError::NotFinite`] for the
    /// hashprice, [`crate::ModelError::Overflow`].
    pub fn of_fleet(fleet: &Fleet, site: &Site, hashprice: f64, days: f64) -> Result<Self> {
        let site = site.checked()?;
        finite("expected hashprice", hashprice)?;
        let mut exposure = Self {
            hashes: 0.0,
            energy: 0.0,
            fixed: site.operation * non_negative("days", days)?,
        };
        for unit in fleet.units() {
            let load = Load::new(unit, fleet, &site);
            if load.margin(&site, hashprice) >= 0.0 {
                exposure.hashes += load.income(&site, days);
                exposure.energy += load.energy * days;
            }
        }
        exposure.checked()
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
