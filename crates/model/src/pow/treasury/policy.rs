//! The policy.

use super::book::{Book, Reason};
use super::{Decision, LoanTerms, Today, Treasury};
use crate::error::{ModelError, Result, finite, fraction, non_negative, positive, within};
use crate::normal;
use crate::pow::DAYS_PER_YEAR;

/// Furthest that the stressed log-price may lie below the present one.
const FURTHEST: f64 = 5.0;

/// A share that rises in a straight line between two points, and is level outside them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp {
    /// Where it begins to rise.
    pub from: f64,
    /// Where it stops.
    pub to: f64,
    /// The share below.
    pub least: f64,
    /// The share above.
    pub most: f64,
}

/// Which share of what is mined is sold, after what bills take. None of them looks at where the price came from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SaleRule {
    /// Always the same share.
    Steady(f64),
    /// By revenue ÷ bills: more where mining pays well.
    Margin(Ramp),
    /// By the distance to the margin call, in standard deviations over the horizon: less where the call is near, for
    /// coins are then needed as margin. Where there is no debt, the most.
    Distance(Ramp),
}

/// The policy's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// Which share of production is sold.
    pub rule: SaleRule,
    /// Days that buffers must last.
    pub horizon_days: f64,
    /// Probability that they do, (0, 1).
    pub confidence: f64,
    /// Revenue ÷ bills below which nothing is sold but what bills take that cash does not pay.
    pub lean: f64,
    /// Revenue ÷ bills from which the debt is reduced: by surplus cash, and by selling coins while the stressed price would
    /// bring the loan to its call.
    pub good: f64,
    /// Share of the coins whose sale would make the loan safe that is sold on a good day, so that leverage is not reduced
    /// at a single price.
    pub deleverage: f64,
}

/// What the horizon may bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stress {
    /// Price below which the horizon's lowest price lies with probability 1 − confidence.
    pub price: f64,
    /// Debt at its end ÷ debt now, if nothing is paid.
    pub growth: f64,
    /// Coins that must be pledged for that price not to reach the call.
    pub collateral: f64,
    /// Cash that bills take beyond revenue at that price, while a day mines as many coins as today.
    pub cash: f64,
}

impl Stress {
    /// Debt today with which the collateral would be at its call in the stressed state.
    fn bearable(&self, state: &Treasury, terms: &LoanTerms) -> f64 {
        terms.call_ltv * state.collateral * self.price / self.growth
    }
}

impl Ramp {
    fn at(&self, x: f64) -> f64 {
        let share = ((x - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        (self.most - self.least).mul_add(share, self.least)
    }

    fn check(&self) -> Result<()> {
        finite("begin of a ramp", self.from)?;
        positive("length of a ramp", finite("end of a ramp", self.to)? - self.from)?;
        fraction("least share sold", self.least)?;
        within("most share sold", self.most, self.least, 1.0)?;
        Ok(())
    }
}

impl Policy {
    /// Buffers for a quarter at 99 %, a tenth to six tenths of production sold as revenue grows from one to three times the
    /// bills, leverage reduced from a revenue of one and a half times the bills.
    pub const CAUTIOUS: Self = Self {
        rule: SaleRule::Margin(Ramp {
            from: 1.0,
            to: 3.0,
            least: 0.1,
            most: 0.6,
        }),
        horizon_days: 90.0,
        confidence: 0.99,
        lean: 1.0,
        good: 1.5,
        deleverage: 0.05,
    };

    /// The policy, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        match &self.rule {
            SaleRule::Steady(share) => fraction("share sold", *share).map(drop)?,
            SaleRule::Margin(ramp) | SaleRule::Distance(ramp) => ramp.check()?,
        }
        within(
            "horizon in days",
            positive("horizon in days", self.horizon_days)?,
            0.0,
            3_650.0,
        )?;
        within("confidence of the buffers", self.confidence, 1e-9, 1.0 - 1e-9)?;
        non_negative("margin of lean times", self.lean)?;
        within("margin of good times", self.good, self.lean, f64::MAX)?;
        fraction("share of the excess leverage sold a day", self.deleverage)?;
        Ok(self)
    }

    /// What the horizon may bring: the lowest log-price of a driftless Brownian motion within T days lies below
    /// −σ√T·Φ⁻¹((1 + α)/2) with probability 1 − α (the reflection principle, Bachelier 1900).
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a confidence outside (0, 1).
    pub fn stress(&self, treasury: &Treasury, terms: &LoanTerms, today: &Today) -> Result<Stress> {
        let deviation = today.volatility * self.horizon_days.sqrt();
        let fall = (deviation * normal::quantile(0.5 * (1.0 + self.confidence))?).min(FURTHEST);
        let price = today.price * (-fall).exp();
        let growth = (terms.interest * self.horizon_days / DAYS_PER_YEAR).exp();
        Ok(Stress {
            price,
            growth,
            collateral: treasury.debt * growth / (terms.call_ltv * price),
            cash: self.horizon_days * (today.bills_per_day - today.mined * price).max(0.0),
        })
    }

