//! The best schedule for known prices: dynamic programming (Bellman 1957) backwards over the states of the committed
//! blocks and what is left of demand response. Within an hour and state the load is merit order's, which is exact too;
//! so the schedule is the optimum of the model, not an approximation.

use super::contract::{GridHour, HOURS};
use super::operation::Operation;
use super::response::{Remainders, Remaining};
use crate::ModelError;
use crate::error::{Result, within_count};

/// Most states times hours: a hundred megabytes of decisions.
const CELLS: usize = 50_000_000;

/// The hours to be planned and what is settled about them.
pub(super) struct Horizon<'a> {
    /// Known or forecast.
    pub hours: &'a [GridHour],
    /// Number of the first since the contract began.
    pub first: usize,
    /// State of the committed blocks before the first.
    pub blocks: usize,
    /// What is left of demand response before the first.
    pub left: Remaining,
    /// For the first hours, whether the site responds: notice was given.
    pub announced: &'a [bool],
    /// What an hour of calls is worth beyond the horizon, quote.
    pub reserve: f64,
}

/// One hour of a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// State of the committed blocks in this hour.
    pub blocks: usize,
    /// Their combination of stages.
    pub combination: usize,
    /// Whether the site responds.
    pub responds: bool,
}

/// A plan.
pub(super) struct Plan {
    pub steps: Vec<Step>,
    /// What one more hour of calls in the first period would be worth.
    pub hour_of_calls: Option<f64>,
}

/// What each hour is worth by combination of stages and by whether the site responds; −∞ where it cannot be.
struct Values {
    values: Vec<[f64; 2]>,
    combinations: usize,
}

impl Values {
    fn new(operation: &Operation, hours: &[GridHour]) -> Self {
        let responds = operation
            .contracts
            .response
            .is_some_and(|contract| contract.hours > 0 && contract.calls > 0);
        let mut values = Vec::with_capacity(hours.len() * operation.states.shares.len());
        for hour in hours {
            let terms = operation.terms(hour);
            for shares in &operation.states.shares {
                let value = |responds| {
                    operation
                        .best(&terms, shares, responds)
                        .map_or(f64::NEG_INFINITY, |outcome| outcome.value())
                };
                values.push([
                    value(false),
                    if responds { value(true) } else { f64::NEG_INFINITY },
                ]);
            }
        }
        Self {
            values,
            combinations: operation.states.shares.len(),
        }
    }

    fn of(&self, hour: usize, combination: usize) -> [f64; 2] {
        self.values[hour * self.combinations + combination]
    }
}

/// The best move from a state: its number times two, and one more where the site responds.
type Decision = u16;

/// Plans a horizon.
pub(super) fn plan(operation: &Operation, horizon: &Horizon<'_>) -> Result<Plan> {
    let hours = horizon.hours.len();
    within_count("hours of a schedule", hours, 1, HOURS)?;
    let remainders = Remainders::new(operation.contracts.response.as_ref(), hours);
    let (blocks, lefts) = (operation.states.moves.len(), remainders.len());
    let width = blocks.saturating_mul(lefts);
    within_count(
        "states of the schedule times its hours",
        width.saturating_mul(hours),
        1,
        CELLS,
    )?;
    let values = Values::new(operation, horizon.hours);
    let mut later = vec![0.0; width];
    let mut now = vec![f64::NEG_INFINITY; width];
    let mut decisions: Vec<Decision> = vec![0; width * hours];
    // the numbers of what is left after an hour without and with a response
    let after: Vec<[Option<usize>; 2]> = (0..lefts)
        .map(|index| {
            [false, true].map(|responds| {
                let left = remainders.at(index).after(responds)?;
                Some(remainders.index(left))
            })
        })
        .collect();
    for hour in (0..hours).rev() {
        let renewed = remainders.begins(horizon.first + hour) && hour > 0;
        let announced = horizon.announced.get(hour).copied();
        let row = &mut decisions[hour * width..(hour + 1) * width];
        for from in 0..blocks {
            for left in 0..lefts {
                // a new period makes the remainder of the old one void
                let left_now = if renewed {
                    remainders.index(remainders.full())
                } else {
                    left
                };
                let mut best = (f64::NEG_INFINITY, 0);
                for (number, step) in operation.states.moves[from].iter().enumerate() {
                    let worth = values.of(hour, step.combination);
                    for (responds, next) in after[left_now].iter().enumerate() {
                        let Some(next) = next else { continue };
                        if announced.is_some_and(|announced| announced != (responds == 1)) {
                            continue;
                        }
                        let reserve = if responds == 1 { horizon.reserve } else { 0.0 };
                        let value = worth[responds] - step.cost - reserve + later[step.to * lefts + next];
                        if value > best.0 {
                            best = (value, number * 2 + responds);
                        }
                    }
                }
                now[from * lefts + left] = best.0;
                row[from * lefts + left] = Decision::try_from(best.1).unwrap_or_default();
            }
        }
        core::mem::swap(&mut now, &mut later);
    }
    let left = remainders.index(if remainders.begins(horizon.first) {
        remainders.full()
    } else {
        horizon.left
    });
    let best = later[horizon.blocks * lefts + left];
    if best == f64::NEG_INFINITY {
        return Err(ModelError::Incompatible {
            what: "maximum load",
            with: "blocks that can neither be stopped nor throttled in time",
        });
    }
    let steps = walk(operation, horizon, remainders, &decisions);
    let fewer = remainders.at(left);
    let hour_of_calls = fewer.hours.checked_sub(1).filter(|_| lefts > 1).map(|hours| {
        let fewer = remainders.index(Remaining { hours, ..fewer });
        best - later[horizon.blocks * lefts + fewer]
    });
    Ok(Plan { steps, hour_of_calls })
}

/// Follows the decisions from the first hour.
fn walk(
    operation: &Operation,
    horizon: &Horizon<'_>,
    remainders: Remainders,
    decisions: &[Decision],
) -> Vec<Step> {
    let (mut blocks, mut left) = (horizon.blocks, horizon.left);
    let lefts = remainders.len();
    let width = operation.states.moves.len() * lefts;
    let mut steps = Vec::with_capacity(horizon.hours.len());
    for hour in 0..horizon.hours.len() {
        if remainders.begins(horizon.first + hour) {
            left = remainders.full();
        }
        let decision = usize::from(decisions[hour * width + blocks * lefts + remainders.index(left)]);
        let Some(step) = operation.states.moves[blocks].get(decision / 2) else {
            break;
        };
        let responds = decision % 2 == 1;
        blocks = step.to;
        left = left.after(responds).unwrap_or(left);
        steps.push(Step {
            blocks,
            combination: step.combination,
            responds,
        });
    }
    steps
}
