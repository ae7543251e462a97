//! The inertial policy rule, an optional stage after the equilibrium: an algorithmic central bank's rate out of the
//! health of liquidity and systemic risk.
//!
//! ```text
//! i* = neutral + φ_u·(u − ū) + φ_l·(l̄ − l) + φ_r·r        held to [floor, ceiling]
//! i  = ρ·i₋ + (1 − ρ)·i*                                 ρ per interval, ρ^(Δt/interval) over any time
//! ```
//!
//! A rule in deviations from targets after Taylor (1993, "Discretion versus policy rules in practice"), with the partial
//! adjustment of Clarida, Galí & Gertler (1998, "Monetary policy rules in practice", eq. 4; 2000, eq. 4). The rate rises
//! with utilisation and risk, falls with the health of liquidity and rises with the rate before it; it never leaves
//! [floor, ceiling], for it is a mean of two points of it; and for constant telemetry it tends to i*, half of the way in
//! interval·ln 2/(−ln ρ).

use crate::error::{ModelError, Result, finite, fraction, non_negative, positive, representable, within};

/// The rule's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolicyRule {
    /// ρ, share of the rate before that stays over one interval, [0, 1).
    pub inertia: f64,
    /// The interval that the inertia is stated for, seconds, > 0.
    pub interval_seconds: f64,
    /// Rate per year with everything on target.
    pub neutral: f64,
    /// φ_u, annual rate per unit of utilisation above its target, ≥ 0.
    pub by_utilisation: f64,
    /// ū, [0, 1].
    pub utilisation_target: f64,
    /// φ_l, annual rate per unit of liquidity health below its target, ≥ 0.
    pub by_liquidity: f64,
    /// l̄, ≥ 0.
    pub liquidity_target: f64,
    /// φ_r, annual rate per unit of systemic risk, ≥ 0.
    pub by_risk: f64,
    /// Least rate per year.
    pub floor: f64,
    /// Largest rate per year, ≥ floor.
    pub ceiling: f64,
}

/// What the rule looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Telemetry {
    /// u, utilisation across venues, [0, 1].
    pub utilisation: f64,
    /// l, health of liquidity: depth now ÷ depth in normal times, ≥ 0.
    pub liquidity: f64,
    /// r, systemic risk: expected uncovered loss ÷ capital, or any index that is 0 in calm, ≥ 0.
    pub risk: f64,
}

/// The rule's answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolicyRate {
    /// i, per year.
    pub rate: f64,
    /// i* before it is held to the range: where the rate would tend.
    pub target: f64,
    /// Whether the floor or the ceiling holds the target.
    pub is_bound: bool,
}

impl PolicyRate {
    /// The hurdle rate with the policy rate as a floor under it: the stage tightens or does nothing.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`].
    pub fn under(&self, hurdle: f64) -> Result<f64> {
        Ok(finite("hurdle rate", hurdle)?.max(self.rate))
    }
}

