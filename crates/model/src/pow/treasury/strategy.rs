//! What the policy is measured against.

use super::book::{Book, Reason};
use super::{Decision, LoanTerms, Policy, Today, Treasury};
use crate::error::Result;

/// A way to run the treasury. All pay what must be paid and answer calls in the same way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Strategy {
    /// The policy.
    Policy(Policy),
    /// Sells every day what was mined; keeps the cash.
    SellEverything,
    /// Sells nothing while cash, and then the lender, pays the bills.
    HoldEverything,
    /// Sells every day what the day's bills take.
    SellToCover,
}

impl Strategy {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Policy(_) => "policy",
            Self::SellEverything => "sell everything",
            Self::HoldEverything => "hold everything",
            Self::SellToCover => "sell to cover",
        }
    }

    /// The day's moves.
    ///
    /// # Errors
    /// As [`Policy::decide`].
    pub fn decide(&self, treasury: &Treasury, terms: &LoanTerms, today: &Today) -> Result<Decision> {
        if let Self::Policy(policy) = self {
            return policy.decide(treasury, terms, today);
        }
        let (treasury, terms) = (treasury.checked()?, terms.checked()?);
        today.check()?;
        let mut book = Book::new(treasury, &terms, today);
        match self {
            Self::Policy(_) => {}
            Self::SellEverything => book.sell(today.mined, Reason::Habit),
            Self::HoldEverything => {
                book.pay();
                book.draw(book.owed, Reason::CashShort);
            }
            Self::SellToCover => book.sell(book.owed / book.net_price(), Reason::BillsDue),
        }
        Ok(book.finish())
    }
}
