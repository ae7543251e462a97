//! A block of paths of log-prices.

use super::bates::QuadraticExponential;
use super::bootstrap::Cursor;
use super::jumps::{JumpCalendar, JumpSize};
use super::{Grid, JumpLaw, PriceProcess};
use crate::error::Result;
use crate::simulation::random::{Normals, Stream, VectorStream};
use crate::simulation::vector::{BLOCK, Row, vectorised};
use crate::simulation::{Run, Sampling};

/// How the continuous part goes on.
#[derive(Debug)]
enum Diffusion {
    Constant { deviation: f64 },
    Stochastic { scheme: QuadraticExponential, start: f64 },
    Observed(Cursor),
}

/// The state of a block and what it needs to go on. A thread has one and uses it for block after block.
#[derive(Debug)]
pub(in crate::simulation) struct PriceBlock {
    /// Log-prices, one per path.
    pub(in crate::simulation) x: Row,
    v: Row,
    normals: Normals,
    calendar: JumpCalendar,
    diffusion: Diffusion,
    jumps: Option<JumpLaw>,
    drift: f64,
    years: f64,
    seed: u64,
    antithetic: bool,
    first: Row,
    second: Row,
    deviation: Row,
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
            PriceProcess::Bates(model) => Diffusion::Stochastic {
                scheme: QuadraticExponential::new(model, dt),
                start: model.start(),
            },
            PriceProcess::Bootstrap(model) => Diffusion::Observed(Cursor::new(model)),
        };
        let row = [0.0; BLOCK];
        Ok(Self {
            x: row,
            v: row,
            normals: Normals::new(
                process.factors(),
                grid.steps(),
                run.seed(),
                run.sampling(),
                run.blocks(),
            )?,
            calendar: JumpCalendar::new(grid.steps()),
            diffusion,
            jumps: process.jumps(),
            drift: process.log_drift() * dt,
            years: grid.years(),
            seed: run.seed(),
            antithetic: run.sampling() == Sampling::Antithetic,
            first: row,
            second: row,
            deviation: row,
        })
    }

    /// Puts the paths of block `block` to their start.
    pub(in crate::simulation) fn start(&mut self, block: u64) {
        self.x = [0.0; BLOCK];
        self.normals.start(block);
        let mut single = Stream::new(self.seed, 2 * block + 1);
        match &mut self.diffusion {
            Diffusion::Constant { .. } => {}
            Diffusion::Stochastic { start, .. } => self.v = [*start; BLOCK],
            Diffusion::Observed(cursor) => cursor.start(&mut single),
        }
        if let Some(law) = self.jumps {
            let mut vectors = VectorStream::new(self.seed, 2 * block + 1 + JUMP_TIMES);
            let expected = law.intensity * self.years;
            self.calendar
                .draw(expected, law.size, self.antithetic, &mut vectors, &mut single);
        }
    }

    /// One step of every path.
    pub(in crate::simulation) fn advance(&mut self, step: usize) {
        let Self {
            x,
            v,
            normals,
            first,
            second,
            deviation,
            drift,
            ..
        } = self;
        match &mut self.diffusion {
            Diffusion::Observed(cursor) => {
                cursor.advance(x);
                return;
            }
            Diffusion::Constant { deviation } => {
                let deviation = *deviation;
                vectorised(
                    #[inline(always)]
                    || {
                        normals.row(step, 0, first);
                        for (x, z) in x.iter_mut().zip(first.iter()) {
                            *x += z.mul_add(deviation, *drift);
                        }
                    },
                );
            }
            Diffusion::Stochastic { scheme, .. } => {
                vectorised(
                    #[inline(always)]
                    || {
                        normals.row(step, 0, first);
                        normals.row(step, 1, second);
                        x.iter_mut().for_each(|x| *x += *drift);
                    },
                );
                scheme.advance(x, v, second, first, deviation);
            }
        }
        self.jump(step);
    }

    /// Adds the jumps of a step. A sum of n normal jumps has the variance nδ², and the sum of that and the diffusion is
    /// one normal: the step's own is widened, so that jumps of this kind need no number of their own.
    fn jump(&mut self, step: usize) {
        let Some(law) = self.jumps else { return };
        for jumps in self.calendar.at(step) {
            let x = &mut self.x[jumps.lane];
            match law.size {
                JumpSize::DoubleExponential { .. } => *x += jumps.sum,
                JumpSize::Normal { mean, deviation } => {
                    let continuous = match self.diffusion {
                        Diffusion::Constant { deviation } => deviation,
                        Diffusion::Stochastic { .. } | Diffusion::Observed(_) => self.deviation[jumps.lane],
                    };
                    let widened = (continuous * continuous + jumps.number * deviation * deviation).sqrt();
                    *x += jumps.number * mean + (widened - continuous) * self.first[jumps.lane];
                }
            }
        }
    }
}

/// Streams of the jumps' first times, apart from those of the normals.
const JUMP_TIMES: u64 = 1 << 62;
