//! The normals of a block of paths, whichever way they are drawn.

use super::bridge::Bridge;
use super::gaussian::{box_muller, inverse};
use super::sobol::{MOST_DIMENSIONS, Sobol};
use super::stream::PathStreams;
use crate::error::Result;
use crate::simulation::Sampling;
use crate::simulation::vector::{BLOCK, Row};

/// Blocks of a replicate lie side by side; the replicates follow each other.
#[derive(Debug)]
struct Quasi {
    replicates: Vec<Sobol>,
    blocks_per_replicate: u64,
    bridge: Bridge,
    /// Factor by factor, step by step: one row per normal.
    rows: Vec<Row>,
    spare: Vec<Row>,
}

/// Rows of standard normals: `factors` for each of `steps`.
#[derive(Debug)]
pub(in crate::simulation) struct Normals {
    factors: usize,
    steps: usize,
    seed: u64,
    streams: PathStreams,
    antithetic: bool,
    quasi: Option<Quasi>,
    /// Box–Muller makes two rows at a time.
    drawn: [Row; 2],
}

impl Normals {
    /// `blocks` is the number of blocks of the whole run.
    pub(in crate::simulation) fn new(
        factors: usize,
        steps: usize,
        seed: u64,
        sampling: Sampling,
        blocks: u64,
    ) -> Result<Self> {
        let quasi = match sampling {
            Sampling::Quasi { replicates } => Some(Quasi {
                replicates: (0..u64::from(replicates))
                    .map(|r| Sobol::new(quasi_dimensions(factors, steps), seed, r))
                    .collect::<Result<_>>()?,
                blocks_per_replicate: (blocks / u64::from(replicates.max(1))).max(1),
                bridge: Bridge::new(steps),
                rows: vec![Row::ZERO; factors * steps],
                spare: vec![Row::ZERO; steps],
            }),
            Sampling::Pseudo | Sampling::Antithetic => None,
        };
        Ok(Self {
            factors,
            steps,
            seed,
            streams: PathStreams::new(seed, 0),
            antithetic: sampling == Sampling::Antithetic,
            quasi,
            drawn: [Row::ZERO; 2],
        })
    }

    /// Goes to the start of a block.
    #[inline(always)]
    pub(in crate::simulation) fn start(&mut self, block: u64) {
        self.streams.restart(self.seed, 2 * block);
        let Some(quasi) = &mut self.quasi else { return };
        let Some(sobol) = usize::try_from(block / quasi.blocks_per_replicate)
            .ok()
            .and_then(|replicate| quasi.replicates.get(replicate))
        else {
            return;
        };
        let first = (block % quasi.blocks_per_replicate) * BLOCK as u64;
        let first = u32::try_from(first & u64::from(u32::MAX)).unwrap_or(0);
        let dimensions = quasi_dimensions(self.factors, self.steps);
        let (steps, factors) = (self.steps, self.factors);
        // The factors take turns, so that each has the same share of the good dimensions.
        for order in 0..steps {
            for factor in 0..factors {
                let dimension = order * factors + factor;
                let row = &mut quasi.rows[factor * steps + order];
                if dimension < dimensions {
                    sobol.fill(dimension, first, &mut row[..]);
                } else {
                    self.streams.fill_symmetric(&mut row[..]);
                }
            }
        }
        for factor in quasi.rows.chunks_exact_mut(steps) {
            factor.iter_mut().for_each(|row| inverse(&mut row[..]));
            quasi.bridge.increments(factor, &mut quasi.spare);
        }
    }

    /// Draws the normals of a step. Within a block the steps are asked for in the order of time.
    #[inline(always)]
    pub(in crate::simulation) fn draw(&mut self, step: usize) {
        if self.quasi.is_some() || self.factors == 0 || (self.factors == 1 && step % 2 == 1) {
            return;
        }
        let (streams, [first, second]) = (&mut self.streams, &mut self.drawn);
        let drawn = if self.antithetic { BLOCK / 2 } else { BLOCK };
        streams.fill_pairs(&mut first[..drawn], &mut second[..drawn], box_muller);
        if self.antithetic {
            mirror(first);
            mirror(second);
        }
    }

    /// The normals of one factor in the step that was drawn last.
    pub(in crate::simulation) fn row(&self, step: usize, factor: usize) -> &Row {
        match &self.quasi {
            Some(quasi) => &quasi.rows[factor * self.steps + step],
            None => &self.drawn[(step * self.factors + factor) % 2],
        }
    }
}

/// The second half of a block takes the negatives of the first.
#[inline(always)]
fn mirror(row: &mut Row) {
    let (first, second) = row.split_at_mut(BLOCK / 2);
    for (to, from) in second.iter_mut().zip(first) {
        *to = -*from;
    }
}

/// How many of the normals of a path come from the low-discrepancy sequence.
pub(in crate::simulation) fn quasi_dimensions(factors: usize, steps: usize) -> usize {
    (factors * steps).min(MOST_DIMENSIONS)
}
