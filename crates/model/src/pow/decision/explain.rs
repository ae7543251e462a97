//! Why an hour is as it is.

use super::fill::TOLERANCE;
use super::fill::Terms;
use super::operation::{Operation, Outcome};
use super::schedule::BlockHour;

/// What a site does in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Everything runs, as far as the limit goes.
    Run,
    /// A part of it runs.
    RunPart,
    /// Nothing runs.
    Curtail,
    /// Power of the block at a fixed price is sold instead of being used.
    Sell,
    /// Load is shed for demand response.
    Respond,
}

/// Why machines of a type run or do not. All figures in quote per kWh at the meter: `revenue` is what a kWh of theirs
/// computes, after the pool's fee; `energy` is what the kWh costs, or would sell for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// They run because revenue covers energy.
    Profitable {
        /// Revenue.
        revenue: f64,
        /// Cost of the last kWh.
        energy: f64,
    },
    /// They run at a loss because stopping them is not allowed yet or restarting would cost more.
    Committed {
        /// Revenue.
        revenue: f64,
        /// Cost of the last kWh.
        energy: f64,
    },
    /// They run at a loss because the payment for being available makes up for it.
    Available {
        /// Revenue.
        revenue: f64,
        /// Cost of the last kWh.
        energy: f64,
        /// Paid for the hour's availability, per kWh of the load.
        payment: f64,
    },
    /// They are off because energy costs more than they earn.
    Unprofitable {
        /// Revenue.
        revenue: f64,
        /// Cost of the next kWh.
        energy: f64,
    },
    /// They are off because their energy sells for more than they earn with it.
    Resale {
        /// Revenue.
        revenue: f64,
        /// What the kWh sells for.
        energy: f64,
    },
    /// They are off because load is being shed.
    Response {
        /// Revenue.
        revenue: f64,
        /// Cost of the next kWh.
        energy: f64,
        /// Paid per kWh shed, availability included.
        payment: f64,
    },
    /// They would earn more than energy costs, but others that earn more use up the limit.
    NoRoom {
        /// Revenue.
        revenue: f64,
        /// Cost of the next kWh.
        energy: f64,
        /// The limit, kW.
        limit: f64,
    },
    /// They would earn more than energy costs in this hour, but are not started or not yet allowed to.
    Waiting {
        /// Revenue.
        revenue: f64,
        /// Cost of the next kWh.
        energy: f64,
    },
}

impl Reason {
    /// A short name in lower case.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Profitable { .. } => "profitable",
            Self::Committed { .. } => "committed",
            Self::Available { .. } => "available",
            Self::Unprofitable { .. } => "unprofitable",
            Self::Resale { .. } => "resale",
            Self::Response { .. } => "response",
            Self::NoRoom { .. } => "no room",
            Self::Waiting { .. } => "waiting",
        }
    }

    /// What demand response pays per kWh, where it is the reason.
    #[must_use]
    pub const fn payment(&self) -> Option<f64> {
        match *self {
            Self::Available { payment, .. } | Self::Response { payment, .. } => Some(payment),
            _ => None,
        }
    }

    /// Revenue and cost of energy, quote per kWh, whatever the reason.
    #[must_use]
    pub const fn figures(&self) -> (f64, f64) {
        match *self {
            Self::Profitable { revenue, energy }
            | Self::Committed { revenue, energy }
            | Self::Available { revenue, energy, .. }
            | Self::Unprofitable { revenue, energy }
            | Self::Resale { revenue, energy }
            | Self::Response { revenue, energy, .. }
            | Self::NoRoom { revenue, energy, .. }
            | Self::Waiting { revenue, energy } => (revenue, energy),
        }
    }
}

/// What the site does.
pub(super) fn action(operation: &Operation, outcome: &Outcome, responds: bool, resold: f64) -> Action {
    let load = outcome.filled.load;
    if responds {
        Action::Respond
    } else if load >= operation.full_load * (1.0 - TOLERANCE) {
        Action::Run
    } else if resold > 0.0 {
        Action::Sell
    } else if load > 0.0 {
        Action::RunPart
    } else {
        Action::Curtail
    }
}

/// Why a block runs or does not.
pub(super) fn reason(
    operation: &Operation,
    terms: &Terms,
    outcome: &Outcome,
    responds: bool,
    block: usize,
    on: &BlockHour,
) -> Reason {
    let (last, next) = terms.tariff.margins(outcome.filled.load);
    let contract = operation.contracts.response;
    if on.load > 0.0 {
        let (revenue, energy) = (terms.revenue * on.hash_rate / on.load, last);
        return if revenue >= energy {
            Reason::Profitable { revenue, energy }
        } else if outcome.bounds.floor > 0.0 {
            let payment = outcome.availability / outcome.filled.load;
            Reason::Available {
                revenue,
                energy,
                payment,
            }
        } else {
            Reason::Committed { revenue, energy }
        };
    }
    let revenue = terms.revenue * operation.best_slope(block);
    let limit = outcome.bounds.limit;
    let least = operation.least_load(block);
    // where the supply ends there is no next kWh
    let energy = if next.is_finite() { next } else { last };
    match contract {
        Some(contract) if responds => Reason::Response {
            revenue,
            energy,
            payment: contract.payment + contract.availability,
        },
        _ if revenue < energy && terms.tariff.settle(outcome.filled.load).resold > 0.0 => {
            Reason::Resale { revenue, energy }
        }
        _ if revenue < energy => Reason::Unprofitable { revenue, energy },
        _ if outcome.filled.load + least > limit * (1.0 - TOLERANCE) => Reason::NoRoom {
            revenue,
            energy,
            limit,
        },
        _ => Reason::Waiting { revenue, energy },
    }
}
