//! The inputs that governance plausibly allows.
//!
//! | quantity | range |
//! |---|---|
//! | rates s, p, b, d₀, l, o, q₀ | ±2 |
//! | weights | 0 … 2 |
//! | slopes of K, M_u, M_c and m | 0 … 4 |
//! | kink | 0.5 … 0.95 |
//! | caps of M_u, M_c | 0 … 1; of m: 0 … 4 |
//! | knees, deadband, w, u₀ | 0 … 1; c: 0 … 2 |
//! | ρ_u, ρ_q | ±1 |
//! | baseline and its floor | 1 % … 200 %; h₋ within ±2 |
//! | h | ±3; floor and ceiling −40 and 40, so that Φ itself is compared, not a clamp |

use super::{Anchor, Components, Composition, CompositionRule, Responses, Weights};
use crate::curve::{DebtCurve, SpreadMultiplier};
use crate::error::Result;
use crate::fixture::reference;
use crate::multiplier::MultiplierRule;
use crate::quantity::{ONE, Rate, Ratio, Sensitivity};
use proptest::prelude::*;

/// One market and one observation.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub rule: CompositionRule,
    pub components: Components,
    pub responses: Responses,
    pub anchor: Anchor,
}

impl Case {
    pub fn composition(&self) -> Result<Composition<'_>> {
        Composition::new(&self.rule, &self.components, self.responses, self.anchor)
    }

    /// Φ(h) of the reference before it is held to the range.
    pub fn unclamped(&self, h: f64) -> f64 {
        reference::unclamped(&self.rule, &self.components, &self.responses, &self.anchor, h)
    }

    /// The rate at a share of the way from the floor to the ceiling.
    pub fn within(&self, share: f64) -> f64 {
        let (floor, ceiling) = (
            reference::of_rate(self.rule.floor),
            reference::of_rate(self.rule.ceiling),
        );
        (1.0 - share) * floor + share * ceiling
    }

    /// Φ(h) of the reference.
    pub fn phi(&self, h: f64) -> f64 {
        self.unclamped(h)
            .min(reference::of_rate(self.rule.ceiling))
            .max(reference::of_rate(self.rule.floor))
    }
}

fn rates() -> impl Strategy<Value = Rate> {
    (-2 * ONE..=2 * ONE).prop_map(Rate)
}

fn ratios(low: i64, high: i64) -> impl Strategy<Value = Ratio> {
    // the ends of every range are where rules change
    prop_oneof![1 => Just(Ratio(low)), 1 => Just(Ratio(high)), 8 => (low..=high).prop_map(Ratio)]
}

fn sensitivities() -> impl Strategy<Value = Sensitivity> {
    prop_oneof![1 => Just(Sensitivity::ZERO), 6 => (-ONE..=ONE).prop_map(Sensitivity)]
}

/// Hurdle rates.
pub fn range() -> impl Strategy<Value = Rate> {
    (-3 * ONE..=3 * ONE).prop_map(Rate)
}

fn weights() -> impl Strategy<Value = Weights> {
    proptest::array::uniform7(ratios(0, 2 * ONE)).prop_map(
        |[staking, contract, systematic, debt, liquidity, latency, tail]| Weights {
            staking,
            contract,
            systematic,
            debt,
            liquidity,
            latency,
            tail,
        },
    )
}

fn spread() -> impl Strategy<Value = SpreadMultiplier> {
    (ratios(0, ONE), ratios(0, 4 * ONE), ratios(0, ONE)).prop_map(|(knee, slope, cap)| SpreadMultiplier {
        knee,
        slope,
        cap,
    })
}

fn rule() -> impl Strategy<Value = CompositionRule> {
    let curve = (
        ratios(ONE / 2, ONE / 100 * 95),
        ratios(0, 4 * ONE),
        ratios(0, 4 * ONE),
    )
        .prop_map(|(kink, slope1, slope2)| DebtCurve { kink, slope1, slope2 });
    let multiplier = (
        ratios(0, ONE),
        ratios(0, 4 * ONE),
        ratios(0, 4 * ONE),
        ONE / 100..=ONE / 10,
    )
        .prop_map(|(deadband, slope, cap, floor)| MultiplierRule {
            deadband,
            slope,
            cap,
            baseline_floor: Rate(floor),
        });
    (weights(), curve, spread(), spread(), multiplier).prop_map(
        |(weights, debt_curve, utilisation, coverage, multiplier)| CompositionRule {
            weights,
            debt_curve,
            utilisation,
            coverage,
            multiplier,
            floor: Rate::MIN,
            ceiling: Rate::MAX,
            max_slope: Ratio(ONE / 10 * 9),
        },
    )
}

fn components() -> impl Strategy<Value = Components> {
    let shares = (
        ratios(0, ONE),
        ratios(0, ONE),
        ratios(0, 2 * ONE),
        ratios(0, 3 * ONE),
    );
    (proptest::array::uniform8(rates()), shares).prop_map(|(rates, shares)| {
        let [
            staking,
            contract,
            systematic,
            debt,
            liquidity,
            latency,
            tail,
            emissions,
        ] = rates;
        let (equity_weight, utilisation, coverage, volatility) = shares;
        Components {
            staking,
            contract,
            systematic,
            debt,
            liquidity,
            latency,
            tail,
            emissions,
            equity_weight,
            utilisation,
            coverage,
            volatility,
        }
    })
}

/// Anything the table above admits.
pub fn case() -> impl Strategy<Value = Case> {
    let responses =
        (sensitivities(), sensitivities()).prop_map(|(utilisation, tail)| Responses { utilisation, tail });
    let anchor = (rates(), ONE / 100..=2 * ONE).prop_map(|(hurdle, baseline)| Anchor {
        hurdle,
        baseline: Rate(baseline),
    });
    (rule(), components(), responses, anchor).prop_map(|(rule, components, responses, anchor)| Case {
        rule,
        components,
        responses,
        anchor,
    })
}

/// The same on a range of hurdle rates that a market would have, with responses from negligible to strong, so that the
/// fixed point is proved in a good part of the cases.
pub fn ranged() -> impl Strategy<Value = Case> {
    (case(), -ONE..ONE / 10, ONE / 5..3 * ONE, 1i64..200).prop_map(|(mut case, floor, ceiling, weaker)| {
        case.rule.floor = Rate(floor);
        case.rule.ceiling = Rate(ceiling);
        case.responses.utilisation = Sensitivity(case.responses.utilisation.raw() / weaker);
        case.responses.tail = Sensitivity(case.responses.tail.raw() / weaker);
        case
    })
}