    /// The day's moves. Lean times: bills are paid from cash, coins are kept, and pledged where the stressed price would
    /// bring the loan to its call. Other times: production pays the bills, the rule's share of the rest is sold, cash is
    /// filled up to its buffer from what was mined today, the loan is made safe against the stressed price by pledging
    /// coins, then by repaying from cash beyond the buffer; in good times coins are sold while that does not suffice, and
    /// all surplus cash repays. At last what must be done in any case is done.
    ///
    /// # Errors
    /// As [`Self::checked`], [`Treasury::checked`], [`LoanTerms::checked`]; [`ModelError`] for figures of the day outside
    /// their domain.
    pub fn decide(&self, treasury: &Treasury, terms: &LoanTerms, today: &Today) -> Result<Decision> {
        let policy = self.checked()?;
        let treasury = treasury.checked()?;
        let terms = terms.checked()?;
        today.check()?;
        let stress = policy.stress(&treasury, &terms, today)?;
        let margin = today.margin();
        let mut book = Book::new(treasury, &terms, today);
        if margin >= policy.lean {
            policy.sell_production(&mut book, &stress, margin);
        } else {
            book.pay();
        }
        policy.make_safe(&mut book, &stress);
        if margin >= policy.good {
            policy.deleverage(&mut book, &stress);
            let surplus = book.state.cash - stress.cash - book.owed;
            book.repay(surplus, Reason::GoodTimes { margin });
        }
        Ok(book.finish())
    }

    fn sell_production(&self, book: &mut Book<'_>, stress: &Stress, margin: f64) {
        let net = book.net_price();
        let mut left = book.today.mined.min(book.state.coins);
        let mut sell = |book: &mut Book<'_>, coins: f64, reason| {
            let coins = coins.clamp(0.0, left);
            left -= coins;
            book.sell(coins, reason);
            left
        };
        let rest = sell(book, book.owed / net, Reason::BillsDue);
        book.pay();
        let share = self.share(&book.state, book.terms, book.today, margin);
        sell(book, share * rest, Reason::Scheduled { share });
        let missing = (stress.cash + book.owed - book.state.cash) / net;
        sell(book, missing, Reason::CashBuffer { wanted: stress.cash });
    }

    fn make_safe(&self, book: &mut Book<'_>, stress: &Stress) {
        let reason = Reason::Stressed { price: stress.price };
        // coins that bills may still take are not pledged
        let reserved = ((book.owed - book.state.cash) / book.net_price()).max(0.0);
        let free = (book.state.coins - reserved).max(0.0);
        book.pledge((stress.collateral - book.state.collateral).min(free), reason);
        let spare = book.state.cash - stress.cash - book.owed;
        book.repay(
            (book.state.debt - stress.bearable(&book.state, book.terms)).min(spare),
            reason,
        );
    }

    /// Sells part of the n coins with (D − n·net) = bearable(C − n), and repays. What is left safe stays so.
    fn deleverage(&self, book: &mut Book<'_>, stress: &Stress) {
        let excess = book.state.debt - stress.bearable(&book.state, book.terms);
        if excess <= 0.0 || book.state.collateral <= 0.0 {
            return;
        }
        let lost = stress.bearable(&book.state, book.terms) / book.state.collateral;
        let coins = self.deleverage * excess / (book.net_price() - lost);
        let reason = Reason::Stressed { price: stress.price };
        let before = book.state.cash;
        book.sell_pledged(coins, reason);
        book.repay(book.state.cash - before, reason);
    }

    fn share(&self, state: &Treasury, terms: &LoanTerms, today: &Today, margin: f64) -> f64 {
        match &self.rule {
            SaleRule::Steady(share) => *share,
            SaleRule::Margin(ramp) => ramp.at(margin),
            SaleRule::Distance(ramp) => {
                let ltv = state.ltv(today.price);
                let deviation = today.volatility * self.horizon_days.sqrt();
                if ltv > 0.0 && deviation > 0.0 {
                    ramp.at((terms.call_ltv / ltv).ln() / deviation)
                } else {
                    ramp.most
                }
            }
        }
    }
}

impl Today {
    /// Revenue ÷ bills of a day; infinite without bills.
    #[must_use]
    pub fn margin(&self) -> f64 {
        if self.bills_per_day > 0.0 {
            self.mined * self.price / self.bills_per_day
        } else {
            f64::INFINITY
        }
    }

    pub(super) fn check(&self) -> Result<(), ModelError> {
        within(
            "price of a coin",
            positive("price of a coin", self.price)?,
            1e-12,
            1e12,
        )?;
        within("coins mined", self.mined, 0.0, 1e12)?;
        within("bills due", self.bills, 0.0, 1e18)?;
        within("bills of a day", self.bills_per_day, 0.0, 1e18)?;
        within("volatility", self.volatility, 0.0, 10.0)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
