//! The network's machines day by day, and what a coin cost.

use super::walk::Walk;
use super::{CostSplit, EnergyPrices, FleetDynamics, MachineType, SupplyCurve, Terms};
use crate::error::{ModelError, Result, at_least, positive, representable};
use crate::pow::{MiningHistory, TERAHASHES_PER_PETAHASH};

/// A vintage model of a network: each day's net additions of hash rate are the machines then sold.
///
/// A type's machines wear out at the rate 1/life, those that stand still at 1/idle life besides. Of what is installed, the
/// share whose energy is cheap enough at the averaged hashprice runs ([`SupplyCurve`]). Where that is less than the averaged
/// recorded hash rate, the gap is bought, by type as [`FleetDynamics`] has it; where it is more, the rest stands still for
/// another reason than cost. Hash rate is thus the recorded one, always, and the model only says by which machines.
#[derive(Debug, Clone, PartialEq)]
pub struct CostModel {
    pub(super) types: Vec<MachineType>,
    pub(super) prices: EnergyPrices,
    pub(super) terms: Terms,
    pub(super) dynamics: FleetDynamics,
    /// What buyers of machines pay for energy, quote per kWh.
    buyers: f64,
}

/// The network on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Its figures.
    pub day: NetworkDay,
    /// What is installed, and at which hashprice how much of it runs.
    pub curve: SupplyCurve,
    /// The averaged hashprice, or the higher one at which a hundredth of what is installed runs.
    pub running_hashprice: f64,
    /// For each type of the curve, its place in the model's list.
    pub types: Vec<usize>,
}

/// Figures of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetworkDay {
    /// Start of the day, Unix seconds.
    pub time: i64,
    /// Recorded price of a coin, quote.
    pub price: f64,
    /// Recorded coins per PH/s and day.
    pub coins: f64,
    /// Averaged hash rate, TH/s.
    pub hash_rate: f64,
    /// Averaged hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Averaged growth of the hash rate, per year, which a buyer of machines expects to last.
    pub growth: f64,
    /// Mean efficiency of the machines that run, J/TH.
    pub efficiency: f64,
    /// Power at the meter, watts.
    pub power: f64,
    /// Share of the installed hash rate that can run at the averaged hashprice.
    pub running: f64,
    /// Averaged recorded hash rate ÷ hash rate that can run: below one, some stands still that could; above one, more runs
    /// than the model's costs allow.
    pub utilisation: f64,
    /// Mean cost of a coin, quote.
    pub cost: CostSplit,
    /// Cost of a coin, without hardware, to the miner whom [`MARGINAL`] of the running hash rate undercuts.
    pub marginal: f64,
}

/// Share of the running hash rate that is cheaper than the marginal miner.
pub const MARGINAL: f64 = 0.9;

/// Quantile of the energy prices at which machines are bought: those grow whose energy is cheap.
const BUYERS: f64 = 0.25;

impl CostModel {
    /// A model of at least one type of machine.
    ///
    /// # Errors
    /// [`ModelError`] naming the first figure outside its domain.
    pub fn new(
        types: Vec<MachineType>,
        prices: EnergyPrices,
        terms: Terms,
        dynamics: FleetDynamics,
    ) -> Result<Self> {
        at_least("types of machines", 1, types.len())?;
        for machine in &types {
            machine.checked()?;
            positive("energy of a PH/s and day", terms.energy(machine.efficiency))?;
            representable("energy of a PH/s and day", terms.energy(machine.efficiency))?;
        }
        Ok(Self {
            types,
            buyers: prices.quantile(BUYERS)?,
            prices,
            terms: terms.checked()?,
            dynamics: dynamics.checked()?,
        })
    }

    /// The types.
    #[must_use]
    pub fn types(&self) -> &[MachineType] {
        &self.types
    }

    /// What a machine of this efficiency (J/TH) is worth on a day to a buyer at the lower quartile of the energy
    /// prices, quote per TH/s:
    /// see [`FleetDynamics`].
    ///
    /// # Errors
    /// [`ModelError::NotPositive`], [`ModelError::NotFinite`], [`ModelError::Overflow`].
    pub fn machine_price(&self, day: &NetworkDay, efficiency: f64) -> Result<f64> {
        let energy = self
            .terms
            .energy(positive("efficiency of a machine", efficiency)?);
        representable(
            "price of a machine",
            self.price(day.hashprice, energy, day.growth) / TERAHASHES_PER_PETAHASH,
        )
    }

    /// What a PH/s whose energy for a day is this (kWh) is worth, quote.
    pub(super) fn price(&self, hashprice: f64, energy: f64, growth: f64) -> f64 {
        let cost = energy * (self.buyers + self.terms.operation);
        self.dynamics
            .purchase_price(hashprice * (1.0 - self.terms.pool_fee), cost, growth)
    }

    /// The network on each day from the first on which a machine is sold.
    pub fn networks<'a>(&'a self, history: &'a MiningHistory) -> impl Iterator<Item = Result<Network>> + 'a {
        let days = history.days().iter().skip(self.days_before(history));
        let mut walk = Walk::new(self);
        days.map(move |day| walk.step(day))
    }

    /// Recorded days before the first on which a machine is sold, which [`Self::networks`] leaves out.
    #[must_use]
    pub fn days_before(&self, history: &MiningHistory) -> usize {
        let first = self.types.iter().map(|machine| machine.release).min();
        let days = history.days();
        first.map_or(days.len(), |first| days.partition_point(|day| day.time < first))
    }

    /// The figures of each day from the first on which a machine is sold.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] where no day is that late; [`ModelError::Overflow`].
    pub fn days(&self, history: &MiningHistory) -> Result<Vec<NetworkDay>> {
        let days = self
            .networks(history)
            .map(|network| network.map(|network| network.day))
            .collect::<Result<Vec<_>>>()?;
        at_least("days on which a machine was sold", 1, days.len())?;
        Ok(days)
    }

    /// The network on the last recorded day at or before a time.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] where there is none on which a machine was sold; [`ModelError::Overflow`].
    pub fn network(&self, history: &MiningHistory, time: i64) -> Result<Network> {
        let mut last = None;
        for network in self.networks(history) {
            let network = network?;
            if network.day.time > time {
                break;
            }
            last = Some(network);
        }
        last.ok_or(ModelError::TooFew {
            what: "days on which a machine was sold, by the time asked for",
            needed: 1,
            got: 0,
        })
    }
}

impl NetworkDay {
    /// Price ÷ mean cost of a coin, hardware included.
    #[must_use]
    pub fn price_to_cost(&self) -> f64 {
        self.price / self.cost.total()
    }

    /// Energy of a year at this power, TWh.
    #[must_use]
    pub fn annual_energy(&self) -> f64 {
        self.power * 8_760.0 / 1e12
    }
}

#[cfg(test)]
mod tests;
