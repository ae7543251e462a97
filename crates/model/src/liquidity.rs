//! Component **l**, the liquidity spread (liquidity-adjusted cost of capital): what a liquidation gives up to the
//! depth of the market, times how often it is expected.

use crate::error::{ModelError, Result, at_least, fraction, non_negative, positive, representable};

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

/// Slippage against a constant-product pool that holds `quote_reserve` of the quote asset and as much in value of the
/// other, with fee φ: 1 − (1 − φ)·y/(y + (1 − φ)·v) for an order worth v at mid (Adams, Zinsmeister & Robinson 2020,
/// Uniswap v2 core, the invariant with fee solved for the output).
///
/// # Errors
/// [`ModelError::NotPositive`], [`ModelError::OutOfRange`] for the fee, [`ModelError::NotFinite`].
pub fn constant_product_slippage(order: f64, quote_reserve: f64, fee: f64) -> Result<f64> {
    positive("order", order)?;
    positive("quote reserve", quote_reserve)?;
    let kept = 1.0 - fraction("pool fee", fee)?;
    // In this order nothing overflows into an undefined quotient.
    Ok((1.0 - kept * (quote_reserve / (quote_reserve + kept * order))).clamp(0.0, 1.0))
}

/// The shape of the price impact in a one-parameter depth model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImpactShape {
    /// Price moves in proportion to quantity (Kyle 1985): average slippage ½·d·q/D.
    Linear,
    /// Price moves with the square root of quantity (Tóth et al. 2011): average slippage ⅔·d·√(q/D).
    SquareRoot,
}

/// Slippage from a single figure, the depth `depth` within `distance` of mid. Beyond that distance the same law is
/// continued; the result is capped at a total loss.
///
/// # Errors
/// [`ModelError::NotPositive`], [`ModelError::OutOfRange`] for the distance, [`ModelError::NotFinite`].
pub fn depth_slippage(order: f64, depth: f64, distance: f64, shape: ImpactShape) -> Result<f64> {
    let filled = positive("order", order)? / positive("depth", depth)?;
    positive("distance from mid", fraction("distance from mid", distance)?)?;
    let average = match shape {
        ImpactShape::Linear => distance * filled / 2.0,
        ImpactShape::SquareRoot => distance * filled.sqrt() * 2.0 / 3.0,
    };
    Ok(average.min(1.0))
}

/// The premium per year: slippage of one liquidation × liquidated value per year and unit of capital (the exogenous
/// cost of liquidity of Bangia, Diebold, Schuermann & Stroughair 1999, charged at its expected frequency).
///
/// # Errors
/// [`ModelError::OutOfRange`] for a slippage outside [0, 1] or a negative turnover, [`ModelError::NotFinite`].
pub fn liquidity_premium(slippage: f64, turnover_per_year: f64) -> Result<f64> {
    let slippage = fraction("slippage", slippage)?;
    Ok(slippage * non_negative("liquidation turnover", turnover_per_year)?)
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
    fn the_one_parameter_models_are_averages_of_their_marginal_impact() {
        let (order, depth, d) = (3.0, 8.0, 0.02);
        let linear = integrate(|q| d * q / depth, 0.0, order, 100) / order;
        assert_close(
            depth_slippage(order, depth, d, ImpactShape::Linear).unwrap(),
            linear,
            1e-15,
        );
        let root = integrate(|x| d * x / depth.sqrt() * 2.0 * x, 0.0, order.sqrt(), 100) / order;
        assert_close(
            depth_slippage(order, depth, d, ImpactShape::SquareRoot).unwrap(),
            root,
            1e-15,
        );
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
