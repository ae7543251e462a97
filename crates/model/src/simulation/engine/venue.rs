//! The rules of the venue and the depth of its market.

use super::book::AccountBook;
use crate::error::{ModelError, Result, fraction, non_negative, positive, within};
use crate::liquidity::ImpactShape;

/// Furthest that the whole book may move the log-price.
const MOST_DISPLACEMENT: f64 = 50.0;

/// Margin rule, delays, fees and fund.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Venue {
    /// Maintenance margin as a share of a position's value, in [0, 1).
    pub maintenance: f64,
    /// Steps by which the price that accounts are judged on is late.
    pub oracle_delay: usize,
    /// Steps from the judgement to the execution.
    pub liquidator_latency: usize,
    /// Share of the liquidated value that the liquidator takes, in [0, 1).
    pub bounty: f64,
    /// Share of the liquidated value that goes to the fund where the account still has it, in [0, 1).
    pub fund_fee: f64,
    /// The insurance fund at the start, in units of notional, ≥ 0.
    pub fund: f64,
    /// The market that liquidations are executed on; `None` for one that they do not move.
    pub depth: Option<Depth>,
}

/// An order book that trades consume and time refills: the consumed volume E decays at the resilience, and displaces
/// the log-price by distance·E/quantity (the block-shaped book of Obizhaeva & Wang 2013, "Optimal trading strategy and
/// supply/demand dynamics") or distance·√(E/quantity) (Alfonsi, Fruth & Schied 2010, "Optimal execution strategies in
/// limit order books with general shape functions", volume impact reversion).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Depth {
    /// Units of the asset that move the log-price by `distance`, > 0.
    pub quantity: f64,
    /// That displacement, > 0.
    pub distance: f64,
    /// How displacement grows with volume.
    pub shape: ImpactShape,
    /// Rate at which consumed volume is refilled, per year, ≥ 0; ln 2 ÷ the half-life. Zero: impact is permanent.
    pub resilience: f64,
}

impl Venue {
    /// Checks the domain of every figure.
    pub(super) fn check(&self, book: &AccountBook) -> Result<()> {
        let below_one = |what, value: f64| match fraction(what, value)? {
            share if share < 1.0 => Ok(share),
            value => Err(ModelError::OutOfRange {
                what,
                value,
                min: 0.0,
                max: 1.0 - f64::EPSILON,
            }),
        };
        below_one("maintenance margin", self.maintenance)?;
        below_one("liquidator's bounty", self.bounty)?;
        below_one("fund's fee", self.fund_fee)?;
        below_one("bounty and fee", self.bounty + self.fund_fee)?;
        within("insurance fund", self.fund, 0.0, 1e50)?;
        if let Some(depth) = &self.depth {
            depth.check(book.quantity())?;
        }
        Ok(())
    }
}

impl Depth {
    /// Checks the domain of every figure, and that trading `quantity` leaves a price.
    pub(crate) fn check(&self, quantity: f64) -> Result<()> {
        positive("market depth", self.quantity)?;
        positive("displacement at that depth", self.distance)?;
        non_negative("resilience", self.resilience)?;
        within(
            "displacement of the log-price by the whole book",
            Impact::new(self).displacement(quantity),
            0.0,
            MOST_DISPLACEMENT,
        )?;
        Ok(())
    }
}

/// A [`Depth`] made ready for use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Impact {
    shape: ImpactShape,
    /// Displacement per unit of volume, or per its square root.
    slope: f64,
}

impl Impact {
    /// That of a market which trades do not move.
    pub(super) const NONE: Self = Self {
        shape: ImpactShape::Linear,
        slope: 0.0,
    };

    pub(crate) fn new(depth: &Depth) -> Self {
        let slope = match depth.shape {
            ImpactShape::Linear => depth.distance / depth.quantity,
            ImpactShape::SquareRoot => depth.distance / depth.quantity.sqrt(),
        };
        Self {
            shape: depth.shape,
            slope,
        }
    }

    #[inline(always)]
    pub(super) const fn shape(&self) -> ImpactShape {
        self.shape
    }

    /// The same, told its shape by the caller, who knows it while compiling.
    #[inline(always)]
    pub(super) const fn shaped(self, shape: ImpactShape) -> Self {
        Self { shape, ..self }
    }

