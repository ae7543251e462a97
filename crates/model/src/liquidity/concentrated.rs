//! Concentrated liquidity over tick ranges.

use crate::error::{ModelError, Result, at_least, fraction, non_negative, positive, representable};
use crate::liquidity::Venue;

/// Price at a tick, 1.0001ᵗ (Adams, Zinsmeister, Salem, Keefer & Robinson 2021, Uniswap v3 core, eq. 6.1).
///
/// # Errors
/// [`ModelError::OutOfRange`] beyond ±887,272, the protocol's own limit.
pub fn tick_price(tick: i32) -> Result<f64> {
    const LIMIT: f64 = 887_272.0;
    let tick = crate::error::within("tick", f64::from(tick), -LIMIT, LIMIT)?;
    Ok((tick * 1e-4_f64.ln_1p()).exp())
}

/// Liquidity between two prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TickRange {
    /// Lower price, quote per base, > 0.
    pub lower: f64,
    /// Upper price, > `lower`.
    pub upper: f64,
    /// Liquidity L = √(x·y) of the virtual reserves, ≥ 0.
    pub liquidity: f64,
}

/// A stretch below the current price, in square roots.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretch {
    from: f64,
    to: f64,
    liquidity: f64,
}

impl Stretch {
    /// Base that moves the price through the whole stretch, fee aside.
    fn base(&self) -> f64 {
        self.liquidity * (1.0 / self.to - 1.0 / self.from)
    }
}

/// A concentrated-liquidity pool at its current price.
#[derive(Debug, Clone, PartialEq)]
pub struct ConcentratedPool {
    price: f64,
    ranges: Vec<TickRange>,
    fee: f64,
    /// What a sale walks through, from the current price down.
    below: Vec<Stretch>,
}

impl ConcentratedPool {
    /// Current price, ranges in rising order without overlap (the liquidity that is active in each; gaps are empty)
    /// and fee.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if empty; [`ModelError::NotIncreasing`] where ranges overlap or are out of order;
    /// [`ModelError::NotPositive`] for a price, [`ModelError::OutOfRange`] for a liquidity or fee,
    /// [`ModelError::Unidentified`] where no liquidity lies below the price, [`ModelError::NotFinite`],
    /// [`ModelError::Overflow`].
    pub fn new(price: f64, ranges: Vec<TickRange>, fee: f64) -> Result<Self> {
        positive("pool price", price)?;
        at_least("tick ranges", 1, ranges.len())?;
        positive("one less the pool fee", 1.0 - fraction("pool fee", fee)?)?;
        let mut end = 0.0;
        for (index, range) in ranges.iter().enumerate() {
            positive("lower price of a range", range.lower)?;
            positive("upper price of a range", range.upper)?;
            non_negative("liquidity", range.liquidity)?;
            if range.lower < end || range.upper <= range.lower {
                return Err(ModelError::NotIncreasing {
                    what: "tick ranges",
                    index,
                });
            }
            end = range.upper;
        }
        let below: Vec<Stretch> = ranges
            .iter()
            .rev()
            .filter(|range| range.lower < price && range.liquidity > 0.0)
            .map(|range| Stretch {
                from: range.upper.min(price).sqrt(),
                to: range.lower.sqrt(),
                liquidity: range.liquidity,
            })
            .collect();
        let pool = Self {
            price,
            ranges,
            fee,
            below,
        };
        let (base, quote) = pool.below.iter().fold((0.0, 0.0), |(base, quote), s| {
            (base + s.base(), quote + s.liquidity * (s.from - s.to))
        });
        representable("depth below the price", base / pool.kept())?;
        representable("depth below the price", quote)?;
        if base > 0.0 {
            Ok(pool)
        } else {
            Err(ModelError::Unidentified {
                what: "depth below the price",
            })
        }
    }

    fn kept(&self) -> f64 {
        1.0 - self.fee
    }

    /// The same pool seen from the other asset: a purchase of base is a sale of quote.
    ///
    /// # Errors
    /// [`ModelError::Unidentified`] where no liquidity lies above the price, [`ModelError::Overflow`].
    pub fn mirrored(&self) -> Result<Self> {
        let inverse = |price: f64| representable("inverse price", 1.0 / price);
        let ranges: Result<Vec<TickRange>> = self
            .ranges
            .iter()
            .rev()
            .map(|range| {
                Ok(TickRange {
                    lower: inverse(range.upper)?,
                    upper: inverse(range.lower)?,
                    liquidity: range.liquidity,
                })
            })
            .collect();
        Self::new(inverse(self.price)?, ranges?, self.fee)
    }

    /// Price without fee, quote per base.
    #[must_use]
    pub const fn price(&self) -> f64 {
        self.price
    }
}

impl Venue for ConcentratedPool {
    fn proceeds(&self, base: f64) -> Result<f64> {
        let mut rest = self.sellable(base)? * self.kept();
        let mut quote = 0.0;
        for stretch in &self.below {
            let whole = stretch.base();
            if rest >= whole {
                quote += stretch.liquidity * (stretch.from - stretch.to);
                rest -= whole;
            } else {
                // 1/√P′ = 1/√P + Δx/L and Δy = L·(√P − √P′) (Uniswap v3 core, eqs. 6.14 and 6.16).
                let pushed = rest * stretch.from / stretch.liquidity;
                quote += stretch.liquidity * stretch.from * (pushed / (1.0 + pushed));
                break;
            }
        }
        representable("proceeds", quote)
    }

