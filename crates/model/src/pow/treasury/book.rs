//! The moves of a day, each with its reason.

use super::{LoanTerms, Today, Treasury};
use core::fmt::{self, Display, Formatter};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Free coins are sold.
    Sell,
    /// Pledged coins are sold, with the lender's consent.
    SellPledged,
    /// Bills are paid from cash.
    Pay,
    /// The debt is reduced from cash.
    Repay,
    /// Free coins are pledged.
    Pledge,
    /// More is borrowed.
    Draw,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// Bills are due.
    BillsDue,
    /// Bills are due, and cash does not pay them.
    CashShort,
    /// The schedule sells this share of what is mined.
    Scheduled {
        /// The share.
        share: f64,
    },
    /// Cash is below what the stressed horizon takes.
    CashBuffer {
        /// Cash wanted.
        wanted: f64,
    },
    /// The stressed price would bring the loan to its call.
    Stressed {
        /// That price.
        price: f64,
    },
    /// Mining pays well and cash exceeds its buffer.
    GoodTimes {
        /// Revenue ÷ bills.
        margin: f64,
    },
    /// The lender calls.
    Called {
        /// Loan-to-value.
        ltv: f64,
    },
    /// The strategy always does.
    Habit,
}

/// One move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// What is done.
    pub action: Action,
    /// Coins, or quote for [`Action::Pay`], [`Action::Repay`] and [`Action::Draw`]; > 0.
    pub amount: f64,
    /// Why.
    pub reason: Reason,
}

/// The moves of a day, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The moves.
    pub moves: Vec<Move>,
    /// What they leave.
    pub after: Treasury,
    /// Bills that stay unpaid because nothing is left to sell.
    pub unpaid: f64,
}

impl Display for Reason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::BillsDue => write!(f, "bills are due"),
            Self::CashShort => write!(f, "bills are due that cash does not pay"),
            Self::Scheduled { share } => write!(f, "the schedule sells {:.1} % of production", share * 100.0),
            Self::CashBuffer { wanted } => write!(f, "cash is below its buffer of {wanted:.0}"),
            Self::Stressed { price } => write!(f, "a fall to {price:.2} would reach the margin call"),
            Self::GoodTimes { margin } => {
                write!(
                    f,
                    "revenue is {margin:.2} times the bills and cash exceeds its buffer"
                )
            }
            Self::Called { ltv } => write!(f, "the lender calls at a loan-to-value of {:.1} %", ltv * 100.0),
            Self::Habit => write!(f, "the strategy always does"),
        }
    }
}

impl Display for Move {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let what = match self.action {
            Action::Sell => "sell free coins",
            Action::SellPledged => "sell pledged coins",
            Action::Pay => "pay",
            Action::Repay => "repay",
            Action::Pledge => "pledge coins",
            Action::Draw => "borrow",
        };
        write!(f, "{what}: {:.6}, because {}", self.amount, self.reason)
    }
}

/// A treasury during a day. Whatever is asked of it, it moves no more than there is.
#[derive(Debug)]
pub(super) struct Book<'a> {
    pub(super) state: Treasury,
    pub(super) terms: &'a LoanTerms,
    pub(super) today: &'a Today,
    pub(super) owed: f64,
    moves: Vec<Move>,
}

impl<'a> Book<'a> {
    pub(super) const fn new(state: Treasury, terms: &'a LoanTerms, today: &'a Today) -> Self {
        Self {
            state,
            terms,
            today,
            owed: today.bills,
            moves: Vec::new(),
        }
    }

    /// What a coin sold brings.
    pub(super) fn net_price(&self) -> f64 {
        self.today.price * (1.0 - self.terms.fee)
    }

    fn note(&mut self, action: Action, amount: f64, reason: Reason) {
        if amount > 0.0 {
            self.moves.push(Move {
                action,
                amount,
                reason,
            });
        }
    }

    pub(super) fn sell(&mut self, coins: f64, reason: Reason) {
        let coins = coins.min(self.state.coins).max(0.0);
        self.state.coins -= coins;
        self.state.cash += coins * self.net_price();
        self.note(Action::Sell, coins, reason);
    }

    pub(super) fn sell_pledged(&mut self, coins: f64, reason: Reason) {
        let coins = coins.min(self.state.collateral).max(0.0);
        self.state.collateral -= coins;
        self.state.cash += coins * self.net_price();
        self.note(Action::SellPledged, coins, reason);
    }

    pub(super) fn pay(&mut self) {
        let paid = self.owed.min(self.state.cash);
        self.state.cash -= paid;
        self.owed -= paid;
        self.note(Action::Pay, paid, Reason::BillsDue);
    }

    pub(super) fn repay(&mut self, quote: f64, reason: Reason) {
        let paid = quote.min(self.state.cash).min(self.state.debt).max(0.0);
        self.state.cash -= paid;
        self.state.debt -= paid;
        self.note(Action::Repay, paid, reason);
    }

    pub(super) fn pledge(&mut self, coins: f64, reason: Reason) {
        let coins = coins.min(self.state.coins).max(0.0);
        self.state.coins -= coins;
        self.state.collateral += coins;
        self.note(Action::Pledge, coins, reason);
    }

    /// Borrows up to what the lender advances.
    pub(super) fn draw(&mut self, quote: f64, reason: Reason) {
        let room = self.terms.advance_ltv * self.state.collateral * self.today.price - self.state.debt;
        let drawn = quote.min(room).max(0.0);
        self.state.debt += drawn;
        self.state.cash += drawn;
        self.note(Action::Draw, drawn, reason);
    }

    /// What must be done in any case: bills are paid, from cash, then by selling free coins, then pledged ones; a loan at
    /// its call is brought below it, by pledging free coins, then from cash, then by selling pledged coins.
    pub(super) fn finish(mut self) -> Decision {
        self.pay();
        if self.owed > 0.0 {
            self.sell(self.owed / self.net_price(), Reason::CashShort);
            self.pay();
        }
        if self.owed > 0.0 {
            self.sell_pledged(self.owed / self.net_price(), Reason::CashShort);
            self.pay();
        }
        self.answer_call();
        Decision {
            moves: self.moves,
            after: self.state,
            unpaid: self.owed,
        }
    }

    fn answer_call(&mut self) {
        let price = self.today.price;
        // a little below, so that rounding does not leave it at the call
        let limit = self.terms.call_ltv * (1.0 - 1e-9);
        let ltv = self.state.ltv(price);
        if ltv < self.terms.call_ltv {
            return;
        }
        let reason = Reason::Called { ltv };
        self.pledge(self.state.debt / (limit * price) - self.state.collateral, reason);
        self.repay(self.state.debt - limit * self.state.collateral * price, reason);
        let excess = self.state.debt - limit * self.state.collateral * price;
        if excess > 0.0 {
            // (D − n·net)/((C − n)P) = limit
            let coins = excess / (self.net_price() - limit * price);
            self.sell_pledged(coins, reason);
            self.repay(self.state.debt, reason);
        }
    }
}
