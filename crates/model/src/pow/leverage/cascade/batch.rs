//! Sales in one batch at one price.

use crate::simulation::Impact;

/// Rounds after which orders that still grow are taken as they are.
const MOST_ROUNDS: usize = 256;

/// The book at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Book {
    pub(super) impact: Impact,
    /// ln(price without sales ÷ price at the start), lifted by the displacement of the start.
    pub(super) fundamental: f64,
    /// Coins sold that it has not absorbed.
    pub(super) consumed: f64,
    /// Price at the start.
    pub(super) start: f64,
}

impl Book {
    /// Price of the next coin.
    pub(super) fn price(&self) -> f64 {
        self.start * (self.fundamental - self.impact.displacement(self.consumed)).exp()
    }

    /// Average price of a batch of so many coins.
    pub(super) fn average(&self, coins: f64) -> f64 {
        self.price() * self.impact.average_price(self.consumed, self.consumed + coins)
    }

    /// The price at which a batch is executed whose orders grow as the price falls: the highest at which they agree, found
    /// from above (Cifuentes, Ferrucci & Shin 2005, "Liquidity risk and contagion", § 2). What is ordered at the price
    /// given back sells at an average no higher than it.
    pub(super) fn clear(&self, orders: impl Fn(f64) -> f64) -> f64 {
        let mut price = self.price();
        for _ in 0..MOST_ROUNDS {
            let average = self.average(orders(price));
            if average >= price * (1.0 - 1e-12) {
                break;
            }
            price = average;
        }
        price
    }

    /// Takes a batch in.
    pub(super) fn sell(&mut self, coins: f64) {
        self.consumed += coins;
    }
}