impl PolicyRule {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`ModelError`] naming the first one outside its domain.
    pub fn validate(&self) -> Result<()> {
        if !(self.inertia >= 0.0 && self.inertia < 1.0) {
            return Err(ModelError::OutOfRange {
                what: "inertia of the policy rate",
                value: self.inertia,
                min: 0.0,
                max: 1.0,
            });
        }
        positive("interval of the inertia", self.interval_seconds)?;
        finite("neutral rate", self.neutral)?;
        non_negative("response to utilisation", self.by_utilisation)?;
        fraction("target of utilisation", self.utilisation_target)?;
        non_negative("response to liquidity", self.by_liquidity)?;
        non_negative("target of liquidity", self.liquidity_target)?;
        non_negative("response to systemic risk", self.by_risk)?;
        finite("policy floor", self.floor)?;
        within("policy ceiling", self.ceiling, self.floor, f64::MAX)?;
        Ok(())
    }

    /// i* for a telemetry, before it is held to the range.
    ///
    /// # Errors
    /// [`ModelError`] for an input outside its domain; [`ModelError::Overflow`].
    pub fn target(&self, telemetry: Telemetry) -> Result<f64> {
        self.validate()?;
        let u = fraction("utilisation", telemetry.utilisation)?;
        let liquidity = non_negative("health of liquidity", telemetry.liquidity)?;
        let risk = non_negative("systemic risk", telemetry.risk)?;
        representable(
            "policy target",
            self.neutral
                + self.by_utilisation * (u - self.utilisation_target)
                + self.by_liquidity * (self.liquidity_target - liquidity)
                + self.by_risk * risk,
        )
    }

    /// The rate `elapsed_seconds` after it was `previous`, the telemetry having stood since.
    ///
    /// # Errors
    /// As [`PolicyRule::target`]; [`ModelError::OutOfRange`] for a negative time or a previous rate outside the range.
    pub fn next(&self, previous: f64, telemetry: Telemetry, elapsed_seconds: f64) -> Result<PolicyRate> {
        let target = self.target(telemetry)?;
        let previous = within("previous policy rate", previous, self.floor, self.ceiling)?;
        let intervals = non_negative("elapsed time", elapsed_seconds)? / self.interval_seconds;
        let aim = target.clamp(self.floor, self.ceiling);
        let kept = if intervals == 0.0 {
            1.0
        } else {
            self.inertia.powf(intervals)
        };
        let rate = (kept * previous + (1.0 - kept) * aim).clamp(previous.min(aim), previous.max(aim));
        Ok(PolicyRate {
            rate,
            target,
            is_bound: aim != target,
        })
    }

    /// Time in which half of a gap is closed, seconds; zero without inertia.
    ///
    /// # Errors
    /// As [`PolicyRule::validate`].
    pub fn half_life_seconds(&self) -> Result<f64> {
        self.validate()?;
        Ok(self.interval_seconds * core::f64::consts::LN_2 / -self.inertia.ln())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const RULE: PolicyRule = PolicyRule {
        inertia: 0.8,
        interval_seconds: 3_600.0,
        neutral: 0.05,
        by_utilisation: 0.5,
        utilisation_target: 0.8,
        by_liquidity: 0.1,
        liquidity_target: 1.0,
        by_risk: 2.0,
        floor: -0.02,
        ceiling: 0.6,
    };
    const CALM: Telemetry = Telemetry {
        utilisation: 0.8,
        liquidity: 1.0,
        risk: 0.0,
    };

    #[test]
    fn on_target_the_rate_is_neutral_and_a_stress_moves_it_by_the_stated_responses() {
        assert_close(RULE.next(0.05, CALM, 3_600.0).unwrap().rate, 0.05, 1e-15);
        let stress = Telemetry {
            utilisation: 0.95,
            liquidity: 0.4,
            risk: 0.03,
        };
        // 0.05 + 0.5·0.15 + 0.1·0.6 + 2·0.03 = 0.245; a fifth of the way from 0.05.
        let answer = RULE.next(0.05, stress, 3_600.0).unwrap();
        assert_close(answer.target, 0.245, 1e-15);
        assert_close(answer.rate, 0.8 * 0.05 + 0.2 * 0.245, 1e-15);
        assert_close(answer.under(0.07).unwrap(), 0.089, 1e-15);
        assert_close(answer.under(0.2).unwrap(), 0.2, 1e-15);
    }

    #[test]
    fn half_of_a_gap_is_closed_in_the_half_life() {
        let half_life = RULE.half_life_seconds().unwrap();
        assert_close(RULE.next(0.25, CALM, half_life).unwrap().rate, 0.15, 1e-14);
        let prompt = PolicyRule { inertia: 0.0, ..RULE };
        assert_eq!(prompt.half_life_seconds(), Ok(0.0));
        assert_close(prompt.next(0.25, CALM, 1.0).unwrap().rate, 0.05, 1e-15);
        assert_eq!(prompt.next(0.25, CALM, 0.0).unwrap().rate, 0.25);
    }

    #[test]
    fn a_rule_that_answers_stress_with_a_lower_rate_is_refused() {
        let perverse = PolicyRule {
            by_risk: -1.0,
            ..RULE
        };
        assert!(perverse.next(0.05, CALM, 1.0).is_err());
        assert!(RULE.next(0.7, CALM, 1.0).is_err());
    }

    prop_compose! {
        fn telemetries()(utilisation in 0.0f64..=1.0, liquidity in 0.0f64..3.0, risk in 0.0f64..0.5) -> Telemetry {
            Telemetry { utilisation, liquidity, risk }
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_rate_is_bounded_and_monotone_in_everything(
            t in telemetries(), worse in prop::array::uniform3(0.0f64..1.0), previous in -0.02f64..0.6,
            higher in 0.0f64..0.3, elapsed in 0.0f64..1e6,
        ) {
            let rate = RULE.next(previous, t, elapsed).unwrap().rate;
            prop_assert!((RULE.floor..=RULE.ceiling).contains(&rate));
            let stressed = Telemetry {
                utilisation: (t.utilisation + worse[0]).min(1.0),
                liquidity: t.liquidity * (1.0 - worse[1]),
                risk: t.risk + worse[2],
            };
            prop_assert!(RULE.next(previous, stressed, elapsed).unwrap().rate >= rate - 1e-15);
            let above = (previous + higher).min(RULE.ceiling);
            prop_assert!(RULE.next(above, t, elapsed).unwrap().rate >= rate - 1e-15);
        }

        #[test]
        fn many_short_steps_are_one_long_one(t in telemetries(), previous in -0.02f64..0.6, steps in 1u32..50) {
            let mut rate = previous;
            for _ in 0..steps {
                rate = RULE.next(rate, t, 7_200.0 / f64::from(steps)).unwrap().rate;
            }
            prop_assert!((rate - RULE.next(previous, t, 7_200.0).unwrap().rate).abs() < 1e-13);
        }
    }
}
