//! What is left of a demand-response contract.

use super::contract::DemandResponse;

/// What is left of the period, and whether a call is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remaining {
    /// Hours of calls.
    pub hours: usize,
    /// Calls that may yet begin.
    pub calls: usize,
    /// The last hour belonged to a call.
    pub in_call: bool,
}

/// The remainders of a contract, numbered; more than a horizon can use counts as the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remainders {
    hours: usize,
    calls: usize,
    period: usize,
}

impl Remainders {
    /// Of a contract, or of none, within so many hours.
    pub(super) fn new(contract: Option<&DemandResponse>, horizon: usize) -> Self {
        contract.map_or(
            Self {
                hours: 0,
                calls: 0,
                period: usize::MAX,
            },
            |contract| Self {
                hours: contract.hours.min(horizon),
                calls: contract.calls.min(horizon),
                period: contract.period,
            },
        )
    }

    /// How many there are.
    pub(super) fn len(self) -> usize {
        if self.hours == 0 || self.calls == 0 {
            1
        } else {
            (self.hours + 1) * (self.calls + 1) * 2
        }
    }

    /// Number of a remainder.
    pub(super) fn index(self, left: Remaining) -> usize {
        if self.len() == 1 {
            return 0;
        }
        let hours = left.hours.min(self.hours);
        let calls = left.calls.min(self.calls);
        (hours * (self.calls + 1) + calls) * 2 + usize::from(left.in_call)
    }

    /// The remainder of a number.
    pub(super) fn at(self, index: usize) -> Remaining {
        if self.len() == 1 {
            return self.full();
        }
        let rest = index / 2;
        Remaining {
            hours: rest / (self.calls + 1),
            calls: rest % (self.calls + 1),
            in_call: index % 2 == 1,
        }
    }

    /// At the beginning of a period.
    pub(super) fn full(self) -> Remaining {
        Remaining {
            hours: self.hours,
            calls: self.calls,
            in_call: false,
        }
    }

    /// Whether a period begins with this hour, other than the first.
    pub(super) fn begins(self, hour: usize) -> bool {
        hour > 0 && hour.is_multiple_of(self.period)
    }
}

impl Remaining {
    /// What is left after an hour in which the site responds or not; none where it may not.
    pub(super) fn after(self, responds: bool) -> Option<Self> {
        if !responds {
            return Some(Self {
                in_call: false,
                ..self
            });
        }
        let calls = if self.in_call {
            self.calls
        } else {
            self.calls.checked_sub(1)?
        };
        Some(Self {
            hours: self.hours.checked_sub(1)?,
            calls,
            in_call: true,
        })
    }
}
