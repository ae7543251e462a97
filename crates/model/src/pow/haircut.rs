//! Haircut of a proof-of-work coin as collateral, from its price's distance to the cost of producing it.
//!
//! The cost of production is where miners stop and sell: a price far above it has room to fall back, one beneath it has
//! its producers as sellers. It is no bound: recorded prices went under every estimate of it. So the floor may raise the
//! haircut, never lower it.

mod walk;

pub use walk::{HaircutDay, HaircutWalk};

use crate::error::{Result, at_least, count, finite, fraction, non_negative, positive, within};
use crate::linear::{LeastSquares, automatic_lags};
use crate::normal;
use crate::series::{Series, years_between};

/// Where the price stands against the floor, and how much is known of the pull between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloorRisk {
    /// ln(price ÷ cost of a coin to the marginal miner).
    pub log_distance: f64,
    /// Probability that the floor lies above the price, so that its producers run at a loss.
    pub capitulation: f64,
    /// Trust in the floor's estimate, [0, 1].
    pub confidence: f64,
}

/// How a haircut is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HaircutRule {
    /// The least haircut.
    pub base: f64,
    /// The largest, below one.
    pub cap: f64,
    /// Probability with which the collateral is worth no less at the end of a liquidation, (0.5, 1).
    pub level: f64,
    /// Time that a liquidation takes, years.
    pub horizon: f64,
    /// Pull of the price toward its usual distance from the floor, per year; 0 where none is found.
    pub reversion: f64,
    /// The usual distance, ln(price ÷ cost).
    pub usual_distance: f64,
    /// Loss of the price, a share, where miners capitulate within a liquidation.
    pub capitulation_loss: f64,
}

/// A haircut and what it is made of, each a share of the price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowHaircut {
    /// The haircut.
    pub haircut: f64,
    /// From volatility alone.
    pub volatility: f64,
    /// From the way back to the floor.
    pub reversion: f64,
    /// From capitulation.
    pub capitulation: f64,
    /// Trust in it, that in the floor.
    pub confidence: f64,
}

impl HaircutRule {
    /// The haircut at a volatility (per √year, with what it may be wrong by already added):
    /// 1 − e^(−z·σ·√T) · e^(−κ·T·max(0, d − d̄)) · (1 − π·loss), held to [base, cap]. Monotone in volatility, horizon,
    /// distance and probability of capitulation. Distrust of the floor does not lower it: the probability of
    /// capitulation moves to one as confidence goes to zero.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`].
    pub fn haircut(&self, volatility: f64, floor: &FloorRisk) -> Result<PowHaircut> {
        non_negative("volatility", volatility)?;
        within("level of a haircut", self.level, 0.5, 1.0)?;
        within("cap of a haircut", self.cap, 0.0, 0.999_999)?;
        within("base of a haircut", self.base, 0.0, self.cap)?;
        positive("liquidation horizon", self.horizon)?;
        non_negative("reversion", self.reversion)?;
        finite("usual distance from the floor", self.usual_distance)?;
        fraction("loss of a capitulation", self.capitulation_loss)?;
        finite("distance from the floor", floor.log_distance)?;
        fraction("probability of capitulation", floor.capitulation)?;
        fraction("confidence in the floor", floor.confidence)?;
        let z = normal::quantile(self.level)?;
        let by_volatility = (-z * volatility * self.horizon.sqrt()).exp();
        let excess = (floor.log_distance - self.usual_distance).max(0.0);
        let by_reversion = (-self.reversion * self.horizon * excess).exp();
        let probability = floor.confidence * floor.capitulation + (1.0 - floor.confidence);
        let by_capitulation = 1.0 - probability * self.capitulation_loss;
        Ok(PowHaircut {
            haircut: (1.0 - by_volatility * by_reversion * by_capitulation).clamp(self.base, self.cap),
            volatility: 1.0 - by_volatility,
            reversion: 1.0 - by_reversion,
            capitulation: 1.0 - by_capitulation,
            confidence: floor.confidence,
        })
    }
}

