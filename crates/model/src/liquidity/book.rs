//! Order books: cumulative depth by distance from mid, and price levels of bids as a venue.

use crate::error::{ModelError, Result, at_least, fraction, positive, representable};
use crate::liquidity::Venue;

/// Depth known at one distance from the mid price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DepthLevel {
    /// Distance from mid as a share of it, (0, 1].
    pub distance: f64,
    /// Everything resting up to that distance, in quote units at mid.
    pub cumulative: f64,
}

/// Where the depth between two levels rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// All at the farther level: exact for an order book's price levels, prudent for depth bands.
    AtLevel,
    /// Evenly between the two levels: for depth bands such as "within 1 %, within 2 %".
    Even,
}

/// Slippage of an order, as a share of its value at mid, [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slippage {
    /// The known depth fills the order.
    Within(f64),
    /// The order is larger than the known depth. What exceeds it is assumed to move the price on at the steepest pace
    /// seen in the book (its thinnest band), up to a total loss; an absent book is never read as a liquid one.
    BeyondDepth {
        /// The extrapolated slippage of the whole order.
        extrapolated: f64,
        /// Slippage of the part that the known depth fills.
        of_known: f64,
        /// The known depth, in quote units.
        depth: f64,
    },
}

impl Slippage {
    /// The slippage, extrapolated where need be.
    #[must_use]
    pub const fn value(self) -> f64 {
        match self {
            Self::Within(slippage)
            | Self::BeyondDepth {
                extrapolated: slippage,
                ..
            } => slippage,
        }
    }
}

/// One side of an order book.
#[derive(Debug, Clone, PartialEq)]
pub struct BookDepth(Vec<DepthLevel>);

impl BookDepth {
    /// Levels from mid outwards.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if empty; [`ModelError::NotIncreasing`] unless distance and cumulative depth both
    /// strictly increase; [`ModelError::NotPositive`], [`ModelError::OutOfRange`], [`ModelError::NotFinite`].
    pub fn new(levels: Vec<DepthLevel>) -> Result<Self> {
        at_least("depth levels", 1, levels.len())?;
        for level in &levels {
            positive(
                "distance from mid",
                fraction("distance from mid", level.distance)?,
            )?;
            positive("cumulative depth", level.cumulative)?;
        }
        let disordered = |pair: &[DepthLevel]| {
            pair[1].distance <= pair[0].distance || pair[1].cumulative <= pair[0].cumulative
        };
        match levels.windows(2).position(disordered) {
            Some(index) => Err(ModelError::NotIncreasing {
                what: "depth by distance",
                index: index + 1,
            }),
            None => Ok(Self(levels)),
        }
    }

    /// Slippage of an order of `order` quote units that walks the book.
    ///
    /// # Errors
    /// [`ModelError::NotPositive`] for the order, [`ModelError::NotFinite`], [`ModelError::Overflow`].
    pub fn walk(&self, order: f64, placement: Placement) -> Result<Slippage> {
        positive("order", order)?;
        let (mut distance, mut filled, mut cost, mut steepest) = (0.0, 0.0, 0.0, 0.0_f64);
        for level in &self.0 {
            let band = level.cumulative - filled;
            let pace = (level.distance - distance) / band;
            let taken = band.min(order - filled);
            cost += taken
                * match placement {
                    Placement::AtLevel => level.distance,
                    Placement::Even => distance + pace * taken / 2.0,
                };
            if order <= level.cumulative {
                return Ok(Slippage::Within(
                    representable("slippage", cost / order)?.min(1.0),
                ));
            }
            (distance, filled, steepest) = (level.distance, level.cumulative, steepest.max(pace));
        }
        let rest = order - filled;
        let until_worthless = ((1.0 - distance) / steepest).min(rest);
        let extrapolated =
            cost + until_worthless * (distance + steepest * until_worthless / 2.0) + (rest - until_worthless);
        Ok(Slippage::BeyondDepth {
            extrapolated: representable("slippage", extrapolated / order)?.min(1.0),
            of_known: cost / filled,
            depth: filled,
        })
    }
}

/// A price level of bids.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bid {
    /// Quote per base.
    pub price: f64,
    /// Base wanted at that price.
    pub size: f64,
}

/// The bids of an order book, best first, and the taker's fee.
#[derive(Debug, Clone, PartialEq)]
pub struct Bids {
    levels: Vec<Bid>,
    kept: f64,
}

impl Bids {
    /// Levels from the best bid down.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if empty; [`ModelError::NotIncreasing`] unless prices strictly fall;
    /// [`ModelError::NotPositive`] for a price or size, [`ModelError::OutOfRange`] for the fee,
    /// [`ModelError::NotFinite`], [`ModelError::Overflow`].
    pub fn new(levels: Vec<Bid>, taker_fee: f64) -> Result<Self> {
        at_least("bid levels", 1, levels.len())?;
        let kept = 1.0 - fraction("taker fee", taker_fee)?;
        positive("one less the taker fee", kept)?;
        let (mut size, mut value) = (0.0, 0.0);
        for level in &levels {
            size += positive("bid size", level.size)?;
            value += positive("bid price", level.price)? * level.size;
        }
        representable("size of the book", size)?;
        representable("value of the book", value)?;
        match levels.windows(2).position(|pair| pair[1].price >= pair[0].price) {
            Some(index) => Err(ModelError::NotIncreasing {
                what: "distance of the bids",
                index: index + 1,
            }),
            None => Ok(Self { levels, kept }),
        }
    }
}

