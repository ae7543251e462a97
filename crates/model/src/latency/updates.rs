//! A price feed that is refreshed when the market leaves a deviation band or a heartbeat passes, and lands late.

use crate::error::{Result, fraction, non_negative, positive, representable};
use crate::normal;

/// Push-oracle parameters and what trades at its price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OracleUpdates {
    /// Volatility σ of the price, per √year.
    pub volatility: f64,
    /// Deviation threshold δ at which an update is sent, log-price.
    pub deviation: f64,
    /// Heartbeat T: the longest time between updates, years.
    pub heartbeat_years: f64,
    /// Time τ from the decision to update until the new price is in force, years.
    pub delay_years: f64,
    /// Fee or spread charged to those who trade at the feed's price, log-price.
    pub fee: f64,
    /// Share of the capital that can be traded against at that price, [0, 1].
    pub exposed: f64,
    /// Share of the excess that arbitrageurs capture, [0, 1].
    pub captured: f64,
}

/// One cycle from update to update.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UpdateCycle {
    /// Mean length, delay included, years.
    pub mean_years: f64,
    /// Probability that the heartbeat, not the deviation, ends it.
    pub heartbeat_probability: f64,
    /// Expected excess over the fee just before the new price lands, log-price.
    pub excess: f64,
}

/// Eigenfunction terms of the killed motion; at the switch-over to images, Dt = 0.1 · (2δ)², they fall as
/// e^{−(2k+1)²}.
const TERMS: i32 = 8;

impl OracleUpdates {
    fn validate(&self) -> Result<()> {
        non_negative("volatility", self.volatility)?;
        positive("deviation threshold", self.deviation)?;
        positive("heartbeat", self.heartbeat_years)?;
        non_negative("delay", self.delay_years)?;
        non_negative("fee", self.fee)?;
        fraction("exposed share", self.exposed)?;
        fraction("captured share", self.captured)?;
        Ok(())
    }

    /// Density at x of a Brownian motion from 0 that has not left (−δ, δ) by the heartbeat, in units where δ = 1 and
    /// `spread` = σ√T/δ: images for short times, eigenfunctions for long ones (Borodin & Salminen 2002, appendix 1,
    /// section 6).
    fn surviving_density(x: f64, spread: f64) -> f64 {
        if spread < 0.9 {
            (-4..=4)
                .map(|n: i32| {
                    let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
                    sign * normal::density((x - 2.0 * f64::from(n)) / spread) / spread
                })
                .sum::<f64>()
                .max(0.0)
        } else {
            (0..TERMS)
                .map(|k| {
                    let omega = core::f64::consts::FRAC_PI_2 * f64::from(2 * k + 1);
                    (omega * x).cos() * (-0.5 * omega * omega * spread * spread).exp()
                })
                .sum::<f64>()
                .max(0.0)
        }
    }

    /// E[(|x + s·Z| − f)₊] for a deviation of x when the update is sent.
    fn excess_from(x: f64, delay_deviation: f64, fee: f64) -> f64 {
        if delay_deviation == 0.0 {
            return (x.abs() - fee).max(0.0);
        }
        let s = delay_deviation;
        s * (normal::loss((fee - x) / s) + normal::loss((fee + x) / s))
    }

    /// The mean cycle. The deviation is a driftless Brownian motion from 0 that is stopped at ±δ or at the heartbeat
    /// and runs on for the delay; the price that lands is the market's at that moment. The stopping time's mean
    /// follows from `E[x²] = σ²·E[t]` (optional stopping), the rest from the density of the unstopped part, integrated
    /// by Simpson's rule between the kinks.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotPositive`] for deviation or heartbeat, [`crate::ModelError::NotFinite`],
    /// [`crate::ModelError::Overflow`].
    pub fn cycle(&self) -> Result<UpdateCycle> {
        self.validate()?;
        let scale = self.volatility / self.deviation;
        let spread = representable("spread over a heartbeat", scale * self.heartbeat_years.sqrt())?;
        let delay_deviation = representable("spread over the delay", scale * self.delay_years.sqrt())?;
        let fee = representable("fee in deviations", self.fee / self.deviation)?;
        let at_edge = Self::excess_from(1.0, delay_deviation, fee);
        if spread == 0.0 {
            return Ok(UpdateCycle {
                mean_years: self.heartbeat_years + self.delay_years,
                heartbeat_probability: 1.0,
                excess: self.deviation * Self::excess_from(0.0, delay_deviation, fee),
            });
        }
        let moments = unstopped_moments(spread, [fee, delay_deviation], |x| {
            Self::excess_from(x, delay_deviation, fee)
        });
        let [survived, square, excess] = moments;
        let survived = survived.clamp(0.0, 1.0);
        // In units of the time that the motion takes to spread to δ.
        let squared = (1.0 - survived) + square;
        let waited = (squared / (scale * scale)).min(self.heartbeat_years);
        Ok(UpdateCycle {
            mean_years: positive(
                "mean update interval",
                representable("mean update interval", waited + self.delay_years)?,
            )?,
            heartbeat_probability: survived,
            excess: representable(
                "excess over the fee",
                self.deviation * ((1.0 - survived) * at_edge + excess),
            )?,
        })
    }

