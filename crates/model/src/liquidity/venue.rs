//! Where base can be sold for quote, and the best way to spread an order over several such places.

use crate::error::{ModelError, Result, at_least, non_negative, positive, representable};

/// A place that buys base for quote at prices that never rise with the amount. A purchase is the same with the assets
/// exchanged.
pub trait Venue {
    /// Quote received for `base`, after fees. Concave and never falling.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a negative amount or one beyond [`Venue::capacity`], [`ModelError::NotFinite`].
    fn proceeds(&self, base: f64) -> Result<f64>;

    /// The most base that can be sold so that the last of it still fetches `price` after fees.
    ///
    /// # Errors
    /// [`ModelError::NotPositive`] for the price, [`ModelError::NotFinite`], [`ModelError::Overflow`],
    /// [`ModelError::NotConverged`].
    fn amount_until(&self, price: f64) -> Result<f64>;

    /// Price of the first unit after fees, quote per base.
    fn best_price(&self) -> f64;

    /// The most base that the venue takes at all; `None` without a limit.
    fn capacity(&self) -> Option<f64>;

    /// `base`, if the venue can take it. What exceeds the capacity by rounding alone counts as the capacity.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`], [`ModelError::NotFinite`].
    fn sellable(&self, base: f64) -> Result<f64> {
        non_negative("base to sell", base)?;
        match self.capacity() {
            Some(max) if base > max * (1.0 + 1e-12) => Err(ModelError::OutOfRange {
                what: "base to sell",
                value: base,
                min: 0.0,
                max,
            }),
            Some(max) => Ok(base.min(max)),
            None => Ok(base),
        }
    }

    /// Slippage of selling `base` against a reference price: 1 − proceeds/(base × price). Negative where the venue
    /// pays more than the reference.
    ///
    /// # Errors
    /// [`ModelError::NotPositive`], and as [`Venue::proceeds`].
    fn slippage(&self, base: f64, reference_price: f64) -> Result<f64> {
        positive("base to sell", base)?;
        positive("reference price", reference_price)?;
        representable("slippage", 1.0 - self.proceeds(base)? / base / reference_price)
    }
}

/// An order spread over venues.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// Base for each venue, in the order given.
    pub amounts: Vec<f64>,
    /// Quote received in all.
    pub proceeds: f64,
    /// Price of the last unit, the same wherever something is sold (between two levels where books are stepped).
    pub marginal_price: f64,
}

impl Split {
    /// Slippage of the whole order against a reference price; negative where the venues pay more.
    ///
    /// # Errors
    /// [`ModelError::NotPositive`], [`ModelError::NotFinite`], [`ModelError::Overflow`].
    pub fn slippage(&self, reference_price: f64) -> Result<f64> {
        positive("reference price", reference_price)?;
        let base: f64 = self.amounts.iter().sum();
        representable("slippage", 1.0 - self.proceeds / base / reference_price)
    }
}

/// The split that receives the most: equal marginal prices wherever something is sold, the first-order condition of a
/// concave programme (Boyd & Vandenberghe 2004, § 5.5.3; for pools Angeris, Chitra, Evans & Boyd 2022, "Optimal
/// Routing for Constant Function Market Makers"). The marginal price is bisected; what is left between its two final
/// values, the level of a book at which several may tie, is filled in proportion.
///
/// # Errors
/// [`ModelError::TooFew`] without venues, [`ModelError::NotPositive`] for the order, [`ModelError::OutOfRange`] where
/// it exceeds what all venues take together, [`ModelError::Overflow`] where its price is too small to represent, and
/// what the venues return.
pub fn optimal_split(venues: &[&dyn Venue], base: f64) -> Result<Split> {
    positive("order", base)?;
    at_least("venues", 1, venues.len())?;
    let capacity: f64 = venues.iter().map(|v| v.capacity().unwrap_or(f64::INFINITY)).sum();
    if base > capacity {
        return Err(ModelError::OutOfRange {
            what: "order",
            value: base,
            min: 0.0,
            max: capacity,
        });
    }
    let at = |price: f64| -> Result<Vec<f64>> { venues.iter().map(|v| v.amount_until(price)).collect() };
    let best = venues.iter().map(|v| v.best_price()).fold(0.0, f64::max);
    positive("best price", best)?;
    // Everything above the best price sells nothing.
    let mut high = (representable("best price", 2.0 * best)?, vec![0.0; venues.len()]);
    let mut low = {
        let mut price = best;
        loop {
            let amounts = at(price)?;
            if amounts.iter().sum::<f64>() >= base {
                break (price, amounts);
            }
            high = (price, amounts);
            // Steps that grow, so that a price thousands of orders away is reached too.
            price *= price / best / 2.0;
            if price < f64::MIN_POSITIVE {
                return exhausted(venues, base, high.1);
            }
        }
    };
    while low.0 < high.0 * (1.0 - 2.0 * f64::EPSILON) {
        let middle = (low.0.ln() / 2.0 + high.0.ln() / 2.0).exp();
        if !(middle > low.0 && middle < high.0) {
            break;
        }
        let amounts = at(middle)?;
        if amounts.iter().sum::<f64>() >= base {
            low = (middle, amounts);
        } else {
            high = (middle, amounts);
        }
    }
    let (more, less): (f64, f64) = (low.1.iter().sum(), high.1.iter().sum());
    let share = if more > less {
        ((base - less) / (more - less)).clamp(0.0, 1.0)
    } else {
        1.0
    };
    let mixed = low.1.iter().zip(&high.1).map(|(l, h)| h + share * (l - h));
    filled(venues, base, mixed.collect(), low.0)
}

