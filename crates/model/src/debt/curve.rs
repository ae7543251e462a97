//! The kinked borrow-rate curve of on-chain money markets.

use crate::error::{ModelError, Result, fraction, non_negative, representable};

/// Aave v2's interest-rate strategy (Aave protocol whitepaper v2, 2020, § "Borrow interest rate"):
/// R(u) = base + slope1·u/kink for u ≤ kink, else base + slope1 + slope2·(u − kink)/(1 − kink).
/// The slopes are thus the rise over [0, kink] and over [kink, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KinkedCurve {
    base: f64,
    kink: f64,
    slope1: f64,
    slope2: f64,
}

impl KinkedCurve {
    /// A curve from annual rates and the kink's utilisation.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a negative base or slope or a kink outside (0, 1),
    /// [`ModelError::NotFinite`].
    pub fn new(base: f64, kink: f64, slope1: f64, slope2: f64) -> Result<Self> {
        let kink = fraction("kink", kink)?;
        if kink <= 0.0 || kink >= 1.0 {
            return Err(ModelError::OutOfRange {
                what: "kink",
                value: kink,
                min: 0.0,
                max: 1.0,
            });
        }
        Ok(Self {
            base: non_negative("base rate", base)?,
            kink,
            slope1: non_negative("slope below the kink", slope1)?,
            slope2: non_negative("slope above the kink", slope2)?,
        })
    }

    /// Rate at no utilisation, per year.
    #[must_use]
    pub const fn base(&self) -> f64 {
        self.base
    }

    /// Utilisation at the kink, (0, 1).
    #[must_use]
    pub const fn kink(&self) -> f64 {
        self.kink
    }

    /// Rise of the rate over [0, kink], per year.
    #[must_use]
    pub const fn slope1(&self) -> f64 {
        self.slope1
    }

    /// Rise of the rate over [kink, 1], per year.
    #[must_use]
    pub const fn slope2(&self) -> f64 {
        self.slope2
    }

    /// The part of the rate above the base, K(u).
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a utilisation outside [0, 1], [`ModelError::NotFinite`].
    pub fn rise(&self, utilisation: f64) -> Result<f64> {
        let u = fraction("utilisation", utilisation)?;
        let rise = if u <= self.kink {
            self.slope1 * (u / self.kink)
        } else {
            self.slope1 + self.slope2 * ((u - self.kink) / (1.0 - self.kink))
        };
        representable("borrow rate", rise)
    }

    /// The borrow rate per year.
    ///
    /// # Errors
    /// As [`KinkedCurve::rise`].
    pub fn rate(&self, utilisation: f64) -> Result<f64> {
        representable("borrow rate", self.base + self.rise(utilisation)?)
    }

    /// dR/du; at the kink the derivative from below.
    ///
    /// # Errors
    /// As [`KinkedCurve::rise`].
    pub fn derivative(&self, utilisation: f64) -> Result<f64> {
        let u = fraction("utilisation", utilisation)?;
        let gradient = if u <= self.kink {
            self.slope1 / self.kink
        } else {
            self.slope2 / (1.0 - self.kink)
        };
        representable("derivative of the borrow rate", gradient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, derivative};
    use proptest::prelude::*;

    #[test]
    fn aave_v2_usdc_rates_of_2021_are_reproduced() {
        // Measured on Ethereum mainnet, 2021-01-04 and 2021-05-24 (u, variable borrow rate).
        let curve = KinkedCurve::new(0.0, 0.9, 0.04, 0.6).unwrap();
        assert_close(curve.rate(0.944_644).unwrap(), 0.307_864, 5e-6);
        assert_close(curve.rate(0.784_887).unwrap(), 0.034_884, 5e-7);
        assert_close(curve.rate(1.0).unwrap(), 0.64, 1e-15);
    }

    #[test]
    fn a_kink_at_the_ends_and_negative_slopes_are_refused() {
        for (kink, slope2) in [(0.0, 0.1), (1.0, 0.1), (0.5, -0.1), (f64::NAN, 0.1)] {
            assert!(KinkedCurve::new(0.0, kink, 0.04, slope2).is_err());
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_rate_is_continuous_and_rising_and_the_derivative_is_its_slope(
            base in 0.0f64..0.1, kink in 0.05f64..0.95, s1 in 0.0f64..1.0, s2 in 0.0f64..5.0, u in 0.001f64..0.999,
        ) {
            let curve = KinkedCurve::new(base, kink, s1, s2).unwrap();
            prop_assume!((u - kink).abs() > 1e-4);
            let slope = derivative(|x| curve.rate(x).unwrap(), u, 1e-5);
            prop_assert!((slope - curve.derivative(u).unwrap()).abs() < 1e-6 * (1.0 + slope));
            prop_assert!(slope >= -1e-9);
            let step = curve.rate(kink + 1e-12).unwrap() - curve.rate(kink).unwrap();
            prop_assert!((0.0..1e-9).contains(&step));
        }
    }
}
