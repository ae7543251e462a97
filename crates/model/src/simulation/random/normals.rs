//! The normals of a block of paths, whichever way they are drawn.

use super::bridge::Bridge;
use super::gaussian::{box_muller, inverse};
use super::sobol::{MOST_DIMENSIONS, Sobol};
use super::stream::VectorStream;
use crate::error::Result;
use crate::simulation::Sampling;
use crate::simulation::vector::{BLOCK, Row, vectorised};

/// Blocks of a replicate lie side by side; the replicates follow each other.
#[derive(Debug)]
struct Quasi {
    replicates: Vec<Sobol>,
    blocks_per_replicate: u64,
    bridge: Bridge,
    /// Factor by factor, step by step: one row per normal.
    rows: Vec<f64>,
    spare: Vec<f64>,
}

/// Rows of standard normals: `factors` for each of `steps`.
#[derive(Debug)]
pub(in crate::simulation) struct Normals {
    factors: usize,
    steps: usize,
    seed: u64,
    stream: VectorStream,
    antithetic: bool,
    quasi: Option<Quasi>,
    /// Box–Muller makes two rows; the second waits here.
    second: Row,
    second_waits: bool,
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
                rows: vec![0.0; factors * steps * BLOCK],
                spare: vec![0.0; steps * BLOCK],
            }),
            Sampling::Pseudo | Sampling::Antithetic => None,
        };
        Ok(Self {
            factors,
            steps,
            seed,
            stream: VectorStream::new(seed, 0),
            antithetic: sampling == Sampling::Antithetic,
            quasi,
            second: [0.0; BLOCK],
            second_waits: false,
        })
    }

    /// Goes to the start of a block.
    pub(in crate::simulation) fn start(&mut self, block: u64) {
        self.stream = VectorStream::new(self.seed, 2 * block);
        self.second_waits = false;
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
                let at = (factor * steps + order) * BLOCK;
                let row = &mut quasi.rows[at..at + BLOCK];
                if dimension < dimensions {
                    sobol.fill(dimension, first, row);
                } else {
                    self.stream.fill_symmetric(row);
                }
            }
        }
        vectorised(
            #[inline(always)]
            || {
                for factor in quasi.rows.chunks_exact_mut(steps * BLOCK) {
                    factor.chunks_exact_mut(BLOCK).for_each(inverse);
                    quasi.bridge.increments(factor, &mut quasi.spare);
                }
            },
        );
    }

    /// The row of one step and factor. Within a block rows are asked for in the order of time, factor by factor.
    #[inline(always)]
    pub(in crate::simulation) fn row(&mut self, step: usize, factor: usize, out: &mut Row) {
        if let Some(quasi) = &self.quasi {
            let at = (factor * self.steps + step) * BLOCK;
            out.copy_from_slice(&quasi.rows[at..at + BLOCK]);
            return;
        }
        self.second_waits = !self.second_waits;
        let second = &mut self.second;
        if !self.second_waits {
            *out = *second;
            return;
        }
        let drawn = if self.antithetic { BLOCK / 2 } else { BLOCK };
        self.stream.fill_symmetric(&mut out[..drawn]);
        self.stream.fill_symmetric(&mut second[..drawn]);
        box_muller(&mut out[..drawn], &mut second[..drawn]);
        if self.antithetic {
            mirror(out);
            mirror(second);
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
