//! What energy costs in an hour.
//!
//! A block that is paid for anyway costs what it would sell for; the part of it that is not, its price or what it would
//! sell for; everything beyond, the spot price with fees. These marginal costs do not fall with the load because fees
//! and discounts are not negative, so the cost is convex and merit order is exact.

use super::contract::Contracts;

/// Energy at one marginal cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// kWh.
    pub energy: f64,
    /// Quote per kWh.
    pub price: f64,
    /// Bought at spot, though the block would have it.
    from_spot: bool,
    /// What is not taken from the block is resold.
    resells: bool,
}

/// The cost of an hour's energy as a function of the load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tariff {
    /// Cost without any load: what is paid for the block less what it sells for.
    pub idle: f64,
    /// Marginal costs, rising.
    pub steps: [Step; 3],
}

/// Where an hour's energy came from, kWh, and what it cost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Settlement {
    /// Bought at spot.
    pub bought: f64,
    /// Consumed from the block at a fixed price.
    pub taken: f64,
    /// Resold of the block.
    pub resold: f64,
    /// Cost, less the proceeds of the resale, quote.
    pub cost: f64,
}

impl Tariff {
    pub(super) fn new(contracts: &Contracts, price: f64) -> Self {
        let spot = contracts.spot.map(|spot| price + spot.fee);
        let beyond = Step {
            energy: if spot.is_some() { f64::INFINITY } else { 0.0 },
            price: spot.unwrap_or_default(),
            from_spot: true,
            resells: false,
        };
        let Some(block) = contracts.purchase else {
            let nothing = Step {
                energy: 0.0,
                ..beyond
            };
            return Self {
                idle: 0.0,
                steps: [nothing, nothing, beyond],
            };
        };
        let sale = block
            .resale
            .map_or(f64::NEG_INFINITY, |discount| price - discount);
        // a part of the block whose use costs `use_of` and whose disuse brings more than nothing only if it resells
        let part = |energy: f64, use_of: f64, resells: bool| match spot {
            Some(spot) if spot < use_of => Step {
                energy,
                price: spot,
                from_spot: true,
                resells,
            },
            _ => Step {
                energy,
                price: use_of,
                from_spot: false,
                resells,
            },
        };
        let paid = block.power * block.take_or_pay;
        let optional = block.power - paid;
        let sunk = part(paid, sale.max(0.0), sale > 0.0);
        let free = part(optional, sale.max(block.price), sale > block.price);
        Self {
            idle: paid * (block.price - sale.max(0.0)) - optional * (sale - block.price).max(0.0),
            steps: [sunk, free, beyond],
        }
    }

    /// Cost of a load, kW over the hour.
    pub(super) fn cost(&self, load: f64) -> f64 {
        self.used(load)
            .iter()
            .zip(&self.steps)
            .fold(self.idle, |cost, (used, step)| cost + used * step.price)
    }

    /// Energy of a load by step.
    fn used(&self, load: f64) -> [f64; 3] {
        let mut left = load;
        self.steps.map(|step| {
            let used = left.min(step.energy).max(0.0);
            left -= used;
            used
        })
    }

    /// Cost of the last kWh of a load (of the first one, where there is no load) and of the one after it, which is infinite
    /// where there is none.
    pub(super) fn margins(&self, load: f64) -> (f64, f64) {
        let tolerance = 1e-12 * load;
        let mut end = 0.0;
        let (mut last, mut next) = (None, None);
        for step in self.steps.iter().filter(|step| step.energy > 0.0) {
            if last.is_none() || end < load - tolerance {
                last = Some(step.price);
            }
            end += step.energy;
            if next.is_none() && end > load + tolerance {
                next = Some(step.price);
            }
        }
        (last.unwrap_or(f64::INFINITY), next.unwrap_or(f64::INFINITY))
    }

    /// Where the energy of a load comes from.
    pub(super) fn settle(&self, load: f64) -> Settlement {
        let mut settlement = Settlement {
            cost: self.cost(load),
            ..Settlement::default()
        };
        for (used, step) in self.used(load).iter().zip(&self.steps) {
            let taken = if step.from_spot { 0.0 } else { *used };
            settlement.bought += used - taken;
            settlement.taken += taken;
            if step.resells {
                settlement.resold += step.energy - taken;
            }
        }
        settlement
    }
}
