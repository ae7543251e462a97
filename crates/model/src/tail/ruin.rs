//! Ruin of the insurance fund.

use crate::error::{Result, finite, fraction, non_negative, positive, representable};
use crate::normal;

/// An insurance fund as a Brownian surplus: income minus expected claims drifts, claims scatter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InsuranceFund {
    /// Size of the fund, as a share of the capital it protects, ≥ 0.
    pub size: f64,
    /// Expected change of the fund per year, same unit.
    pub drift: f64,
    /// Standard deviation of its change per √year, same unit, ≥ 0.
    pub volatility: f64,
}

impl InsuranceFund {
    /// Probability that the fund is exhausted within `years`: first passage of a Brownian motion with drift,
    /// Φ(−(c + μT)/(σ√T)) + e^(−2μc/σ²)·Φ(−(c − μT)/(σ√T)) (Harrison 1985, "Brownian Motion and Stochastic Flow
    /// Systems", § 1.8).
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative size or volatility; [`crate::ModelError::NotPositive`] for the
    /// horizon; [`crate::ModelError::NotFinite`]; [`crate::ModelError::Overflow`].
    pub fn ruin_probability(&self, years: f64) -> Result<f64> {
        let size = non_negative("insurance fund", self.size)?;
        let drift = finite("drift of the fund", self.drift)?;
        let volatility = non_negative("volatility of the fund", self.volatility)?;
        let travelled = representable("drift over the horizon", drift * positive("horizon", years)?)?;
        let deviation = volatility * years.sqrt();
        // Without a fluctuation an empty fund that earns is not exhausted.
        if deviation == 0.0 {
            return Ok(f64::from(u8::from(size + travelled <= 0.0)));
        }
        if size == 0.0 {
            return Ok(1.0);
        }
        let direct = normal::survival(representable("distance to ruin", (size + travelled) / deviation)?);
        // In logarithms: for a falling fund the exponential is huge and the probability beside it tiny.
        let reflection = -2.0 * (drift / volatility) * (size / volatility);
        let reflected = reflection + normal::log_survival((size - travelled) / deviation);
        let probability = direct + if reflected.is_nan() { 0.0 } else { reflected.exp() };
        Ok(probability.clamp(0.0, 1.0))
    }

    /// The ruin loading per year: probability of ruin within the horizon ÷ horizon × loss given ruin, as a share of
    /// the protected capital.
    ///
    /// # Errors
    /// As [`InsuranceFund::ruin_probability`]; [`crate::ModelError::OutOfRange`] for a loss outside [0, 1].
    pub fn ruin_loading(&self, years: f64, loss_given_ruin: f64) -> Result<f64> {
        let loss = fraction("loss given ruin", loss_given_ruin)?;
        representable("ruin loading", self.ruin_probability(years)? * loss / years)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::{ClaimSize, Run, Sampling, Surplus};
    use crate::testing::{assert_close, integrate};
    use proptest::prelude::*;

    #[test]
    fn it_is_the_integral_of_the_inverse_gaussian_density() {
        for (size, drift, volatility, years) in [
            (0.1, 0.05, 0.1, 1.0),
            (0.2, -0.1, 0.15, 2.0),
            (0.05, 0.0, 0.2, 0.5),
        ] {
            // First-passage density c/(σ√(2πt³))·exp(−(c + μt)²/(2σ²t)) (Schrödinger 1915).
            let density = |t: f64| {
                if t <= 0.0 {
                    return 0.0;
                }
                let exponent = -(size + drift * t).powi(2) / (2.0 * volatility * volatility * t);
                size / (volatility * (core::f64::consts::TAU * t.powi(3)).sqrt()) * exponent.exp()
            };
            let fund = InsuranceFund {
                size,
                drift,
                volatility,
            };
            assert_close(
                fund.ruin_probability(years).unwrap(),
                integrate(density, 0.0, years, 200_000),
                1e-8,
            );
        }
    }

    #[test]
    fn over_a_long_time_it_tends_to_the_adjustment_coefficient() {
        let fund = InsuranceFund {
            size: 0.1,
            drift: 0.05,
            volatility: 0.1,
        };
        assert_close(
            fund.ruin_probability(1e4).unwrap(),
            (-2.0_f64 * 0.05 * 0.1 / 0.01).exp(),
            1e-12,
        );
    }

    #[test]
    fn a_nearly_certain_fall_is_certain_ruin_without_overflow() {
        let fund = InsuranceFund {
            size: 1.0,
            drift: -10.0,
            volatility: 1e-3,
        };
        assert_close(fund.ruin_probability(1.0).unwrap(), 1.0, 1e-12);
        assert_eq!(fund.ruin_probability(0.05), Ok(0.0));
        assert_eq!(InsuranceFund { size: 0.0, ..fund }.ruin_probability(1.0), Ok(1.0));
    }

    #[test]
    fn an_empty_fund_that_only_earns_is_not_exhausted_as_in_the_simulation() {
        let empty = |drift, volatility| {
            let fund = InsuranceFund {
                size: 0.0,
                drift,
                volatility,
            };
            let surplus = Surplus {
                fund: 0.0,
                income: drift,
                volatility,
                claims: 0.0,
                size: ClaimSize::Exponential { mean: 1.0 },
            };
            let run = Run::new(256, 1, 1, Sampling::Pseudo).unwrap();
            let simulated = surplus.ruin(1.0, &run, 0.99).unwrap().value;
            assert_eq!(fund.ruin_probability(1.0), Ok(simulated));
            simulated
        };
        assert_eq!(
            [empty(1.0, 0.0), empty(-1.0, 0.0), empty(1.0, 0.1)],
            [0.0, 1.0, 1.0]
        );
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn more_time_and_a_smaller_fund_mean_more_ruin(
            size in 0.001f64..2.0, drift in -1.0f64..1.0, volatility in 0.01f64..2.0, years in 0.01f64..5.0,
        ) {
            let ruin = |size: f64, years: f64| InsuranceFund { size, drift, volatility }.ruin_probability(years).unwrap();
            let here = ruin(size, years);
            prop_assert!((0.0..=1.0).contains(&here));
            prop_assert!(ruin(size, years * 1.2) >= here - 1e-12);
            prop_assert!(ruin(size * 1.2, years) <= here + 1e-12);
        }
    }
}
