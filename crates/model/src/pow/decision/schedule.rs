//! A schedule: what a site does hour by hour, why, and what it brings.

use super::contract::GridHour;
use super::explain::{Action, Reason, action, reason};
use super::fill::{Bounds, fill};
use super::operation::{Operation, Outcome};
use super::response::Remainders;
use super::tariff::Settlement;
use crate::ModelError;
use crate::error::{Result, same_length};

/// What is decided about an hour; loads follow from it by merit order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Stages of each block that are on; 1 for blocks without a commitment, whose machines follow merit order.
    pub stages: Vec<usize>,
    /// Whether load is shed for demand response.
    pub responds: bool,
}

/// A type of machines in an hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockHour {
    /// Load at the meter, kW.
    pub load: f64,
    /// TH/s.
    pub hash_rate: f64,
}

/// An hour of a schedule. Money in quote, energy in kWh.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduledHour {
    /// What the site does.
    pub action: Action,
    /// Load at the meter, kW.
    pub load: f64,
    /// TH/s, before the derating.
    pub hash_rate: f64,
    /// Revenue of mining after the pool's fee.
    pub revenue: f64,
    /// Where the energy came from and what it cost.
    pub energy: Settlement,
    /// Paid for availability.
    pub availability: f64,
    /// Paid for curtailment.
    pub payment: f64,
    /// Cost of starts.
    pub starts: f64,
    /// Revenue and payments less energy, starts and operation.
    pub profit: f64,
    /// Each type of machines.
    pub blocks: Vec<BlockHour>,
    /// Why each type runs or does not.
    pub reasons: Vec<Reason>,
}

/// Sums over a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// Energy used, kWh.
    pub energy: f64,
    /// Energy bought at spot, kWh.
    pub bought: f64,
    /// Energy resold, kWh.
    pub resold: f64,
    /// Revenue of mining after the pool's fee, quote.
    pub revenue: f64,
    /// Cost of energy less the proceeds of the resale, quote.
    pub energy_cost: f64,
    /// Payments for availability and curtailment, quote.
    pub payments: f64,
    /// Cost of starts, quote.
    pub starts: f64,
    /// Revenue and payments less energy, starts and operation, quote.
    pub profit: f64,
    /// Hours in which load was shed for demand response.
    pub response_hours: usize,
    /// Hours in which nothing or only a part ran.
    pub curtailed_hours: usize,
}

/// What a site does over some hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// The hours.
    pub hours: Vec<ScheduledHour>,
    /// Their sums.
    pub totals: Totals,
    /// What was decided about each.
    pub choices: Vec<Choice>,
    /// Shadow price of demand response: what the last hour of calls in the first period is worth, quote. None where it
    /// was not computed or there is no contract.
    pub hour_of_calls: Option<f64>,
}

impl Operation {
    /// The schedule of given choices, from a site on which everything has long been running.
    ///
    /// # Errors
    /// [`ModelError::LengthMismatch`] where hours and choices differ in number, [`ModelError::Incompatible`] where a
    /// choice breaks a commitment, the limit or the demand-response contract; as [`GridHour::checked`].
    pub fn schedule(&self, hours: &[GridHour], choices: &[Choice]) -> Result<Schedule> {
        self.checked(hours)?;
        self.settle(hours, choices, None)
    }

    /// The schedule in which everything runs as far as the limit goes, whatever it costs.
    ///
    /// # Errors
    /// As [`GridHour::checked`]; [`ModelError::Incompatible`] where what is on exceeds the limit.
    pub fn always_run(&self, hours: &[GridHour]) -> Result<Schedule> {
        self.checked(hours)?;
        let stages = self.blocks.iter().map(|block| block.commitment.stages).collect();
        let choice = Choice {
            stages,
            responds: false,
        };
        self.settle(hours, &vec![choice; hours.len()], Some(self.full_load))
    }

