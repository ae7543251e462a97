//! Decisions with and without knowledge of the hours to come.

use super::contract::GridHour;
use super::operation::Operation;
use super::optimum::{Horizon, plan};
use super::response::{Remainders, Remaining};
use super::schedule::{Choice, Schedule};
use crate::error::{Result, count, same_length, within_count};
use std::collections::VecDeque;

/// How a policy looks ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyRule {
    /// Hours planned at a time, this one and forecasts; more than the notice of demand response.
    pub horizon: usize,
    /// Past hours from which the value of an hour of calls is learnt.
    pub memory: usize,
}

/// What a policy may know of the future: a forecast of the next hours from those up to now, the last of which is now.
pub trait Foresight {
    /// As many hours as asked for.
    ///
    /// # Errors
    /// Of the forecast.
    fn forecast(&self, past: &[GridHour], hours: usize) -> Result<Vec<GridHour>>;
}

/// The mean price of the same hour of the last days, to which the present deviation decays; hashprice and derating stay
/// as they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeasonalForecast {
    /// Days.
    pub days: usize,
    /// What remains of the deviation from one hour to the next, [0, 1].
    pub persistence: f64,
}

impl Foresight for SeasonalForecast {
    fn forecast(&self, past: &[GridHour], hours: usize) -> Result<Vec<GridHour>> {
        crate::error::fraction("persistence of a deviation", self.persistence)?;
        within_count("days of a forecast", self.days, 1, 366)?;
        let Some(now) = past.last() else {
            return Ok(Vec::new());
        };
        // mean of the recorded hours that lie whole days before the one at this index
        let mean = |index: usize| {
            let same: Vec<f64> = (1..=self.days)
                .filter_map(|day| past.get(index.checked_sub(24 * day)?))
                .map(|hour| hour.price)
                .collect();
            (!same.is_empty()).then(|| same.iter().sum::<f64>() / count(same.len()))
        };
        let deviation = mean(past.len() - 1).map_or(0.0, |mean| now.price - mean);
        let mut kept = deviation;
        Ok((0..hours)
            .map(|ahead| {
                kept *= self.persistence;
                let price = mean(past.len() + ahead).map_or(now.price, |mean| mean + kept);
                GridHour {
                    price: price.clamp(-1e6, 1e6),
                    ..*now
                }
            })
            .collect())
    }
}

impl Operation {
    /// The best schedule for hours that are all known: the bound of what any policy can reach. The site starts with
    /// everything running.
    ///
    /// # Errors
    /// [`crate::ModelError::Incompatible`] where no schedule keeps to the limit, [`crate::ModelError::OutOfRange`] where
    /// the problem is too large for an exact solution; as [`GridHour::checked`].
    pub fn optimum(&self, hours: &[GridHour]) -> Result<Schedule> {
        self.checked(hours)?;
        let remainders = Remainders::new(self.contracts.response.as_ref(), hours.len());
        let planned = plan(
            self,
            &Horizon {
                hours,
                first: 0,
                blocks: self.states.running,
                left: remainders.full(),
                announced: &[],
                reserve: 0.0,
            },
        )?;
        let choices: Vec<Choice> = planned
            .steps
            .iter()
            .map(|step| self.choice(step.combination, step.responds))
            .collect();
        Ok(Schedule {
            hour_of_calls: planned.hour_of_calls,
            ..self.settle(hours, &choices, None)?
        })
    }

    fn choice(&self, combination: usize, responds: bool) -> Choice {
        Choice {
            stages: self.states.stages[combination].clone(),
            responds,
        }
    }

