//! Running a market over a shock, a given path, or many random ones.

use super::report::{CascadeReport, PathOutcome};
use super::state::{State, StepRecord};
use super::{Cascade, Residuals};
use crate::error::{Result, at_least, count, representable, within, within_count};
use crate::pow::DAYS_PER_YEAR;
use crate::pow::leverage::Epoch;
use crate::simulation::{Grid, PriceProcess, Run, path_values};

const MOST_STEPS: usize = 16_384;
/// Furthest that the exogenous log-price may go.
const FURTHEST: f64 = 50.0;
/// Share of the start's hash rate that counts as recovered.
const RECOVERED: f64 = 0.95;

/// One path in full.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// The start, then every step.
    pub steps: Vec<StepRecord>,
    /// What became of it.
    pub outcome: PathOutcome,
}

/// A path's outcome as it grows.
struct Watch {
    outcome: PathOutcome,
    start: f64,
    /// First and last day below the recovered hash rate.
    below: Option<(f64, f64)>,
}

impl Watch {
    fn new(start: &StepRecord) -> Self {
        Self {
            outcome: PathOutcome {
                fall: 0.0,
                excess_fall: 0.0,
                sold: 0.0,
                seized: 0.0,
                liquidations: 0.0,
                defaults: 0.0,
                lost: 0.0,
                hash_rate_fall: 0.0,
                days_to_recovery: 0.0,
                recovered: 1.0,
                residuals: Residuals::default(),
            },
            start: start.price,
            below: None,
        }
    }

    fn see(&mut self, step: &StepRecord, residuals: Residuals) {
        let outcome = &mut self.outcome;
        outcome.fall = outcome.fall.max(1.0 - step.price / self.start);
        outcome.excess_fall = outcome.excess_fall.max(1.0 - step.price / step.exogenous);
        outcome.sold = step.sold;
        outcome.seized = step.seized;
        outcome.liquidations = count(step.liquidations);
        outcome.defaults = count(step.defaults);
        outcome.lost = step.lost;
        outcome.hash_rate_fall = outcome.hash_rate_fall.max(1.0 - step.hash_rate);
        outcome.residuals = outcome.residuals.or(residuals);
        let below = step.hash_rate < RECOVERED;
        outcome.recovered = f64::from(u8::from(!below));
        if below {
            let first = self.below.map_or(step.day, |(first, _)| first);
            self.below = Some((first, step.day));
        }
    }

    fn close(mut self, step_days: f64) -> PathOutcome {
        self.outcome.days_to_recovery = self.below.map_or(0.0, |(first, last)| last - first + step_days);
        self.outcome
    }
}

impl Cascade {
    /// One path, whose exogenous log-price relative to the start is given at the end of every step.
    ///
    /// # Errors
    /// [`crate::ModelError::TooFew`] without steps, [`crate::ModelError::OutOfRange`] for more than 16,384 or a log-price
    /// beyond ±50, [`crate::ModelError::NotFinite`]; [`crate::ModelError::Overflow`].
    pub fn follow(&self, log_prices: &[f64]) -> Result<Trajectory> {
        at_least("steps of the path", 1, log_prices.len())?;
        within_count("steps of the path", log_prices.len(), 1, MOST_STEPS)?;
        for log in log_prices {
            within("exogenous log-price", *log, -FURTHEST, FURTHEST)?;
        }
        let mut state = State::new(self, self.epoch()?);
        let mut steps = vec![state.record(0.0)];
        let mut watch = Watch::new(&steps[0]);
        for &log in log_prices {
            state.step(log);
            let step = state.record(log);
            representable("price", step.price)?;
            watch.see(&step, state.residuals());
            steps.push(step);
        }
        Ok(Trajectory {
            steps,
            outcome: watch.close(self.terms.step_days),
        })
    }

    /// An exogenous fall by a share of the price, spread evenly in logarithms over the first `over` steps (at least one),
    /// after which the exogenous price stays.
    ///
    /// # Errors
    /// As [`Self::follow`]; [`crate::ModelError::OutOfRange`] for a fall outside [0, 1).
    pub fn shock(&self, fall: f64, over: usize, steps: usize) -> Result<Trajectory> {
        within("fall of the exogenous price", fall, 0.0, 1.0 - 1e-12)?;
        within_count("steps", steps, 1, MOST_STEPS)?;
        within_count("steps of the fall", over, 1, steps)?;
        let last = (-fall).ln_1p();
        let path: Vec<f64> = (1..=steps)
            .map(|step| last * (count(step.min(over)) / count(over)))
            .collect();
        self.follow(&path)
    }

    /// Many paths of a process over `steps` steps.
    ///
    /// # Errors
    /// As [`path_values`] and [`Self::follow`]; [`crate::ModelError::OutOfRange`] for levels outside [0, 1].
    pub fn simulate(
        &self,
        process: &PriceProcess,
        steps: usize,
        run: &Run,
        levels: &[f64],
    ) -> Result<CascadeReport> {
        within_count("steps", steps, 1, MOST_STEPS)?;
        let grid = Grid::new(steps, count(steps) * self.terms.step_days / DAYS_PER_YEAR)?;
        let outcomes = path_values(process, &grid, run, |path| self.outcome(&path[1..]))?;
        let outcomes = outcomes.into_iter().collect::<Result<Vec<_>>>()?;
        CascadeReport::new(&outcomes, levels)
    }

    fn outcome(&self, log_prices: &[f64]) -> Result<PathOutcome> {
        let mut state = State::new(self, self.epoch()?);
        let mut watch = Watch::new(&state.record(0.0));
        for &log in log_prices {
            within("exogenous log-price", log, -FURTHEST, FURTHEST)?;
            state.step(log);
            watch.see(&state.record(log), state.residuals());
        }
        representable("outcome of a path", watch.outcome.excess_fall)?;
        Ok(watch.close(self.terms.step_days))
    }

    /// The path begins in the middle of an epoch.
    pub(super) fn epoch(&self) -> Result<Epoch> {
        Epoch::new(
            self.terms.rule,
            self.hash_rate,
            0.5 * f64::from(self.terms.rule.blocks),
        )
    }
}
