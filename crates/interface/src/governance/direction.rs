//! The direction of a change, for each parameter.
//!
//! *Tighter* is what by itself, everything else as it is, lowers no requirement under the publication that stands, nor
//! under the next with the same rate, refuses at least as much, or lets governance do less. (The next rate may be lower: where
//! the tail premium is said to fall as margin multiplies, a steeper multiplier lowers the fixed point. A rate that stands higher for long raises the
//! baseline too. That is the baseline's task, and takes its half-life.) A parameter that can act either way is
//! [`Direction::Neither`] and waits for the timelock:
//!
//! - **weights of components.** A weight raises the hurdle rate where its component is positive and lowers it where the
//!   component is negative (a hedged carry can be). It is directed only where the bounds, before and after the change,
//!   admit no negative value; the tail premium never is negative.
//! - **cost of debt.** Along the curve it may fall below zero whatever its bounds: far below the utilisation observed,
//!   d(u) = d₀ + K(u) − K(u₀) has no floor. So the weight of debt, the curve, and the two multipliers of the whole cost
//!   of capital have no direction.
//! - **ceiling.** A higher one lets rates rise further and ends the stressed state, which has a margin floor of its own.
//! - **end of what adds risk** (`hard_after`), which is where the growth of requirements with age ends too.
//! - **the option grid.** A wider one may miss what a portfolio loses between its points. Where a class margins options,
//!   neither has a higher initial margin a direction that lowers the share of it which is maintenance margin.
//! - **half-life of the baseline, windows of rates, speeds of maintenance margin, the time of a class's transition.** A
//!   slower one protects accounts, a faster one lenders.
//!
//! Every struct is taken apart without `..`: a new field does not compile until it has its direction here.

mod class;
mod parameters;
mod reports;
mod step;

use crate::error::{HurdleError, Result};

/// Which way a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Nothing changes.
    Same,
    /// Equal or tighter in every part, and tighter in one.
    Tighter,
    /// Equal or looser in every part, and looser in one.
    Looser,
    /// Tighter in one part and looser in another, or in a parameter that has no direction.
    Neither,
}

impl Direction {
    /// The direction of two changes made at once.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, both) | (both, Self::Same) => both,
            (Self::Tighter, Self::Tighter) => Self::Tighter,
            (Self::Looser, Self::Looser) => Self::Looser,
            _ => Self::Neither,
        }
    }

    /// Of a parameter that is tighter the higher it is.
    pub(crate) fn of_higher<T: Ord>(from: &T, to: &T) -> Self {
        match to.cmp(from) {
            core::cmp::Ordering::Less => Self::Looser,
            core::cmp::Ordering::Equal => Self::Same,
            core::cmp::Ordering::Greater => Self::Tighter,
        }
    }

    /// Of a parameter that is tighter the lower it is.
    pub(crate) fn of_lower<T: Ord>(from: &T, to: &T) -> Self {
        Self::of_higher(to, from)
    }

    /// Of a parameter that has no direction.
    pub(crate) fn of_undirected<T: PartialEq>(from: &T, to: &T) -> Self {
        if from == to { Self::Same } else { Self::Neither }
    }

    /// Checks that a change may be made at once, by the guardian too.
    ///
    /// # Errors
    /// [`HurdleError::NotTightening`] unless it is tighter; that includes one that changes nothing.
    pub fn require_tighter(self) -> Result<()> {
        if self != Self::Tighter {
            return Err(HurdleError::NotTightening);
        }
        Ok(())
    }

    fn of_all(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::Same, Self::and)
    }
}
