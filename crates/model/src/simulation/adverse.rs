//! Adverse moves of simulated prices: what a margin must cover.

use super::process::{Grid, PriceBlock, PriceProcess};
use super::run::Run;
use super::vector::BLOCK;
use crate::error::Result;
use crate::margin::Move;
use crate::tail::Side;

/// The adverse log-move of a position over the grid's horizon on every path, in the order of the paths: positive where the
/// position loses. The worst price is looked for at the end of every step, as [`crate::margin::PricePath::adverse_move`]
/// does at every bar.
///
/// # Errors
/// As [`super::terminal_log_returns`].
pub fn adverse_log_moves(
    process: &PriceProcess,
    grid: &Grid,
    run: &Run,
    kind: Move,
    side: Side,
) -> Result<Vec<f64>> {
    run.check(process)?;
    let sign = match side {
        Side::Long => -1.0,
        Side::Short => 1.0,
    };
    let mut moves = vec![0.0; run.paths()];
    run.share(
        moves.chunks_exact_mut(BLOCK).zip(0u64..),
        || PriceBlock::new(process, grid, run),
        |block, (out, index)| {
            out.fill(f64::NEG_INFINITY);
            block.start(index);
            for step in 0..grid.steps() {
                block.advance(step, out.iter_mut(), |x, worst| {
                    let adverse = sign * x;
                    *worst = match kind {
                        Move::Terminal => adverse,
                        Move::Worst => worst.max(adverse),
                    };
                });
            }
        },
    )?;
    Ok(moves)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::margin::upper_quantile;
    use crate::simulation::{Sampling, terminal_log_returns};
    use crate::tail::{InsuranceFund, JumpDiffusion, tail_risk};
    use crate::testing::assert_close;

    fn merton() -> JumpDiffusion {
        JumpDiffusion::new(0.0, 0.8, 20.0, -0.03, 0.06).unwrap()
    }

    #[test]
    fn the_last_moves_are_the_terminal_returns_and_the_worst_are_no_smaller() {
        let (process, grid) = (PriceProcess::Merton(merton()), Grid::new(8, 0.01).unwrap());
        let run = Run::new(1024, 3, 2, Sampling::Pseudo).unwrap();
        let returns = terminal_log_returns(&process, &grid, &run).unwrap();
        let moves = |kind, side| adverse_log_moves(&process, &grid, &run, kind, side).unwrap();
        assert_eq!(moves(Move::Terminal, Side::Short), returns);
        for side in [Side::Long, Side::Short] {
            let (last, worst) = (moves(Move::Terminal, side), moves(Move::Worst, side));
            assert!(last.iter().zip(&worst).all(|(last, worst)| worst >= last));
        }
    }

    #[test]
    fn their_quantile_is_the_root_of_merton_s_series() {
        let (process, grid) = (PriceProcess::Merton(merton()), Grid::new(1, 0.01).unwrap());
        let run = Run::new(1 << 18, 3, 2, Sampling::Pseudo).unwrap();
        for side in [Side::Long, Side::Short] {
            let moves = adverse_log_moves(&process, &grid, &run, Move::Terminal, side).unwrap();
            let quantile = upper_quantile(&moves, 0.99).unwrap();
            let risk = tail_risk(&merton(), 0.01, side, 0.99).unwrap();
            assert_close(
                crate::margin::loss_fraction(quantile, side),
                risk.value_at_risk,
                0.003,
            );
        }
    }

    #[test]
    fn the_worst_of_a_diffusion_is_its_first_passage_but_for_the_steps() {
        let (sigma, years, steps) = (0.8, 0.01, 256);
        let process = PriceProcess::Merton(JumpDiffusion::new(0.0, sigma, 0.0, 0.0, 0.0).unwrap());
        let grid = Grid::new(steps, years).unwrap();
        let run = Run::new(1 << 16, 5, 2, Sampling::Pseudo).unwrap();
        let moves = adverse_log_moves(&process, &grid, &run, Move::Worst, Side::Long).unwrap();
        let quantile = upper_quantile(&moves, 0.99).unwrap();
        // Watched at steps, a barrier is as one further away by 0.5826·σ√Δt (Broadie, Glasserman & Kou 1997).
        let law = InsuranceFund {
            size: quantile + 0.5826 * sigma * grid.step_years().sqrt(),
            drift: -0.5 * sigma * sigma,
            volatility: sigma,
        };
        // Four standard errors of a share of one per cent.
        assert_close(law.ruin_probability(years).unwrap(), 0.01, 0.0016);
    }
}