/// Pull of a price toward its cost of production.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reversion {
    /// Speed κ per year, of dx = κ(x̄ − x)dt + noise, x = ln(price ÷ cost).
    pub speed: f64,
    /// x̄.
    pub mean: f64,
    /// Slope over its standard error, the Dickey–Fuller statistic: below −2.86 a random walk is refused at 5 %
    /// (Fuller 1976, table 8.5.2, with a constant).
    pub statistic: f64,
    /// Whether it is.
    pub significant: bool,
    /// Returns used.
    pub steps: usize,
}

/// Critical value of the Dickey–Fuller test with a constant, 5 %, many observations.
const RANDOM_WALK: f64 = -2.86;

/// Estimates the pull from a history of ln(price ÷ cost), at even or nearly even steps: an AR(1) by least squares with
/// Newey–West errors. The slope is biased toward reversion in short samples (Kendall 1954), which makes the haircut larger.
///
/// # Errors
/// [`crate::ModelError::TooFew`] under 30 values, [`crate::ModelError::Unidentified`] for a constant series.
pub fn fit_reversion(log_ratio: &Series) -> Result<Reversion> {
    let samples = log_ratio.samples();
    at_least("values of ln(price ÷ cost)", 30, samples.len())?;
    let level: Vec<f64> = samples.iter().take(samples.len() - 1).map(|s| s.value).collect();
    let change: Vec<f64> = samples
        .windows(2)
        .map(|pair| pair[1].value - pair[0].value)
        .collect();
    let steps = change.len();
    let fit = LeastSquares::fit(vec![vec![1.0; steps], level], &change)?;
    let (constant, slope) = (fit.coefficients[0], fit.coefficients[1]);
    let error = fit.hac_errors(automatic_lags(steps))[1];
    let span = years_between(samples[0].time, samples[steps].time);
    let interval = span / count(steps);
    let statistic = slope / positive("standard error of the reversion", error)?;
    let pulls = slope < 0.0 && slope > -1.0;
    let mean = if slope == 0.0 {
        log_ratio_mean(log_ratio)
    } else {
        -constant / slope
    };
    Ok(Reversion {
        speed: if pulls { -slope.ln_1p() / interval } else { 0.0 },
        mean: finite("usual distance from the floor", mean)?,
        statistic,
        significant: pulls && statistic < RANDOM_WALK,
        steps,
    })
}

