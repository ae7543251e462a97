//! Economics of a miner: what machines on a site earn, cost and return, where they break even, how long they live and what
//! an investment in one is worth.
//!
//! Which machines run is decided by their cash margin (revenue less the pool's share less energy): those run whose margin
//! is not negative. The cost of operation and depreciation are borne whether a machine runs or not; a machine's share of the
//! operation goes by its share of the fleet's power, which is what occupies a site.

mod account;
mod break_even;
mod depreciation;
mod prospect;
mod sensitivity;

#[cfg(test)]
mod tests;

pub use account::{Account, Books, Line, Statement, operate, operate_held};
pub use break_even::{BreakEven, FleetBreakEven, break_even_energy_price, break_even_hashprice};
pub use depreciation::Depreciation;
pub use prospect::{Impairment, Prospect, decline_of_hashprice, prospects};
pub use sensitivity::{Conditions, Driver, Sensitivities, Sensitivity, sensitivities};

use super::{Fleet, Site, TERAHASHES_PER_PETAHASH, Unit};
use crate::error::{Result, representable, within};

/// What machines of one type take and give in a day at the site's uptime.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    /// Hash rate, PH/s.
    pub(super) petahashes: f64,
    /// Energy at the meter, kWh.
    pub(super) energy: f64,
    /// Share of the cost of operation, quote.
    pub(super) operation: f64,
}

impl Load {
    pub(super) fn new(unit: &Unit, fleet: &Fleet, site: &Site) -> Self {
        Self {
            petahashes: unit.count * unit.machine.hash_rate * site.uptime / TERAHASHES_PER_PETAHASH,
            energy: unit.count * unit.machine.energy_per_day() * site.uptime * site.overhead,
            operation: site.operation * (unit.count * unit.machine.power / fleet.power()),
        }
    }

    /// What the pool pays out for a day at a hashprice; in coins where `hashprice` is.
    pub(super) fn income(&self, site: &Site, hashprice: f64) -> f64 {
        self.petahashes * hashprice * (1.0 - site.pool_fee)
    }

    /// Cash margin of a day at a hashprice.
    pub(super) fn margin(&self, site: &Site, hashprice: f64) -> f64 {
        self.income(site, hashprice) - self.energy * site.energy_price
    }
}

/// What a fleet's hash rate cost: purchase price of all machines per TH/s.
///
/// # Errors
/// [`crate::ModelError::Overflow`].
pub fn cost_per_terahash(fleet: &Fleet) -> Result<f64> {
    let price: f64 = fleet.units().iter().map(|unit| unit.count * unit.price).sum();
    representable("cost per TH", price / fleet.hash_rate())
}

/// A hurdle rate per year within the domain of rates.
fn hurdle_rate(rate: f64) -> Result<f64> {
    within("hurdle rate", rate, -0.99, 40.0)
}

/// ∫₀ᵗ e^(−rs) ds.
pub(super) fn annuity(rate: f64, years: f64) -> f64 {
    let exponent = rate * years;
    if exponent.abs() < 1e-9 {
        years * (1.0 - exponent / 2.0)
    } else {
        -(-exponent).exp_m1() / rate
    }
}
