use super::*;
use crate::fixture::{self, bits, cases, rate, ratio, reference, scramble, sensitivity};
use crate::quantity::ONE;
use domain::{case, range, ranged};
use proptest::prelude::*;

mod domain;

/// What the integers' Φ may differ from the real one.
const TOLERANCE: f64 = 1e-7;
/// What it may lie below it: a factor rounded up that multiplies a negative rate, or that relieves the tail.
const BELOW: f64 = 1e-8;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn phi_is_the_reference_within_1e_7_and_never_rounded_below_it(case in case(), h in range()) {
        let exact = case.unclamped(reference::of_rate(h));
        match case.composition().unwrap().phi(h) {
            Ok(phi) => {
                let error = reference::of_rate(phi) - exact;
                prop_assert!((-BELOW..=TOLERANCE).contains(&error), "{phi:?} against {exact}");
            }
            Err(error) => {
                prop_assert_eq!(error, HurdleError::RateOutOfDomain);
                prop_assert!(exact.abs() >= 40.0 - TOLERANCE, "refused {exact}");
            }
        }
    }

    #[test]
    fn phi_rises_with_every_component_that_has_a_weight(case in case(), h in range(), which in 0usize..7, more in 1..2 * ONE) {
        let mut raised = case;
        let place = [
            &mut raised.components.staking,
            &mut raised.components.contract,
            &mut raised.components.systematic,
            &mut raised.components.debt,
            &mut raised.components.liquidity,
            &mut raised.components.latency,
            &mut raised.components.tail,
        ];
        let component: &mut Rate = place.into_iter().nth(which).unwrap();
        *component = Rate(component.raw() + more);
        let before = case.composition().and_then(|composition| composition.phi(h));
        let after = raised.composition().and_then(|composition| composition.phi(h));
        if let (Ok(before), Ok(after)) = (before, after) {
            prop_assert!(after >= before, "{before:?} fell to {after:?}");
        }
    }

    #[test]
    fn phi_lies_between_floor_and_ceiling(case in ranged(), h in range()) {
        if let Ok(phi) = case.composition().unwrap().phi(h) {
            prop_assert!(case.rule.floor <= phi && phi <= case.rule.ceiling);
        }
    }

    #[test]
    fn no_secant_of_phi_is_steeper_than_the_bound(case in ranged(), a in 0.0..1.0f64, b in 0.0..1.0f64) {
        let Ok(bound) = case.composition().unwrap().slope_bound() else { return Ok(()) };
        let (a, b) = (case.within(a.min(b)), case.within(a.max(b)));
        // closer points measure the rounding of the floating-point reference
        if b - a > 1e-4 {
            let secant = (case.phi(b) - case.phi(a)) / (b - a);
            prop_assert!(secant <= bound as f64 / 1e8 + 1e-10, "{secant} above {bound}");
        }
    }

    #[test]
    fn a_proved_fixed_point_is_the_only_one_on_a_fine_grid(case in ranged()) {
        let composition = case.composition().unwrap();
        if composition.is_unique() != Ok(true) {
            return Ok(());
        }
        let points = 400;
        let excess = |index: i32| {
            let h = case.within(f64::from(index) / f64::from(points));
            case.phi(h) - h
        };
        let mut changes = 0;
        for index in 0..points {
            let (left, right) = (excess(index), excess(index + 1));
            prop_assert!(right < left, "Φ(h) − h rises from {left} to {right}");
            // Φ is held to the range, so it starts at zero or above and ends at zero or below
            changes += i32::from(left >= 0.0 && right < 0.0);
        }
        prop_assert!(changes == 1 || (changes == 0 && excess(points) == 0.0), "{changes} fixed points");
    }

    #[test]
    fn no_bit_pattern_makes_the_composition_panic(seed in any::<u64>(), one_in in 1u64..40, h in bits()) {
        let mut rule = fixture::composition_rule();
        let mut components = fixture::components();
        let mut responses = fixture::responses();
        let mut anchor = [fixture::anchor().hurdle, fixture::anchor().baseline];
        scramble(&mut rule, seed, one_in);
        scramble(&mut components, seed ^ 1, one_in);
        scramble(&mut responses, seed ^ 2, one_in);
        scramble(&mut anchor, seed ^ 3, one_in);
        let [hurdle, baseline] = anchor;
        // results of garbage mean nothing; that there is one is the property
        let _ = rule.invariant();
        let _ = components.validate();
        if let Ok(composition) = Composition::new(&rule, &components, responses, Anchor { hurdle, baseline }) {
            let _ = composition.residual(Rate(h));
            let _ = composition.unclamped(Rate(h));
            let _ = composition.is_unique();
        }
    }
}

/// How many of the random cases the uniqueness property really tests.
#[test]
fn the_random_cases_hold_enough_proved_ones() {
    let mut runner = proptest::test_runner::TestRunner::new(cases());
    let proved = (0..1_000)
        .filter(|_| {
            let case = proptest::strategy::ValueTree::current(&ranged().new_tree(&mut runner).unwrap());
            case.composition().unwrap().is_unique() == Ok(true)
        })
        .count();
    assert!(proved > 300, "{proved} of 1000");
}