    fn amount_until(&self, price: f64) -> Result<f64> {
        // The last unit fetches kept·P.
        let end = (positive("price", price)? / self.kept()).sqrt();
        let sold: f64 = self
            .below
            .iter()
            .map(|stretch| {
                let to = stretch.to.max(end);
                if to < stretch.from {
                    stretch.liquidity * (1.0 / to - 1.0 / stretch.from)
                } else {
                    0.0
                }
            })
            .sum();
        Ok(sold / self.kept())
    }

    fn best_price(&self) -> f64 {
        self.below
            .first()
            .map_or(0.0, |stretch| self.kept() * stretch.from * stretch.from)
    }

    fn capacity(&self) -> Option<f64> {
        Some(self.below.iter().map(Stretch::base).sum::<f64>() / self.kept())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquidity::ConstantProduct;
    use crate::testing::{assert_close, derivative};
    use proptest::prelude::*;

    fn range(lower: f64, upper: f64, liquidity: f64) -> TickRange {
        TickRange {
            lower,
            upper,
            liquidity,
        }
    }

    #[test]
    fn ticks_are_powers_of_one_basis_point() {
        assert_close(tick_price(10_000).unwrap(), 1.0001_f64.powi(10_000), 1e-11);
        assert_close(tick_price(-1).unwrap(), 1.0 / 1.0001, 1e-15);
        assert!(tick_price(887_273).is_err());
    }

    #[test]
    fn one_range_over_every_price_is_the_constant_product_pool() {
        let full = ConstantProduct::new(1000.0, 50_000.0, 0.003).unwrap();
        let liquidity = (1000.0_f64 * 50_000.0).sqrt();
        let pool = ConcentratedPool::new(50.0, vec![range(1e-12, 1e12, liquidity)], 0.003).unwrap();
        for base in [0.0, 1.0, 100.0, 5000.0] {
            assert_close(pool.proceeds(base).unwrap(), full.proceeds(base).unwrap(), 1e-8);
        }
        assert_close(
            pool.amount_until(40.0).unwrap(),
            full.amount_until(40.0).unwrap(),
            1e-9,
        );
        let bought = pool.mirrored().unwrap().proceeds(3000.0).unwrap();
        assert_close(bought, full.mirrored().proceeds(3000.0).unwrap(), 1e-9);
    }

    #[test]
    fn a_position_holds_what_its_own_formulas_say() {
        // Selling through the whole range buys all of its quote: L(√p − √a) (Uniswap v3 core, § 6.2).
        let pool = ConcentratedPool::new(50.0, vec![range(45.0, 55.0, 1e4)], 0.0).unwrap();
        let all = pool.capacity().unwrap();
        assert_close(all, 1e4 * (1.0 / 45.0_f64.sqrt() - 1.0 / 50.0_f64.sqrt()), 1e-10);
        assert_close(
            pool.proceeds(all).unwrap(),
            1e4 * (50.0_f64.sqrt() - 45.0_f64.sqrt()),
            1e-9,
        );
        assert!(pool.proceeds(all * 1.01).is_err());
    }

    #[test]
    fn gaps_are_jumped_and_disorder_is_refused() {
        let pool = ConcentratedPool::new(60.0, vec![range(30.0, 40.0, 1e3), range(45.0, 50.0, 1e4)], 0.0);
        let pool = pool.unwrap();
        assert_close(pool.best_price(), 50.0, 1e-12);
        assert_eq!(pool.amount_until(45.0), pool.amount_until(41.0));
        let overlapping = vec![range(30.0, 46.0, 1e3), range(45.0, 50.0, 1e4)];
        assert_eq!(
            ConcentratedPool::new(48.0, overlapping, 0.0),
            Err(ModelError::NotIncreasing {
                what: "tick ranges",
                index: 1
            })
        );
        assert!(ConcentratedPool::new(20.0, vec![range(30.0, 46.0, 1e3)], 0.0).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn slippage_rises_with_size_and_the_inverse_is_the_marginal_price(
            widths in prop::collection::vec((0.1f64..5.0, 1.0f64..1e5), 1..8), fee in 0.0f64..0.02, share in 0.01f64..0.98,
        ) {
            let mut upper = 100.0;
            let mut ranges: Vec<_> = widths.iter().map(|&(width, liquidity)| {
                let this = range(upper - width, upper, liquidity);
                upper -= width;
                this
            }).collect();
            ranges.reverse();
            let pool = ConcentratedPool::new(100.0, ranges, fee).unwrap();
            let base = share * pool.capacity().unwrap();
            let slippage = pool.slippage(base, 100.0).unwrap();
            prop_assert!(pool.slippage(base * 1.01, 100.0).unwrap() >= slippage - 1e-12);
            prop_assert!(slippage >= fee - 1e-12);
            let marginal = derivative(|q| pool.proceeds(q).unwrap(), base, 1e-6 * base);
            let inverse = pool.amount_until(marginal).unwrap();
            // Where the step straddles two ranges the derivative is between theirs.
            prop_assert!((inverse / base - 1.0).abs() < 1e-3, "{inverse} {base}");
        }
    }
}
