//! A mining device.

use super::TERAHASHES_PER_PETAHASH;
use crate::error::{Result, non_negative, positive, representable};

/// A mining device at its rated load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Machine {
    /// Hash rate, TH/s.
    pub hash_rate: f64,
    /// Power drawn at the wall, watts.
    pub power: f64,
}

impl Machine {
    /// A device with this hash rate (TH/s) and power (W).
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`].
    pub fn new(hash_rate: f64, power: f64) -> Result<Self> {
        Ok(Self {
            hash_rate: positive("hash rate of a machine", hash_rate)?,
            power: positive("power of a machine", power)?,
        })
    }

    /// A device of one TH/s with this efficiency in J/TH: what a type costs to run whatever its size.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of_efficiency(joules_per_terahash: f64) -> Result<Self> {
        Self::new(1.0, joules_per_terahash)
    }

    /// Efficiency, J/TH: power ÷ hash rate.
    #[must_use]
    pub fn efficiency(&self) -> f64 {
        self.power / self.hash_rate
    }

    /// Energy of a full day, kWh.
    #[must_use]
    pub fn energy_per_day(&self) -> f64 {
        self.power * 24.0 / 1e3
    }

    /// Energy of one PH/s of such devices for a day, kWh.
    #[must_use]
    pub fn energy_per_petahash_day(&self) -> f64 {
        self.efficiency() * TERAHASHES_PER_PETAHASH * 24.0 / 1e3
    }

    /// Purchase price per TH/s of a device that costs `price`.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative price, [`crate::ModelError::NotFinite`],
    /// [`crate::ModelError::Overflow`].
    pub fn cost_per_terahash(&self, price: f64) -> Result<f64> {
        non_negative("price of a machine", price)?;
        representable("cost per TH", price / self.hash_rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn an_s19_draws_34_joules_a_terahash_and_costs_what_it_is_listed_at() {
        let s19 = Machine::new(95.0, 3250.0).unwrap();
        assert_close(s19.efficiency(), 34.210_526_315_789_47, 1e-15);
        assert_close(s19.energy_per_day(), 78.0, 1e-15);
        assert_close(s19.energy_per_petahash_day(), 78.0 / 95.0 * 1e3, 1e-12);
        assert_close(
            s19.cost_per_terahash(2999.0).unwrap(),
            31.568_421_052_631_58,
            1e-12,
        );
        assert_close(
            Machine::of_efficiency(s19.efficiency())
                .unwrap()
                .energy_per_petahash_day(),
            s19.energy_per_petahash_day(),
            1e-12,
        );
    }

    #[test]
    fn a_machine_without_hash_rate_or_power_is_refused() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Machine::new(bad, 1.0).is_err());
            assert!(Machine::new(1.0, bad).is_err());
        }
    }
}
