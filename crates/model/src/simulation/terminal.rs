//! Terminal prices: the fast path, without accounts.

use super::estimate::{Estimate, block_sums};
use super::process::{Grid, PriceBlock, PriceProcess};
use super::run::Run;
use super::vector::{BLOCK, vectorised};
use crate::error::{Result, representable};

/// ln(S_T/S₀) of every path, in the order of the paths.
///
/// # Errors
/// [`crate::ModelError::OutOfRange`] for more expected jumps than 10,000 or a log-price whose standard deviation
/// exceeds 20; [`crate::ModelError::Incompatible`] for a sampling that the process cannot use.
pub fn terminal_log_returns(process: &PriceProcess, grid: &Grid, run: &Run) -> Result<Vec<f64>> {
    run.check(process)?;
    let mut returns = vec![0.0; run.paths()];
    let tasks = returns.chunks_exact_mut(BLOCK).zip(0u64..);
    run.share(
        tasks,
        || PriceBlock::new(process, grid, run),
        |block, (out, index)| {
            simulate(block, grid, index);
            out.copy_from_slice(&block.x[..]);
        },
    )?;
    Ok(returns)
}

/// The mean of `payoff`, a function of ln(S_T/S₀), with its standard error. No path is kept.
///
/// # Errors
/// As [`terminal_log_returns`]; [`crate::ModelError::Overflow`] for a payoff that is not finite.
pub fn terminal_expectation(
    process: &PriceProcess,
    grid: &Grid,
    run: &Run,
    payoff: impl Fn(f64) -> f64 + Sync,
) -> Result<Estimate> {
    run.check(process)?;
    // Per block: sums of the observations and of their squares.
    let mut sums = vec![(0.0, 0.0); run.paths() / BLOCK];
    let units = run.units();
    run.share(
        sums.iter_mut().zip(0u64..),
        || PriceBlock::new(process, grid, run),
        |block, (sum, index)| {
            simulate(block, grid, index);
            *sum = block_sums(block.x.map(&payoff), units);
        },
    )?;
    let estimate = Estimate::of_blocks(&sums, units);
    representable("expectation", estimate.value)?;
    representable("standard error of the expectation", estimate.standard_error)?;
    Ok(estimate)
}

fn simulate(block: &mut PriceBlock, grid: &Grid, index: u64) {
    vectorised(
        #[inline(always)]
        || {
            block.start(index);
            for step in 0..grid.steps() {
                block.advance(step, core::iter::repeat(()), |_, ()| ());
            }
        },
    );
}
