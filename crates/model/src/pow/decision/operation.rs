//! A site with its machines and contracts, and what an hour is worth to it.

use super::block::Block;
use super::contract::{Contracts, GridHour, HOURS};
use super::fill::{Bounds, Filled, TOLERANCE, Terms, fill};
use super::merit::Merit;
use super::states::States;
use super::tariff::Tariff;
use crate::error::{Result, at_least, representable, within_count};
use crate::pow::{Site, TERAHASHES_PER_PETAHASH};

/// A site with its machines and contracts. Blocks without a commitment are decided hour by hour; those with one are
/// switched as a whole or in stages.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    pub(super) site: Site,
    pub(super) blocks: Vec<Block>,
    pub(super) contracts: Contracts,
    pub(super) merit: Merit,
    pub(super) states: States,
    pub(super) full_load: f64,
}

/// An hour's best load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outcome {
    pub filled: Filled,
    /// The bounds within which it was filled.
    pub bounds: Bounds,
    /// Paid for availability, quote.
    pub availability: f64,
    /// Paid for curtailment, quote.
    pub payment: f64,
}

impl Outcome {
    /// What the hour brings before starts and operation, quote.
    pub(super) fn value(&self) -> f64 {
        self.filled.profit + self.availability + self.payment
    }
}

impl Operation {
    /// The site's own energy price is not used: what energy costs is in the contracts.
    ///
    /// # Errors
    /// [`crate::ModelError::TooFew`] without blocks; [`crate::ModelError::OutOfRange`] where demand response promises
    /// more than the full load, and where the committed blocks have too many states for an exact solution (merge them);
    /// as [`Site::checked`] and [`Contracts::checked`].
    pub fn new(site: Site, blocks: Vec<Block>, contracts: Contracts) -> Result<Self> {
        let site = site.checked()?;
        let contracts = contracts.checked()?;
        at_least("blocks of machines", 1, blocks.len())?;
        let merit = Merit::new(&site, &blocks, Block::is_free)?;
        let all: f64 = merit.tops().map(|top| top.load).sum();
        let full_load = all.min(contracts.limit());
        contracts.fits(full_load)?;
        Ok(Self {
            states: States::new(&blocks)?,
            site,
            blocks,
            contracts,
            merit,
            full_load,
        })
    }

    /// Load at the meter with everything on, within the limit, kW.
    #[must_use]
    pub const fn full_load(&self) -> f64 {
        self.full_load
    }

    /// Energy price up to which the next kWh of each block's machines earns its cost, quote per kWh at the meter: the
    /// threshold rule of an hour without commitments. For the block's most efficient operation.
    ///
    /// # Errors
    /// As [`GridHour::checked`].
    pub fn thresholds(&self, hour: &GridHour) -> Result<Vec<f64>> {
        let revenue = self.revenue(&hour.checked()?);
        Ok((0..self.blocks.len())
            .map(|block| revenue * self.best_slope(block))
            .collect())
    }

    /// Most TH/s per kW that a block reaches.
    pub(super) fn best_slope(&self, block: usize) -> f64 {
        self.merit.hulls[block]
            .iter()
            .filter(|corner| corner.load > 0.0)
            .map(|corner| corner.hash_rate / corner.load)
            .fold(0.0, f64::max)
    }

    /// Least load by which a block can be switched on, kW: its first stage, or next to nothing.
    pub(super) fn least_load(&self, block: usize) -> f64 {
        self.merit.hulls[block].first().map_or(0.0, |base| {
            base.load / crate::error::count(self.blocks[block].commitment.stages)
        })
    }

    /// Revenue after the pool's fee, quote per TH/s and hour.
    fn revenue(&self, hour: &GridHour) -> f64 {
        hour.hashprice / TERAHASHES_PER_PETAHASH / 24.0 * hour.derating * (1.0 - self.site.pool_fee)
    }

    pub(super) fn terms(&self, hour: &GridHour) -> Terms {
        Terms {
            revenue: self.revenue(hour),
            tariff: Tariff::new(&self.contracts, hour.price),
        }
    }

    /// The best load of an hour with these shares of the blocks on; none where they draw too much.
    pub(super) fn best(&self, terms: &Terms, shares: &[f64], responds: bool) -> Option<Outcome> {
        let limit = self.contracts.limit();
        let outcome = |bounds, availability, payment| {
            fill(&self.merit, terms, shares, bounds, |_, _, _| ()).map(|filled| Outcome {
                filled,
                bounds,
                availability,
                payment,
            })
        };
        let free = Bounds { floor: 0.0, limit };
        let Some(contract) = self.contracts.response else {
            return outcome(free, 0.0, 0.0);
        };
        let paid = contract.power * contract.availability;
        if responds {
            let bounds = Bounds {
                floor: 0.0,
                limit: self.full_load - contract.power,
            };
            return outcome(bounds, paid, contract.power * contract.payment);
        }
        let reached = |outcome: &Outcome| outcome.filled.load >= contract.power * (1.0 - TOLERANCE);
        let unpaid = outcome(free, 0.0, 0.0)?;
        if reached(&unpaid) {
            return Some(Outcome {
                availability: paid,
                ..unpaid
            });
        }
        let available = Bounds {
            floor: contract.power,
            limit,
        };
        outcome(available, paid, 0.0)
            .filter(|held| reached(held) && held.value() > unpaid.value())
            .or(Some(unpaid))
    }

    /// Hours in their domains, whose values can be represented.
    pub(super) fn checked(&self, hours: &[GridHour]) -> Result<()> {
        at_least("hours of a schedule", 1, hours.len())?;
        within_count("hours of a schedule", hours.len(), 1, HOURS)?;
        let starts: f64 = self.blocks.iter().map(|block| block.commitment.start_cost).sum();
        let mut total = 0.0;
        for hour in hours {
            let terms = self.terms(&hour.checked()?);
            let hashes: f64 = self.merit.tops().map(|top| top.hash_rate).sum();
            total +=
                terms.revenue * hashes + terms.tariff.cost(self.full_load).abs() + terms.tariff.idle.abs();
            total += starts + self.site.operation;
        }
        let payments = self.contracts.response.map_or(0.0, |contract| {
            contract.power * (contract.availability + contract.payment) * crate::error::count(hours.len())
        });
        representable("value of a schedule", total + payments).map(|_| ())
    }
}
