//! The outcomes that were known at each step.

use crate::error::Result;
use crate::margin::{Move, PricePath};
use crate::tail::Side;

/// One past price as the beginning of a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outcome {
    /// Index of the price.
    pub begun: usize,
    /// When it was known: the end of the horizon.
    pub known: i64,
    /// Adverse log-move.
    pub adverse: f64,
    /// Forecast deviation when it began, where one was made.
    pub deviation: Option<f64>,
    /// Margin multiplier when it began.
    pub multiplier: f64,
}

impl Outcome {
    /// Adverse move ÷ forecast deviation.
    pub fn standardised(&self) -> Option<f64> {
        self.deviation.map(|deviation| self.adverse / deviation)
    }
}

/// Outcomes in order of time, of which a step sees those that were known before it.
#[derive(Debug, Default)]
pub(super) struct Sample {
    outcomes: Vec<Outcome>,
    known: usize,
}

impl Sample {
    /// Adds what begins at `begun`, if it has an outcome.
    pub fn begin(
        &mut self,
        path: &PricePath,
        begun: usize,
        horizon: u32,
        (kind, side): (Move, Side),
        (deviation, multiplier): (Option<f64>, f64),
    ) {
        if let Some(adverse) = path.adverse_move(begun, horizon, kind, side) {
            self.outcomes.push(Outcome {
                begun,
                known: path.times()[begun].saturating_add(i64::from(horizon)),
                adverse,
                deviation,
                multiplier,
            });
        }
    }

    /// The newest `most` outcomes known at `now`; times must not fall from one call to the next.
    pub fn known_at(&mut self, now: i64, most: usize) -> &[Outcome] {
        while self
            .outcomes
            .get(self.known)
            .is_some_and(|outcome| outcome.known <= now)
        {
            self.known += 1;
        }
        &self.outcomes[self.known.saturating_sub(most)..self.known]
    }
}

/// The values of outcomes that have one.
pub(super) fn values(outcomes: &[Outcome], of: impl Fn(&Outcome) -> Option<f64>) -> Vec<f64> {
    outcomes.iter().filter_map(of).collect()
}

/// How many outcomes overlap: the mean number of prices within a horizon.
pub(super) fn overlap(path: &PricePath, outcomes: &[Outcome], horizon: u32) -> Result<f64> {
    let (Some(first), Some(last)) = (outcomes.first(), outcomes.last()) else {
        return Ok(1.0);
    };
    let span = path.times()[last.begun].saturating_sub(path.times()[first.begun]);
    #[allow(clippy::cast_precision_loss)]
    let span = span as f64;
    let spacing = span / crate::error::count(outcomes.len().max(2) - 1);
    crate::error::representable(
        "overlap of the windows",
        (f64::from(horizon) / spacing.max(1.0)).max(1.0),
    )
}