/// By hand: equity 0.115·0.6 + debt 0.08·0.4 = 0.101; spreads 0.01; tail 0.01; nothing moves at h = h₋.
#[test]
fn a_market_at_rest_composes_to_the_number_computed_by_hand() {
    let (rule, components) = (fixture::composition_rule(), fixture::components());
    let composition = Composition::new(&rule, &components, fixture::responses(), fixture::anchor()).unwrap();
    assert_eq!(composition.phi(fixture::anchor().hurdle), Ok(rate(0.121)));
    assert_eq!(composition.residual(fixture::anchor().hurdle), Ok(100_000));
}

/// Capital that flees: dearer capital raises utilisation, which makes capital dearer. Two fixed points exist.
#[test]
fn a_run_is_not_proved_unique() {
    let (rule, components) = (fixture::composition_rule(), fixture::components());
    let fleeing = Responses {
        utilisation: sensitivity(1.0),
        tail: Sensitivity::ZERO,
    };
    let composition = Composition::new(&rule, &components, fleeing, fixture::anchor()).unwrap();
    assert_eq!(composition.is_unique(), Ok(false));
    let above = |h: f64| composition.phi(rate(h)).unwrap() > rate(h);
    // falls through the diagonal, comes back over it, and falls again at the top
    assert_eq!(
        [above(0.1), above(0.15), above(0.3), above(2.9)],
        [true, false, true, false]
    );
}

#[test]
fn the_slope_bound_of_an_unresponsive_market_is_zero() {
    let (rule, components) = (fixture::composition_rule(), fixture::components());
    let composition = Composition::new(&rule, &components, Responses::default(), fixture::anchor()).unwrap();
    assert_eq!(composition.slope_bound(), Ok(0));
}

#[test]
fn each_broken_rule_is_an_invalid_parameter() {
    let sound = fixture::composition_rule();
    assert_eq!(sound.invariant(), Ok(()));
    let beyond = Ratio(Ratio::MAX.raw() + 1);
    let breaks: [fn(&mut CompositionRule, Ratio); 17] = [
        |rule, beyond| rule.weights.staking = beyond,
        |rule, beyond| rule.weights.contract = beyond,
        |rule, beyond| rule.weights.systematic = beyond,
        |rule, beyond| rule.weights.debt = beyond,
        |rule, beyond| rule.weights.liquidity = beyond,
        |rule, beyond| rule.weights.latency = beyond,
        |rule, beyond| rule.weights.tail = beyond,
        |rule, _| rule.weights.tail = Ratio(-1),
        |rule, _| rule.debt_curve.kink = Ratio::ZERO,
        |rule, beyond| rule.utilisation.slope = beyond,
        |rule, _| rule.coverage.cap = ratio(9.5),
        |rule, _| rule.multiplier.baseline_floor = Rate::ZERO,
        |rule, _| rule.floor = rule.ceiling,
        |rule, _| rule.ceiling = Rate(Rate::MAX.raw() + 1),
        |rule, _| rule.floor = Rate(Rate::MIN.raw() - 1),
        |rule, _| rule.max_slope = Ratio::ONE,
        |rule, _| rule.max_slope = Ratio(-1),
    ];
    for (index, break_one) in breaks.iter().enumerate() {
        let mut rule = sound;
        break_one(&mut rule, beyond);
        assert_eq!(
            rule.invariant(),
            Err(HurdleError::InvalidParameter),
            "break {index}"
        );
    }
}

#[test]
fn each_component_outside_its_domain_is_out_of_bounds() {
    let sound = fixture::components();
    assert_eq!(sound.validate(), Ok(()));
    let words: [i64; 12] = bytemuck::cast(sound);
    // eight rates, two shares of one, two ratios
    let ends = [[-4_000_000_001, 4_000_000_001]; 8]
        .into_iter()
        .chain([[-1, ONE + 1]; 2])
        .chain([[-1, 10 * ONE + 1]; 2]);
    for (index, ends) in ends.enumerate() {
        for raw in ends {
            let mut broken = words;
            broken[index] = raw;
            let broken: Components = bytemuck::cast(broken);
            assert_eq!(
                broken.validate(),
                Err(HurdleError::ComponentOutOfBounds),
                "word {index}"
            );
        }
    }
}

#[test]
fn a_run_lies_above_the_ceiling_or_beyond_the_domain() {
    let mut rule = fixture::composition_rule();
    let mut components = fixture::components();
    let is_run = |rule: &CompositionRule, components: &Components| {
        let composition =
            Composition::new(rule, components, fixture::responses(), fixture::anchor()).unwrap();
        composition.is_run()
    };
    assert_eq!(is_run(&rule, &components), Ok(false));
    components.liquidity = rate(5.0);
    assert_eq!(is_run(&rule, &components), Ok(true));
    rule.weights.liquidity = ratio(10.0);
    let composition = Composition::new(&rule, &components, fixture::responses(), fixture::anchor()).unwrap();
    assert_eq!(
        composition.unclamped(rule.ceiling),
        Err(HurdleError::RateOutOfDomain)
    );
    assert_eq!(is_run(&rule, &components), Ok(true));
}
