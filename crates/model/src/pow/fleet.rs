//! A miner's machines and the place where they run.

use super::Machine;
use crate::error::{Result, at_least, fraction, non_negative, positive, representable, within};

/// The place and the terms under which machines run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Site {
    /// Price of energy, quote per kWh; negative where the grid pays for the load.
    pub energy_price: f64,
    /// Energy at the meter ÷ energy of the machines (power usage effectiveness): 1 without cooling and losses.
    pub overhead: f64,
    /// Share of the time that machines run, (0, 1].
    pub uptime: f64,
    /// Share of the revenue that the pool keeps, [0, 1).
    pub pool_fee: f64,
    /// Cost of operation that does not depend on whether machines run (staff, rent, repairs), quote per day.
    pub operation: f64,
}

/// Machines of one type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// The type.
    pub machine: Machine,
    /// How many.
    pub count: f64,
    /// What one cost, quote.
    pub price: f64,
    /// Years after purchase at which one is written off.
    pub life: f64,
    /// What one is worth then, quote.
    pub salvage: f64,
}

/// Machines of one or more types.
#[derive(Debug, Clone, PartialEq)]
pub struct Fleet {
    units: Vec<Unit>,
}

impl Site {
    /// The site, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        within("energy price", self.energy_price, -1e6, 1e6)?;
        within("overhead of the site", self.overhead, 1.0, 10.0)?;
        positive("uptime", self.uptime)?;
        fraction("uptime", self.uptime)?;
        within("pool fee", self.pool_fee, 0.0, 0.999_999)?;
        non_negative("cost of operation", self.operation)?;
        Ok(self)
    }
}

impl Fleet {
    /// A fleet of at least one machine.
    ///
    /// # Errors
    /// [`crate::ModelError::TooFew`] without units; [`crate::ModelError::NotPositive`] for counts and lives,
    /// [`crate::ModelError::OutOfRange`] for negative prices and a salvage above the price,
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn new(units: Vec<Unit>) -> Result<Self> {
        at_least("types of machines in a fleet", 1, units.len())?;
        for unit in &units {
            Machine::new(unit.machine.hash_rate, unit.machine.power)?;
            positive("count of machines", unit.count)?;
            non_negative("price of a machine", unit.price)?;
            positive("life of a machine", unit.life)?;
            within("salvage value of a machine", unit.salvage, 0.0, unit.price)?;
        }
        let fleet = Self { units };
        representable("hash rate of the fleet", fleet.hash_rate())?;
        representable("power of the fleet", fleet.power())?;
        Ok(fleet)
    }

    /// The types.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// Hash rate while all machines run, TH/s.
    #[must_use]
    pub fn hash_rate(&self) -> f64 {
        self.units
            .iter()
            .map(|unit| unit.count * unit.machine.hash_rate)
            .sum()
    }

    /// Power of the machines while all run, watts, without the site's overhead.
    #[must_use]
    pub fn power(&self) -> f64 {
        self.units
            .iter()
            .map(|unit| unit.count * unit.machine.power)
            .sum()
    }
}
