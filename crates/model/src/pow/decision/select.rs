//! Which machines to run, at which operating points, under a limit of power.

use super::block::Block;
use super::fill::{Bounds, Terms, fill};
use super::merit::{Corner, Merit};
use super::tariff::Tariff;
use super::{Contracts, GridHour, Spot};
use crate::error::{Result, at_least, positive, representable};
use crate::pow::{Site, TERAHASHES_PER_PETAHASH};

/// The machines that run.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// For each block, machines at each of its operating points; the rest of them are off.
    pub machines: Vec<Vec<f64>>,
    /// Load at the meter, kW.
    pub load: f64,
    /// TH/s, before the derating.
    pub hash_rate: f64,
    /// Revenue after the pool's fee less energy, quote per day.
    pub margin: f64,
    /// What a kW more would add, quote per day; nothing where the limit does not bind.
    pub per_kilowatt: f64,
    /// Most that whole machines lose against this divisible optimum, quote per day: only the last edge of the merit
    /// order is cut, so the loss is below what one machine adds by it.
    pub indivisibility: f64,
}

/// The selection that earns most at a hashprice (quote per PH/s and day) and the site's energy price, with a share
/// `derating` of the machines' hash rate kept at this temperature, under `max_load` kW at the meter. Exact for divisible
/// numbers of machines: edges of the blocks' hulls in order of TH/s per kW (see the module on merit order).
///
/// # Errors
/// [`crate::ModelError::TooFew`] without blocks, [`crate::ModelError::NotPositive`] for the limit; as [`Site::checked`],
/// [`GridHour::checked`].
pub fn under_limit(
    site: &Site,
    blocks: &[Block],
    hashprice: f64,
    derating: f64,
    max_load: f64,
) -> Result<Selection> {
    let site = site.checked()?;
    at_least("blocks of machines", 1, blocks.len())?;
    positive("maximum load", max_load)?;
    GridHour {
        price: site.energy_price,
        hashprice,
        derating,
    }
    .checked()?;
    let merit = Merit::new(&site, blocks, |_| true)?;
    let contracts = Contracts {
        max_load,
        spot: Some(Spot { fee: 0.0 }),
        purchase: None,
        response: None,
    };
    let terms = Terms {
        revenue: hashprice / TERAHASHES_PER_PETAHASH / 24.0 * derating * (1.0 - site.pool_fee),
        tariff: Tariff::new(&contracts, site.energy_price),
    };
    let bounds = Bounds {
        floor: 0.0,
        limit: max_load,
    };
    let mut loads = vec![0.0; blocks.len()];
    let everything = vec![1.0; blocks.len()];
    let filled = fill(&merit, &terms, &everything, bounds, |block, load, _| {
        if let Some(sum) = loads.get_mut(block) {
            *sum += load;
        }
    })
    .ok_or(crate::ModelError::Overflow {
        what: "load of all blocks",
    })?;
    // the edge that the limit cuts, or before which it stops
    let mut reached = 0.0;
    let cut = merit.edges.iter().find(|edge| {
        reached += edge.load;
        reached > max_load
    });
    // what the last kW adds per day, and what one machine adds by the edge
    let (per_kilowatt, indivisibility) = cut.map_or((0.0, 0.0), |edge| {
        let earned = (24.0 * (terms.revenue * edge.slope - site.energy_price)).max(0.0);
        (
            earned,
            earned * edge.load / (blocks[edge.block].count * site.uptime),
        )
    });
    let machines = merit
        .hulls
        .iter()
        .zip(blocks)
        .zip(&loads)
        .map(|((hull, block), load)| machines(hull, block, *load))
        .collect();
    Ok(Selection {
        machines,
        load: filled.load,
        hash_rate: filled.hash_rate,
        margin: representable("margin of the machines", 24.0 * filled.profit)?,
        per_kilowatt: representable("margin of a kW", per_kilowatt)?,
        indivisibility: representable("margin of a machine", indivisibility)?,
    })
}

/// How many of a block's machines stand at each point where the block draws `load`.
fn machines(hull: &[Corner], block: &Block, load: f64) -> Vec<f64> {
    let mut at = vec![0.0; block.points.len()];
    let mut put = |corner: &Corner, share: f64| {
        if let Some(slot) = corner.point.and_then(|point| at.get_mut(point)) {
            *slot += share * block.count;
        }
    };
    for pair in hull.windows(2) {
        let (low, high) = (&pair[0], &pair[1]);
        let is_last = hull.last() == Some(high);
        if load <= high.load || is_last {
            let share = ((load - low.load) / (high.load - low.load)).clamp(0.0, 1.0);
            put(low, 1.0 - share);
            put(high, share);
            break;
        }
    }
    at
}
