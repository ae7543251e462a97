//! How far governance may move a risk weight: so much in one change, so much within any window.

use crate::composition::Weights;
use crate::error::{HurdleError, Result};
use crate::quantity::{Ratio, UnixTime};
use crate::state::{WeightBudget, WeightLimit};

impl Weights {
    /// The weights, in their order.
    fn all(&self) -> [Ratio; 7] {
        let Self {
            staking,
            contract,
            systematic,
            debt,
            liquidity,
            latency,
            tail,
        } = *self;
        [staking, contract, systematic, debt, liquidity, latency, tail]
    }

    /// How far each weight moves from here to others.
    fn moves(&self, to: &Self) -> [Ratio; 7] {
        let mut moves = self.all();
        for (from, to) in moves.iter_mut().zip(to.all()) {
            *from = from.excess_over(to).max(to.excess_over(*from));
        }
        moves
    }
}

impl WeightLimit {
    /// Checks that no weight moves further in one change than allowed.
    ///
    /// # Errors
    /// [`HurdleError::WeightMoveTooLarge`].
    pub fn check_change(&self, from: &Weights, to: &Weights) -> Result<()> {
        if from.moves(to).iter().any(|weight| *weight > self.per_change) {
            return Err(HurdleError::WeightMoveTooLarge);
        }
        Ok(())
    }
}

impl WeightBudget {
    /// The windows at `now`.
    fn rolled(&self, window: i64, now: UnixTime) -> Self {
        let passed = now.seconds_since(self.since);
        if passed < window {
            return *self;
        }
        if passed.saturating_sub(window) >= window {
            return Self {
                since: now,
                ..Self::default()
            };
        }
        Self {
            since: UnixTime(self.since.0.saturating_add(window)),
            current: [Ratio::ZERO; 7],
            previous: self.current,
        }
    }

    /// What remains to be remembered after a change of weights.
    ///
    /// The window under way and the one before hold every move of the last `window` seconds, so what both together allow
    /// no sliding window of that length can exceed.
    ///
    /// # Errors
    /// [`HurdleError::WeightMoveTooLarge`] where a weight moves further than one change or the windows allow.
    pub fn spent(&self, limit: &WeightLimit, from: &Weights, to: &Weights, now: UnixTime) -> Result<Self> {
        limit.check_change(from, to)?;
        let mut budget = self.rolled(limit.window, now);
        let moves = from.moves(to);
        for ((current, previous), weight) in budget.current.iter_mut().zip(budget.previous).zip(moves) {
            let sum = current.add(weight).map_err(|_| HurdleError::WeightMoveTooLarge)?;
            let within = previous.add(sum).is_ok_and(|sum| sum <= limit.per_window);
            if weight > Ratio::ZERO && !within {
                return Err(HurdleError::WeightMoveTooLarge);
            }
            *current = sum;
        }
        Ok(budget)
    }
}
