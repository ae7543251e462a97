//! The policy.

use super::book::{Book, Reason};
use super::{Decision, LoanTerms, Today, Treasury};
use crate::error::{ModelError, Result, finite, fraction, non_negative, positive, within};
use crate::normal;

const DAYS_PER_YEAR: f64 = 365.0;
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
    /// Revenue ÷ bills from which surplus cash repays the debt.
    pub good: f64,
}

/// What the horizon may bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stress {
    /// Price below which the horizon's lowest price lies with probability 1 − confidence.
    pub price: f64,
    /// Debt at its end.
    pub debt: f64,
    /// Coins that must be pledged for that price not to reach the call.
    pub collateral: f64,
    /// Cash that bills take beyond revenue at that price, while a day mines as many coins as today.
    pub cash: f64,
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
        let debt = treasury.debt * (terms.interest * self.horizon_days / DAYS_PER_YEAR).exp();
        Ok(Stress {
            price,
            debt,
            collateral: debt / (terms.call_ltv * price),
            cash: self.horizon_days * (today.bills_per_day - today.mined * price).max(0.0),
        })
    }

    /// The day's moves. Lean times: bills are paid from cash, coins are kept, and pledged where the stressed price would
    /// bring the loan to its call. Other times: production pays the bills, the rule's share of the rest is sold, cash is
    /// filled up to its buffer from what was mined today, the loan is made safe against the stressed price by pledging
    /// coins, then by repaying from cash beyond the buffer; in good times all surplus cash repays. At last what must be
    /// done in any case is done.
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
        let growth = if book.state.debt > 0.0 {
            stress.debt / book.state.debt
        } else {
            1.0
        };
        let bearable = book.terms.call_ltv * book.state.collateral * stress.price / growth;
        let spare = book.state.cash - stress.cash - book.owed;
        book.repay((book.state.debt - bearable).min(spare), reason);
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
