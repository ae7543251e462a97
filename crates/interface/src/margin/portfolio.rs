use super::{MarginRequest, Position};
use crate::error::{HurdleError, Result};
use crate::staleness::Action;

/// The most positions of a portfolio.
pub const MAX_POSITIONS: usize = 16;

/// All that an account has, and what it is about to do.
///
/// Positions that an asker leaves out are not there for Hurdle. Several may be of one kind and class: they count as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portfolio<'a> {
    action: Action,
    positions: &'a [Position],
}

impl<'a> Portfolio<'a> {
    /// The positions of an account as its action leaves them behind. None are fine: the last was closed.
    ///
    /// # Errors
    /// [`HurdleError::TooManyPositions`] for more than [`MAX_POSITIONS`].
    #[inline(always)]
    pub const fn new(action: Action, positions: &'a [Position]) -> Result<Self> {
        if positions.len() > MAX_POSITIONS {
            return Err(HurdleError::TooManyPositions);
        }
        Ok(Self { action, positions })
    }

    /// The portfolio that stands in the data of a margin check.
    ///
    /// # Errors
    /// [`HurdleError::UnknownAction`], [`HurdleError::InvalidPosition`] for padding that is not zero,
    /// [`HurdleError::TooManyPositions`].
    #[inline(always)]
    pub fn asked(request: MarginRequest, positions: &'a [Position]) -> Result<Self> {
        if request.padding != [0; 2] {
            return Err(HurdleError::InvalidPosition);
        }
        Self::new(Action::try_from(request.action)?, positions)
    }

    /// What the account is about to do.
    #[inline(always)]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// What it has then.
    #[inline(always)]
    pub const fn positions(&self) -> &'a [Position] {
        self.positions
    }
}