impl Venue for Bids {
    fn proceeds(&self, base: f64) -> Result<f64> {
        let (mut rest, mut quote) = (self.sellable(base)?, 0.0);
        for level in &self.levels {
            let taken = level.size.min(rest);
            quote += taken * level.price;
            rest -= taken;
        }
        Ok(quote * self.kept)
    }

    fn amount_until(&self, price: f64) -> Result<f64> {
        positive("price", price)?;
        let worth = self
            .levels
            .iter()
            .take_while(|level| level.price * self.kept >= price);
        Ok(worth.map(|level| level.size).sum())
    }

    fn best_price(&self) -> f64 {
        self.levels[0].price * self.kept
    }

    fn capacity(&self) -> Option<f64> {
        Some(self.levels.iter().map(|level| level.size).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, integrate};
    use proptest::prelude::*;

    fn book(levels: &[(f64, f64)]) -> BookDepth {
        let levels = levels
            .iter()
            .map(|&(distance, cumulative)| DepthLevel { distance, cumulative })
            .collect();
        BookDepth::new(levels).unwrap()
    }

    #[test]
    fn walking_discrete_levels_is_the_ledger_of_the_fills() {
        let book = book(&[(0.01, 100.0), (0.02, 300.0)]);
        let expected = (100.0 * 0.01 + 150.0 * 0.02) / 250.0;
        assert_eq!(
            book.walk(250.0, Placement::AtLevel),
            Ok(Slippage::Within(expected))
        );
    }

    #[test]
    fn walking_even_bands_is_the_integral_of_the_distance() {
        let book = book(&[(0.01, 100.0), (0.02, 300.0)]);
        let distance = |q: f64| {
            if q < 100.0 {
                q / 1e4
            } else {
                0.01 + (q - 100.0) * 0.01 / 200.0
            }
        };
        let area = integrate(distance, 0.0, 100.0, 100) + integrate(distance, 100.0, 250.0, 100);
        assert_close(
            book.walk(250.0, Placement::Even).unwrap().value(),
            area / 250.0,
            1e-15,
        );
    }

    #[test]
    fn beyond_the_known_depth_the_thinnest_band_is_continued_and_said_so() {
        let book = book(&[(0.01, 100.0), (0.02, 300.0)]);
        let Slippage::BeyondDepth {
            extrapolated,
            of_known,
            depth,
        } = book.walk(400.0, Placement::Even).unwrap()
        else {
            panic!("the order exceeds the depth");
        };
        assert_eq!(depth, 300.0);
        assert_close(of_known, (100.0 * 0.005 + 200.0 * 0.015) / 300.0, 1e-15);
        assert_close(extrapolated, (3.5 + 100.0 * 0.025) / 400.0, 1e-15);
        assert!(book.walk(1e12, Placement::Even).unwrap().value() > 0.999);
    }

    #[test]
    fn bids_are_taken_from_the_best_down_and_pay_the_fee() {
        let levels = [(100.0, 2.0), (99.0, 3.0)].map(|(price, size)| Bid { price, size });
        let bids = Bids::new(levels.to_vec(), 0.001).unwrap();
        assert_close(bids.proceeds(4.0).unwrap(), (200.0 + 198.0) * 0.999, 1e-12);
        assert_eq!(bids.amount_until(99.5), Ok(2.0));
        assert_eq!(bids.capacity(), Some(5.0));
        assert!(bids.proceeds(5.1).is_err());
        assert!(Bids::new(vec![levels[1], levels[0]], 0.0).is_err());
    }

    #[test]
    fn disordered_books_are_refused() {
        let levels = vec![
            DepthLevel {
                distance: 0.01,
                cumulative: 2.0,
            },
            DepthLevel {
                distance: 0.02,
                cumulative: 2.0,
            },
        ];
        let expected = ModelError::NotIncreasing {
            what: "depth by distance",
            index: 1,
        };
        assert_eq!(BookDepth::new(levels), Err(expected));
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn slippage_rises_with_size_and_even_placement_never_costs_more(
            steps in prop::collection::vec((1e-4f64..0.02, 1.0f64..1e6), 1..12), share in 0.01f64..3.0,
        ) {
            let (mut distance, mut cumulative) = (0.0, 0.0);
            let levels: Vec<(f64, f64)> = steps.iter().map(|(d, q)| {
                distance += d;
                cumulative += q;
                (distance, cumulative)
            }).collect();
            let book = book(&levels);
            let order = share * cumulative;
            let even = book.walk(order, Placement::Even).unwrap().value();
            let at_level = book.walk(order, Placement::AtLevel).unwrap().value();
            let larger = book.walk(order * 1.1, Placement::Even).unwrap().value();
            prop_assert!((0.0..=1.0).contains(&even));
            prop_assert!(even <= at_level + 1e-12 && even <= larger + 1e-12);
        }
    }
}
