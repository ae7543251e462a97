//! First passage below floors that move with the path.

use super::estimate::Estimate;
use super::paths::path_values;
use super::process::{Grid, PriceProcess};
use super::random::Stream;
use super::run::{Run, Sampling};
use super::vector::BLOCK;
use crate::error::{ModelError, Result, count};

/// A floor over one step, as ln(floor/S₀); between its ends the logarithm is linear. An infinite floor, which is never or
/// surely reached, is the same at both ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Floor {
    /// When the step begins.
    pub begin: f64,
    /// Just before it ends.
    pub end: f64,
}

impl Floor {
    /// A floor that does not move.
    #[must_use]
    pub const fn level(log: f64) -> Self {
        Self { begin: log, end: log }
    }

    fn at(&self, share: f64) -> f64 {
        if self.begin == self.end {
            self.begin
        } else {
            (self.end - self.begin).mul_add(share, self.begin)
        }
    }
}

/// Probability that the price touches each of `N` floors, and its standard error. A path has a state of its own from
/// `start`; when a step begins, `floors` is given the state, the step and ln(S/S₀), and says where the floors lie until
/// its end.
///
/// A process of constant volatility between jumps is watched without a pause: jumps come at their exact times, and
/// between them a Brownian bridge crosses a straight line with probability e^(−2ab/(σ²τ)) for the distances a and b of
/// its ends (Metwally & Atiya 2002; for a line Siegmund 1985, "Sequential Analysis", eq. 3.10), so that a step's length
/// is no source of bias. Any other process is watched at the ends of the steps.
///
/// # Errors
/// [`ModelError::Incompatible`] for any sampling but [`Sampling::Pseudo`]; as [`super::terminal_log_returns`].
pub fn first_passage_below<S, const N: usize>(
    process: &PriceProcess,
    grid: &Grid,
    run: &Run,
    start: impl Fn() -> S + Sync,
    floors: impl Fn(&mut S, usize, f64) -> [Floor; N] + Sync,
) -> Result<[Estimate; N]> {
    if run.sampling() != Sampling::Pseudo {
        return Err(ModelError::Incompatible {
            what: "antithetic or quasi-random sampling",
            with: "paths whose number of random numbers is itself random",
        });
    }
    process.check(grid)?;
    let Some(volatility) = process.constant_volatility() else {
        let touched = path_values(process, grid, run, |path| {
            watched_at_steps(path, &mut start(), &floors)
        })?;
        return Ok(core::array::from_fn(|n| {
            Estimate::of_sums(
                &touched.iter().map(|t| (t[n], t[n])).collect::<Vec<_>>(),
                count(run.paths()),
            )
        }));
    };
    let watch = Watch {
        process,
        steps: grid.steps(),
        span: grid.step_years(),
        drift: process.log_drift(),
        variance: volatility * volatility,
    };
    let mut sums = vec![[(0.0, 0.0); N]; run.paths() / BLOCK];
    run.share(
        sums.iter_mut().zip(0u64..),
        || Ok(()),
        |(), (sums, block)| {
            let mut stream = Stream::new(run.seed(), block);
            for _ in 0..BLOCK {
                let touched = watch.path(&mut stream, &mut start(), &floors);
                for (sum, value) in sums.iter_mut().zip(touched) {
                    sum.0 += value;
                    sum.1 += value * value;
                }
            }
        },
    )?;
    Ok(core::array::from_fn(|n| {
        let of_floor: Vec<(f64, f64)> = sums.iter().map(|block| block[n]).collect();
        Estimate::of_sums(&of_floor, count(run.paths()))
    }))
}

/// One if the path is at or below the floor when a step begins or the last one ends.
fn watched_at_steps<S, const N: usize>(
    path: &[f64],
    state: &mut S,
    floors: &impl Fn(&mut S, usize, f64) -> [Floor; N],
) -> [f64; N] {
    let mut touched = [0.0; N];
    for (step, ends) in path.windows(2).enumerate() {
        let floors = floors(state, step, ends[0]);
        for (touched, floor) in touched.iter_mut().zip(floors) {
            let (begins_above, ends_above) = (ends[0] > floor.begin, ends[1] > floor.end);
            if !begins_above || (step + 2 == path.len() && !ends_above) {
                *touched = 1.0;
            }
        }
    }
    touched
}

/// A jump-diffusion that is watched without a pause.
struct Watch<'a> {
    process: &'a PriceProcess,
    steps: usize,
    /// Length of a step, years.
    span: f64,
    drift: f64,
    variance: f64,
}

