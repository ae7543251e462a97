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
    corrected: Vec<usize>,
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
            corrected: Vec::with_capacity(BLOCK),
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
            corrected: Vec::new(),
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
    /// Log-prices that are changed after that are those of the paths in [`PriceBlock::corrected`].
    #[inline(always)]
    pub(in crate::simulation) fn advance<T>(
        &mut self,
        step: usize,
        rows: impl Iterator<Item = T>,
        each: impl Fn(f64, T),
    ) {
        self.corrected.clear();
        self.normals.draw(step);
        let (x, drift, calendar) = (&mut self.x, self.drift, self.jumps.as_ref());
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
                if let Some(calendar) = calendar {
                    calendar.jump(step, x, normals, |_| deviation * deviation, |_| ());
                }
                for ((x, normal), row) in x.iter_mut().zip(normals.iter()).zip(rows) {
                    *x += normal.mul_add(deviation, drift);
                    each(*x, row);
                }
            }
            Diffusion::Stochastic(variance) => {
                let normals = [self.normals.row(step, 0), self.normals.row(step, 1)];
                let mut moved = |lane| self.corrected.push(lane);
                match variance.scheme.correction() {
                    Correction::Shortest => variance.step::<4, T>(x, drift, normals, rows, each, &mut moved),
                    Correction::Short => variance.step::<8, T>(x, drift, normals, rows, each, &mut moved),
                    Correction::Closed => variance.step::<0, T>(x, drift, normals, rows, each, &mut moved),
                }
                if let Some(calendar) = calendar {
                    calendar.jump(step, x, normals[0], |lane| variance.of_price(lane), moved);
                }
            }
        }
    }

    /// Paths whose log-price the last step changed once more after it had been shown; some may be named twice.
    pub(in crate::simulation) fn corrected(&self) -> &[usize] {
        &self.corrected
    }
}

impl StochasticVariance {
    /// One step of variances and log-prices; see [`PriceBlock::advance`]. `normals` are the price's and the variance's.
    #[inline(always)]
    fn step<const TERMS: u8, T>(
        &mut self,
        x: &mut Row,
        drift: f64,
        [price_normals, variance_normals]: [&Row; 2],
        rows: impl Iterator<Item = T>,
        each: impl Fn(f64, T),
        moved: &mut impl FnMut(usize),
    ) {
        let scheme = self.scheme;
        let [first, second] = &mut self.v;
        let (before, after) = if self.now == 0 {
            (first, second)
        } else {
            (second, first)
        };
        self.now = 1 - self.now;
        let mut steep = false;
        let variances = before.iter().zip(after.iter_mut());
        let normals = variance_normals.iter().zip(price_normals.iter());
        for (((x, (v, next)), (variance_normal, price_normal)), row) in
            x.iter_mut().zip(variances).zip(normals).zip(rows)
        {
            let quadratic = scheme.quadratic::<TERMS>(*v, *variance_normal, *price_normal);
            let other_shape = scheme.is_steep(*v);
            steep |= other_shape;
            *next = quadratic.variance;
            *x += drift + if other_shape { 0.0 } else { quadratic.log_price };
            each(*x, row);
        }
        if !steep {
            return;
        }
        for lane in 0..BLOCK {
            if scheme.is_steep(before[lane]) {
                let exponential =
                    scheme.exponential(before[lane], variance_normals[lane], price_normals[lane]);
                after[lane] = exponential.variance;
                x[lane] += exponential.log_price;
                moved(lane);
            }
        }
    }

    /// Variance that the price's own normal had in the last step.
    #[inline(always)]
    fn of_price(&self, lane: usize) -> f64 {
        self.scheme
            .price_variance(self.v[1 - self.now][lane], self.v[self.now][lane])
    }
}

/// Streams of the jumps' numbers, apart from those of the normals.
const JUMP_NUMBERS: u64 = 1 << 62;