    /// The premium per year of capital: expected excess of a cycle ÷ its mean length × exposed × captured (renewal
    /// reward; Ross 1996, § 3.6).
    ///
    /// # Errors
    /// As [`OracleUpdates::cycle`].
    pub fn premium(&self) -> Result<f64> {
        let cycle = self.cycle()?;
        representable(
            "oracle premium",
            cycle.excess * (self.exposed * self.captured) / cycle.mean_years,
        )
    }
}

/// Integrals of 1, x² and `weight` against the surviving density over (−1, 1).
fn unstopped_moments(spread: f64, [fee, delay]: [f64; 2], weight: impl Fn(f64) -> f64) -> [f64; 3] {
    const INTERVALS: u32 = 128;
    // Panels end where the integrand bends: at the fee, within a few delay spreads of it, and where the density ends.
    let mut ends = vec![0.0, 1.0];
    let kinks = [
        fee - 6.0 * delay,
        fee - 1.5 * delay,
        fee,
        fee + 1.5 * delay,
        fee + 6.0 * delay,
        spread,
        3.0 * spread,
        9.0 * spread,
    ];
    ends.extend(kinks.into_iter().filter(|x| *x > 0.0 && *x < 1.0));
    ends.sort_unstable_by(f64::total_cmp);
    let mut totals = [0.0; 3];
    for pair in ends.windows(2) {
        let step = (pair[1] - pair[0]) / f64::from(INTERVALS);
        for i in 0..=INTERVALS {
            let x = pair[0] + f64::from(i) * step;
            let simpson = match i {
                0 | INTERVALS => 1.0,
                _ if i % 2 == 1 => 4.0,
                _ => 2.0,
            };
            // Both halves of a symmetric integrand.
            let mass = 2.0 * simpson * step / 3.0 * OracleUpdates::surviving_density(x, spread);
            totals[0] += mass;
            totals[1] += mass * x * x;
            totals[2] += mass * weight(x);
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use core::f64::consts::{FRAC_PI_2, PI};
    use proptest::prelude::*;

    const SECOND: f64 = 1.0 / 31_536_000.0;

    const FEED: OracleUpdates = OracleUpdates {
        volatility: 0.8,
        deviation: 0.005,
        heartbeat_years: 3600.0 * SECOND,
        delay_years: 20.0 * SECOND,
        fee: 0.001,
        exposed: 1.0,
        captured: 1.0,
    };

    #[test]
    fn the_cycle_agrees_with_the_published_series() {
        for heartbeat in [60.0, 600.0, 1500.0, 3600.0, 86_400.0] {
            let feed = OracleUpdates {
                heartbeat_years: heartbeat * SECOND,
                delay_years: 0.0,
                ..FEED
            };
            let cycle = feed.cycle().unwrap();
            // Survival of (−δ, δ) and its integral over time (Borodin & Salminen 2002, 1.3.0).
            let (mut survival, mut mean) = (0.0, 0.0);
            for k in 0..4000 {
                let omega = FRAC_PI_2 * f64::from(2 * k + 1) / 0.005;
                let rate = 0.5 * omega * omega * 0.64;
                let weight = 4.0 / PI / f64::from(2 * k + 1) * if k % 2 == 0 { 1.0 } else { -1.0 };
                let decay = (-rate * feed.heartbeat_years).exp();
                survival += weight * decay;
                mean += weight * (1.0 - decay) / rate;
            }
            assert_close(cycle.heartbeat_probability, survival, 1e-9);
            assert_close(cycle.mean_years / mean, 1.0, 1e-7);
        }
    }

    #[test]
    fn without_a_heartbeat_the_mean_interval_is_delta_squared_over_the_variance() {
        let feed = OracleUpdates {
            heartbeat_years: 1e3,
            delay_years: 0.0,
            ..FEED
        };
        let cycle = feed.cycle().unwrap();
        assert_close(cycle.mean_years, 0.005 * 0.005 / 0.64, 1e-15);
        assert_close(cycle.excess, 0.004, 1e-15);
    }

    #[test]
    fn a_band_that_is_never_left_is_the_fixed_delay_of_the_heartbeat() {
        let feed = OracleUpdates {
            deviation: 10.0,
            delay_years: 0.0,
            ..FEED
        };
        let fixed = crate::latency::LatencyExposure {
            volatility: 0.8,
            delay_years: 3600.0 * SECOND,
            band: 0.001,
            exposed: 1.0,
            captured: 1.0,
        };
        let reference = fixed.premium().unwrap();
        assert_close(feed.premium().unwrap() / reference, 1.0, 1e-6);
    }

    #[test]
    fn the_closed_form_lies_in_the_simulations_99_percent_interval() {
        let feed = OracleUpdates {
            heartbeat_years: 1200.0 * SECOND,
            ..FEED
        };
        let mut rng = Rng::new(21);
        let (cycles, step) = (20_000u32, SECOND / 2.0);
        let deviation = 0.8 * step.sqrt();
        // A walk overshoots a barrier: its barrier is moved in by 0.5826 steps (Broadie, Glasserman & Kou 1997).
        let barrier = 0.005 - 0.582_6 * deviation;
        let (mut excess, mut excess2, mut years) = (0.0, 0.0, 0.0);
        for _ in 0..cycles {
            let (mut x, mut t) = (0.0_f64, 0u32);
            while x.abs() < barrier && t < 2400 {
                x += deviation * rng.normal();
                t += 1;
            }
            years += f64::from(t) * step + feed.delay_years;
            x += 0.8 * feed.delay_years.sqrt() * rng.normal();
            let gain = (x.abs() - feed.fee).max(0.0);
            excess += gain;
            excess2 += gain * gain;
        }
        let n = f64::from(cycles);
        let cycle = feed.cycle().unwrap();
        let mean = excess / n;
        let error = ((excess2 / n - mean * mean) / n).sqrt();
        assert_close(cycle.excess, mean, 2.576 * error);
        assert_close(cycle.mean_years / (years / n), 1.0, 0.01);
    }

    #[test]
    fn a_still_market_waits_for_its_heartbeat() {
        let still = OracleUpdates {
            volatility: 0.0,
            ..FEED
        };
        assert_eq!(still.premium(), Ok(0.0));
        assert_eq!(still.cycle().unwrap().heartbeat_probability, 1.0);
        assert!(
            OracleUpdates {
                deviation: 0.0,
                ..FEED
            }
            .premium()
            .is_err()
        );
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_premium_rises_with_volatility_and_delay_and_falls_with_the_fee(
            volatility in 0.05f64..3.0, deviation in 1e-3f64..0.05, heartbeat in 30.0f64..1e5, delay in 0.0f64..60.0,
            fee in 0.0f64..0.02,
        ) {
            let feed = OracleUpdates {
                volatility, deviation, heartbeat_years: heartbeat * SECOND, delay_years: delay * SECOND, fee, ..FEED
            };
            let premium = feed.premium().unwrap();
            let slack = 1e-7 * premium + 1e-12;
            let wilder = OracleUpdates { volatility: volatility * 1.1, ..feed };
            let dearer = OracleUpdates { fee: fee + 0.001, ..feed };
            prop_assert!(wilder.premium().unwrap() >= premium - slack);
            prop_assert!(dearer.premium().unwrap() <= premium + slack);
            let cycle = feed.cycle().unwrap();
            prop_assert!(cycle.mean_years <= feed.heartbeat_years + feed.delay_years + 1e-15);
            prop_assert!((0.0..=1.0).contains(&cycle.heartbeat_probability));
        }
    }
}
