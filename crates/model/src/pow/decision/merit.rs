//! The merit order: what the next watt of each block computes.
//!
//! A block mixes its operating points, machine by machine, so what it computes with a given power is the upper concave
//! hull of its points; a block that may be partly idle has the origin among them. Every TH/s earns the same, so sorting
//! the hulls' edges by TH/s per kW orders them for every price at once, and filling a limit in that order is optimal
//! (the fractional knapsack; Dantzig 1957, "Discrete-variable extremum problems").

use super::block::Block;
use crate::error::{Result, representable};
use crate::pow::Site;

/// A corner of a block's hull.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Corner {
    /// Load at the meter, kW.
    pub load: f64,
    /// TH/s.
    pub hash_rate: f64,
    /// Index of the operating point; none where the machines are off.
    pub point: Option<usize>,
}

/// An edge of a block's hull.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub block: usize,
    /// Load from end to end, kW.
    pub load: f64,
    /// TH/s per kW.
    pub slope: f64,
}

/// All blocks of a site.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Merit {
    /// Each block's hull, the least load first.
    pub hulls: Vec<Vec<Corner>>,
    /// All edges, the best first.
    pub edges: Vec<Edge>,
}

impl Merit {
    /// The merit order of blocks; `may_idle` tells which may have machines off while they run.
    pub(super) fn new(site: &Site, blocks: &[Block], may_idle: impl Fn(&Block) -> bool) -> Result<Self> {
        let hulls: Vec<Vec<Corner>> = blocks
            .iter()
            .map(|block| hull(site, block, may_idle(block)))
            .collect();
        let mut edges: Vec<Edge> = hulls
            .iter()
            .enumerate()
            .flat_map(|(block, hull)| {
                hull.windows(2).map(move |pair| {
                    let load = pair[1].load - pair[0].load;
                    Edge {
                        block,
                        load,
                        slope: (pair[1].hash_rate - pair[0].hash_rate) / load,
                    }
                })
            })
            .collect();
        edges.sort_by(|a, b| b.slope.total_cmp(&a.slope).then(a.block.cmp(&b.block)));
        let merit = Self { hulls, edges };
        representable("load of all blocks", merit.tops().map(|top| top.load).sum())?;
        representable(
            "hash rate of all blocks",
            merit.tops().map(|top| top.hash_rate).sum(),
        )?;
        for edge in &merit.edges {
            representable("hash rate per kW", edge.slope)?;
        }
        Ok(merit)
    }

    /// The upper end of each block.
    pub(super) fn tops(&self) -> impl Iterator<Item = Corner> {
        self.hulls.iter().filter_map(|hull| hull.last().copied())
    }

    /// What each block draws and computes at least while all of it is on.
    pub(super) fn bases(&self) -> impl Iterator<Item = Corner> {
        self.hulls.iter().filter_map(|hull| hull.first().copied())
    }
}

/// The concave, rising part of the upper hull of a block's points (Andrew 1979, monotone chain).
fn hull(site: &Site, block: &Block, may_idle: bool) -> Vec<Corner> {
    let machines = block.count * site.uptime;
    let mut corners: Vec<Corner> = block
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| Corner {
            load: machines * point.power / 1e3 * site.overhead,
            hash_rate: machines * point.hash_rate,
            point: Some(index),
        })
        .collect();
    if may_idle {
        corners.push(Corner {
            load: 0.0,
            hash_rate: 0.0,
            point: None,
        });
    }
    corners.sort_by(|a, b| {
        a.load
            .total_cmp(&b.load)
            .then(b.hash_rate.total_cmp(&a.hash_rate))
    });
    let mut hull: Vec<Corner> = Vec::new();
    for corner in corners {
        // more power for no more hashes is never chosen
        if hull.last().is_some_and(|last| corner.hash_rate <= last.hash_rate) {
            continue;
        }
        while let [.., a, b] = hull.as_slice() {
            let rises = (b.hash_rate - a.hash_rate) * (corner.load - b.load);
            let falls = (corner.hash_rate - b.hash_rate) * (b.load - a.load);
            if rises > falls {
                break;
            }
            hull.pop();
        }
        hull.push(corner);
    }
    hull
}