    /// The schedule of a policy that in each hour knows the hours up to this one and forecasts the rest: it plans the
    /// horizon as [`Self::optimum`] does, does what the plan says now, gives the notices that are due, and plans anew
    /// (rolling horizon). An hour of calls is used where the plan gains more by it than the past hours that would leave
    /// as many calls for the rest of the period as are left: its reserve price, learnt from the past `memory` hours.
    ///
    /// # Errors
    /// As [`Self::optimum`]; [`crate::ModelError::OutOfRange`] for a horizon that does not exceed the notice, is beyond
    /// 168 hours, or a forecast outside its domain; of the forecast.
    pub fn policy(
        &self,
        hours: &[GridHour],
        rule: &PolicyRule,
        foresight: &dyn Foresight,
    ) -> Result<Schedule> {
        self.checked(hours)?;
        let notice = self.contracts.response.map_or(0, |contract| contract.notice);
        within_count("hours planned at a time", rule.horizon, notice + 1, 168)?;
        within_count("hours of memory", rule.memory, 1, super::contract::HOURS)?;
        let remainders = Remainders::new(self.contracts.response.as_ref(), hours.len());
        let (mut blocks, mut left) = (self.states.running, remainders.full());
        let mut announced: VecDeque<bool> = core::iter::repeat_n(false, notice).collect();
        let mut gains = Gains::new(rule.memory);
        let mut choices = Vec::with_capacity(hours.len());
        for now in 0..hours.len() {
            if remainders.begins(now) {
                left = remainders.full();
            }
            gains.learn(self.gain(&hours[now]));
            let reserve = self.contracts.response.map_or(0.0, |contract| {
                gains.reserve(left, contract.period - now % contract.period)
            });
            let ahead = foresight.forecast(&hours[..=now], rule.horizon - 1)?;
            same_length("hours forecast", rule.horizon - 1, ahead.len())?;
            let mut horizon = vec![hours[now]];
            for hour in ahead {
                horizon.push(hour.checked()?);
            }
            announced.make_contiguous();
            let planned = plan(
                self,
                &Horizon {
                    hours: &horizon,
                    first: now,
                    blocks,
                    left,
                    announced: announced.as_slices().0,
                    reserve,
                },
            )?;
            let step = planned.steps[0];
            announced.push_back(planned.steps[notice].responds);
            let responds = announced.pop_front().unwrap_or_default();
            blocks = step.blocks;
            left = left.after(responds).unwrap_or(left);
            choices.push(self.choice(step.combination, responds));
        }
        self.settle(hours, &choices, None)
    }

    /// What shedding load in an hour would gain if nothing bound the blocks, quote.
    fn gain(&self, hour: &GridHour) -> f64 {
        if self.contracts.response.is_none() {
            return 0.0;
        }
        let terms = self.terms(hour);
        let best = |responds| {
            self.states
                .shares
                .iter()
                .filter_map(|shares| self.best(&terms, shares, responds))
                .map(|outcome| outcome.value())
                .fold(f64::NEG_INFINITY, f64::max)
        };
        let gain = best(true) - best(false);
        if gain.is_finite() { gain } else { 0.0 }
    }
}

/// The gains of the past hours, in order of time and of size.
struct Gains {
    memory: usize,
    past: VecDeque<f64>,
    sorted: Vec<f64>,
}

impl Gains {
    const fn new(memory: usize) -> Self {
        Self {
            memory,
            past: VecDeque::new(),
            sorted: Vec::new(),
        }
    }

    fn learn(&mut self, gain: f64) {
        if self.past.len() == self.memory
            && let Some(old) = self.past.pop_front()
        {
            let at = self.sorted.partition_point(|known| *known < old);
            self.sorted.remove(at);
        }
        self.past.push_back(gain);
        let at = self.sorted.partition_point(|known| *known < gain);
        self.sorted.insert(at, gain);
    }

    /// The gain that only so many hours of the rest of the period exceed as are left: the quantile of the past at that
    /// share; nothing where all may be used.
    fn reserve(&self, left: Remaining, rest: usize) -> f64 {
        if left.hours >= rest {
            return 0.0;
        }
        // rounded up: as many as are left may exceed it
        let kept = (self.sorted.len() * (rest - left.hours)).div_ceil(rest);
        kept.checked_sub(1)
            .and_then(|index| self.sorted.get(index))
            .map_or(0.0, |gain| gain.max(0.0))
    }
}
