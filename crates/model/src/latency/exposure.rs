//! A quote that is refreshed at fixed delays.

use crate::error::{Result, fraction, non_negative, positive, representable};
use crate::normal;

/// A quote that follows the market with a delay and within a band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LatencyExposure {
    /// Volatility σ of the price, per √year.
    pub volatility: f64,
    /// Delay τ between updates, years.
    pub delay_years: f64,
    /// Half-width δ of the deviation band (fees included) within which no arbitrage pays, in log-price.
    pub band: f64,
    /// Share of the capital that can be traded against at the late price, [0, 1].
    pub exposed: f64,
    /// Share of the excess that arbitrageurs capture, [0, 1].
    pub captured: f64,
}

impl LatencyExposure {
    fn validate(&self) -> Result<()> {
        non_negative("volatility", self.volatility)?;
        positive("delay", self.delay_years)?;
        non_negative("deviation band", self.band)?;
        fraction("exposed share", self.exposed)?;
        fraction("captured share", self.captured)?;
        Ok(())
    }

    /// σ√τ.
    fn deviation(&self) -> f64 {
        self.volatility * self.delay_years.sqrt()
    }

    /// δ/(σ√τ).
    fn distance(&self) -> f64 {
        if self.band == 0.0 {
            0.0
        } else {
            self.band / self.deviation()
        }
    }

    fn scale(&self) -> f64 {
        self.exposed * self.captured
    }

    /// The premium per year of capital. Over a delay the log-return x is N(0, σ²τ) and the expected move beyond the
    /// band is E[(|x| − δ)₊] = 2·[σ√τ·φ(z) − δ·(1 − Φ(z))], z = δ/(σ√τ) (partial expectation of the normal; the
    /// discrete-time arbitrage loss of Milionis, Moallemi & Roughgarden 2023, "Automated Market Making and Arbitrage
    /// Profits in the Presence of Fees", taken to first order in x). There are 1/τ delays a year.
    ///
    /// With δ = 0 the rate grows as τ^(−½): a quote that is refreshed more often, without a band, is picked off more
    /// often.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for the delay, [`crate::ModelError::OutOfRange`],
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn premium(&self) -> Result<f64> {
        self.validate()?;
        let deviation = self.deviation();
        if deviation == 0.0 {
            return Ok(0.0);
        }
        let excess = 2.0 * deviation * normal::loss(self.distance());
        representable("latency premium", self.scale() * excess / self.delay_years)
    }

    /// ∂premium/∂σ = 2·φ(z)/√τ × exposed × captured ≥ 0.
    ///
    /// # Errors
    /// As [`LatencyExposure::premium`].
    pub fn volatility_sensitivity(&self) -> Result<f64> {
        self.validate()?;
        let z = self.distance();
        representable(
            "latency premium's sensitivity",
            self.scale() * 2.0 * normal::density(z) / self.delay_years.sqrt(),
        )
    }

    /// ∂premium/∂δ = −2·(1 − Φ(z))/τ × exposed × captured ≤ 0.
    ///
    /// # Errors
    /// As [`LatencyExposure::premium`].
    pub fn band_sensitivity(&self) -> Result<f64> {
        self.validate()?;
        let probability = 2.0 * normal::survival(self.distance());
        representable(
            "latency premium's sensitivity",
            -self.scale() * probability / self.delay_years,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close, derivative, integrate};
    use proptest::prelude::*;

    const HOUR: f64 = 1.0 / 8760.0;

    fn exposure(volatility: f64, delay_years: f64, band: f64) -> LatencyExposure {
        LatencyExposure {
            volatility,
            delay_years,
            band,
            exposed: 1.0,
            captured: 1.0,
        }
    }

    #[test]
    fn the_closed_form_equals_the_integral_of_the_excess() {
        for (sigma, tau, delta) in [
            (0.8, HOUR, 0.005),
            (0.5, HOUR / 60.0, 0.001),
            (1.5, HOUR / 900.0, 0.0),
        ] {
            let s = sigma * f64::sqrt(tau);
            let tail = integrate(
                |x| (x - delta) * normal::density(x / s) / s,
                delta,
                delta + 12.0 * s,
                20_000,
            );
            let premium = exposure(sigma, tau, delta).premium().unwrap();
            assert_close(premium * tau, 2.0 * tail, 1e-10 * s);
        }
    }

    #[test]
    fn simulated_arbitrage_agrees() {
        let e = exposure(0.9, HOUR, 0.004);
        let mut rng = Rng::new(9);
        let s = 0.9 * HOUR.sqrt();
        let n = 400_000;
        let excess: f64 = (0..n)
            .map(|_| ((s * rng.normal()).abs() - 0.004).max(0.0))
            .sum::<f64>()
            / f64::from(n);
        assert_close(e.premium().unwrap() * HOUR / excess, 1.0, 0.01);
    }

    #[test]
    fn a_still_market_costs_nothing() {
        assert_eq!(exposure(0.0, HOUR, 0.0).premium(), Ok(0.0));
        assert!(exposure(0.5, 0.0, 0.0).premium().is_err());
        assert!(exposure(f64::NAN, HOUR, 0.0).premium().is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn premium_rises_with_volatility_and_falls_with_the_band(
            sigma in 0.1f64..3.0, tau in 1e-7f64..1e-3, z in 0.0f64..5.0,
        ) {
            let delta = z * sigma * tau.sqrt();
            let e = exposure(sigma, tau, delta);
            let by_sigma = derivative(|s| exposure(s, tau, delta).premium().unwrap(), sigma, 1e-5 * sigma);
            let scale = 1.0 / tau.sqrt();
            prop_assert!(e.volatility_sensitivity().unwrap() >= 0.0);
            prop_assert!((by_sigma - e.volatility_sensitivity().unwrap()).abs() < 1e-6 * scale);
            prop_assert!(e.band_sensitivity().unwrap() <= 0.0);
            if delta > 0.0 {
                let by_band = derivative(|d| exposure(sigma, tau, d).premium().unwrap(), delta, 1e-5 * delta);
                prop_assert!((by_band - e.band_sensitivity().unwrap()).abs() < 1e-6 / tau);
            }
        }
    }
}
