//! The equilibrium, its comparative statics and its stability against scipy and numpy. The references are printed by
//! `reference/equilibrium.py`, which writes the composition out again.

use super::{Check, Tolerance};
use hurdle_model::composition::{CappedLine, Components, Composition, Input, MarginRule, Responses, Weights};
use hurdle_model::debt::KinkedCurve;
use hurdle_model::equilibrium::dynamics::{Damping, FeedbackLoop, MarketResponse};
use hurdle_model::equilibrium::{analyse, effects};

fn composition(curve: KinkedCurve) -> Composition {
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
        curve,
        utilisation_knee: 0.75,
        utilisation_line: CappedLine { slope: 2.0, cap: 0.5 },
        coverage_line: CappedLine { slope: 0.5, cap: 0.3 },
        margin: MarginRule {
            line: CappedLine { slope: 0.8, cap: 1.0 },
            deadband: 0.05,
            baseline: 0.09,
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

fn check(what: impl Into<String>, reference: &str, expected: f64, ours: f64, tolerance: Tolerance) -> Check {
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours,
        tolerance,
    }
}

/// What the library refused to compute: a row that does not hold.
fn refused(what: &str) -> Check {
    check(what, "an answer", 0.0, f64::NAN, Tolerance::Absolute(0.0))
}

/// Every check of this topic.
pub fn checks() -> Vec<Check> {
    const DERIVATIVES: [(Input, f64); 12] = [
        (Input::Staking, 0.326_006_491_538_355_37),
        (Input::Debt, 0.489_009_737_321_410_84),
        (Input::EquityWeight, 0.049_371_929_509_989_254),
        (Input::Utilisation, 0.126_622_104_051_898_9),
        (Input::Coverage, -0.032_466_090_350_846_69),
        (Input::Kink, 0.000_313_970_516_252_481_96),
        (Input::SlopeBelowKink, -0.006_279_410_415_255_26),
        (Input::UtilisationSlope, 0.002_433_868_856_455_134_7),
        (Input::MarginSlope, -0.002_732_099_387_003_916_7),
        (Input::Baseline, 0.158_832_313_502_943_47),
        (Input::UtilisationResponse, 0.001_745_940_947_373_014_8),
        (Input::TailResponse, 0.109_283_975_521_790_03),
    ];
    let Ok(curve) = KinkedCurve::new(0.0, 0.9, 0.045, 0.6) else {
        return vec![refused("borrow-rate curve")];
    };
    let composition = composition(curve);
    let Ok(analysis) = analyse(&composition, 0.0) else {
        return vec![refused("equilibrium")];
    };
    let mut checks = vec![check(
        "h = Φ(h)",
        "scipy 1.17.1, brentq",
        0.111_556_966_946_225_08,
        analysis.hurdle,
        Tolerance::Absolute(1e-10),
    )];
    let effects = effects(&composition, analysis.hurdle).unwrap_or_default();
    for (input, expected) in DERIVATIVES {
        let effect = effects.iter().find(|effect| effect.input == input);
        checks.push(check(
            format!("dh/d({})", input.name()),
            "central difference of brentq's solutions",
            expected,
            effect.map_or(f64::NAN, |effect| effect.total),
            Tolerance::Absolute(1e-8),
        ));
    }
    checks.extend(in_time(&composition));
    checks
}

fn in_time(composition: &Composition) -> Vec<Check> {
    let feedback = FeedbackLoop {
        composition: *composition,
        market: MarketResponse {
            utilisation: -1.2,
            tail: -0.03,
            half_life_seconds: 86_400.0,
        },
        damping: Damping {
            interval_seconds: 3_600.0,
            rise_per_day: 0.5,
            fall_per_day: 0.25,
            multiplier_rise_per_day: 0.5,
            loosening_half_life_seconds: 43_200.0,
        },
    };
    let Ok(Some(rest)) = feedback.rest() else {
        return vec![refused("state of rest")];
    };
    let mut checks = Vec::new();
    for (what, expected, ours) in [
        (
            "rate at rest under the market's true responses",
            0.110_239_207_511_631_3,
            rest.hurdle,
        ),
        ("utilisation at rest", 0.787_712_950_986_042_5, rest.utilisation),
        ("multiplier at rest", 1.139_904_066_770_056, rest.multiplier),
    ] {
        checks.push(check(
            what,
            "scipy 1.17.1, brentq",
            expected,
            ours,
            Tolerance::Absolute(2e-9),
        ));
    }
    checks.push(check(
        "spectral radius of the damped recursion",
        "numpy 2.4.6, eigvals of a numerical Jacobian",
        0.966_390_693_683_969_3,
        feedback.spectral_radius(rest).unwrap_or(f64::NAN),
        Tolerance::Absolute(1e-8),
    ));
    checks
}
