//! First passage of a jump-diffusion, watched without a pause.

use super::estimate::Estimate;
use super::process::{Grid, PriceProcess};
use super::random::Stream;
use super::run::{Run, Sampling};
use super::vector::BLOCK;
use crate::error::{ModelError, Result, count, positive};

/// A price, relative to the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Barrier {
    /// Reached by falling, in (0, 1).
    Below(f64),
    /// Reached by rising, > 1.
    Above(f64),
}

/// Probability that the price touches a barrier within `years`, and its standard error.
///
/// Jumps come at their exact times. Between them the log-price is a Brownian motion, whose probability of having touched
/// the barrier given both ends is e^(−2ab/(σ²τ)) for distances a and b (the Brownian bridge; Metwally & Atiya 2002,
/// "Using Brownian bridge for fast simulation of jump-diffusion processes"): no step length, no bias, and the mean of
/// probabilities varies less than that of events.
///
/// # Errors
/// [`ModelError::Incompatible`] for a process whose volatility is not constant, or for any sampling but
/// [`Sampling::Pseudo`]; [`ModelError::OutOfRange`] for a barrier on the wrong side of the start and as
/// [`super::terminal_log_returns`]; [`ModelError::NotPositive`] for the horizon; [`ModelError::NotFinite`].
pub fn first_passage(process: &PriceProcess, barrier: Barrier, years: f64, run: &Run) -> Result<Estimate> {
    let wrong_side = |value, min, max| ModelError::OutOfRange {
        what: "barrier",
        value,
        min,
        max,
    };
    // Mirrored, so that the barrier always lies below: (distance, direction).
    let (distance, direction) = match barrier {
        Barrier::Below(level) if positive("barrier", level)? < 1.0 => (-level.ln(), 1.0),
        Barrier::Below(level) => return Err(wrong_side(level, 0.0, 1.0)),
        Barrier::Above(level) if positive("barrier", level)? > 1.0 => (level.ln(), -1.0),
        Barrier::Above(level) => return Err(wrong_side(level, 1.0, f64::MAX)),
    };
    let Some(volatility) = process.constant_volatility() else {
        return Err(ModelError::Incompatible {
            what: "first passage by Brownian bridges",
            with: "a process whose volatility is not constant",
        });
    };
    process.check(&Grid::new(1, years)?)?;
    let path = Passage {
        drift: direction * process.log_drift(),
        variance: volatility * volatility,
        distance,
        years,
        intensity: process.intensity(),
    };
    mean_over_paths(run, |stream| {
        path.simulate(stream, |stream| direction * process.draw_jump(stream))
    })
}

/// The mean of what a path gives, one stream per block of paths.
///
/// # Errors
/// [`ModelError::Incompatible`] for any sampling but [`Sampling::Pseudo`].
pub(super) fn mean_over_paths(run: &Run, path: impl Fn(&mut Stream) -> f64 + Sync) -> Result<Estimate> {
    if run.sampling() != Sampling::Pseudo {
        return Err(ModelError::Incompatible {
            what: "antithetic or quasi-random sampling",
            with: "paths whose number of random numbers is itself random",
        });
    }
    let mut sums = vec![(0.0, 0.0); run.paths() / BLOCK];
    run.share(
        sums.iter_mut().zip(0u64..),
        || Ok(()),
        |(), (sum, block)| {
            let mut stream = Stream::new(run.seed(), block);
            for _ in 0..BLOCK {
                let value = path(&mut stream);
                sum.0 += value;
                sum.1 += value * value;
            }
        },
    )?;
    Ok(Estimate::of_sums(&sums, count(run.paths())))
}

/// A Brownian motion with jumps above a barrier at zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passage {
    /// Of the motion, per year.
    pub(super) drift: f64,
    /// σ², per year.
    pub(super) variance: f64,
    /// Distance of the start from the barrier, > 0.
    pub(super) distance: f64,
    pub(super) years: f64,
    /// Jumps per year.
    pub(super) intensity: f64,
}

impl Passage {
    /// Probability that one path has touched the barrier, given its ends, jump times and jumps.
    pub(super) fn simulate(&self, stream: &mut Stream, jump: impl Fn(&mut Stream) -> f64) -> f64 {
        let (mut here, mut time, mut survival) = (self.distance, 0.0, 1.0);
        loop {
            let wait = if self.intensity > 0.0 {
                stream.exponential() / self.intensity
            } else {
                f64::INFINITY
            };
            let jumps = wait < self.years - time;
            let span = if jumps { wait } else { self.years - time };
            let variance = self.variance * span;
            let mut there = self.drift.mul_add(span, here);
            if variance > 0.0 {
                there += variance.sqrt() * stream.normal();
            }
            if there <= 0.0 {
                return 1.0;
            }
            if variance > 0.0 {
                survival *= -(-2.0 * here * there / variance).exp_m1();
            }
            if !jumps {
                return 1.0 - survival;
            }
            here = there + jump(stream);
            time += span;
            if here <= 0.0 {
                return 1.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tail::JumpDiffusion;

    fn merton() -> PriceProcess {
        PriceProcess::Merton(JumpDiffusion::new(0.0, 0.8, 5.0, -0.05, 0.1).unwrap())
    }

    #[test]
    fn a_barrier_on_the_wrong_side_is_refused() {
        let run = Run::new(256, 1, 1, Sampling::Pseudo).unwrap();
        for barrier in [
            Barrier::Below(1.0),
            Barrier::Below(0.0),
            Barrier::Above(0.9),
            Barrier::Below(f64::NAN),
        ] {
            assert!(first_passage(&merton(), barrier, 0.1, &run).is_err());
        }
    }

    #[test]
    fn a_higher_barrier_below_is_touched_more_often() {
        let run = Run::new(4096, 1, 1, Sampling::Pseudo).unwrap();
        let touch = |level| {
            first_passage(&merton(), Barrier::Below(level), 0.1, &run)
                .unwrap()
                .value
        };
        assert!(touch(0.9) > touch(0.8) && touch(0.8) > touch(0.5));
    }
}