impl Watch<'_> {
    /// Probability that one path touches each floor, given its ends, jump times and jumps.
    fn path<S, const N: usize>(
        &self,
        stream: &mut Stream,
        state: &mut S,
        floors: &impl Fn(&mut S, usize, f64) -> [Floor; N],
    ) -> [f64; N] {
        let (mut x, mut survival) = (0.0, [1.0; N]);
        let mut wait = self.wait(stream);
        for step in 0..self.steps {
            let floors = floors(state, step, x);
            let mut elapsed = 0.0;
            loop {
                let jumps = wait < self.span - elapsed;
                let span = if jumps { wait } else { self.span - elapsed };
                let variance = self.variance * span;
                let mut there = self.drift.mul_add(span, x);
                if variance > 0.0 {
                    there += variance.sqrt() * stream.normal();
                }
                let (from, to) = (elapsed / self.span, (elapsed + span) / self.span);
                for (survival, floor) in survival.iter_mut().zip(&floors) {
                    *survival *= uncrossed(x - floor.at(from), there - floor.at(to), variance);
                }
                x = there;
                if !jumps {
                    wait -= span;
                    break;
                }
                elapsed += span;
                x += self.process.draw_jump(stream);
                wait = self.wait(stream);
            }
        }
        survival.map(|survival| 1.0 - survival)
    }

    fn wait(&self, stream: &mut Stream) -> f64 {
        let intensity = self.process.intensity();
        if intensity > 0.0 {
            stream.exponential() / intensity
        } else {
            f64::INFINITY
        }
    }
}

/// Probability that a Brownian bridge of this variance between distances `a` and `b` from a line does not cross it.
fn uncrossed(a: f64, b: f64, variance: f64) -> f64 {
    if !(a > 0.0 && b > 0.0) {
        0.0
    } else if variance > 0.0 {
        -(-2.0 * a * b / variance).exp_m1()
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::{Barrier, Bootstrap, first_passage};
    use crate::tail::{InsuranceFund, JumpDiffusion};

    fn run(paths: usize, threads: usize) -> Run {
        Run::new(paths, 5, threads, Sampling::Pseudo).unwrap()
    }

    fn merton(intensity: f64) -> PriceProcess {
        PriceProcess::Merton(JumpDiffusion::new(0.1, 0.7, intensity, -0.06, 0.1).unwrap())
    }

    #[test]
    fn a_floor_at_rest_is_touched_as_often_as_a_barrier() {
        let (grid, run) = (Grid::new(7, 0.5).unwrap(), run(20_000, 2));
        let process = merton(12.0);
        let [ours] = first_passage_below(
            &process,
            &grid,
            &run,
            || (),
            |(), _, _| [Floor::level(0.7f64.ln())],
        )
        .unwrap();
        let other = first_passage(&process, Barrier::Below(0.7), 0.5, &run).unwrap();
        let error = ours.standard_error.hypot(other.standard_error);
        assert!(
            (ours.value - other.value).abs() < 3.0 * error,
            "{ours:?} {other:?}"
        );
    }

    #[test]
    fn a_floor_that_grows_is_touched_as_often_as_a_motion_of_less_drift_ends() {
        let (grid, run) = (Grid::new(5, 1.0).unwrap(), run(20_000, 1));
        let rate = 0.25;
        let start = 0.6f64.ln();
        let [ours] = first_passage_below(
            &merton(0.0),
            &grid,
            &run,
            || (),
            |(), step, _| {
                let at = |step: usize| (step as f64 * grid.step_years()).mul_add(rate, start);
                [Floor {
                    begin: at(step),
                    end: at(step + 1),
                }]
            },
        )
        .unwrap();
        let exact = InsuranceFund {
            size: -start,
            drift: 0.1 - 0.5 * 0.49 - rate,
            volatility: 0.7,
        }
        .ruin_probability(1.0)
        .unwrap();
        assert!(ours.covers(exact, 2.576), "{ours:?} {exact}");
    }

    #[test]
    fn floors_without_end_are_never_or_surely_touched_whatever_the_process() {
        let bootstrap = PriceProcess::Bootstrap(Bootstrap::new(&[0.01, -0.02, 0.005], 1.0).unwrap());
        for process in [merton(5.0), bootstrap] {
            let grid = Grid::new(4, 0.1).unwrap();
            let sides = |threads| {
                first_passage_below(
                    &process,
                    &grid,
                    &run(512, threads),
                    || 0u32,
                    |seen, step, _| {
                        *seen += 1;
                        assert_eq!(*seen as usize, step + 1);
                        [f64::NEG_INFINITY, f64::INFINITY, -0.03].map(Floor::level)
                    },
                )
                .unwrap()
            };
            let [never, surely, now] = sides(1);
            assert_eq!((never.value, surely.value), (0.0, 1.0));
            assert!(now.value > 0.0 && now.value < 1.0);
            assert_eq!(sides(1), sides(3));
        }
    }
}
