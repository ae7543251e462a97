//! The stable-swap pool (Egorov 2019, "StableSwap — efficient mechanism for Stablecoin liquidity").

use crate::error::{ModelError, Result, at_least, count, fraction, positive, representable};
use crate::liquidity::Venue;
use crate::roots::itp;

/// A pool of n coins that should be worth the same.
#[derive(Debug, Clone, PartialEq)]
pub struct StableSwap {
    balances: Vec<f64>,
    /// Amplification × n, the contracts' `Ann`.
    leverage: f64,
    fee: f64,
    invariant: f64,
}

impl StableSwap {
    /// Balances in units of equal worth (with the rate multipliers applied), amplification A as the contracts state it
    /// (the paper's A·nⁿ⁻¹) and fee on what is paid out.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] below two coins, [`ModelError::OutOfRange`] above eight coins, for an amplification
    /// below 1 or above 10⁶ (the contracts' limits) or the fee, [`ModelError::NotPositive`] for a balance,
    /// [`ModelError::NotFinite`], [`ModelError::NotConverged`], [`ModelError::Overflow`].
    pub fn new(balances: Vec<f64>, amplification: f64, fee: f64) -> Result<Self> {
        at_least("coins of a pool", 2, balances.len())?;
        let coins = crate::error::within("coins of a pool", count(balances.len()), 2.0, 8.0)?;
        crate::error::within("amplification", amplification, 1.0, 1e6)?;
        positive("one less the pool fee", 1.0 - fraction("pool fee", fee)?)?;
        for balance in &balances {
            positive("balance", *balance)?;
        }
        let leverage = amplification * coins;
        Ok(Self {
            invariant: solve_invariant(&balances, leverage)?,
            balances,
            leverage,
            fee,
        })
    }

    /// D, what the pool would hold in all if it were balanced.
    #[must_use]
    pub const fn invariant(&self) -> f64 {
        self.invariant
    }

    /// The pool as a place that buys coin `sell` for coin `buy`.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a coin that the pool does not hold, [`ModelError::Unidentified`] for one coin
    /// in itself, [`ModelError::Overflow`].
    pub fn pair(&self, sell: usize, buy: usize) -> Result<StablePair<'_>> {
        let last = self.balances.len() - 1;
        for index in [sell, buy] {
            crate::error::within("coin of the pool", count(index), 0.0, count(last))?;
        }
        if sell == buy {
            return Err(ModelError::Unidentified {
                what: "price of a coin in itself",
            });
        }
        let mut pair = StablePair {
            pool: self,
            sell,
            buy,
            best: 0.0,
        };
        pair.best = pair.marginal_price(0.0)?;
        Ok(pair)
    }

    /// Dⁿ⁺¹/(nⁿ·∏x), in an order that stays in range.
    fn product_term(&self, balances: &[f64]) -> f64 {
        let coins = count(balances.len());
        balances.iter().fold(self.invariant, |term, balance| {
            term * (self.invariant / (coins * balance))
        })
    }

    /// The balance of coin `buy` that keeps the invariant when coin `sell` is at `balance`: the positive root of
    /// y² + (S′ + D/Ann − D)·y = Dⁿ⁺¹/(nⁿ·P′·Ann), in the form that does not cancel.
    fn counterpart(&self, sell: usize, buy: usize, balance: f64) -> Result<f64> {
        let coins = count(self.balances.len());
        let (mut sum, mut product) = (0.0, self.invariant);
        for (index, held) in self.balances.iter().enumerate() {
            if index != buy {
                let held = if index == sell { balance } else { *held };
                sum += held;
                product *= self.invariant / (coins * held);
            }
        }
        product *= self.invariant / (coins * self.leverage);
        let linear = sum + self.invariant / self.leverage - self.invariant;
        let root = linear.hypot(2.0 * product.sqrt());
        let balance = if linear > 0.0 {
            2.0 * product / (linear + root)
        } else {
            (root - linear) / 2.0
        };
        representable("stable-swap balance", balance)
    }
}

/// Newton's method on Ann·Σx + D = Ann·D + Dⁿ⁺¹/(nⁿ∏x), a convex equation, from D = Σx, which is not below the root:
/// it descends until rounding stops it.
fn solve_invariant(balances: &[f64], leverage: f64) -> Result<f64> {
    const ITERATIONS: usize = 255;
    let coins = count(balances.len());
    let sum: f64 = balances.iter().sum();
    let mut d = representable("sum of balances", sum)?;
    for _ in 0..ITERATIONS {
        let product = balances
            .iter()
            .fold(d, |term, balance| term * (d / (coins * balance)));
        let next =
            (leverage * sum + product * coins) * (d / ((leverage - 1.0) * d + (coins + 1.0) * product));
        if !(next.is_finite() && next > 0.0) {
            return Err(ModelError::Overflow {
                what: "stable-swap invariant",
            });
        }
        if next >= d * (1.0 - f64::EPSILON) {
            return Ok(next.min(d));
        }
        d = next;
    }
    Err(ModelError::NotConverged {
        what: "stable-swap invariant",
        iterations: ITERATIONS,
    })
}

