//! The accounts, sorted by how soon they fall.

use crate::error::{Result, at_least, positive, within, within_count};
use crate::tail::Side;

const MOST_ACCOUNTS: usize = 1 << 20;
/// Accounts that are looked at together.
const AHEAD: usize = 4;

/// One account at the start, when the price is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Account {
    /// Which way it loses.
    pub side: Side,
    /// Units of the asset, which at the start is its notional, > 0.
    pub notional: f64,
    /// Equity per unit of notional, ≥ 0: the reciprocal of its leverage.
    pub margin: f64,
}

/// Accounts of a market.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountBook {
    accounts: Vec<Account>,
}

impl AccountBook {
    /// # Errors
    /// [`crate::ModelError::TooFew`] without accounts; [`crate::ModelError::OutOfRange`] for more than 2²⁰ of them or a
    /// margin below zero; [`crate::ModelError::NotPositive`] for a notional; [`crate::ModelError::NotFinite`].
    pub fn new(accounts: Vec<Account>) -> Result<Self> {
        const LARGEST: f64 = 1e50;
        at_least("accounts", 1, accounts.len())?;
        within_count("accounts", accounts.len(), 1, MOST_ACCOUNTS)?;
        for account in &accounts {
            within(
                "notional of an account",
                positive("notional of an account", account.notional)?,
                0.0,
                LARGEST,
            )?;
            within("margin of an account", account.margin, 0.0, LARGEST)?;
        }
        Ok(Self { accounts })
    }

    /// The accounts as given.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Sum of the notionals.
    #[must_use]
    pub fn quantity(&self) -> f64 {
        self.accounts.iter().map(|account| account.notional).sum()
    }

    /// Every margin times a factor: what holders who keep a constant multiple of the requirement do when it is scaled.
    ///
    /// # Errors
    /// As [`AccountBook::new`]; [`crate::ModelError::NotPositive`] for the factor.
    pub fn with_margins_scaled(&self, factor: f64) -> Result<Self> {
        positive("margin multiplier", factor)?;
        let scaled = |account: &Account| Account {
            margin: account.margin * factor,
            ..*account
        };
        Self::new(self.accounts.iter().map(scaled).collect())
    }

    /// Both sides, ready for the engine.
    pub(super) fn sides(&self, maintenance: f64) -> Sides {
        Sides([
            Falling::new(self.of(Side::Long), 1.0, |c| {
                ((1.0 - c) / (1.0 - maintenance)).max(0.0).ln()
            }),
            Falling::new(self.of(Side::Short), -1.0, |c| {
                -((1.0 + c) / (1.0 + maintenance)).ln()
            }),
        ])
    }

    fn of(&self, side: Side) -> Vec<Account> {
        self.accounts
            .iter()
            .copied()
            .filter(|account| account.side == side)
            .collect()
    }
}

/// Longs and shorts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sides([Falling; 2]);

impl Sides {
    pub(super) const fn get(&self, side: Side) -> &Falling {
        match side {
            Side::Long => &self.0[0],
            Side::Short => &self.0[1],
        }
    }
}

/// Accounts of one side by rising margin, the order in which an adverse move reaches them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Falling {
    margins: Vec<f64>,
    /// One for longs, minus one for shorts, whose log-prices are looked at with the opposite sign: both fall downward.
    direction: f64,
    /// Log-price, times the direction, at which each falls below maintenance, and [`AHEAD`] that no price reaches.
    thresholds: Vec<f64>,
    /// Quantity of the accounts before each, and of all.
    quantity: Vec<f64>,
    /// Posted collateral of the accounts before each, and of all.
    posted: Vec<f64>,
}

impl Falling {
    fn new(mut accounts: Vec<Account>, direction: f64, threshold: impl Fn(f64) -> f64) -> Self {
        accounts.sort_by(|a, b| a.margin.total_cmp(&b.margin));
        let prefix = |of: &dyn Fn(&Account) -> f64| {
            let mut sum = 0.0;
            let rest = accounts.iter().map(|account| {
                sum += of(account);
                sum
            });
            core::iter::once(0.0).chain(rest).collect::<Vec<f64>>()
        };
        Self {
            quantity: prefix(&|account| account.notional),
            posted: prefix(&|account| account.notional * account.margin),
            thresholds: accounts
                .iter()
                .map(|account| threshold(account.margin))
                .chain([f64::NEG_INFINITY; AHEAD])
                .collect(),
            direction,
            margins: accounts.iter().map(|account| account.margin).collect(),
        }
    }

    /// One for longs, minus one for shorts.
    #[inline(always)]
    pub(super) const fn direction(&self) -> f64 {
        self.direction
    }

    /// Log-price at which account `index` falls; beyond every price where there is none.
    #[inline(always)]
    pub(super) fn threshold(&self, index: usize) -> f64 {
        self.direction * self.thresholds.get(index).copied().unwrap_or(f64::NEG_INFINITY)
    }

    /// First account from `from` on that does not fall at a log-price.
    #[inline(always)]
    pub(super) fn standing(&self, from: usize, log_price: f64) -> usize {
        let price = self.direction * log_price;
        let mut to = from;
        // Several at a time and all of them: how many accounts fall is hard to guess, and a wrong guess dear.
        while let Some(next) = self.thresholds.get(to..).and_then(<[f64]>::first_chunk::<AHEAD>) {
            let mut mask = 0u8;
            for (bit, threshold) in (0u8..).zip(next) {
                mask |= u8::from(price <= *threshold) << bit;
            }
            let fallen = mask.trailing_ones() as usize;
            to += fallen;
            if fallen < AHEAD {
                break;
            }
        }
        to
    }

    /// Quantity of a range of accounts.
    pub(super) fn quantity(&self, range: &core::ops::Range<usize>) -> f64 {
        self.quantity[range.end] - self.quantity[range.start]
    }

    /// Posted collateral of a range of accounts.
    pub(super) fn posted(&self, range: &core::ops::Range<usize>) -> f64 {
        self.posted[range.end] - self.posted[range.start]
    }

    /// Whether every account of a range, which is not empty, has at least `margin`.
    #[inline(always)]
    pub(super) fn all_have(&self, margin: f64, range: &core::ops::Range<usize>) -> bool {
        margin <= self.margins[range.start]
    }

    /// First account of a range whose margin is at least `margin`, or the range's end.
    pub(super) fn first_with(&self, margin: f64, range: &core::ops::Range<usize>) -> usize {
        range.start + self.margins[range.clone()].partition_point(|c| *c < margin)
    }
}
