//! One path's accounts and money.

use super::book::Falling;
use super::venue::Venue;
use crate::tail::Side;
use core::ops::Range;

/// Where the money of the liquidated accounts came from and went to, in units of the quote asset.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ledger {
    /// Value at which the accounts were closed.
    pub liquidated: f64,
    /// Collateral that they had posted.
    pub posted: f64,
    /// Gain of their positions since the start: proceeds less cost, mostly negative.
    pub gain: f64,
    /// Taken by the liquidators.
    pub bounty: f64,
    /// Paid into the fund.
    pub fees: f64,
    /// Returned to the holders.
    pub returned: f64,
    /// What the accounts could not pay.
    pub bad_debt: f64,
    /// Paid by the fund.
    pub fund_paid: f64,
    /// Borne by the lenders.
    pub socialised: f64,
}

/// Accounts `range` of a side, on their way to be closed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Order {
    pub(super) lane: usize,
    pub(super) side: Side,
    pub(super) range: Range<usize>,
}

/// The state of a path beside its prices.
#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    /// First long and first short that has not fallen yet.
    next: [usize; 2],
    fund: f64,
    pub(super) ledger: Ledger,
}

impl Lane {
    pub(super) fn new(venue: &Venue) -> Self {
        Self {
            fund: venue.fund,
            ..Self::default()
        }
    }

    const fn next(&mut self, side: Side) -> &mut usize {
        match side {
            Side::Long => &mut self.next[0],
            Side::Short => &mut self.next[1],
        }
    }

    /// Threshold of the next account of a side; beyond every price where there is none.
    pub(super) fn threshold(&mut self, side: Side, accounts: &Falling) -> f64 {
        let none = match side {
            Side::Long => f64::NEG_INFINITY,
            Side::Short => f64::INFINITY,
        };
        accounts.threshold(*self.next(side)).unwrap_or(none)
    }

    /// The accounts of a side that fall at the oracle's log-price, if any.
    pub(super) fn fallen(&mut self, side: Side, accounts: &Falling, oracle: f64) -> Option<Range<usize>> {
        let next = self.next(side);
        let from = *next;
        while *next < accounts.len()
            && accounts.threshold(*next).is_some_and(|threshold| match side {
                Side::Long => oracle <= threshold,
                Side::Short => oracle >= threshold,
            })
        {
            *next += 1;
        }
        (*next > from).then_some(from..*next)
    }

    /// Closes accounts at an average price and settles them.
    pub(super) fn settle(&mut self, order: &Order, accounts: &Falling, price: f64, venue: &Venue) {
        // The margin that an account must have posted, per unit, to be left with nothing: its loss and the bounty.
        let loss = match order.side {
            Side::Long => 1.0 - price,
            Side::Short => price - 1.0,
        };
        let broken_even = loss + venue.bounty * price;
        let fee = venue.fund_fee * price;
        let with_fee = broken_even + fee;
        let solvent = accounts.first_with(broken_even, &order.range);
        let paying = accounts.first_with(with_fee, &order.range);
        let over = |range: Range<usize>, margin: f64| {
            (accounts.posted(&range) - margin * accounts.quantity(&range)).max(0.0)
        };
        let under = &(order.range.start..solvent);
        let bad_debt = (broken_even * accounts.quantity(under) - accounts.posted(under)).max(0.0);
        let fees = over(solvent..paying, broken_even) + fee * accounts.quantity(&(paying..order.range.end));
        let quantity = accounts.quantity(&order.range);

        let ledger = &mut self.ledger;
        ledger.liquidated += quantity * price;
        ledger.posted += accounts.posted(&order.range);
        ledger.gain -= quantity * loss;
        ledger.bounty += venue.bounty * quantity * price;
        ledger.fees += fees;
        ledger.returned += over(paying..order.range.end, with_fee);
        ledger.bad_debt += bad_debt;
        self.fund += fees;
        let paid = bad_debt.min(self.fund);
        self.fund -= paid;
        ledger.fund_paid += paid;
        ledger.socialised += bad_debt - paid;
    }
}
