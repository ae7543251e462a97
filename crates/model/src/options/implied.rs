//! Implied volatility.

use crate::error::{ModelError, Result, non_negative, positive, representable};
use crate::normal;
use crate::options::{OptionContract, OptionSide};
use crate::roots::itp;

/// Undiscounted value of the out-of-the-money option with log-moneyness −x ≤ 0 and volatility to expiry w, as a share
/// of the smaller of forward and strike: Φ(−x/w + w/2) − e^x·Φ(−x/w − w/2), which rises from 0 to 1 in w.
fn out_of_the_money(x: f64, w: f64) -> f64 {
    let (near, far) = (x / w - w / 2.0, x / w + w / 2.0);
    // e^x·(1 − Φ(far)) in logarithms: neither factor need be representable.
    let second = (x + normal::log_survival(far)).exp();
    (normal::survival(near) - second).max(0.0)
}

impl OptionContract {
    /// The volatility at which the option is worth `price`; zero where that is its discounted intrinsic value. Solved on
    /// the out-of-the-money option of the same strike (put–call parity), in the logarithm of its value, by a bracketed
    /// method: it ends for any input.
    ///
    /// The result is as accurate as the price is informative: deep in the money, the time value is a small difference.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] where the price lies outside the no-arbitrage bounds (below the discounted intrinsic
    /// value, or not below the discounted forward of a call or strike of a put), [`ModelError::NotPositive`] for a time
    /// of zero, and as [`OptionContract::value`].
    pub fn implied_volatility(&self, price: f64) -> Result<f64> {
        /// Volatility to expiry beyond which the value equals its bound in f64.
        const WIDEST: f64 = 80.0;
        let terms = self.terms()?;
        let root = positive("time to expiry", self.years)?.sqrt();
        non_negative("option price", price)?;
        let (forward, strike) = (terms.forward, self.strike);
        let (payoff, bound) = match self.side {
            OptionSide::Call => (forward - strike, forward),
            OptionSide::Put => (strike - forward, strike),
        };
        let floor = terms.discount * payoff.max(0.0);
        let outside = Err(ModelError::OutOfRange {
            what: "option price",
            value: price,
            min: floor,
            max: representable("discounted bound", terms.discount * bound)?,
        });
        let smaller = forward.min(strike);
        let time_value = (price / terms.discount - payoff.max(0.0)) / smaller;
        if time_value == 0.0 {
            return Ok(0.0);
        }
        if !(time_value > 0.0 && time_value < 1.0) {
            return outside;
        }
        let x = (forward.ln() - strike.ln()).abs();
        let target = time_value.ln();
        let excess =
            |w: f64| -> Result<f64> { Ok(out_of_the_money(x, w).max(f64::MIN_POSITIVE).ln() - target) };
        let mut high = (1.0, excess(1.0)?);
        while high.1 < 0.0 {
            if high.0 > WIDEST {
                return outside;
            }
            let next = 2.0 * high.0;
            high = (next, excess(next)?);
        }
        let mut low = (high.0 / 2.0, excess(high.0 / 2.0)?);
        while low.1 > 0.0 {
            if low.0 < f64::MIN_POSITIVE * 4.0 {
                return Ok(0.0);
            }
            high = low;
            low = (low.0 / 2.0, excess(low.0 / 2.0)?);
        }
        let width = itp(excess, low, high, 1e-15 * high.0)?.x;
        representable("implied volatility", width / root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Underlying;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    fn contract(side: OptionSide, price: f64, strike: f64, years: f64) -> OptionContract {
        OptionContract {
            side,
            underlying: Underlying::Spot { price, income: 0.03 },
            strike,
            years,
            rate: 0.05,
        }
    }

    #[test]
    fn prices_outside_the_bounds_have_no_volatility() {
        let call = contract(OptionSide::Call, 100.0, 90.0, 0.5);
        for price in [0.0, 5.0, 99.0, 1e9] {
            assert!(
                matches!(call.implied_volatility(price), Err(ModelError::OutOfRange { .. })),
                "{price}"
            );
        }
        assert!(call.implied_volatility(f64::NAN).is_err());
        assert!(
            contract(OptionSide::Call, 100.0, 90.0, 0.0)
                .implied_volatility(11.0)
                .is_err()
        );
        let future = OptionContract {
            underlying: Underlying::Future { price: 100.0 },
            rate: 0.0,
            ..call
        };
        assert_eq!(future.implied_volatility(10.0), Ok(0.0));
    }

    #[test]
    fn extreme_strikes_and_volatilities_are_recovered() {
        for (strike, years, volatility) in [
            (1e-3, 1.0, 3.0),
            (1e5, 1.0, 1.5),
            (101.0, 1.0 / 8760.0, 0.5),
            (100.0, 10.0, 4.0),
        ] {
            let side = if strike > 100.0 {
                OptionSide::Call
            } else {
                OptionSide::Put
            };
            let option = contract(side, 100.0, strike, years);
            let price = option.value(volatility).unwrap();
            assert_close(option.implied_volatility(price).unwrap() / volatility, 1.0, 1e-7);
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_volatility_of_an_out_of_the_money_price_is_recovered(
            log_moneyness in -1.0f64..1.0, years in 0.02f64..2.0, volatility in 0.15f64..2.0,
        ) {
            let strike = 100.0 * (log_moneyness + 0.02 * years).exp();
            let side = if log_moneyness > 0.0 { OptionSide::Call } else { OptionSide::Put };
            let option = contract(side, 100.0, strike, years);
            let price = option.value(volatility).unwrap();
            // A price of nothing carries no information.
            prop_assume!(price > 1e-9);
            let implied = option.implied_volatility(price).unwrap();
            prop_assert!((implied / volatility - 1.0).abs() < 1e-6, "{implied} {volatility} {price}");
            let again = option.value(implied).unwrap();
            prop_assert!((again / price - 1.0).abs() < 1e-9);
        }
    }
}
