//! The value of options, and what they may lose over a grid of moves of price and volatility.
//!
//! Values are those of European options at a zero rate (Black 1976), per unit of the underlying's spot value. Each is a
//! bound that holds whatever the approximations: what an account holds is worth at most its true value, what it has
//! written at least. Over a grid the two are within 1.6e-6 of spot of each other, and within 4e-7 at the money.
//!
//! All options over one grid are of one underlying. Expired ones do not belong there: they are settled at expiry
//! ([`Scenarios::add`] tells what is made of one that is not).
//!
//! A grid sees the price at five points only, which leaves three gaps: moves beyond its range; between two points, a loss
//! of what is short there and long at both (a written butterfly's body, about a quarter of the range wide); and jumps of
//! the price with volatility between its two values. The short-option minimum of the class guards them all: whatever the
//! grid says, what is written needs that fraction of its underlying's value.

mod logarithm;
mod mix;
mod normal;
mod root;
mod scenarios;
mod value;

pub use mix::Mix;
pub use scenarios::{ScenarioGrid, Scenarios, Side, Space};

use crate::error::{HurdleError, Result};
use crate::quantity::Ratio;

/// The longest time to expiry, seconds: ten years of 365 days.
pub const LONGEST_EXPIRY: i64 = 315_360_000;

/// Which right an option gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// To buy at the strike.
    Call,
    /// To sell at the strike.
    Put,
}

/// A European option, in terms of the spot price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionTerms {
    /// Strike ÷ spot, above zero.
    pub strike: Ratio,
    /// Seconds to expiry, at most [`LONGEST_EXPIRY`]; zero or less: the option has expired and is worth its intrinsic
    /// value.
    pub seconds_to_expiry: i64,
    /// Implied volatility, annualised (years of 365 days).
    pub volatility: Ratio,
    /// The right.
    pub kind: OptionKind,
}

impl OptionTerms {
    /// Checks the domains.
    ///
    /// # Errors
    /// [`HurdleError::InvalidPosition`].
    #[inline(always)]
    pub fn validate(&self) -> Result<()> {
        let domain = self.strike.validate().is_ok() && self.volatility.validate().is_ok();
        if !domain || self.strike == Ratio::ZERO || self.seconds_to_expiry > LONGEST_EXPIRY {
            return Err(HurdleError::InvalidPosition);
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
