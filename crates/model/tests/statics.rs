//! Comparative statics in closed form against finite differences of the solved equilibrium.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::economy::{calm, compositions};
use hurdle_model::composition::{Composition, Input};
use hurdle_model::equilibrium::{Bracket, Equilibrium, effects, solve};
use proptest::prelude::*;

fn equilibrium(composition: &Composition) -> Option<f64> {
    let bracket = Bracket::new(composition.floor, composition.ceiling).unwrap();
    let bound = composition.slope_range().unwrap().max;
    match solve(|h| composition.phi_unclamped(h), bracket, Some(bound)) {
        Ok(Equilibrium::Unique { h, .. }) => {
            // Polished beyond the solver's tolerance, for the differences' sake.
            let polished = (0..60).fold(h, |h, _| {
                let slope = composition.slope(h).unwrap();
                h + (composition.phi_unclamped(h).unwrap() - h) / (1.0 - slope)
            });
            Some(if (polished - h).abs() < 1e-6 { polished } else { h })
        }
        _ => None,
    }
}

/// One-sided differences of the solved equilibrium, if both sides are in the input's domain and have one.
fn differences(composition: &Composition, input: Input, step: f64) -> Option<(f64, f64)> {
    let x = composition.input(input);
    let at = |x: f64| composition.with(input, x).ok().and_then(|c| equilibrium(&c));
    let (below, here, above) = (at(x - step)?, at(x)?, at(x + step)?);
    Some(((here - below) / step, (above - here) / step))
}

#[test]
fn every_effect_equals_the_shift_of_the_solved_equilibrium() {
    let mut tense = calm();
    tense.components.utilisation = 0.95;
    tense.components.coverage = 0.2;
    tense.responses.previous_hurdle = 0.3;
    for composition in [calm(), tense] {
        let h = equilibrium(&composition).unwrap();
        for effect in effects(&composition, h).unwrap() {
            let Some((below, above)) = differences(&composition, effect.input, 1e-6) else {
                panic!("{} has no neighbours", effect.input.name());
            };
            let scale = 1.0 + effect.total.abs();
            assert!(
                (effect.total - below).abs() < 1e-5 * scale && (effect.total - above).abs() < 1e-5 * scale,
                "{effect:?}: {below} {above}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..common::reproducible() })]

    #[test]
    fn away_from_corners_every_effect_is_the_difference_quotient(c in compositions()) {
        let mut c = c;
        let steepest = c.slope_range().unwrap().magnitude();
        if steepest > 0.8 {
            c.responses.utilisation *= 0.8 / steepest;
            c.responses.tail *= 0.8 / steepest;
        }
        let Some(h) = equilibrium(&c) else { return Ok(()) };
        for effect in effects(&c, h).unwrap() {
            if let Some((below, above)) = differences(&c, effect.input, 1e-6) {
                let scale = 1.0 + effect.total.abs();
                // Where the sides differ there is a corner, and the effect is that of one of them.
                let smooth = (below - above).abs() < 1e-4 * scale;
                let near = |side: f64| (effect.total - side).abs() < 1e-3 * scale;
                prop_assert!(!smooth || near(below), "{:?} {} {}", effect, below, above);
            }
        }
    }

    #[test]
    fn with_one_input_replaced_only_that_one_differs(c in compositions(), i in 0usize..34) {
        let input = Input::ALL[i];
        let value = c.input(input) * 0.9 + 0.05;
        if let Ok(changed) = c.with(input, value) {
            for other in Input::ALL {
                let expected = if *other == input { value } else { c.input(*other) };
                prop_assert_eq!(changed.input(*other), expected, "{}", other.name());
            }
        }
    }
}
