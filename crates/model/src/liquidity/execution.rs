//! The speed of price discovery: a book that refills lets a patient order through more cheaply, against the risk of
//! waiting.

use crate::error::{Result, fraction, non_negative, representable};

/// A liquidation that may be spread over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Execution {
    /// Slippage of the whole order at once, [0, 1].
    pub immediate: f64,
    /// Share of that impact which is information and never reverts, [0, 1].
    pub permanent_share: f64,
    /// Speed of price discovery κ: the rate per year at which the rest of a dent refills, ln 2 ÷ half-life.
    pub recovery_rate: f64,
    /// Volatility of the price while the order waits, per √year.
    pub volatility: f64,
    /// Charge per standard deviation of the proceeds: 0 for an indifferent seller, 2.33 for a 99 % quantile.
    pub risk_loading: f64,
}

/// What an execution costs, as a share of the order's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExecutionCost {
    /// Window over which it is spread, years.
    pub window_years: f64,
    /// Expected slippage.
    pub slippage: f64,
    /// Charge for the price risk of waiting.
    pub risk: f64,
}

impl ExecutionCost {
    /// Slippage and risk together, at most a total loss.
    #[must_use]
    pub fn total(&self) -> f64 {
        (self.slippage + self.risk).min(1.0)
    }
}

impl Execution {
    fn validate(&self) -> Result<()> {
        fraction("immediate slippage", self.immediate)?;
        fraction("permanent share of the impact", self.permanent_share)?;
        non_negative("recovery rate", self.recovery_rate)?;
        non_negative("volatility", self.volatility)?;
        non_negative("risk loading", self.risk_loading)?;
        Ok(())
    }

