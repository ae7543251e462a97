//! From the models' real numbers to on-chain quantities: the one place where that happens, with the rounding direction
//! in the name.
//!
//! Measured quantities are rounded against the position holder (rates, utilisation and volatility up, coverage down);
//! stated parameters and weights to the nearest unit, so that `0.04` in a file is exactly 4,000,000.

use hurdle_interface::{Amount, Rate, Ratio, Sensitivity};
use thiserror::Error;

/// One, in units of 1e-8.
const SCALE: f64 = 1e8;

/// A number that no on-chain quantity can hold.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("{what} is {value}, outside its on-chain domain {low} … {high}")]
pub struct OutOfDomain {
    /// The quantity.
    pub what: &'static str,
    /// The number.
    pub value: f64,
    /// Least admissible number.
    pub low: f64,
    /// Greatest admissible number.
    pub high: f64,
}

/// Scales and rounds a number that lies in `[low, high]`, both of them below 2⁵³ once scaled, so that the cast is exact.
fn scaled(
    what: &'static str,
    value: f64,
    (low, high): (f64, f64),
    round: fn(f64) -> f64,
) -> Result<i64, OutOfDomain> {
    if !(low..=high).contains(&value) {
        return Err(OutOfDomain {
            what,
            value,
            low,
            high,
        });
    }
    Ok(round(value * SCALE).clamp(low * SCALE, high * SCALE) as i64)
}

const RATE: (f64, f64) = (-40.0, 40.0);
const RATIO: (f64, f64) = (0.0, 10.0);
const SENSITIVITY: (f64, f64) = (-10.0, 10.0);

macro_rules! conversions {
    ($($(#[$doc:meta])* $name:ident: $quantity:ident, $domain:ident, $round:path;)*) => {
        $($(#[$doc])*
        ///
        /// # Errors
        /// [`OutOfDomain`], also for what is not a number.
        pub fn $name(what: &'static str, value: f64) -> Result<$quantity, OutOfDomain> {
            let (low, high) = $domain;
            $quantity::new(scaled(what, value, $domain, $round)?)
                .map_err(|_| OutOfDomain { what, value, low, high })
        })*
    };
}

conversions! {
    /// A rate, rounded up.
    rate_up: Rate, RATE, f64::ceil;
    /// A rate, rounded down: what is subtracted from a requirement.
    rate_down: Rate, RATE, f64::floor;
    /// A stated rate, to the nearest unit.
    rate_nearest: Rate, RATE, f64::round;
    /// A ratio, rounded up.
    ratio_up: Ratio, RATIO, f64::ceil;
    /// A ratio, rounded down.
    ratio_down: Ratio, RATIO, f64::floor;
    /// A stated ratio, to the nearest unit.
    ratio_nearest: Ratio, RATIO, f64::round;
    /// A sensitivity, rounded up: the more amplifying or the less dampening.
    sensitivity_up: Sensitivity, SENSITIVITY, f64::ceil;
}

/// An amount of whole quote units in atoms, to the nearest atom.
///
/// # Errors
/// [`OutOfDomain`] for a negative amount or more than 2⁵³ atoms.
pub fn amount_nearest(what: &'static str, units: f64, decimals: u8) -> Result<Amount, OutOfDomain> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let scale = 10f64.powi(i32::from(decimals));
    let high = EXACT / scale;
    if !(0.0..=high).contains(&units) {
        return Err(OutOfDomain {
            what,
            value: units,
            low: 0.0,
            high,
        });
    }
    Ok(Amount((units * scale).round() as u64))
}

/// A raw on-chain quantity of 1e-8 as a real number.
pub fn from_raw(raw: i64) -> f64 {
    // beyond 2⁵³ no quantity has its domain
    raw as f64 / SCALE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stated_decimals_are_exact() {
        assert_eq!(rate_nearest("x", 0.04), Ok(Rate::new(4_000_000).unwrap()));
        assert_eq!(ratio_nearest("x", 0.57), Ok(Ratio::new(57_000_000).unwrap()));
        assert_eq!(amount_nearest("x", 12.5, 6), Ok(Amount(12_500_000)));
    }

    #[test]
    fn what_has_no_place_on_chain_is_refused_with_its_name() {
        for value in [40.1, -40.1, f64::NAN, f64::INFINITY] {
            assert_eq!(rate_up("debt", value).unwrap_err().what, "debt");
        }
        assert!(ratio_up("σ", -1e-12).is_err());
        assert!(amount_nearest("size", -1.0, 6).is_err());
        assert!(amount_nearest("size", 1e11, 6).is_err());
    }

    proptest! {
        #[test]
        fn rounding_goes_where_the_name_says_and_by_less_than_a_unit(value in -40.0f64..=40.0) {
            let up = from_raw(rate_up("x", value).unwrap().raw());
            let down = from_raw(rate_down("x", value).unwrap().raw());
            prop_assert!(down <= value + 1e-13 && value <= up + 1e-13);
            prop_assert!(up - down <= 1.000_001e-8);
        }

        #[test]
        fn any_number_is_converted_or_refused(value in any::<f64>()) {
            let _ = rate_up("x", value);
            let _ = ratio_down("x", value);
            let _ = sensitivity_up("x", value);
            let _ = amount_nearest("x", value, 9);
        }
    }
}
