//! A block of paths of log-prices.

use super::bates::{Correction, QuadraticExponential};
use super::bootstrap::Cursor;
use super::jumps::JumpCalendar;
use super::{Grid, PriceProcess};
use crate::error::Result;
use crate::simulation::random::{Normals, Stream, fill_once};
use crate::simulation::vector::{BLOCK, Row};
use crate::simulation::{Run, Sampling};

/// How the continuous part goes on.
#[derive(Debug)]
enum Diffusion {
    Constant {
        deviation: f64,
    },
    Stochastic(Box<StochasticVariance>),
    Observed(Box<Cursor>),
    /// The same path in every lane.
    Given(Vec<f64>),
}

/// A variance of its own for every path.
#[derive(Debug)]
struct StochasticVariance {
    scheme: QuadraticExponential,
    start: f64,
    /// At the end of the last step and of the one before, by turns; `now` is the last one's.
    v: [Row; 2],
    now: usize,
    /// What the last step of the variance adds to the drift of the log-price.
    drift: Row,
}

/// The state of a block and what it needs to go on. A thread has one and uses it for block after block.
#[derive(Debug)]
pub(in crate::simulation) struct PriceBlock {
    /// Log-prices, one per path.
    pub(in crate::simulation) x: Row,
    normals: Normals,
    jumps: Option<JumpCalendar>,
    diffusion: Diffusion,
    drift: f64,
    seed: u64,
    antithetic: bool,
}

impl PriceBlock {
    pub(in crate::simulation) fn new(process: &PriceProcess, grid: &Grid, run: &Run) -> Result<Self> {
        process.check(grid)?;
        let dt = grid.step_years();
        let diffusion = match process {
            PriceProcess::Merton(model) => Diffusion::Constant {
                deviation: model.volatility() * dt.sqrt(),
            },
            PriceProcess::Kou(model) => Diffusion::Constant {
                deviation: model.volatility() * dt.sqrt(),
            },
            PriceProcess::Bates(model) => Diffusion::Stochastic(Box::new(StochasticVariance {
                scheme: QuadraticExponential::new(model, dt),
                start: model.start(),
                v: [Row::ZERO; 2],
                now: 0,
                drift: Row::ZERO,
            })),
            PriceProcess::Bootstrap(model) => Diffusion::Observed(Box::new(Cursor::new(model))),
        };
        Ok(Self {
            x: Row::ZERO,
            normals: Normals::new(
                process.factors(),
                grid.steps(),
                run.seed(),
                run.sampling(),
                run.blocks(),
            )?,
            diffusion,
            jumps: process
                .jumps()
                .map(|law| JumpCalendar::new(law.intensity * grid.years(), law.size, grid.steps())),
            drift: process.log_drift() * dt,
            seed: run.seed(),
            antithetic: run.sampling() == Sampling::Antithetic,
        })
    }

    /// Paths that are all the same given one of log-prices, one per step.
    pub(in crate::simulation) fn given(path: &[f64]) -> Result<Self> {
        Ok(Self {
            x: Row::ZERO,
            normals: Normals::new(0, path.len(), 0, Sampling::Pseudo, 1)?,
            diffusion: Diffusion::Given(path.to_vec()),
            jumps: None,
            drift: 0.0,
            seed: 0,
            antithetic: false,
        })
    }

    /// Puts the paths of block `block` to their start.
    #[inline(always)]
    pub(in crate::simulation) fn start(&mut self, block: u64) {
        self.x = Row::ZERO;
        self.normals.start(block);
        let mut single = Stream::new(self.seed, 2 * block + 1);
        match &mut self.diffusion {
            Diffusion::Constant { .. } | Diffusion::Given(_) => {}
            Diffusion::Stochastic(variance) => variance.v[variance.now] = Row::of(variance.start),
            Diffusion::Observed(cursor) => cursor.start(&mut single),
        }
        if let Some(calendar) = &mut self.jumps {
            let uniforms = |row: &mut [f64]| fill_once(self.seed, 2 * block + 1 + JUMP_NUMBERS, row);
            calendar.draw(self.antithetic, uniforms, &mut single);
        }
    }

