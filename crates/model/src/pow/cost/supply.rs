//! The network's supply curve: hash rate against hashprice, over types of machines × energy prices.

use super::EnergyPrices;
use crate::error::{ModelError, Result, at_least, finite, non_negative, positive, representable, within};
use crate::pow::{Machine, TERAHASHES_PER_PETAHASH};
use crate::roots::itp;

/// Terms that all miners share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Energy at the meter ÷ energy of the machines (power usage effectiveness).
    pub overhead: f64,
    /// Cost of operation other than energy, quote per kWh at the meter; ends when a machine stops.
    pub operation: f64,
    /// Share of the revenue that pools keep, [0, 1).
    pub pool_fee: f64,
}

/// Machines of one type in the network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capacity {
    /// Hash rate while all run, TH/s.
    pub hash_rate: f64,
    /// Efficiency of the machines, J/TH.
    pub efficiency: f64,
    /// Depreciation, quote per PH/s and day, whether they run or not.
    pub depreciation: f64,
}

/// A cost by its parts, in one unit: quote per day, or quote per coin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostSplit {
    /// Energy.
    pub electricity: f64,
    /// Other cost of operation, and the pools' fees.
    pub operation: f64,
    /// Depreciation of the machines.
    pub hardware: f64,
}

/// What runs at a hashprice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Running {
    /// Hash rate, TH/s.
    pub hash_rate: f64,
    /// Power at the meter, watts.
    pub power: f64,
    /// Cost, quote per day.
    pub cost: CostSplit,
}

/// A machine runs while its revenue covers its energy and operation: hashprice·(1 − fee) ≥ energy per PH/s and day·(price
/// of energy + operation). With energy prices distributed alike over the types, the hash rate supplied at a hashprice h is
/// Σ K·F(h·(1 − fee)/energy − operation).
#[derive(Debug, Clone, PartialEq)]
pub struct SupplyCurve {
    capacities: Vec<Capacity>,
    prices: EnergyPrices,
    terms: Terms,
}

/// Shares of the installed hash rate between which the curve is inverted.
const FEWEST: f64 = 1e-9;
/// Doublings or halvings of a hashprice that cover what f64 holds.
const DOUBLINGS: usize = 1_000;

impl Terms {
    /// Cambridge's overhead of 10 %, half a cent per kWh for staff, rent and repairs, and a pool fee of 1 %.
    pub const DEFAULT: Self = Self {
        overhead: 1.1,
        operation: 0.005,
        pool_fee: 0.01,
    };

    /// The terms, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        within("overhead of mining sites", self.overhead, 1.0, 10.0)?;
        within("cost of operation", self.operation, 0.0, 1e6)?;
        within("pool fee", self.pool_fee, 0.0, 0.999_999)?;
        Ok(self)
    }

    /// Energy at the meter of one PH/s of machines of this efficiency (J/TH) for a day, kWh.
    pub(super) fn energy(&self, efficiency: f64) -> f64 {
        let machine = Machine {
            hash_rate: 1.0,
            power: efficiency,
        };
        machine.energy_per_petahash_day() * self.overhead
    }

    /// The price of energy (quote per kWh) up to which machines of this efficiency run at a hashprice.
    pub(super) fn highest_energy_price(&self, hashprice: f64, efficiency: f64) -> f64 {
        hashprice * (1.0 - self.pool_fee) / self.energy(efficiency) - self.operation
    }
}

impl CostSplit {
    /// All parts.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.cash() + self.hardware
    }

    /// What ends when the machines stop: electricity and operation.
    #[must_use]
    pub fn cash(&self) -> f64 {
        self.electricity + self.operation
    }

    /// Every part times a factor.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        Self {
            electricity: self.electricity * factor,
            operation: self.operation * factor,
            hardware: self.hardware * factor,
        }
    }
}

impl SupplyCurve {
    /// A curve over at least one type.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] without types; [`ModelError::NotPositive`] for hash rates and efficiencies,
    /// [`ModelError::OutOfRange`] for a negative depreciation and terms outside their domain, [`ModelError::NotFinite`],
    /// [`ModelError::Overflow`].
    pub fn new(capacities: Vec<Capacity>, prices: EnergyPrices, terms: Terms) -> Result<Self> {
        at_least("types of machines of a network", 1, capacities.len())?;
        terms.checked()?;
        for capacity in &capacities {
            positive("hash rate of a type of machine", capacity.hash_rate)?;
            positive("efficiency of a type of machine", capacity.efficiency)?;
            positive("energy of a PH/s and day", terms.energy(capacity.efficiency))?;
            representable("energy of a PH/s and day", terms.energy(capacity.efficiency))?;
            non_negative("depreciation of a type of machine", capacity.depreciation)?;
        }
        let curve = Self {
            capacities,
            prices,
            terms,
        };
        representable("installed hash rate", curve.installed())?;
        Ok(curve)
    }

    /// The types.
    #[must_use]
    pub fn capacities(&self) -> &[Capacity] {
        &self.capacities
    }

    /// The energy prices.
    #[must_use]
    pub fn prices(&self) -> &EnergyPrices {
        &self.prices
    }

    /// The terms.
    #[must_use]
    pub fn terms(&self) -> Terms {
        self.terms
    }

    /// Hash rate while every machine runs, TH/s.
    #[must_use]
    pub fn installed(&self) -> f64 {
        self.capacities.iter().map(|capacity| capacity.hash_rate).sum()
    }

    /// Share of each type that runs at a hashprice (quote per PH/s and day).
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a negative hashprice, [`ModelError::NotFinite`].
    pub fn shares(&self, hashprice: f64) -> Result<Vec<f64>> {
        let hashprice = non_negative("hashprice", hashprice)?;
        let share = |capacity: &Capacity| self.prices.share_below(self.limit(hashprice, capacity));
        Ok(self.capacities.iter().map(share).collect())
    }

