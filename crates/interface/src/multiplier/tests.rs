use super::*;
use crate::fixture::{bits, cases, reference};
use proptest::prelude::*;

fn rule() -> impl Strategy<Value = MultiplierRule> {
    (0..=10 * ONE, 0..=10 * ONE, 0..=9 * ONE, 1..=ONE).prop_map(|(deadband, slope, cap, floor)| {
        MultiplierRule {
            deadband: Ratio(deadband),
            slope: Ratio(slope),
            cap: Ratio(cap),
            baseline_floor: Rate(floor),
        }
    })
}

fn rates() -> impl Strategy<Value = Rate> {
    prop_oneof![(-40 * ONE..=40 * ONE), (-ONE / 10..=ONE / 2)].prop_map(Rate)
}

#[test]
fn a_floor_that_lets_the_baseline_fall_to_zero_is_an_invalid_parameter() {
    let rule = |floor| MultiplierRule {
        deadband: Ratio::ZERO,
        slope: Ratio::ONE,
        cap: Ratio::ONE,
        baseline_floor: Rate(floor),
    };
    for (floor, baseline) in [(0, 0), (0, -1), (-ONE, -1), (-ONE, -ONE / 20)] {
        assert_eq!(rule(floor).invariant(), Err(HurdleError::InvalidParameter));
        assert_eq!(
            rule(floor).at_up(Rate(ONE / 10), Rate(baseline)),
            Err(HurdleError::InvalidParameter)
        );
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_multiplier_lies_between_one_and_its_cap(rule in rule(), h in rates(), baseline in rates()) {
        prop_assert_eq!(rule.invariant(), Ok(()));
        let m = rule.at_up(h, baseline).unwrap();
        prop_assert!(Ratio::ONE <= m && m <= rule.cap.add(Ratio::ONE).unwrap());
    }

    #[test]
    fn the_multiplier_is_the_reference_rounded_up(rule in rule(), h in rates(), baseline in ONE / 100..=40 * ONE) {
        let rule = MultiplierRule { baseline_floor: Rate(ONE / 100), ..rule };
        let exact = reference::margin(&rule, reference::of_rate(h), reference::of_rate(Rate(baseline)));
        let coarse = reference::of_ratio(rule.at_up(h, Rate(baseline)).unwrap()) - exact;
        prop_assert!((-1e-11..=1.2e-8).contains(&coarse), "{coarse}");
        // h/baseline is rounded in 1e-10 and multiplied by at most ten
        let fine = rule.fine_at_up(h, Rate(baseline)).unwrap().0 as f64 / 1e10 - exact;
        prop_assert!((-1e-11..=1.2e-9).contains(&fine), "{fine}");
    }

    #[test]
    fn the_multiplier_rises_with_the_hurdle_and_falls_with_the_baseline(
        rule in rule(), a in rates(), b in rates(), c in rates(), d in rates(),
    ) {
        let (h, higher) = (a.min(b), a.max(b));
        let (baseline, higher_baseline) = (c.min(d), c.max(d));
        let m = rule.at_up(h, baseline).unwrap();
        prop_assert!(rule.at_up(higher, baseline).unwrap() >= m);
        prop_assert!(rule.at_up(h, higher_baseline).unwrap() <= m);
    }

    #[test]
    fn the_multiplier_is_one_up_to_the_deadband(rule in rule(), baseline in rates(), share in 0.0..=1.0f64) {
        let effective = rule.effective_baseline(baseline).raw() as f64;
        let edge = effective * (1.0 + reference::of_ratio(rule.deadband));
        let h = Rate(((edge * share).floor() as i64).min(Rate::MAX.raw()));
        prop_assert_eq!(rule.at_up(h, baseline), Ok(Ratio::ONE));
        prop_assert_eq!(rule.at_up(Rate(-h.raw()), baseline), Ok(Ratio::ONE));
    }

    #[test]
    fn no_secant_is_steeper_than_the_bound(rule in rule(), a in rates(), b in rates(), baseline in rates()) {
        let (low, high) = (reference::of_rate(a.min(b)), reference::of_rate(a.max(b)));
        let of = |h| reference::margin(&rule, h, reference::of_rate(baseline));
        let bound = rule.steepest_up(baseline) as f64 / 1e8 * (high - low);
        prop_assert!(of(high) - of(low) <= bound * (1.0 + 1e-9) + 1e-9);
    }

    #[test]
    fn no_bit_pattern_makes_the_rules_panic(words in proptest::array::uniform7(bits())) {
        let [a, b, c, d, e, f, g] = words;
        let rule = MultiplierRule { deadband: Ratio(a), slope: Ratio(b), cap: Ratio(c), baseline_floor: Rate(d) };
        let _ = (rule.invariant(), rule.at_up(Rate(e), Rate(f)), rule.steepest_up(Rate(g)));
    }
}
