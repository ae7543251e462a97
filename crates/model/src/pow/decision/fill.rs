//! The best load within an hour, for what is switched on.

use super::merit::Merit;
use super::tariff::Tariff;

/// What an hour offers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Terms {
    /// Revenue after the pool's fee, quote per TH/s and hour.
    pub revenue: f64,
    /// What energy costs.
    pub tariff: Tariff,
}

/// How far an hour is filled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    /// Load to be reached even at a loss, as far as the machines go, kW.
    pub floor: f64,
    /// Load not to be exceeded, kW.
    pub limit: f64,
}

/// A filled hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Filled {
    /// kW.
    pub load: f64,
    /// TH/s.
    pub hash_rate: f64,
    /// Revenue less energy, quote.
    pub profit: f64,
}

/// Loads that differ by less count as equal: what is left of sums of thousands of loads.
pub(super) const TOLERANCE: f64 = 1e-9;

/// Fills an hour in merit order as long as the next kWh earns what it costs. `shares` of the blocks are on. `take` hears
/// of every load (block, kW, TH/s) that is taken. None where what is on draws more than the limit at the least.
pub(super) fn fill(
    merit: &Merit,
    terms: &Terms,
    shares: &[f64],
    bounds: Bounds,
    mut take: impl FnMut(usize, f64, f64),
) -> Option<Filled> {
    let (mut load, mut hash_rate) = (0.0, 0.0);
    for (block, (base, share)) in merit.bases().zip(shares).enumerate() {
        load += base.load * share;
        hash_rate += base.hash_rate * share;
        take(block, base.load * share, base.hash_rate * share);
    }
    if load > bounds.limit * (1.0 + TOLERANCE) {
        return None;
    }
    let mut steps = terms.tariff.steps.map(|step| step.energy);
    let mut used = load;
    for room in &mut steps {
        let taken = used.min(*room);
        *room -= taken;
        used -= taken;
    }
    let mut step = 0;
    'edges: for edge in &merit.edges {
        let mut left = edge.load * shares.get(edge.block).copied().unwrap_or_default();
        while left > 0.0 {
            let (Some(room), Some(offer)) = (steps.get_mut(step), terms.tariff.steps.get(step)) else {
                break 'edges;
            };
            if *room <= 0.0 {
                step += 1;
                continue;
            }
            let goal = if terms.revenue * edge.slope >= offer.price {
                bounds.limit
            } else {
                bounds.floor.min(bounds.limit)
            };
            if goal <= load {
                break 'edges;
            }
            // each turn uses up the edge, the step or the goal, and sets that one exactly
            let amount = left.min(*room).min(goal - load);
            left = if amount == left { 0.0 } else { left - amount };
            *room = if amount == *room { 0.0 } else { *room - amount };
            load = if amount == goal - load {
                goal
            } else {
                load + amount
            };
            hash_rate += amount * edge.slope;
            take(edge.block, amount, amount * edge.slope);
        }
    }
    Some(Filled {
        load,
        hash_rate,
        profit: terms.revenue * hash_rate - terms.tariff.cost(load),
    })
}