    /// Follows the choices, checking every one.
    pub(super) fn settle(
        &self,
        hours: &[GridHour],
        choices: &[Choice],
        floor: Option<f64>,
    ) -> Result<Schedule> {
        same_length("hours and choices of a schedule", hours.len(), choices.len())?;
        let remainders = Remainders::new(self.contracts.response.as_ref(), hours.len());
        let (mut state, mut left) = (self.states.running, remainders.full());
        let mut scheduled = Vec::with_capacity(hours.len());
        let mut totals = Totals::default();
        for (number, (hour, choice)) in hours.iter().zip(choices).enumerate() {
            let broken = |what| ModelError::Incompatible {
                what: "a choice of the schedule",
                with: what,
            };
            let step = self.states.moves[state]
                .iter()
                .find(|step| self.states.stages[step.combination] == choice.stages)
                .ok_or_else(|| broken("minimum run, minimum down time or stages"))?;
            state = step.to;
            if remainders.begins(number) {
                left = remainders.full();
            }
            if choice.responds && self.contracts.response.is_none() {
                return Err(broken("contracts without demand response"));
            }
            left = left
                .after(choice.responds)
                .ok_or_else(|| broken("the hours and calls of demand response"))?;
            let done = self
                .hour(hour, step.combination, choice.responds, floor, step.cost)
                .ok_or_else(|| broken("the maximum load"))?;
            totals.add(&done);
            scheduled.push(done);
        }
        Ok(Schedule {
            hours: scheduled,
            totals,
            choices: choices.to_vec(),
            hour_of_calls: None,
        })
    }

    fn hour(
        &self,
        hour: &GridHour,
        combination: usize,
        responds: bool,
        floor: Option<f64>,
        starts: f64,
    ) -> Option<ScheduledHour> {
        let terms = self.terms(hour);
        let shares = &self.states.shares[combination];
        let mut outcome = self.best(&terms, shares, responds)?;
        if let Some(floor) = floor {
            outcome = self.forced(&outcome, floor);
        }
        let nothing = BlockHour {
            load: 0.0,
            hash_rate: 0.0,
        };
        let mut blocks = vec![nothing; self.blocks.len()];
        outcome.filled = fill(
            &self.merit,
            &terms,
            shares,
            outcome.bounds,
            |block, load, rate| {
                if let Some(on) = blocks.get_mut(block) {
                    on.load += load;
                    on.hash_rate += rate;
                }
            },
        )?;
        let energy = terms.tariff.settle(outcome.filled.load);
        let reasons = blocks
            .iter()
            .enumerate()
            .map(|(block, on)| reason(self, &terms, &outcome, responds, block, on))
            .collect();
        Some(ScheduledHour {
            action: action(self, &outcome, responds, energy.resold),
            load: outcome.filled.load,
            hash_rate: outcome.filled.hash_rate,
            revenue: terms.revenue * outcome.filled.hash_rate,
            energy,
            availability: outcome.availability,
            payment: outcome.payment,
            starts,
            profit: outcome.value() - starts - self.site.operation / 24.0,
            blocks,
            reasons,
        })
    }

    /// The hour with everything on, whatever it costs.
    fn forced(&self, outcome: &Outcome, floor: f64) -> Outcome {
        Outcome {
            bounds: Bounds {
                floor,
                limit: self.contracts.limit(),
            },
            availability: self
                .contracts
                .response
                .map_or(0.0, |contract| contract.power * contract.availability),
            ..*outcome
        }
    }
}

impl Totals {
    fn add(&mut self, hour: &ScheduledHour) {
        self.energy += hour.load;
        self.bought += hour.energy.bought;
        self.resold += hour.energy.resold;
        self.revenue += hour.revenue;
        self.energy_cost += hour.energy.cost;
        self.payments += hour.availability + hour.payment;
        self.starts += hour.starts;
        self.profit += hour.profit;
        self.response_hours += usize::from(hour.action == Action::Respond);
        self.curtailed_hours += usize::from(hour.action != Action::Run);
    }
}