    /// Hash rate supplied at a hashprice, TH/s; rises with it.
    ///
    /// # Errors
    /// As [`Self::shares`].
    pub fn supplied(&self, hashprice: f64) -> Result<f64> {
        Ok(self.supply(non_negative("hashprice", hashprice)?))
    }

    /// Derivative of [`Self::supplied`], TH/s per quote per PH/s and day.
    ///
    /// # Errors
    /// As [`Self::shares`].
    pub fn slope(&self, hashprice: f64) -> Result<f64> {
        let hashprice = non_negative("hashprice", hashprice)?;
        let part = |capacity: &Capacity| {
            let energy = self.terms.energy(capacity.efficiency);
            capacity.hash_rate * self.prices.density(self.limit(hashprice, capacity)) / energy
        };
        let slope: f64 = self.capacities.iter().map(part).sum();
        representable("slope of the supply curve", slope * (1.0 - self.terms.pool_fee))
    }

    /// Relative change of the hash rate per relative change of the hashprice; 0 where nothing runs.
    ///
    /// # Errors
    /// As [`Self::slope`].
    pub fn elasticity(&self, hashprice: f64) -> Result<f64> {
        let supplied = self.supplied(hashprice)?;
        if supplied == 0.0 {
            return Ok(0.0);
        }
        representable(
            "elasticity of the hash rate",
            hashprice * self.slope(hashprice)? / supplied,
        )
    }

    /// What runs at a hashprice, its power and its cost; hardware is that of every installed machine.
    ///
    /// # Errors
    /// As [`Self::shares`], [`ModelError::Overflow`].
    pub fn running(&self, hashprice: f64) -> Result<Running> {
        let hashprice = non_negative("hashprice", hashprice)?;
        let mut sum = Running {
            hash_rate: 0.0,
            power: 0.0,
            cost: CostSplit {
                electricity: 0.0,
                operation: 0.0,
                hardware: 0.0,
            },
        };
        for capacity in &self.capacities {
            let limit = self.limit(hashprice, capacity);
            let runs = capacity.hash_rate * self.prices.share_below(limit);
            let petahashes = capacity.hash_rate / TERAHASHES_PER_PETAHASH;
            let energy = self.terms.energy(capacity.efficiency);
            sum.hash_rate += runs;
            sum.power += runs * capacity.efficiency * self.terms.overhead;
            sum.cost.electricity += petahashes * energy * self.prices.paid_below(limit);
            sum.cost.operation += runs / TERAHASHES_PER_PETAHASH
                * (energy * self.terms.operation + hashprice * self.terms.pool_fee);
            sum.cost.hardware += petahashes * capacity.depreciation;
        }
        representable("power of the network", sum.power)?;
        representable("cost of the network", sum.cost.total())?;
        Ok(sum)
    }

    /// The hashprice at which a hash rate (TH/s) is supplied: the inverse of [`Self::supplied`], which is the break-even of
    /// the miner with whom the hash rate is reached.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a hash rate that is not between 1e-9 and 1 − 1e-9 of the installed one,
    /// [`ModelError::NotFinite`], [`ModelError::Overflow`].
    pub fn hashprice(&self, hash_rate: f64) -> Result<f64> {
        let installed = self.installed();
        within(
            "hash rate to be supplied",
            hash_rate,
            FEWEST * installed,
            (1.0 - FEWEST) * installed,
        )?;
        self.solve(|hashprice| self.supply(hashprice) / hash_rate)
    }

    /// The hashprice at which miners who share a revenue (quote per day) come to rest once difficulty has followed:
    /// hashprice × hash rate supplied = revenue.
    ///
    /// # Errors
    /// [`ModelError::NotPositive`], [`ModelError::NotFinite`], [`ModelError::Overflow`].
    pub fn equilibrium(&self, revenue: f64) -> Result<f64> {
        positive("revenue of miners", revenue)?;
        self.solve(|hashprice| hashprice * self.supply(hashprice) / TERAHASHES_PER_PETAHASH / revenue)
    }

    fn limit(&self, hashprice: f64, capacity: &Capacity) -> f64 {
        self.terms.highest_energy_price(hashprice, capacity.efficiency)
    }

    fn supply(&self, hashprice: f64) -> f64 {
        self.capacities
            .iter()
            .map(|capacity| capacity.hash_rate * self.prices.share_below(self.limit(hashprice, capacity)))
            .sum()
    }

    /// The hashprice at which a function that rises from 0 without bound (or above 1) is 1.
    fn solve(&self, rising: impl Fn(f64) -> f64) -> Result<f64> {
        let overflow = ModelError::Overflow { what: "hashprice" };
        // near the break-even of the first type at the mean price
        let start = self
            .capacities
            .iter()
            .map(|capacity| self.terms.energy(capacity.efficiency))
            .fold(f64::INFINITY, f64::min)
            * (self.prices.mean() + self.terms.operation);
        let mut low = positive("hashprice", finite("hashprice", start)?)?;
        let mut high = low;
        let mut steps = 0..DOUBLINGS;
        while rising(low) > 1.0 {
            steps.next().ok_or(overflow)?;
            low /= 2.0;
        }
        while rising(high) < 1.0 {
            steps.next().ok_or(overflow)?;
            high *= 2.0;
        }
        if low == high {
            return Ok(low);
        }
        let gap = |log: f64| Ok::<_, ModelError>(rising(log.exp()) - 1.0);
        let (from, to) = (low.ln(), high.ln());
        let root = itp(gap, (from, gap(from)?), (to, gap(to)?), 1e-14)?;
        representable("hashprice", root.x.exp())
    }
}

#[cfg(test)]
mod tests;
