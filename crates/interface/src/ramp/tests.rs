use super::*;
use crate::fixture::{bits, cases, ramp_rule, ratio};
use crate::quantity::ONE;
use proptest::prelude::*;
use std::vec::Vec;

/// A speed for every quantity, and a half-life.
fn rule(speed: i64, half_life: i64) -> RampRule {
    RampRule {
        multiplier_rise_per_day: Ratio(speed),
        volatility_rise_per_day: Ratio(speed),
        carry_rise_per_day: Ratio(speed),
        loosening_half_life: half_life,
    }
}

/// The same target for every quantity.
fn all(value: Ratio) -> Targets {
    Targets {
        multiplier: value,
        volatility: value,
        carry: value,
    }
}

/// Every quantity on the same track.
fn alike(track: Track, since: UnixTime) -> MarginRamps {
    MarginRamps {
        multiplier: track,
        volatility: track,
        carry: track,
        since,
    }
}

/// A speed, and the targets that publications ask for with the seconds between them.
fn histories() -> impl Strategy<Value = (RampRule, Vec<(i64, Ratio)>)> {
    let rule = (DAY..=10 * ONE, 60..=7 * DAY).prop_map(|(speed, half_life)| rule(speed, half_life));
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
        let mut ramp = MarginRamps::resting(all(Ratio::ONE), now);
        for (step, target) in history {
            now = UnixTime(now.0 + step);
            ramp = ramp.retargeted(&rule, now, all(target));
            prop_assert!(ramp.at(&rule, now).multiplier.initial >= target, "initial margin tightens at once");
            for later in [0, 1, ahead / 1_000, ahead] {
                let at = UnixTime(now.0 + later);
                let (initial, maintenance) = (ramp.at(&rule, at).multiplier.initial, ramp.at(&rule, at).multiplier.maintenance);
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
        let mut ramp = MarginRamps::resting(all(Ratio::ONE), now);
        for (step, target) in history {
            let middle = UnixTime(now.0 + (step as f64 * part) as i64);
            let end = UnixTime(now.0 + step);
            for (from, to) in [(now, middle), (middle, end), (now, end)] {
                let rise = ramp.at(&rule, to).multiplier.maintenance.raw() - ramp.at(&rule, from).multiplier.maintenance.raw();
                let allowed = i128::from(rule.multiplier_rise_per_day.raw()) * i128::from(to.0 - from.0) / i128::from(DAY);
                prop_assert!(i128::from(rise) <= allowed + 1, "rose {rise}, allowed {allowed}");
            }
            let before = ramp.at(&rule, end).multiplier.maintenance;
            ramp = ramp.retargeted(&rule, end, all(target));
            prop_assert_eq!(ramp.at(&rule, end).multiplier.maintenance, before, "a publication moves no maintenance margin");
            now = end;
        }
    }

    #[test]
    fn asking_for_the_same_target_again_does_not_change_the_path(
        (rule, _) in histories(), start in ONE..=10 * ONE, more in 0..9 * ONE, target in ONE..=10 * ONE,
        steps in proptest::collection::vec(0i64..DAY, 1..12),
    ) {
        let since = UnixTime(1_000);
        let track = Track {
            target: Ratio(target),
            initial: Ratio((start + more).min(10 * ONE).max(target)),
            maintenance: Ratio(start),
        };
        let straight = alike(track, since);
        let (mut now, mut restarted) = (since, straight);
        for step in &steps {
            now = UnixTime(now.0 + step);
            restarted = restarted.retargeted(&rule, now, all(Ratio(target)));
        }
        // a restart rounds once, and its share of at most nine by two units of 1e-8 more
        let slack = 30 * i64::try_from(steps.len()).unwrap();
        let initial = restarted.at(&rule, now).multiplier.initial.raw() - straight.at(&rule, now).multiplier.initial.raw();
        let maintenance = restarted.at(&rule, now).multiplier.maintenance.raw() - straight.at(&rule, now).multiplier.maintenance.raw();
        prop_assert!(initial.abs() <= slack && maintenance.abs() <= slack, "{initial} {maintenance}");
    }

    #[test]
    fn loosening_halves_in_a_half_life_and_never_undershoots(
        start in ONE..=10 * ONE, target in ONE..=10 * ONE, half_life in 60..=7 * DAY, at in 0..=800 * DAY,
    ) {
        let (start, target) = (start.max(target), start.min(target));
        let rule = rule(ONE, half_life);
        let track = Track { target: Ratio(target), initial: Ratio(start), maintenance: Ratio(start) };
        let ramp = alike(track, UnixTime(0));
        let half = ramp.at(&rule, UnixTime(half_life)).multiplier.initial.raw();
        prop_assert!((half - (target + (start - target) / 2)).abs() <= 30, "{half}");
        for multiplier in [ramp.at(&rule, UnixTime(at)).multiplier.initial, ramp.at(&rule, UnixTime(at)).multiplier.maintenance] {
            prop_assert!(multiplier >= Ratio(target) && multiplier <= Ratio(start));
        }
    }
}

#[test]
fn tightening_reaches_initial_margin_at_once_and_maintenance_at_its_speed() {
    let rule = ramp_rule();
    let start = UnixTime(0);
    let ramp = MarginRamps::resting(all(Ratio::ONE), start).retargeted(&rule, start, all(ratio(2.0)));
    let at = |seconds| ramp.at(&rule, UnixTime(seconds)).multiplier.maintenance;
    assert_eq!(ramp.at(&rule, start).multiplier.initial, ratio(2.0));
    // half a unit a day
    assert_eq!(
        [at(0), at(DAY), at(2 * DAY), at(9 * DAY)],
        [Ratio::ONE, ratio(1.5), ratio(2.0), ratio(2.0)]
    );
}

#[test]
fn each_quantity_has_its_own_speed_and_all_share_the_half_life() {
    let rule = RampRule {
        multiplier_rise_per_day: ratio(0.5),
        volatility_rise_per_day: ratio(0.25),
        carry_rise_per_day: ratio(0.125),
        loosening_half_life: DAY,
    };
    let up =
        MarginRamps::resting(all(Ratio::ONE), UnixTime(0)).retargeted(&rule, UnixTime(0), all(ratio(3.0)));
    let day = up.at(&rule, UnixTime(DAY));
    assert_eq!(
        [day.multiplier, day.volatility, day.carry].map(|quantity| quantity.maintenance),
        [ratio(1.5), ratio(1.25), ratio(1.125)]
    );
    let down =
        MarginRamps::resting(all(ratio(3.0)), UnixTime(0)).retargeted(&rule, UnixTime(0), all(Ratio::ONE));
    let day = down.at(&rule, UnixTime(DAY));
    for quantity in [day.multiplier, day.volatility, day.carry] {
        assert!(quantity.initial.raw().abs_diff(2 * ONE) <= 10, "{quantity:?}");
        assert_eq!(quantity.initial, quantity.maintenance);
    }
}

#[test]
fn another_rule_acts_from_its_change_on_and_not_on_what_has_passed() {
    let (slow, fast) = (rule(ONE / 10, DAY), rule(2 * ONE, 60));
    let ramps = MarginRamps::neutral(UnixTime(0)).retargeted(&slow, UnixTime(0), all(ratio(3.0)));
    let now = UnixTime(5 * DAY);
    assert_eq!(ramps.rebased(&slow, now).at(&fast, now), ramps.at(&slow, now));
    assert_ne!(ramps.at(&fast, now), ramps.at(&slow, now));
}

#[test]
fn carry_is_the_funding_over_the_horizon_and_never_negative() {
    assert_eq!(carry_up(Rate(36_500_000), DAY), Ok(Ratio(100_000)));
    assert_eq!(carry_up(Rate(1), 1), Ok(Ratio(1)), "rounded up");
    assert_eq!(carry_up(Rate(-36_500_000), DAY), Ok(Ratio::ZERO));
    assert!(carry_up(Rate::MAX, 30 * DAY).is_ok());
}

#[test]
fn each_broken_rule_is_an_invalid_parameter() {
    let sound = rule(DAY, 60);
    assert_eq!(sound.invariant(), Ok(()));
    let places: [fn(&mut RampRule) -> &mut Ratio; 3] = [
        |rule| &mut rule.multiplier_rise_per_day,
        |rule| &mut rule.volatility_rise_per_day,
        |rule| &mut rule.carry_rise_per_day,
    ];
    for place in places {
        for speed in [Ratio(DAY - 1), Ratio::ZERO, Ratio(-1), Ratio(10 * ONE + 1)] {
            let mut broken = sound;
            *place(&mut broken) = speed;
            assert_eq!(
                broken.invariant(),
                Err(HurdleError::InvalidParameter),
                "{broken:?}"
            );
        }
    }
    for half_life in [i64::MIN, 0, 59, 7 * DAY + 1] {
        assert_eq!(
            rule(DAY, half_life).invariant(),
            Err(HurdleError::InvalidParameter)
        );
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bit_pattern_makes_the_ramps_panic(words in proptest::array::uniform8(bits()), now in bits()) {
        let [a, b, c, d, e, f, g, h] = words;
        let speed = rule(a, b);
        let ramps = alike(Track { target: Ratio(c), initial: Ratio(d), maintenance: Ratio(e) }, UnixTime(f));
        let now = UnixTime(now);
        let _ = (speed.invariant(), ramps.at(&speed, now), carry_up(Rate(g), h), Track::resting(Ratio(c)).is_sound(Ratio(d)));
        let _ = ramps.retargeted(&speed, UnixTime(g), all(Ratio(h))).at(&speed, now);
        let _ = ramps.rebased(&speed, UnixTime(g)).at(&speed, now);
    }
}