/// Two coins of a [`StableSwap`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StablePair<'a> {
    pool: &'a StableSwap,
    sell: usize,
    buy: usize,
    best: f64,
}

impl StablePair<'_> {
    /// Price of the next unit after `base` has been sold, after the fee: the invariant differentiated implicitly,
    /// −dy/dx = (Ann + D_P/x)/(Ann + D_P/y) with D_P = Dⁿ⁺¹/(nⁿ∏x).
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`], [`ModelError::NotFinite`], [`ModelError::Overflow`].
    pub fn marginal_price(&self, base: f64) -> Result<f64> {
        let x = self.pool.balances[self.sell] + self.sellable(base)?;
        let y = self.pool.counterpart(self.sell, self.buy, x)?;
        let mut balances = self.pool.balances.clone();
        balances[self.sell] = x;
        balances[self.buy] = y;
        let product = self.pool.product_term(&balances);
        let leverage = self.pool.leverage;
        // Multiplied out by y, which may be tiny.
        let price = (leverage + product / x) * y / (leverage * y + product);
        representable("stable-swap price", (1.0 - self.pool.fee) * price)
    }
}

impl Venue for StablePair<'_> {
    fn proceeds(&self, base: f64) -> Result<f64> {
        let x = self.pool.balances[self.sell] + self.sellable(base)?;
        let held = self
            .pool
            .counterpart(self.sell, self.buy, self.pool.balances[self.sell])?;
        let left = self.pool.counterpart(self.sell, self.buy, x)?;
        Ok((1.0 - self.pool.fee) * (held - left).max(0.0))
    }

    fn amount_until(&self, price: f64) -> Result<f64> {
        positive("price", price)?;
        let excess = |base: f64| -> Result<f64> { Ok(self.marginal_price(base)? / price - 1.0) };
        let start = excess(0.0)?;
        if start <= 0.0 {
            return Ok(0.0);
        }
        let mut bracket = (0.0, start);
        let mut end = self.pool.invariant;
        loop {
            let value = excess(end)?;
            if value <= 0.0 {
                let root = itp(excess, bracket, (end, value), 1e-13 * end)?;
                return Ok(root.x);
            }
            bracket = (end, value);
            end = representable("amount", 4.0 * end)?;
        }
    }

    fn best_price(&self) -> f64 {
        self.best
    }

    fn capacity(&self) -> Option<f64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, derivative};
    use proptest::prelude::*;

    fn pool(balances: &[f64], amplification: f64, fee: f64) -> StableSwap {
        StableSwap::new(balances.to_vec(), amplification, fee).unwrap()
    }

    #[test]
    fn a_balanced_pool_holds_its_invariant_and_trades_at_par() {
        let pool = pool(&[1e6, 1e6, 1e6], 100.0, 0.0);
        assert_close(pool.invariant(), 3e6, 1e-6);
        assert_close(pool.pair(0, 2).unwrap().marginal_price(0.0).unwrap(), 1.0, 1e-12);
        assert!(pool.pair(0, 0).is_err() && pool.pair(0, 3).is_err());
    }

    #[test]
    fn the_invariant_satisfies_the_papers_equation() {
        let (balances, amplification) = ([2e6, 5e5, 9e5], 85.0);
        let d = pool(&balances, amplification, 0.0).invariant();
        // A of the paper is the contracts' divided by nⁿ⁻¹.
        let (n, a) = (3.0_f64, amplification / 9.0);
        let left = a * n.powi(3) * balances.iter().sum::<f64>() + d;
        let right = a * d * n.powi(3) + d.powi(4) / (n.powi(3) * balances.iter().product::<f64>());
        assert_close(left / right, 1.0, 1e-13);
    }

    #[test]
    fn little_amplification_is_near_a_constant_product_and_much_is_near_a_constant_sum() {
        let flat = pool(&[1e6, 1e6], 1e6, 0.0);
        assert_close(flat.pair(0, 1).unwrap().proceeds(1e5).unwrap(), 1e5, 1.0);
        let curved = pool(&[1e6, 1e6], 1.0, 0.0)
            .pair(0, 1)
            .unwrap()
            .proceeds(1e5)
            .unwrap();
        assert!(curved > 1e6 - 1e12 / 1.1e6 && curved < 1e5);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_price_is_the_slope_and_falls_with_size(
            balances in prop::collection::vec(1e3f64..1e7, 2..5), amplification in 1.0f64..5000.0, share in 0.001f64..1.0,
        ) {
            let pool = pool(&balances, amplification, 0.0004);
            let pair = pool.pair(0, 1).unwrap();
            let base = share * balances[1];
            let price = pair.marginal_price(base).unwrap();
            let slope = derivative(|q| pair.proceeds(q).unwrap(), base, 1e-4 * base);
            prop_assert!((slope / price - 1.0).abs() < 1e-3, "{slope} {price}");
            prop_assert!(pair.marginal_price(base * 1.1).unwrap() <= price * (1.0 + 1e-9));
            let inverse = pair.amount_until(price).unwrap();
            let back = pair.marginal_price(inverse).unwrap();
            prop_assert!((back / price - 1.0).abs() < 1e-6, "{back} {price}");
            prop_assert!(pair.proceeds(base).unwrap() < balances[1]);
        }
    }
}
