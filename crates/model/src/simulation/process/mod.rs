//! The price processes, and how a block of paths goes one step on.

mod bates;
mod block;
mod bootstrap;
mod jumps;
mod kou;

pub use bates::{Bates, HestonVariance};
pub use bootstrap::{Bootstrap, automatic_block_length};
pub use kou::Kou;

pub(super) use block::PriceBlock;

use super::random::Stream;
use crate::error::{Result, finite, non_negative, positive, within, within_count};
use crate::tail::JumpDiffusion;
use jumps::JumpSize;

/// Steps that a path may have.
const MOST_STEPS: usize = 16_384;
/// Expected jumps that a path may have.
const MOST_JUMPS: f64 = 10_000.0;
/// Standard deviation and drift of the log-price over the horizon beyond which an exponential may overflow.
const MOST_DISPERSION: f64 = 20.0;

/// How prices move. The start is one; drifts are those of the mean, E[S_t] = e^(μt).
#[derive(Debug, Clone, PartialEq)]
pub enum PriceProcess {
    /// Diffusion with lognormal jumps (Merton 1976); exact at any step length.
    Merton(JumpDiffusion),
    /// Diffusion with double exponential jumps (Kou 2002); exact at any step length.
    Kou(Kou),
    /// Stochastic variance with lognormal jumps (Bates 1996).
    Bates(Bates),
    /// Stretches of observed returns (Politis & Romano 1994). A step has the length of an observation.
    Bootstrap(Bootstrap),
}

/// Equal steps over a horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    steps: usize,
    years: f64,
}

impl Grid {
    /// `steps` steps, together `years` long.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for the horizon; [`crate::ModelError::OutOfRange`] for no step or more than
    /// 16,384; [`crate::ModelError::NotFinite`].
    pub fn new(steps: usize, years: f64) -> Result<Self> {
        let steps = within_count("steps of a path", steps, 1, MOST_STEPS)?;
        positive(
            "length of a step",
            positive("horizon", years)? / crate::error::count(steps),
        )?;
        Ok(Self { steps, years })
    }

    /// Number of steps.
    #[must_use]
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// The horizon.
    #[must_use]
    pub const fn years(&self) -> f64 {
        self.years
    }

    /// Length of one step, years.
    #[must_use]
    pub fn step_years(&self) -> f64 {
        self.years / crate::error::count(self.steps)
    }
}

/// What the jumps of a process are.
#[derive(Debug, Clone, Copy)]
struct JumpLaw {
    intensity: f64,
    size: JumpSize,
}

impl PriceProcess {
    /// Independent normals per step.
    pub(super) const fn factors(&self) -> usize {
        match self {
            Self::Merton(_) | Self::Kou(_) => 1,
            Self::Bates(_) => 2,
            Self::Bootstrap(_) => 0,
        }
    }

    fn jumps(&self) -> Option<JumpLaw> {
        let law = match self {
            Self::Merton(model) => JumpLaw {
                intensity: model.intensity(),
                size: JumpSize::Normal {
                    mean: model.jump_mean(),
                    deviation: model.jump_deviation(),
                },
            },
            Self::Kou(model) => JumpLaw {
                intensity: model.intensity(),
                size: model.jump_size(),
            },
            Self::Bates(model) => JumpLaw {
                intensity: model.jumps().intensity(),
                size: JumpSize::Normal {
                    mean: model.jumps().jump_mean(),
                    deviation: model.jumps().jump_deviation(),
                },
            },
            Self::Bootstrap(_) => return None,
        };
        (law.intensity > 0.0).then_some(law)
    }

    /// Volatility of the log-price between jumps, where it is constant.
    pub(super) const fn constant_volatility(&self) -> Option<f64> {
        match self {
            Self::Merton(model) => Some(model.volatility()),
            Self::Kou(model) => Some(model.volatility()),
            Self::Bates(_) | Self::Bootstrap(_) => None,
        }
    }

    /// Jumps per year.
    pub(super) fn intensity(&self) -> f64 {
        self.jumps().map_or(0.0, |law| law.intensity)
    }

    /// One log-jump.
    pub(super) fn draw_jump(&self, single: &mut Stream) -> f64 {
        self.jumps().map_or(0.0, |law| law.size.draw(single))
    }

    /// Drift of the log-price without the −½v of a stochastic variance, per year: what remains of μ after the jumps'
    /// and a constant variance's compensation.
    pub(super) fn log_drift(&self) -> f64 {
        match self {
            Self::Merton(model) => model.log_drift(),
            Self::Kou(model) => model.log_drift(),
            Self::Bates(model) => model.jumps().log_drift(),
            Self::Bootstrap(_) => 0.0,
        }
    }

    /// Refuses what a grid cannot carry: too many jumps, or log-prices whose exponentials leave the range of f64.
    pub(super) fn check(&self, grid: &Grid) -> Result<()> {
        let (volatility, intensity) = match self {
            Self::Merton(model) => (model.total_volatility(), model.intensity()),
            Self::Kou(model) => (model.total_volatility(), model.intensity()),
            Self::Bates(model) => (model.total_volatility(grid.years), model.jumps().intensity()),
            Self::Bootstrap(model) => {
                let steps = crate::error::count(grid.steps);
                let furthest = finite("furthest log-price", model.largest() * steps)?;
                within("furthest log-price", furthest, 0.0, 5.0 * MOST_DISPERSION)?;
                return Ok(());
            }
        };
        let expected = finite("expected jumps", intensity * grid.years)?;
        within("expected jumps over the horizon", expected, 0.0, MOST_JUMPS)?;
        let deviation = non_negative("volatility over the horizon", volatility * grid.years.sqrt())?;
        within("volatility over the horizon", deviation, 0.0, MOST_DISPERSION)?;
        let drift = finite("drift over the horizon", self.log_drift() * grid.years)?;
        within(
            "drift over the horizon",
            drift,
            -5.0 * MOST_DISPERSION,
            5.0 * MOST_DISPERSION,
        )?;
        Ok(())
    }
}