    /// The cost over a window T. In a block-shaped book with resilience κ the best schedule sells 1/(κT + 2) at either
    /// end and the rest evenly between; its transient impact is 2/(κT + 2) of the immediate one (Obizhaeva & Wang
    /// 2013, "Optimal trading strategy and supply/demand dynamics", proposition 2). Its proceeds vary by
    /// σ²∫(unsold share)²dt = σ²·T·(1 + a + a²/3)/(a + 2)², a = κT.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn cost(&self, window_years: f64) -> Result<ExecutionCost> {
        self.validate()?;
        non_negative("execution window", window_years)?;
        let a = representable("recovery over the window", self.recovery_rate * window_years)?;
        let transient = 2.0 / (a + 2.0);
        let kept = self.permanent_share + (1.0 - self.permanent_share) * transient;
        // (1 + a + a²/3)/(a + 2)², divided through where a² would not be representable.
        let unsold = if a < 1e100 {
            (1.0 + a + a * a / 3.0) / ((a + 2.0) * (a + 2.0))
        } else {
            1.0 / 3.0
        };
        let deviation = self.volatility * (window_years * unsold).sqrt();
        Ok(ExecutionCost {
            window_years,
            slippage: self.immediate * kept,
            risk: representable("price risk of waiting", self.risk_loading * deviation)?,
        })
    }

    /// The cheapest window up to `max_years`: at once, or where the refilled depth is worth the wait. The windows
    /// looked at are a grid even in the logarithm over six decades, refined about its best point by golden section.
    ///
    /// # Errors
    /// As [`Execution::cost`].
    pub fn best(&self, max_years: f64) -> Result<ExecutionCost> {
        const GRID: u32 = 48;
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let mut best = self.cost(0.0)?;
        non_negative("longest execution window", max_years)?;
        // From a millionth of the longest window to all of it.
        let window = |i: f64| max_years * 10.0_f64.powf(-6.0 * (1.0 - i / f64::from(GRID)));
        let mut nearest = None;
        for i in 0..=GRID {
            let cost = self.cost(window(f64::from(i)))?;
            if cost.total() < best.total() {
                (best, nearest) = (cost, Some(f64::from(i)));
            }
        }
        let Some(i) = nearest else { return Ok(best) };
        let (mut low, mut high) = (i - 1.0, f64::min(i + 1.0, f64::from(GRID)));
        for _ in 0..40 {
            let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
            let (at_left, at_right) = (self.cost(window(left))?, self.cost(window(right))?);
            if at_left.total() <= at_right.total() {
                high = right;
            } else {
                low = left;
            }
            for cost in [at_left, at_right] {
                if cost.total() < best.total() {
                    best = cost;
                }
            }
        }
        Ok(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, integrate};
    use proptest::prelude::*;

    const HOUR: f64 = 1.0 / 8760.0;
    const ORDER: Execution = Execution {
        immediate: 0.04,
        permanent_share: 0.2,
        recovery_rate: 8760.0 * 6.0,
        volatility: 0.8,
        risk_loading: 1.0,
    };

    #[test]
    fn the_transient_cost_is_that_of_the_schedule_played_against_a_refilling_book() {
        // Unit order, unit depth: selling dx moves the price by dx, the dent decays at κ; immediate cost ½.
        let (kappa, window, steps) = (3.0, 1.0, 20_000u32);
        let block = 1.0 / (kappa * window + 2.0);
        let dt = window / f64::from(steps);
        let (mut dent, mut cost) = (block, block * block / 2.0);
        for _ in 0..steps {
            dent *= (-kappa * dt).exp();
            let slice = kappa * block * dt;
            cost += slice * (dent + slice / 2.0);
            dent += slice;
        }
        cost += block * (dent + block / 2.0);
        let unit = Execution {
            immediate: 0.5,
            permanent_share: 0.0,
            recovery_rate: kappa,
            volatility: 0.0,
            risk_loading: 0.0,
        };
        assert_close(cost, unit.cost(window).unwrap().slippage, 1e-4);
    }

    #[test]
    fn the_variance_is_the_integral_of_the_unsold_share() {
        let (kappa, window) = (5.0, 0.7);
        let unsold = |t: f64| (1.0 + kappa * (window - t)) / (kappa * window + 2.0);
        let integral = integrate(|t| unsold(t) * unsold(t), 0.0, window, 100);
        let order = Execution {
            recovery_rate: kappa,
            ..ORDER
        };
        assert_close(order.cost(window).unwrap().risk, 0.8 * integral.sqrt(), 1e-14);
    }

    #[test]
    fn the_best_window_beats_every_other() {
        let best = ORDER.best(24.0 * HOUR).unwrap();
        assert!(best.window_years > 0.0 && best.total() < 0.04);
        for i in 0..=2000 {
            let other = ORDER.cost(f64::from(i) / 2000.0 * 24.0 * HOUR).unwrap();
            assert!(other.total() >= best.total() - 1e-12);
        }
        let hopeless = Execution {
            recovery_rate: 0.0,
            ..ORDER
        };
        assert_eq!(hopeless.best(HOUR).unwrap().window_years, 0.0);
        assert!(
            Execution {
                immediate: 1.1,
                ..ORDER
            }
            .best(HOUR)
            .is_err()
        );
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn faster_discovery_never_costs_more_and_volatility_never_less(
            immediate in 0.0f64..1.0, permanent in 0.0f64..1.0, kappa in 0.0f64..1e6, sigma in 0.0f64..3.0,
        ) {
            let order = Execution {
                immediate, permanent_share: permanent, recovery_rate: kappa, volatility: sigma, risk_loading: 1.0,
            };
            let best = order.best(24.0 * HOUR).unwrap().total();
            let faster = Execution { recovery_rate: kappa * 2.0 + 1.0, ..order };
            let wilder = Execution { volatility: sigma * 1.5, ..order };
            prop_assert!(best <= immediate);
            prop_assert!(faster.best(24.0 * HOUR).unwrap().total() <= best + 2e-3 * immediate);
            prop_assert!(wilder.best(24.0 * HOUR).unwrap().total() >= best - 1e-9);
        }
    }
}