/// The case of an order that takes everything a stepped or bounded venue has, at prices too small to search.
fn exhausted(venues: &[&dyn Venue], base: f64, amounts: Vec<f64>) -> Result<Split> {
    let sold: f64 = amounts.iter().sum();
    if sold < base * (1.0 - 1e-9) {
        return Err(ModelError::Overflow {
            what: "order relative to the venues' depth",
        });
    }
    filled(venues, base, amounts, f64::MIN_POSITIVE)
}

fn filled(venues: &[&dyn Venue], base: f64, mut amounts: Vec<f64>, marginal_price: f64) -> Result<Split> {
    let sold: f64 = amounts.iter().sum();
    let mut proceeds = 0.0;
    for (venue, amount) in venues.iter().zip(&mut amounts) {
        // The parts add up to the order to the last bit but a few.
        *amount = venue.capacity().unwrap_or(f64::MAX).min(*amount * (base / sold));
        proceeds += venue.proceeds(*amount)?;
    }
    Ok(Split {
        amounts,
        proceeds: representable("proceeds", proceeds)?,
        marginal_price,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquidity::{Bid, Bids, ConstantProduct};
    use crate::testing::{assert_close, derivative};
    use proptest::prelude::*;

    fn pool(base: f64, quote: f64, fee: f64) -> ConstantProduct {
        ConstantProduct::new(base, quote, fee).unwrap()
    }

    fn bids(levels: &[(f64, f64)]) -> Bids {
        let levels = levels.iter().map(|&(price, size)| Bid { price, size }).collect();
        Bids::new(levels, 0.0).unwrap()
    }

    #[test]
    fn equal_pools_share_equally_and_cost_as_one_pool_of_twice_the_depth() {
        let one = pool(1000.0, 50_000.0, 0.003);
        let split = optimal_split(&[&one, &one], 100.0).unwrap();
        assert_close(split.amounts[0], 50.0, 1e-9);
        let twice = pool(2000.0, 100_000.0, 0.003);
        assert_close(split.proceeds, twice.proceeds(100.0).unwrap(), 1e-8);
    }

    #[test]
    fn marginal_prices_are_equal_wherever_something_is_sold() {
        let (deep, shallow) = (pool(1000.0, 50_000.0, 0.003), pool(100.0, 5_100.0, 0.0005));
        let worthless = pool(1000.0, 30_000.0, 0.0);
        let split = optimal_split(&[&deep, &shallow, &worthless], 60.0).unwrap();
        assert_eq!(split.amounts[2], 0.0);
        assert_close(split.amounts.iter().sum(), 60.0, 1e-12);
        for (venue, amount) in [&deep, &shallow].into_iter().zip(&split.amounts) {
            let marginal = derivative(|q| venue.proceeds(q).unwrap(), *amount, 1e-4);
            assert_close(marginal, split.marginal_price, 1e-5);
        }
    }

    #[test]
    fn books_that_tie_are_filled_and_nothing_is_sold_below_the_tie() {
        let (a, b) = (
            bids(&[(100.0, 1.0), (99.0, 4.0), (90.0, 9.0)]),
            bids(&[(99.0, 2.0), (98.0, 5.0)]),
        );
        let split = optimal_split(&[&a, &b], 4.0).unwrap();
        assert_close(split.proceeds, 100.0 + 3.0 * 99.0, 1e-9);
        let all = optimal_split(&[&a, &b], 21.0).unwrap();
        assert_close(
            all.proceeds,
            100.0 + 4.0 * 99.0 + 9.0 * 90.0 + 198.0 + 5.0 * 98.0,
            1e-9,
        );
        assert_eq!(
            optimal_split(&[&a, &b], 22.0),
            Err(ModelError::OutOfRange {
                what: "order",
                value: 22.0,
                min: 0.0,
                max: 21.0
            })
        );
        assert!(optimal_split(&[], 1.0).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn a_split_is_never_worse_than_a_single_venue_or_any_other_split(
            pools in prop::collection::vec((1.0f64..1e4, 30.0f64..70.0, 0.0f64..0.02), 1..4),
            levels in prop::collection::vec((0.001f64..5.0, 0.1f64..100.0), 1..6),
            share in 0.01f64..0.99, tilt in prop::array::uniform5(0.01f64..1.0),
        ) {
            let pools: Vec<_> = pools.iter().map(|&(base, price, fee)| pool(base, base * price, fee)).collect();
            let mut price = 51.0;
            let book = bids(&levels.iter().map(|&(step, size)| { price -= step; (price, size) }).collect::<Vec<_>>());
            let mut venues: Vec<&dyn Venue> = pools.iter().map(|p| p as &dyn Venue).collect();
            venues.push(&book);
            let order = share * book.capacity().unwrap();
            let split = optimal_split(&venues, order).unwrap();
            let tolerance = 1e-9 * split.proceeds;
            prop_assert!((split.amounts.iter().sum::<f64>() - order).abs() <= 1e-9 * order);
            for venue in &venues {
                prop_assert!(venue.proceeds(order).unwrap() <= split.proceeds + tolerance);
            }
            let total: f64 = tilt.iter().take(venues.len()).sum();
            let other: f64 = venues.iter().zip(tilt).map(|(v, t)| v.proceeds(order * t / total).unwrap()).sum();
            prop_assert!(other <= split.proceeds + tolerance);
            let smaller = optimal_split(&venues, order * 0.9).unwrap();
            prop_assert!(smaller.slippage(51.0).unwrap() <= split.slippage(51.0).unwrap() + 1e-9);
        }
    }
}
