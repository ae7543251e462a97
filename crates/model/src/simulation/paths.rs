//! Whole paths, for what neither the terminal price nor a barrier tells.

use super::process::{Grid, PriceBlock, PriceProcess};
use super::run::Run;
use super::vector::BLOCK;
use crate::error::Result;

/// What `measure` says of every path, in the order of the paths. It is given ln(S/S₀) at the start (0) and at the end
/// of every step.
///
/// # Errors
/// As [`super::terminal_log_returns`].
pub fn path_values<T: Send>(
    process: &PriceProcess,
    grid: &Grid,
    run: &Run,
    measure: impl Fn(&[f64]) -> T + Sync,
) -> Result<Vec<T>> {
    run.check(process)?;
    let mut values: Vec<Option<T>> = (0..run.paths()).map(|_| None).collect();
    let points = grid.steps() + 1;
    run.share(
        values.chunks_exact_mut(BLOCK).zip(0u64..),
        || Ok((PriceBlock::new(process, grid, run)?, vec![0.0; points * BLOCK])),
        |(block, paths), (out, index)| {
            block.start(index);
            for step in 0..grid.steps() {
                block.advance(step, paths.chunks_exact_mut(points), |x, path| path[step + 1] = x);
            }
            for (value, path) in out.iter_mut().zip(paths.chunks_exact(points)) {
                *value = Some(measure(path));
            }
        },
    )?;
    Ok(values.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::{Sampling, terminal_log_returns};
    use crate::tail::JumpDiffusion;

    #[test]
    fn paths_start_at_nothing_and_end_at_the_terminal_returns_on_any_number_of_threads() {
        let process = PriceProcess::Merton(JumpDiffusion::new(0.1, 0.8, 10.0, -0.05, 0.1).unwrap());
        let grid = Grid::new(12, 0.5).unwrap();
        let run = |threads| Run::new(600, 3, threads, Sampling::Pseudo).unwrap();
        let terminal = terminal_log_returns(&process, &grid, &run(1)).unwrap();
        for threads in [1, 3] {
            let ends = path_values(&process, &grid, &run(threads), |path| {
                (path.len(), path[0], path[12])
            })
            .unwrap();
            assert_eq!(ends.len(), terminal.len());
            assert!(
                ends.iter()
                    .zip(&terminal)
                    .all(|(end, last)| *end == (13, 0.0, *last))
            );
        }
    }
}
