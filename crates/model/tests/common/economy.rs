//! Compositions for the tests: a calm one and any.

use hurdle_model::composition::{CappedLine, Components, Composition, MarginRule, Responses, Weights};
use hurdle_model::debt::KinkedCurve;
use proptest::prelude::*;

pub fn calm() -> Composition {
    Composition {
        weights: Weights::NEUTRAL,
        components: Components {
            staking: 0.07,
            contract: 0.02,
            systematic: 0.03,
            liquidity: 0.004,
            oracle: 0.006,
            tail: 0.01,
            debt: 0.06,
            equity_weight: 0.4,
            utilisation: 0.8,
            coverage: 0.9,
        },
        curve: KinkedCurve::new(0.0, 0.9, 0.045, 0.6).unwrap(),
        utilisation_knee: 0.75,
        utilisation_line: CappedLine { slope: 2.0, cap: 0.5 },
        coverage_line: CappedLine { slope: 0.5, cap: 0.3 },
        margin: MarginRule {
            line: CappedLine { slope: 0.8, cap: 1.0 },
            deadband: 0.1,
            baseline: 0.1,
            baseline_floor: 0.02,
        },
        responses: Responses {
            utilisation: -1.0,
            tail: -0.02,
            previous_hurdle: 0.1,
            previous_multiplier: 1.0,
        },
        floor: 0.0,
        ceiling: 2.0,
    }
}

prop_compose! {
    pub fn compositions()(
        rates in prop::array::uniform7(-0.1f64..0.5), w in 0.0f64..=1.0, u in 0.0f64..=1.0, coverage in 0.0f64..2.0,
        kink in 0.3f64..0.95, slopes in prop::array::uniform2(0.0f64..2.0), knee in 0.0f64..1.0,
        lines in prop::array::uniform6(0.0f64..2.0), deadband in 0.0f64..0.3, baseline in -0.1f64..0.3,
        responses in prop::array::uniform2(-5.0f64..5.0), previous in 0.0f64..0.4,
    ) -> Composition {
        let [staking, contract, systematic, liquidity, oracle, tail, debt] = rates;
        let line = |i: usize| CappedLine { slope: lines[i], cap: lines[i + 1] };
        Composition {
            weights: Weights { debt: 1.2, tail: 0.7, ..Weights::NEUTRAL },
            components: Components {
                staking, contract, systematic, liquidity, oracle, tail, debt,
                equity_weight: w, utilisation: u, coverage,
            },
            curve: KinkedCurve::new(0.0, kink, slopes[0], slopes[1]).unwrap(),
            utilisation_knee: knee,
            utilisation_line: line(0),
            coverage_line: line(2),
            margin: MarginRule { line: line(4), deadband, baseline, baseline_floor: 0.02 },
            responses: Responses {
                utilisation: responses[0], tail: responses[1], previous_hurdle: previous, previous_multiplier: 1.1,
            },
            floor: -0.05,
            ceiling: 0.6,
        }
    }
}
