//! The constant-product pool.

use crate::error::{Result, fraction, non_negative, positive, representable};
use crate::liquidity::Venue;

/// Slippage against a constant-product pool that holds `quote_reserve` of the quote asset and as much in value of the
/// other, with fee φ: 1 − (1 − φ)·y/(y + (1 − φ)·v) for an order worth v at mid (Adams, Zinsmeister & Robinson 2020,
/// Uniswap v2 core, the invariant with fee solved for the output).
///
/// # Errors
/// [`crate::ModelError::NotPositive`], [`crate::ModelError::OutOfRange`] for the fee, [`crate::ModelError::NotFinite`].
pub fn constant_product_slippage(order: f64, quote_reserve: f64, fee: f64) -> Result<f64> {
    positive("order", order)?;
    positive("quote reserve", quote_reserve)?;
    let kept = 1.0 - fraction("pool fee", fee)?;
    // In this order nothing overflows into an undefined quotient.
    Ok((1.0 - kept * (quote_reserve / (quote_reserve + kept * order))).clamp(0.0, 1.0))
}

/// A constant-product pool x·y = k that takes its fee from what is paid in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConstantProduct {
    base: f64,
    quote: f64,
    kept: f64,
}

/// The trade that an arbitrageur makes against a pool, and what it earns before its own costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arbitrage {
    /// Base bought from the pool; negative where it is sold to the pool.
    pub base: f64,
    /// Profit in quote after the pool's fee.
    pub profit: f64,
}

impl ConstantProduct {
    /// Reserves and fee.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for a reserve or a fee of 1, [`crate::ModelError::OutOfRange`] for the fee,
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`] where price or depth are not representable.
    pub fn new(base: f64, quote: f64, fee: f64) -> Result<Self> {
        positive("base reserve", base)?;
        positive("quote reserve", quote)?;
        let kept = 1.0 - fraction("pool fee", fee)?;
        positive("one less the pool fee", kept)?;
        positive("pool price", representable("pool price", quote / base)?)?;
        Ok(Self { base, quote, kept })
    }

    /// The same pool seen from the other asset: a purchase of base is a sale of quote.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        Self {
            base: self.quote,
            quote: self.base,
            kept: self.kept,
        }
    }

    /// Price without fee, quote per base.
    #[must_use]
    pub fn price(&self) -> f64 {
        self.quote / self.base
    }

    /// The most profitable trade against the pool when the market's price is `price` (Angeris, Kao, Chiang, Noyes &
    /// Chitra 2019, "An analysis of Uniswap markets", § 2.1): until the pool's price, fee included, is the market's.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn arbitrage(&self, price: f64) -> Result<Arbitrage> {
        positive("price", price)?;
        let none = Arbitrage {
            base: 0.0,
            profit: 0.0,
        };
        let sold = self.amount_until(price)?;
        if sold > 0.0 {
            let profit = self.proceeds(sold)? - price * sold;
            return Ok(Arbitrage {
                base: -sold,
                profit: representable("arbitrage profit", profit)?.max(0.0),
            });
        }
        let mirrored = self.mirrored();
        let paid = mirrored.amount_until(positive("inverse price", 1.0 / price)?)?;
        if paid > 0.0 {
            let bought = mirrored.proceeds(paid)?;
            return Ok(Arbitrage {
                base: bought,
                profit: representable("arbitrage profit", price * bought - paid)?.max(0.0),
            });
        }
        Ok(none)
    }
}

impl Venue for ConstantProduct {
    fn proceeds(&self, base: f64) -> Result<f64> {
        let paid = self.kept * non_negative("base to sell", base)?;
        // In this order nothing overflows into an undefined quotient.
        Ok(self.quote * (1.0 / (1.0 + self.base / paid)))
    }

    fn amount_until(&self, price: f64) -> Result<f64> {
        positive("price", price)?;
        // kept·x·y/(x + kept·q)² = price.
        let growth = (self.kept * (self.price() / price)).sqrt();
        representable("amount", self.base * (growth - 1.0).max(0.0) / self.kept)
    }

    fn best_price(&self) -> f64 {
        self.kept * self.price()
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

    #[test]
    fn the_pool_formula_equals_the_swap_it_describes() {
        let (base, quote, fee, sold) = (1000.0, 50_000.0, 0.003, 40.0);
        let input = sold * (1.0 - fee);
        let received = quote - base * quote / (base + input);
        let expected = 1.0 - received / (sold * quote / base);
        assert_close(
            constant_product_slippage(sold * 50.0, quote, fee).unwrap(),
            expected,
            1e-14,
        );
    }

    #[test]
    fn the_venue_is_the_slippage_formula() {
        let pool = ConstantProduct::new(1000.0, 50_000.0, 0.003).unwrap();
        let slippage = constant_product_slippage(2000.0, 50_000.0, 0.003).unwrap();
        assert_close(pool.proceeds(40.0).unwrap(), 2000.0 * (1.0 - slippage), 1e-10);
        assert_eq!(pool.proceeds(0.0), Ok(0.0));
        let end = pool.amount_until(45.0).unwrap();
        assert_close(derivative(|q| pool.proceeds(q).unwrap(), end, 1e-3), 45.0, 1e-6);
    }

    #[test]
    fn no_arbitrage_within_the_fee_and_the_best_trade_beyond_it() {
        let pool = ConstantProduct::new(1000.0, 50_000.0, 0.003).unwrap();
        for inside in [49.86, 50.0, 50.14] {
            assert_eq!(pool.arbitrage(inside).unwrap().profit, 0.0);
        }
        for outside in [45.0, 49.5, 51.0, 60.0] {
            let best = pool.arbitrage(outside).unwrap();
            assert!((best.base > 0.0) == (outside > 50.0));
            let profit = |base: f64| {
                if base < 0.0 {
                    pool.proceeds(-base).unwrap() + outside * base
                } else {
                    // Quote that must be paid for `base`: the swap solved for its input.
                    outside * base - 50_000.0 * base / (1000.0 - base) / 0.997
                }
            };
            assert_close(profit(best.base), best.profit, 1e-8);
            for other in [0.9, 0.99, 1.01, 1.1] {
                assert!(profit(best.base * other) < best.profit);
            }
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn larger_orders_and_shallower_pools_cost_more(order in 1.0f64..1e6, depth in 10.0f64..1e7, fee in 0.0f64..0.05) {
            let slippage = constant_product_slippage(order, depth, fee).unwrap();
            prop_assert!(constant_product_slippage(order * 1.5, depth, fee).unwrap() >= slippage);
            prop_assert!(constant_product_slippage(order, depth * 1.5, fee).unwrap() <= slippage);
            prop_assert!(constant_product_slippage(order, depth, fee + 0.01).unwrap() >= slippage);
        }
    }
}
