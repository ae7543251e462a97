//! Black & Scholes (1973) with a cost of carry (Haug 2007, "The Complete Guide to Option Pricing Formulas", § 1.1.6),
//! which is Black (1976) where the underlying is a future, and its derivatives.

use crate::error::{Result, finite, non_negative, positive, representable};
use crate::normal;

/// Call or put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionSide {
    /// Pays (S − K)₊.
    Call,
    /// Pays (K − S)₊.
    Put,
}

/// What the option is written on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Underlying {
    /// An asset held at `price`, with continuous income (staking yield, lending interest) per year: cost of carry
    /// b = r − income. A perpetual's funding is negative income.
    Spot {
        /// Price, quote per base.
        price: f64,
        /// Income per year, continuously compounded.
        income: f64,
    },
    /// A future or forward of the option's expiry at `price`: cost of carry zero.
    Future {
        /// Price, quote per base.
        price: f64,
    },
}

/// A European option, its volatility aside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionContract {
    /// Call or put.
    pub side: OptionSide,
    /// What it is written on.
    pub underlying: Underlying,
    /// Strike K.
    pub strike: f64,
    /// Time to expiry, years.
    pub years: f64,
    /// Discount rate r, continuously compounded, per year.
    pub rate: f64,
}

/// Value and derivatives per unit of base.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Greeks {
    /// Value V.
    pub value: f64,
    /// ∂V/∂S.
    pub delta: f64,
    /// ∂²V/∂S².
    pub gamma: f64,
    /// ∂V/∂σ, per unit of volatility (1.00, not one point).
    pub vega: f64,
    /// ∂V/∂t, per year of calendar time that passes.
    pub theta: f64,
    /// ∂V/∂r, income held fixed for spot; futures price held fixed for futures.
    pub rho: f64,
    /// ∂V/∂b, the cost of carry alone.
    pub carry_rho: f64,
    /// ∂²V/∂S∂σ.
    pub vanna: f64,
    /// ∂²V/∂σ².
    pub volga: f64,
}

/// What the formulas share.
pub(super) struct Terms {
    /// Forward price of the underlying.
    pub forward: f64,
    /// e^{−rT}.
    pub discount: f64,
    spot: f64,
    /// e^{(b−r)T}.
    growth: f64,
    carry: f64,
    /// +1 for a call, −1 for a put.
    sign: f64,
}

/// A density times what it outweighs: zero where the density is, however large the factor.
fn damped(density: f64, factor: f64) -> f64 {
    if density == 0.0 { 0.0 } else { density * factor }
}

impl OptionContract {
    pub(super) fn terms(&self) -> Result<Terms> {
        positive("strike", self.strike)?;
        non_negative("time to expiry", self.years)?;
        finite("discount rate", self.rate)?;
        let (spot, carry) = match self.underlying {
            Underlying::Spot { price, income } => (price, self.rate - finite("income", income)?),
            Underlying::Future { price } => (price, 0.0),
        };
        positive("price of the underlying", spot)?;
        let discount = representable("discount factor", (-self.rate * self.years).exp())?;
        let growth = representable("carry factor", ((carry - self.rate) * self.years).exp())?;
        let forward = representable("forward price", spot * (carry * self.years).exp())?;
        Ok(Terms {
            forward: positive("forward price", forward)?,
            discount: positive("discount factor", discount)?,
            spot,
            growth,
            carry,
            sign: match self.side {
                OptionSide::Call => 1.0,
                OptionSide::Put => -1.0,
            },
        })
    }

    /// d₁ and d₂ for a volatility to expiry w = σ√T > 0.
    fn distances(&self, terms: &Terms, w: f64) -> (f64, f64) {
        let moneyness = (terms.forward.ln() - self.strike.ln()) / w;
        (moneyness + w / 2.0, moneyness - w / 2.0)
    }

