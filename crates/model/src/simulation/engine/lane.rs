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

/// What is kept of a path's settlements.
pub(super) trait Record: Copy + Default {
    /// Adds those of one batch of accounts.
    fn add(&mut self, batch: &Ledger);
}

impl Record for Ledger {
    fn add(&mut self, batch: &Ledger) {
        self.liquidated += batch.liquidated;
        self.posted += batch.posted;
        self.gain += batch.gain;
        self.bounty += batch.bounty;
        self.fees += batch.fees;
        self.returned += batch.returned;
        self.bad_debt += batch.bad_debt;
        self.fund_paid += batch.fund_paid;
        self.socialised += batch.socialised;
    }
}

/// What a simulation keeps: a block of paths must stay in the first-level cache.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Losses {
    pub(super) liquidated: f64,
    pub(super) bad_debt: f64,
    pub(super) socialised: f64,
}

impl Record for Losses {
    #[inline(always)]
    fn add(&mut self, batch: &Ledger) {
        self.liquidated += batch.liquidated;
        self.bad_debt += batch.bad_debt;
        self.socialised += batch.socialised;
    }
}

/// The state of a path beside its prices.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lane<R> {
    /// First long and first short that has not fallen yet.
    next: [u32; 2],
    fund: f64,
    pub(super) record: R,
}

impl<R: Record> Lane<R> {
    pub(super) fn new(venue: &Venue) -> Self {
        Self {
            fund: venue.fund,
            ..Self::default()
        }
    }

    /// Log-price at which the next account of a side falls; beyond every price where there is none.
    #[inline(always)]
    pub(super) fn threshold(&self, side: Side, accounts: &Falling) -> f64 {
        accounts.threshold(self.next(side))
    }

    /// The accounts of a side that fall at the oracle's log-price, which may be none.
    #[inline(always)]
    pub(super) fn fallen(&mut self, side: Side, accounts: &Falling, oracle: f64) -> Range<usize> {
        let from = self.next(side);
        let to = accounts.standing(from, oracle);
        self.next[index(side)] = u32::try_from(to).unwrap_or(u32::MAX);
        from..to
    }

    /// First account of a side that has not fallen yet.
    #[inline(always)]
    fn next(&self, side: Side) -> usize {
        // A book has at most 2²⁰ accounts.
        usize::try_from(self.next[index(side)]).unwrap_or(usize::MAX)
    }

    /// Closes accounts at an average price and settles them.
    #[inline(always)]
    pub(super) fn settle(&mut self, order: &Order, accounts: &Falling, price: f64, venue: &Venue) {
        // The margin that an account must have posted, per unit, to be left with nothing: its loss and the bounty.
        let loss = accounts.direction() * (1.0 - price);
        let broken_even = loss + venue.bounty * price;
        let fee = venue.fund_fee * price;
        let with_fee = broken_even + fee;
        let quantity = accounts.quantity(&order.range);
        let over = |range: Range<usize>, margin: f64| {
            (accounts.posted(&range) - margin * accounts.quantity(&range)).max(0.0)
        };
        let (bad_debt, fees, paying) = if accounts.all_have(with_fee, &order.range) {
            (0.0, fee * quantity, order.range.start)
        } else {
            let solvent = accounts.first_with(broken_even, &order.range);
            let paying = accounts.first_with(with_fee, &order.range);
            let under = &(order.range.start..solvent);
            let bad_debt = (broken_even * accounts.quantity(under) - accounts.posted(under)).max(0.0);
            let whole = fee * accounts.quantity(&(paying..order.range.end));
            (bad_debt, over(solvent..paying, broken_even) + whole, paying)
        };

        self.fund += fees;
        let fund_paid = bad_debt.min(self.fund);
        self.fund -= fund_paid;
        self.record.add(&Ledger {
            liquidated: quantity * price,
            posted: accounts.posted(&order.range),
            gain: -quantity * loss,
            bounty: venue.bounty * quantity * price,
            fees,
            returned: over(paying..order.range.end, with_fee),
            bad_debt,
            fund_paid,
            socialised: bad_debt - fund_paid,
        });
    }
}

const fn index(side: Side) -> usize {
    match side {
        Side::Long => 0,
        Side::Short => 1,
    }
}