fn log_ratio_mean(series: &Series) -> f64 {
    let samples = series.samples();
    samples.iter().map(|s| s.value).sum::<f64>() / count(samples.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelError;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const RULE: HaircutRule = HaircutRule {
        base: 0.05,
        cap: 0.6,
        level: 0.99,
        horizon: 1.0 / 365.0,
        reversion: 1.5,
        usual_distance: 0.4,
        capitulation_loss: 0.2,
    };

    #[test]
    fn without_a_floor_to_fear_the_haircut_is_the_quantile_of_a_day() {
        let safe = FloorRisk {
            log_distance: 0.4,
            capitulation: 0.0,
            confidence: 1.0,
        };
        let made = RULE.haircut(0.8, &safe).unwrap();
        let quantile = 1.0 - (-2.326_347_874_040_841 * 0.8 / 365.0_f64.sqrt()).exp();
        assert_close(made.haircut, quantile, 1e-12);
        assert_close(made.reversion + made.capitulation, 0.0, 1e-15);
    }

    #[test]
    fn a_floor_that_nobody_trusts_counts_as_capitulation() {
        let blind = FloorRisk {
            log_distance: 0.0,
            capitulation: 0.0,
            confidence: 0.0,
        };
        let lost = FloorRisk {
            log_distance: 0.0,
            capitulation: 1.0,
            confidence: 1.0,
        };
        assert_eq!(
            RULE.haircut(0.8, &blind).unwrap().haircut,
            RULE.haircut(0.8, &lost).unwrap().haircut
        );
    }

    #[test]
    fn a_rule_or_a_floor_outside_its_domain_is_refused() {
        let floor = FloorRisk {
            log_distance: 0.1,
            capitulation: 0.1,
            confidence: 0.9,
        };
        for rule in [
            HaircutRule { cap: 1.0, ..RULE },
            HaircutRule { base: 0.7, ..RULE },
            HaircutRule { level: 0.4, ..RULE },
            HaircutRule {
                level: f64::NAN,
                ..RULE
            },
            HaircutRule { horizon: 0.0, ..RULE },
            HaircutRule {
                reversion: -1.0,
                ..RULE
            },
            HaircutRule {
                capitulation_loss: 1.1,
                ..RULE
            },
            HaircutRule {
                usual_distance: f64::INFINITY,
                ..RULE
            },
        ] {
            assert!(rule.haircut(0.5, &floor).is_err(), "{rule:?}");
        }
        assert!(RULE.haircut(f64::NAN, &floor).is_err());
        assert!(
            RULE.haircut(
                0.5,
                &FloorRisk {
                    capitulation: -0.1,
                    ..floor
                }
            )
            .is_err()
        );
        assert!(
            RULE.haircut(
                0.5,
                &FloorRisk {
                    confidence: 1.5,
                    ..floor
                }
            )
            .is_err()
        );
        assert!(
            RULE.haircut(
                0.5,
                &FloorRisk {
                    log_distance: f64::NAN,
                    ..floor
                }
            )
            .is_err()
        );
    }

    /// An AR(1) without noise but for a fixed wave: what least squares must find is known.
    #[test]
    fn the_speed_and_the_mean_of_a_pulled_series_are_found() {
        let (mut x, mut state) = (1.0_f64, 7_u64);
        let series = Series::new((0..4000).map(|day| {
            let now = x;
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let noise = f64::from(u32::try_from(state >> 33).unwrap()) / f64::from(1_u32 << 31) - 0.5;
            x += 0.01 * (0.3 - x) + 0.02 * noise;
            (day * 86_400, now)
        }))
        .unwrap();
        let found = fit_reversion(&series).unwrap();
        assert!(found.significant && found.steps == 3999);
        assert!((found.speed - 365.0 * -(0.99_f64.ln())).abs() < 0.8, "{found:?}");
        assert!((found.mean - 0.3).abs() < 0.05, "{found:?}");
    }

    #[test]
    fn a_random_walk_is_not_taken_for_reversion_and_a_constant_is_refused() {
        let mut x = 0.0;
        let mut state = 11_u64;
        let walk = Series::new((0..2000).map(|day| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            x += f64::from(u32::try_from(state >> 33).unwrap()) / f64::from(1_u32 << 31) - 0.5;
            (day * 86_400, x)
        }))
        .unwrap();
        assert!(!fit_reversion(&walk).unwrap().significant);
        let flat = Series::new((0..100).map(|day| (day * 86_400, 1.0))).unwrap();
        assert!(fit_reversion(&flat).is_err());
        let short = Series::new((0..29).map(|day| (day, 1.0))).unwrap();
        assert!(matches!(fit_reversion(&short), Err(ModelError::TooFew { .. })));
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_haircut_is_monotone_and_bounded(
            volatility in 0.0_f64..5.0, distance in -3.0_f64..3.0, capitulation in 0.0_f64..=1.0,
            confidence in 0.0_f64..=1.0, more in 0.0_f64..1.0,
        ) {
            let floor = FloorRisk { log_distance: distance, capitulation, confidence };
            let base = RULE.haircut(volatility, &floor).unwrap().haircut;
            prop_assert!((RULE.base..=RULE.cap).contains(&base));
            let worse = [
                RULE.haircut(volatility + more, &floor),
                RULE.haircut(volatility, &FloorRisk { log_distance: distance + more, ..floor }),
                RULE.haircut(volatility, &FloorRisk { capitulation: (capitulation + more).min(1.0), ..floor }),
                RULE.haircut(volatility, &FloorRisk { confidence: confidence * (1.0 - more), ..floor }),
                HaircutRule { horizon: RULE.horizon * (1.0 + more), ..RULE }.haircut(volatility, &floor),
            ];
            for worse in worse {
                prop_assert!(worse.unwrap().haircut >= base - 1e-12);
            }
        }
    }
}