    /// Value at volatility σ; the discounted payoff of the forward where σ√T is zero.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for price or strike, [`crate::ModelError::OutOfRange`] for a negative time or
    /// volatility, [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn value(&self, volatility: f64) -> Result<f64> {
        let terms = self.terms()?;
        let w = non_negative("volatility", volatility)? * self.years.sqrt();
        if w == 0.0 {
            let payoff = (terms.sign * (terms.forward - self.strike)).max(0.0);
            return representable("option value", terms.discount * payoff);
        }
        let (d1, d2) = self.distances(&terms, w);
        let paid = terms.spot * terms.growth * normal::cdf(terms.sign * d1);
        let struck = self.strike * terms.discount * normal::cdf(terms.sign * d2);
        Ok(representable("option value", terms.sign * (paid - struck))?.max(0.0))
    }

    /// Value and greeks at volatility σ > 0 and time > 0, where all of them exist.
    ///
    /// # Errors
    /// As [`OptionContract::value`], and [`crate::ModelError::NotPositive`] for a time or volatility of zero.
    pub fn greeks(&self, volatility: f64) -> Result<Greeks> {
        positive("time to expiry", self.years)?;
        positive("volatility", volatility)?;
        let value = self.value(volatility)?;
        let terms = self.terms()?;
        let root = self.years.sqrt();
        let w = positive("volatility to expiry", volatility * root)?;
        let (d1, d2) = self.distances(&terms, w);
        let density = normal::density(d1);
        let asset = terms.spot * terms.growth;
        let cash = self.strike * terms.discount;
        let (in_asset, in_cash) = (normal::cdf(terms.sign * d1), normal::cdf(terms.sign * d2));
        let vega = damped(density, asset * root);
        let theta = -damped(density, asset * volatility / (2.0 * root))
            - terms.sign * ((terms.carry - self.rate) * asset * in_asset + self.rate * cash * in_cash);
        let rho = match self.underlying {
            Underlying::Spot { .. } => terms.sign * self.years * cash * in_cash,
            Underlying::Future { .. } => -self.years * value,
        };
        let check = |value: f64| representable("option greek", value);
        Ok(Greeks {
            value,
            delta: check(terms.sign * terms.growth * in_asset)?,
            gamma: check(damped(density, terms.growth / (terms.spot * w)))?,
            vega: check(vega)?,
            theta: check(theta)?,
            rho: check(rho)?,
            carry_rho: check(terms.sign * self.years * asset * in_asset)?,
            vanna: check(-damped(density, terms.growth * d2 / volatility))?,
            volga: check(damped(vega, d1 * d2 / volatility))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, derivative};
    use proptest::prelude::*;

    fn spot(side: OptionSide, price: f64, strike: f64, years: f64, rate: f64, income: f64) -> OptionContract {
        OptionContract {
            side,
            underlying: Underlying::Spot { price, income },
            strike,
            years,
            rate,
        }
    }

    #[test]
    fn haugs_printed_examples() {
        // Haug (2007): § 1.1.1 Black–Scholes call; § 1.1.2 Merton put with dividend yield; § 1.1.3 Black-76.
        let call = spot(OptionSide::Call, 60.0, 65.0, 0.25, 0.08, 0.0);
        assert_close(call.value(0.30).unwrap(), 2.1334, 5e-5);
        let put = spot(OptionSide::Put, 100.0, 95.0, 0.5, 0.10, 0.05);
        assert_close(put.value(0.20).unwrap(), 2.4648, 5e-5);
        let future = OptionContract {
            side: OptionSide::Call,
            underlying: Underlying::Future { price: 19.0 },
            strike: 19.0,
            years: 0.75,
            rate: 0.10,
        };
        assert_close(future.value(0.28).unwrap(), 1.7011, 5e-5);
    }

    #[test]
    fn at_expiry_and_without_volatility_the_value_is_the_payoff() {
        let put = spot(OptionSide::Put, 90.0, 100.0, 0.0, 0.05, 0.0);
        assert_eq!(put.value(0.5), Ok(10.0));
        let call = spot(OptionSide::Call, 100.0, 90.0, 1.0, 0.05, 0.0);
        assert_close(call.value(0.0).unwrap(), 100.0 - 90.0 * (-0.05_f64).exp(), 1e-12);
        assert!(put.greeks(0.5).is_err() && call.greeks(0.0).is_err());
        assert!(call.value(f64::NAN).is_err() && call.value(-0.1).is_err());
    }

    #[test]
    fn far_from_the_money_the_greeks_vanish_instead_of_failing() {
        let greeks = spot(OptionSide::Call, 1.0, 1e6, 0.01, 0.05, 0.0)
            .greeks(0.2)
            .unwrap();
        assert_eq!(
            (greeks.value, greeks.gamma, greeks.vanna, greeks.volga),
            (0.0, 0.0, -0.0, 0.0)
        );
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn put_call_parity_and_bounds(
            price in 10.0f64..200.0, strike in 10.0f64..200.0, years in 0.01f64..3.0, rate in -0.05f64..0.2,
            income in -0.2f64..0.2, volatility in 0.01f64..2.0,
        ) {
            let call = spot(OptionSide::Call, price, strike, years, rate, income);
            let put = OptionContract { side: OptionSide::Put, ..call };
            let (c, p) = (call.greeks(volatility).unwrap(), put.greeks(volatility).unwrap());
            let asset = price * (-income * years).exp();
            let cash = strike * (-rate * years).exp();
            prop_assert!((c.value - p.value - (asset - cash)).abs() < 1e-11 * (asset + cash));
            prop_assert!((c.delta - p.delta - asset / price).abs() < 1e-12);
            prop_assert!((c.gamma - p.gamma).abs() < 1e-12 && (c.vega - p.vega).abs() < 1e-9);
            prop_assert!(c.value >= (asset - cash).max(0.0) - 1e-9 && c.value <= asset * (1.0 + 1e-12));
            prop_assert!(call.value(volatility * 1.01).unwrap() >= c.value - 1e-12);
        }

        #[test]
        fn every_greek_is_the_finite_difference_of_the_value(
            side in prop::sample::select(vec![OptionSide::Call, OptionSide::Put]), future in any::<bool>(),
            price in 50.0f64..150.0, years in 0.1f64..2.0, rate in -0.02f64..0.1, income in -0.1f64..0.1,
            volatility in 0.1f64..1.2,
        ) {
            let at = |price: f64, years: f64, rate: f64, income: f64| OptionContract {
                side,
                underlying: if future { Underlying::Future { price } } else { Underlying::Spot { price, income } },
                strike: 100.0,
                years,
                rate,
            };
            let value = |p, t, r, q, v| at(p, t, r, q).value(v).unwrap();
            let greeks = |p, v| at(p, years, rate, income).greeks(v).unwrap();
            let all = greeks(price, volatility);
            let close = |a: f64, b: f64| (a - b).abs() < 2e-5 * (1.0 + b.abs());
            prop_assert!(close(all.delta, derivative(|p| value(p, years, rate, income, volatility), price, 1e-3)));
            prop_assert!(close(all.gamma, derivative(|p| greeks(p, volatility).delta, price, 1e-3)));
            prop_assert!(close(all.vega, derivative(|v| value(price, years, rate, income, v), volatility, 1e-5)));
            prop_assert!(close(all.theta, -derivative(|t| value(price, t, rate, income, volatility), years, 1e-5)));
            prop_assert!(close(all.rho, derivative(|r| value(price, years, r, income, volatility), rate, 1e-5)));
            prop_assert!(close(all.vanna, derivative(|v| greeks(price, v).delta, volatility, 1e-5)));
            prop_assert!(close(all.volga, derivative(|v| greeks(price, v).vega, volatility, 1e-5)));
            if !future {
                // More income is that much less carry.
                let by_income = derivative(|q| value(price, years, rate, q, volatility), income, 1e-5);
                prop_assert!(close(all.carry_rho, -by_income));
            }
        }
    }
}