    /// How far consumed volume (sold, if positive) has moved the log-price down.
    #[inline(always)]
    pub(crate) fn displacement(&self, consumed: f64) -> f64 {
        match self.shape {
            ImpactShape::Linear => self.slope * consumed,
            ImpactShape::SquareRoot => (self.slope * consumed.abs().sqrt()).copysign(consumed),
        }
    }

    /// How much the displacement grows per unit of volume where `consumed` > 0 is consumed.
    pub(crate) fn marginal(&self, consumed: f64) -> f64 {
        match self.shape {
            ImpactShape::Linear => self.slope,
            ImpactShape::SquareRoot => 0.5 * self.slope / consumed.sqrt(),
        }
    }

    /// Average price of a trade that takes the consumed volume from `before` to `after`, relative to the price at
    /// `before`: the mean of e^(−displacement) over the volume, over its first value.
    #[inline(always)]
    pub(crate) fn average_price(&self, before: f64, after: f64) -> f64 {
        let (from, to) = (self.displacement(before), self.displacement(after));
        let moved = to - from;
        match self.shape {
            // Too small a move for a quotient: half of it.
            _ if moved.abs() < 1e-9 => 1.0 - 0.5 * moved,
            ImpactShape::Linear => mean_discount(moved),
            ImpactShape::SquareRoot => {
                let mean = (self.root_integral(to) - self.root_integral(from)) / (after - before);
                let last = (-moved).exp();
                // The difference of two integrals is only as exact as they are.
                (mean * from.exp()).clamp(last.min(1.0), last.max(1.0))
            }
        }
    }

    /// ∫ e^(−displacement) from no consumed volume to that with displacement y, for the square root:
    /// 2/slope²·(1 − (1 + y)e^(−y)) for sales and its mirror image for purchases.
    fn root_integral(&self, y: f64) -> f64 {
        // 1 − (1 + y)e^(−y), without cancellation near zero; y < 0 for purchases gives the mirror image's negative.
        let sold = -(-y).exp_m1() - y * (-y).exp();
        let scale = 2.0 / (self.slope * self.slope);
        if y >= 0.0 { scale * sold } else { -scale * sold }
    }
}

/// The mean of e^(−y) over y from 0 to m: (1 − e^(−m))/m.
#[inline(always)]
fn mean_discount(m: f64) -> f64 {
    /// Below it the series' first left-out term, m⁹/10!, is below a thousandth of a unit in the last place.
    const SMALL: f64 = 0.05;
    if m.abs() > SMALL {
        return -(-m).exp_m1() / m;
    }
    let square = m * m;
    let even =
        1.0 + square * (1.0 / 6.0 + square * (1.0 / 120.0 + square * (1.0 / 5_040.0 + square / 362_880.0)));
    let odd = 0.5 + square * (1.0 / 24.0 + square * (1.0 / 720.0 + square / 40_320.0));
    even - m * odd
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, integrate};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_average_price_is_the_mean_over_the_volume(
            before in -3.0f64..3.0, traded in 0.01f64..3.0, sell in any::<bool>(), root in any::<bool>(),
        ) {
            let shape = if root { ImpactShape::SquareRoot } else { ImpactShape::Linear };
            let depth = Impact::new(&Depth { quantity: 2.0, distance: 0.3, shape, resilience: 0.0 });
            let after = if sell { before + traded } else { before - traded };
            let (a, b) = (before.min(after), before.max(after));
            let mean = integrate(|e| (-depth.displacement(e)).exp(), a, b, 20_000) / (b - a);
            let price = |from: f64, to: f64| (-depth.displacement(from)).exp() * depth.average_price(from, to);
            assert_close(price(before, after), mean, 1e-6);
            assert_close(price(after, before), price(before, after), 1e-13);
        }
    }

    #[test]
    fn the_mean_discount_is_the_quotient_on_both_sides_of_its_switch() {
        for i in 1..400 {
            for m in [f64::from(i) * 5e-4, f64::from(i) * -5e-4] {
                assert_close(mean_discount(m), -(-m).exp_m1() / m, 5e-16);
            }
        }
    }

    #[test]
    fn a_trade_of_nothing_is_made_at_the_present_price() {
        for shape in [ImpactShape::Linear, ImpactShape::SquareRoot] {
            let depth = Impact::new(&Depth {
                quantity: 2.0,
                distance: 0.3,
                shape,
                resilience: 0.0,
            });
            assert_close(depth.average_price(0.7, 0.7), 1.0, 1e-15);
            assert_close(depth.average_price(0.7, 0.7 + 1e-13), 1.0, 1e-12);
        }
    }
}
