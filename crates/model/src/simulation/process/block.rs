//! A block of paths of log-prices.

use super::bates::QuadraticExponential;
use super::bootstrap::Cursor;
use super::jumps::{JumpCalendar, JumpSize};
use super::{Grid, PriceProcess};
use crate::error::Result;
use crate::simulation::random::{Normals, PathStreams, Stream};
use crate::simulation::vector::{BLOCK, Row, vectorised};
use crate::simulation::{Run, Sampling};

/// How the continuous part goes on.
#[derive(Debug)]
enum Diffusion {
    Constant {
        deviation: f64,
    },
    Stochastic {
        scheme: QuadraticExponential,
        start: f64,
    },
    Observed(Box<Cursor>),
}

/// The state of a block and what it needs to go on. A thread has one and uses it for block after block.
#[derive(Debug)]
pub(in crate::simulation) struct PriceBlock {
    /// Log-prices, one per path.
    pub(in crate::simulation) x: Row,
    v: Row,
    normals: Normals,
    jumps: Option<JumpCalendar>,
    diffusion: Diffusion,
    drift: f64,
    seed: u64,
    antithetic: bool,
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
            PriceProcess::Bootstrap(model) => Diffusion::Observed(Box::new(Cursor::new(model))),
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
            diffusion,
            jumps: process
                .jumps()
                .map(|law| JumpCalendar::new(law.intensity * grid.years(), law.size, grid.steps())),
            drift: process.log_drift() * dt,
            seed: run.seed(),
            antithetic: run.sampling() == Sampling::Antithetic,
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
        if let Some(calendar) = &mut self.jumps {
            let mut vectors = PathStreams::new(self.seed, 2 * block + 1 + JUMP_NUMBERS);
            calendar.draw(self.antithetic, &mut vectors, &mut single);
        }
    }

    /// One step of every path.
    pub(in crate::simulation) fn advance(&mut self, step: usize) {
        let Self {
            x,
            v,
            normals,
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
                let (deviation, drift) = (*deviation, *drift);
                normals.draw(step);
                let first = normals.row(step, 0);
                vectorised(
                    #[inline(always)]
                    || {
                        for (x, z) in x.iter_mut().zip(first) {
                            *x += z.mul_add(deviation, drift);
                        }
                    },
                );
            }
            Diffusion::Stochastic { scheme, .. } => {
                let drift = *drift;
                vectorised(
                    #[inline(always)]
                    || {
                        x.iter_mut().for_each(|x| *x += drift);
                    },
                );
                normals.draw(step);
                scheme.advance(x, v, normals.row(step, 1), normals.row(step, 0), deviation);
            }
        }
        self.jump(step);
    }

    /// Adds the jumps of a step. A sum of n normal jumps has the variance nδ², and the sum of that and the diffusion is
    /// one normal: the step's own is widened, so that jumps of this kind need no number of their own.
    fn jump(&mut self, step: usize) {
        let Some(calendar) = &self.jumps else { return };
        let constant = match self.diffusion {
            Diffusion::Constant { deviation } => Some(deviation),
            Diffusion::Stochastic { .. } | Diffusion::Observed(_) => None,
        };
        let JumpSize::Normal { mean, deviation } = calendar.size() else {
            for jumps in calendar.at(step) {
                self.x[jumps.lane] += jumps.sum;
            }
            return;
        };
        let widening = move |number: f64, continuous: f64, normal: f64| {
            let widened = (continuous * continuous + number * deviation * deviation).sqrt();
            number.mul_add(mean, (widened - continuous) * normal)
        };
        let normals = self.normals.row(step, 0);
        if calendar.is_plain() {
            let (x, deviations) = (&mut self.x, &mut self.deviation);
            let numbers = &calendar.numbers;
            vectorised(
                #[inline(always)]
                || {
                    if let Some(constant) = constant {
                        deviations.fill(constant);
                    }
                    let lanes = x.iter_mut().zip(numbers).zip(normals).zip(deviations.iter());
                    for (((x, number), normal), continuous) in lanes {
                        *x += widening(*number, *continuous, *normal);
                    }
                },
            );
            return;
        }
        for jumps in calendar.at(step) {
            let continuous = constant.unwrap_or(self.deviation[jumps.lane]);
            self.x[jumps.lane] += widening(jumps.number, continuous, normals[jumps.lane]);
        }
    }
}

/// Streams of the jumps' numbers, apart from those of the normals.
const JUMP_NUMBERS: u64 = 1 << 62;
