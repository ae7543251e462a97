use super::*;
use crate::fixture::{bits, cases, ramp_rule, ratio, reference};
use proptest::prelude::*;
use std::vec::Vec;

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
    fn no_bit_pattern_makes_the_rules_panic(words in proptest::array::uniform8(bits()), now in bits()) {
        let [a, b, c, d, e, f, g, h] = words;
        let rule = MultiplierRule { deadband: Ratio(a), slope: Ratio(b), cap: Ratio(c), baseline_floor: Rate(d) };
        let _ = (rule.invariant(), rule.at_up(Rate(e), Rate(f)), rule.steepest_up(Rate(g)));
        let speed = RampRule { maintenance_rise_per_day: Ratio(a), loosening_half_life: b };
        let ramp = MarginRamp { target: Ratio(c), initial: Ratio(d), maintenance: Ratio(e), since: UnixTime(f) };
        let now = UnixTime(now);
        let _ = (speed.invariant(), ramp.at(&speed, now).initial, ramp.at(&speed, now).maintenance);
        let _ = ramp.retargeted(&speed, UnixTime(g), Ratio(h)).at(&speed, now).maintenance;
    }
}

/// A speed, and the targets that publications ask for with the seconds between them.
fn histories() -> impl Strategy<Value = (RampRule, Vec<(i64, Ratio)>)> {
    let rule = (DAY..=10 * ONE, 60..=7 * DAY).prop_map(|(speed, half_life)| RampRule {
        maintenance_rise_per_day: Ratio(speed),
        loosening_half_life: half_life,
    });
    let target = prop_oneof![Just(ONE), ONE..=10 * ONE].prop_map(Ratio);
    let step = prop_oneof![0i64..120, 0..3 * DAY];
    (rule, proptest::collection::vec((step, target), 1..12))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn after_any_history_initial_is_at_least_maintenance_and_neither_is_below_one(
        (rule, history) in histories(), ahead in 0..400 * DAY,
    ) {
        prop_assert_eq!(rule.invariant(), Ok(()));
        let mut now = UnixTime(1_000);
        let mut ramp = MarginRamp::neutral(now);
        for (step, target) in history {
            now = UnixTime(now.0 + step);
            ramp = ramp.retargeted(&rule, now, target);
            prop_assert!(ramp.at(&rule, now).initial >= target, "initial margin tightens at once");
            for later in [0, 1, ahead / 1_000, ahead] {
                let at = UnixTime(now.0 + later);
                let (initial, maintenance) = (ramp.at(&rule, at).initial, ramp.at(&rule, at).maintenance);
                prop_assert!(initial >= maintenance && maintenance >= Ratio::ONE, "{initial:?} {maintenance:?}");
                prop_assert!(initial <= Ratio::MAX);
            }
        }
    }

    #[test]
    fn maintenance_never_rises_faster_than_its_speed(
        (rule, history) in histories(), part in 0.0..=1.0f64,
    ) {
        let mut now = UnixTime(1_000);
        let mut ramp = MarginRamp::neutral(now);
        for (step, target) in history {
            let middle = UnixTime(now.0 + (step as f64 * part) as i64);
            let end = UnixTime(now.0 + step);
            for (from, to) in [(now, middle), (middle, end), (now, end)] {
                let rise = ramp.at(&rule, to).maintenance.raw() - ramp.at(&rule, from).maintenance.raw();
                let allowed = i128::from(rule.maintenance_rise_per_day.raw()) * i128::from(to.0 - from.0) / i128::from(DAY);
                prop_assert!(i128::from(rise) <= allowed + 1, "rose {rise}, allowed {allowed}");
            }
            let before = ramp.at(&rule, end).maintenance;
            ramp = ramp.retargeted(&rule, end, target);
            prop_assert_eq!(ramp.at(&rule, end).maintenance, before, "a publication moves no maintenance margin");
            now = end;
        }
    }

    #[test]
    fn asking_for_the_same_target_again_does_not_change_the_path(
        (rule, _) in histories(), start in ONE..=10 * ONE, more in 0..9 * ONE, target in ONE..=10 * ONE,
        steps in proptest::collection::vec(0i64..DAY, 1..12),
    ) {
        let since = UnixTime(1_000);
        let straight = MarginRamp {
            target: Ratio(target),
            initial: Ratio((start + more).min(10 * ONE).max(target)),
            maintenance: Ratio(start),
            since,
        };
        let (mut now, mut restarted) = (since, straight);
        for step in &steps {
            now = UnixTime(now.0 + step);
            restarted = restarted.retargeted(&rule, now, Ratio(target));
        }
        // a restart rounds once, and its share of at most nine by two units of 1e-8 more
        let slack = 30 * i64::try_from(steps.len()).unwrap();
        let initial = restarted.at(&rule, now).initial.raw() - straight.at(&rule, now).initial.raw();
        let maintenance = restarted.at(&rule, now).maintenance.raw() - straight.at(&rule, now).maintenance.raw();
        prop_assert!(initial.abs() <= slack && maintenance.abs() <= slack, "{initial} {maintenance}");
    }

    #[test]
    fn loosening_halves_in_a_half_life_and_never_undershoots(
        start in ONE..=10 * ONE, target in ONE..=10 * ONE, half_life in 60..=7 * DAY, at in 0..=800 * DAY,
    ) {
        let (start, target) = (start.max(target), start.min(target));
        let rule = RampRule { maintenance_rise_per_day: Ratio::ONE, loosening_half_life: half_life };
        let ramp = MarginRamp {
            target: Ratio(target),
            initial: Ratio(start),
            maintenance: Ratio(start),
            since: UnixTime(0),
        };
        let half = ramp.at(&rule, UnixTime(half_life)).initial.raw();
        prop_assert!((half - (target + (start - target) / 2)).abs() <= 30, "{half}");
        for multiplier in [ramp.at(&rule, UnixTime(at)).initial, ramp.at(&rule, UnixTime(at)).maintenance] {
            prop_assert!(multiplier >= Ratio(target) && multiplier <= Ratio(start));
        }
    }
}

#[test]
fn tightening_reaches_initial_margin_at_once_and_maintenance_at_its_speed() {
    let rule = ramp_rule();
    let start = UnixTime(0);
    let ramp = MarginRamp::neutral(start).retargeted(&rule, start, ratio(2.0));
    let at = |seconds| ramp.at(&rule, UnixTime(seconds)).maintenance;
    assert_eq!(ramp.at(&rule, start).initial, ratio(2.0));
    // half a unit a day
    assert_eq!(
        [at(0), at(DAY), at(2 * DAY), at(9 * DAY)],
        [Ratio::ONE, ratio(1.5), ratio(2.0), ratio(2.0)]
    );
}

#[test]
fn each_broken_rule_is_an_invalid_parameter() {
    let sound = RampRule {
        maintenance_rise_per_day: Ratio(DAY),
        loosening_half_life: 60,
    };
    assert_eq!(sound.invariant(), Ok(()));
    let speeds = [Ratio(DAY - 1), Ratio::ZERO, Ratio(-1), Ratio(10 * ONE + 1)].map(|speed| RampRule {
        maintenance_rise_per_day: speed,
        ..sound
    });
    let half_lives = [i64::MIN, 0, 59, 7 * DAY + 1].map(|half_life| RampRule {
        loosening_half_life: half_life,
        ..sound
    });
    for broken in speeds.into_iter().chain(half_lives) {
        assert_eq!(
            broken.invariant(),
            Err(HurdleError::InvalidParameter),
            "{broken:?}"
        );
    }
}