    /// One step of every path. `each` is shown every log-price at its end, with what `rows` has for the path.
    #[inline(always)]
    pub(in crate::simulation) fn advance<T>(
        &mut self,
        step: usize,
        rows: impl Iterator<Item = T>,
        each: impl Fn(f64, T),
    ) {
        self.normals.draw(step);
        let (x, drift, jumps) = (&mut self.x, self.drift, self.jumps.as_ref());
        match &mut self.diffusion {
            Diffusion::Observed(cursor) => {
                cursor.advance(x);
                x.iter().zip(rows).for_each(|(x, row)| each(*x, row));
            }
            Diffusion::Given(path) => {
                *x = Row::of(path.get(step).copied().unwrap_or(x[0]));
                x.iter().zip(rows).for_each(|(x, row)| each(*x, row));
            }
            Diffusion::Constant { deviation } => {
                let (deviation, normals) = (*deviation, self.normals.row(step, 0));
                if let Some(jumps) = jumps {
                    jumps.jump(step, x, normals, |_| deviation * deviation);
                }
                for ((x, normal), row) in x.iter_mut().zip(normals.iter()).zip(rows) {
                    *x += normal.mul_add(deviation, drift);
                    each(*x, row);
                }
            }
            Diffusion::Stochastic(variances) => {
                variances.step(self.normals.row(step, 1));
                let (scheme, [before, after]) = (variances.scheme, variances.ends());
                let normals = self.normals.row(step, 0);
                if let Some(jumps) = jumps {
                    let variance = |lane: usize| scheme.price_variance(before[lane], after[lane]);
                    jumps.jump(step, x, normals, variance);
                }
                let ends = before.iter().zip(after.iter());
                let moves = variances.drift.iter().zip(normals.iter());
                for (((x, (before, after)), (change, normal)), row) in
                    x.iter_mut().zip(ends).zip(moves).zip(rows)
                {
                    let deviation = scheme.price_variance(*before, *after).sqrt();
                    *x += deviation.mul_add(*normal, drift + change);
                    each(*x, row);
                }
            }
        }
    }
}

impl StochasticVariance {
    /// One step of the variances. Apart from that of the log-prices: a square root that waits for another leaves the
    /// processor with nothing to do.
    #[inline(always)]
    fn step(&mut self, normals: &Row) {
        match self.scheme.correction() {
            Correction::Shortest => self.step_with::<4>(normals),
            Correction::Short => self.step_with::<8>(normals),
            Correction::Closed => self.step_with::<0>(normals),
        }
    }

    #[inline(always)]
    fn step_with<const TERMS: u8>(&mut self, normals: &Row) {
        let scheme = self.scheme;
        let [first, second] = &mut self.v;
        let (before, after) = if self.now == 0 {
            (first, second)
        } else {
            (second, first)
        };
        self.now = 1 - self.now;
        let mut steep = false;
        let ends = before.iter().zip(after.iter_mut());
        for (((v, next), drift), normal) in ends.zip(self.drift.iter_mut()).zip(normals.iter()) {
            let step = scheme.quadratic::<TERMS>(*v, *normal);
            (*next, *drift) = (step.next, step.drift);
            steep |= scheme.is_steep(*v);
        }
        if steep {
            for lane in (0..BLOCK).filter(|lane| scheme.is_steep(before[*lane])) {
                let step = scheme.exponential(before[lane], normals[lane]);
                (after[lane], self.drift[lane]) = (step.next, step.drift);
            }
        }
    }

    /// The variances at both ends of the last step.
    #[inline(always)]
    fn ends(&self) -> [&Row; 2] {
        [&self.v[1 - self.now], &self.v[self.now]]
    }
}

/// Streams of the jumps' numbers, apart from those of the normals.
const JUMP_NUMBERS: u64 = 1 << 62;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::vector::vectorised;
    use crate::simulation::{Bates, HestonVariance};
    use crate::tail::JumpDiffusion;

    /// Bits of the log-prices after a day in twelve steps.
    #[inline(always)]
    fn bits(process: &PriceProcess, sampling: Sampling) -> Vec<u64> {
        let grid = Grid::new(12, 1.0 / 365.0).unwrap();
        let run = Run::new(512, 5, 1, sampling).unwrap();
        let mut prices = PriceBlock::new(process, &grid, &run).unwrap();
        prices.start(1);
        for step in 0..grid.steps() {
            prices.advance(step, core::iter::repeat(()), |_, ()| ());
        }
        prices.x.map(f64::to_bits).to_vec()
    }

    #[test]
    fn the_widest_vectors_give_the_bits_of_the_narrowest() {
        let variance = |start| HestonVariance {
            start,
            reversion: 4.0,
            long_run: 0.5,
            volatility_of_variance: 2.0,
            correlation: -0.4,
        };
        // A low variance takes the other shape of the scheme.
        let bates = [0.5, 1e-4].map(|start| Bates::new(0.0, variance(start), 90.0, -0.03, 0.06).unwrap());
        let merton = JumpDiffusion::new(0.0, 0.8, 90.0, -0.03, 0.06).unwrap();
        for process in [
            PriceProcess::Merton(merton),
            PriceProcess::Bates(bates[0]),
            PriceProcess::Bates(bates[1]),
        ] {
            for sampling in [
                Sampling::Pseudo,
                Sampling::Antithetic,
                Sampling::Quasi { replicates: 2 },
            ] {
                let wide = vectorised(
                    #[inline(always)]
                    || bits(&process, sampling),
                );
                assert_eq!(wide, bits(&process, sampling));
            }
        }
    }
}
