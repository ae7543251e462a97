//! What a run is, and how its blocks are shared out.

use super::process::PriceProcess;
use super::random::quasi_dimensions;
use super::vector::BLOCK;
use crate::error::{ModelError, Result, within_count};
use std::sync::{Mutex, PoisonError};

/// Paths that a run may have, so that its losses stay in memory.
const MOST_PATHS: usize = 1 << 27;
const MOST_THREADS: usize = 1024;
const MOST_REPLICATES: usize = 4096;

/// Where the Gaussian numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampling {
    /// Independent pseudo-random paths.
    Pseudo,
    /// Pairs of paths with opposite Gaussian numbers and mirrored jumps (Hammersley & Morton 1956); a pair is one
    /// observation in every standard error.
    Antithetic,
    /// Scrambled Sobol points through a Brownian bridge. Standard errors come from independent scrambles, of which
    /// there must be at least two; sixteen or more make them trustworthy.
    Quasi {
        /// Independent scrambles among which the paths are divided.
        replicates: u32,
    },
}

impl Sampling {
    /// How many Gaussian numbers of each path are quasi-random, and how many there are.
    #[must_use]
    pub fn quasi_dimensions(self, process: &PriceProcess, steps: usize) -> (usize, usize) {
        let all = process.factors() * steps;
        match self {
            Self::Quasi { .. } => (quasi_dimensions(process.factors(), steps), all),
            Self::Pseudo | Self::Antithetic => (0, all),
        }
    }
}

/// Number of paths, seed, threads and sampling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    blocks: usize,
    seed: u64,
    threads: usize,
    sampling: Sampling,
}

impl Run {
    /// The paths are rounded up to whole blocks of 256; with [`Sampling::Quasi`] to a power of two of them per
    /// replicate, where Sobol's points are balanced. [`Run::paths`] says how many there are.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for no path or more than 2²⁷, no thread or more than 1,024, or fewer than two
    /// replicates.
    pub fn new(paths: usize, seed: u64, threads: usize, sampling: Sampling) -> Result<Self> {
        within_count("paths", paths, 1, MOST_PATHS)?;
        within_count("threads", threads, 1, MOST_THREADS)?;
        let blocks = match sampling {
            Sampling::Pseudo | Sampling::Antithetic => paths.div_ceil(BLOCK),
            Sampling::Quasi { replicates } => {
                let replicates = usize::try_from(replicates).unwrap_or(usize::MAX);
                within_count("replicates", replicates, 2, MOST_REPLICATES)?;
                let per_replicate = paths.div_ceil(replicates).div_ceil(BLOCK).next_power_of_two();
                per_replicate * replicates
            }
        };
        within_count("paths, rounded up to whole blocks", blocks * BLOCK, 1, MOST_PATHS)?;
        Ok(Self {
            blocks,
            seed,
            threads,
            sampling,
        })
    }

    /// Paths that are simulated.
    #[must_use]
    pub const fn paths(&self) -> usize {
        self.blocks * BLOCK
    }

    /// Seed.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Sampling.
    #[must_use]
    pub const fn sampling(&self) -> Sampling {
        self.sampling
    }

    pub(super) const fn blocks(&self) -> u64 {
        self.blocks as u64
    }

    /// Paths that form one independent observation, as (size of the group that is cut up, distance of partners).
    pub(super) fn units(&self) -> Units {
        match self.sampling {
            Sampling::Pseudo => Units::Single,
            Sampling::Antithetic => Units::Pairs,
            Sampling::Quasi { replicates } => {
                let replicates = usize::try_from(replicates).unwrap_or(1).max(1);
                Units::Groups(self.paths() / replicates)
            }
        }
    }

    /// Refuses a sampling that a process cannot use.
    pub(super) fn check(&self, process: &PriceProcess) -> Result<()> {
        if self.sampling != Sampling::Pseudo && process.factors() == 0 {
            return Err(ModelError::Incompatible {
                what: "antithetic or quasi-random sampling",
                with: "a bootstrap of returns, which draws no Gaussian numbers",
            });
        }
        Ok(())
    }

    /// Calls `work` once for every task with the worker's own state, on as many threads as the run has.
    pub(super) fn share<T: Send, S: Send>(
        &self,
        tasks: impl Iterator<Item = T> + Send,
        states: impl Fn() -> Result<S>,
        work: impl Fn(&mut S, T) + Sync,
    ) -> Result<()> {
        let mut workers = Vec::new();
        for _ in 0..self.threads.min(self.blocks) {
            workers.push(states()?);
        }
        let queue = Mutex::new(tasks);
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let drain = |state: &mut S| {
            while let Some(task) = next() {
                work(state, task);
            }
        };
        let Some((own, others)) = workers.split_first_mut() else {
            return Ok(());
        };
        std::thread::scope(|scope| {
            for state in others {
                scope.spawn(|| drain(state));
            }
            drain(own);
        });
        Ok(())
    }
}

/// Which paths are one observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    /// Every path by itself.
    Single,
    /// Path j of a block and path j + 128.
    Pairs,
    /// So many paths in a row.
    Groups(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_rounded_up_to_whole_blocks() {
        let paths = |paths, sampling| Run::new(paths, 0, 1, sampling).unwrap().paths();
        assert_eq!(paths(1, Sampling::Pseudo), 256);
        assert_eq!(paths(513, Sampling::Antithetic), 768);
        assert_eq!(paths(3000, Sampling::Quasi { replicates: 4 }), 4096);
    }

    #[test]
    fn runs_that_cannot_be_are_refused() {
        for (paths, threads, sampling) in [
            (0, 1, Sampling::Pseudo),
            (usize::MAX, 1, Sampling::Pseudo),
            (1, 0, Sampling::Pseudo),
            (1, 1, Sampling::Quasi { replicates: 1 }),
            (1 << 27, 1, Sampling::Quasi { replicates: 3 }),
        ] {
            assert!(matches!(
                Run::new(paths, 0, threads, sampling),
                Err(ModelError::OutOfRange { .. })
            ));
        }
    }
}
