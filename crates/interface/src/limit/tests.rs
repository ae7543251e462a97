use super::*;
use crate::fixture::{bits, cases, rate};
use crate::quantity::ONE;
use proptest::prelude::*;

fn rates() -> impl Strategy<Value = Rate> {
    (-40 * ONE..=40 * ONE).prop_map(Rate)
}

fn limits() -> impl Strategy<Value = RateLimit> {
    let speed = || prop_oneof![DAY..=ONE, DAY..=40 * ONE].prop_map(Rate);
    (speed(), speed()).prop_map(|(rise_per_day, fall_per_day)| RateLimit {
        rise_per_day,
        fall_per_day,
    })
}

/// The allowed move, exact, rounded down.
fn allowance(per_day: Rate, elapsed: i64) -> i128 {
    i128::from(per_day.raw()) * i128::from(elapsed) / i128::from(DAY)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_rate_moves_as_far_as_its_allowance_and_no_farther(
        limit in limits(), last in rates(), wanted in rates(), elapsed in 0..=400 * DAY,
    ) {
        prop_assert_eq!(limit.invariant(), Ok(()));
        let published = limit.limited(last, wanted, elapsed);
        let moved = i128::from(published.raw()) - i128::from(last.raw());
        let wished = i128::from(wanted.raw()) - i128::from(last.raw());
        let (rise, fall) = (allowance(limit.rise_per_day, elapsed), allowance(limit.fall_per_day, elapsed));
        prop_assert_eq!(moved, wished.clamp(-fall, rise));
        prop_assert!(published.validate().is_ok());
    }

    #[test]
    fn many_small_steps_gain_nothing_over_one(
        limit in limits(), last in rates(), wanted in rates(), steps in proptest::collection::vec(0i64..DAY, 1..20),
    ) {
        let elapsed = steps.iter().sum();
        let at_once = limit.limited(last, wanted, elapsed);
        let in_steps = steps.iter().fold(last, |rate, step| limit.limited(rate, wanted, *step));
        if wanted >= last {
            prop_assert!(last <= in_steps && in_steps <= at_once);
        } else {
            prop_assert!(at_once <= in_steps && in_steps <= last);
        }
        // each step rounds its allowance down by less than a unit
        let lost = i64::try_from(steps.len()).unwrap();
        prop_assert!(at_once.distance(in_steps) <= lost);
    }

    #[test]
    fn going_back_and_forth_never_leads_beyond_one_move(
        limit in limits(), last in rates(), wishes in proptest::collection::vec((rates(), 0i64..DAY), 1..20),
    ) {
        let elapsed: i64 = wishes.iter().map(|(_, step)| step).sum();
        let end = wishes.iter().fold(last, |rate, (wanted, step)| limit.limited(rate, *wanted, *step));
        prop_assert!(i128::from(end.raw() - last.raw()) <= allowance(limit.rise_per_day, elapsed));
        prop_assert!(i128::from(last.raw() - end.raw()) <= allowance(limit.fall_per_day, elapsed));
    }

    #[test]
    fn every_rate_is_reached_after_an_outage_however_far_it_is(
        limit in limits(), last in rates(), wanted in rates(), outage in 0i64..i64::MAX,
    ) {
        // the slower direction covers the distance in this many days
        let days = last.distance(wanted) / limit.rise_per_day.min(limit.fall_per_day).raw() + 1;
        let enough = days.saturating_mul(DAY);
        let after = limit.limited(last, wanted, outage);
        if enough <= 1_000_000_000 {
            prop_assert_eq!(limit.limited(last, wanted, outage.max(enough)), wanted);
        }
        // and a partial answer never makes the rest farther
        prop_assert!(after.distance(wanted) <= last.distance(wanted));
        prop_assert!(outage < DAY || after == wanted || after != last);
    }

    #[test]
    fn the_baseline_lies_between_the_old_one_and_the_rate_that_stood(
        baseline in rates(), held in rates(), since in 0..=DAY, elapsed in 0..=400 * DAY, half_life in 60..=30 * DAY,
    ) {
        let (since, now) = (UnixTime(since), UnixTime(since + elapsed));
        let fine = baseline_after(Wide::from_rate(baseline), held, since, now, half_life);
        let moved = fine.to_rate_down().unwrap();
        prop_assert!(baseline.min(held) <= moved && moved <= baseline.max(held));
        let share = 2f64.powf(-(elapsed as f64) / half_life as f64);
        let exact = held.raw() as f64 + (baseline.raw() - held.raw()) as f64 * share;
        // the share is within 2e-9 of the exact one; never above, since margin rises as the baseline falls
        let error = exact - fine.0 as f64 * 1e-8;
        prop_assert!((-1e-4..=2e-9 * baseline.distance(held) as f64 + 1e-4).contains(&error), "{error}");
    }

    #[test]
    fn no_time_moves_no_baseline(baseline in rates(), held in rates(), at in bits(), half_life in 60..=30 * DAY) {
        let baseline = Wide::from_rate(baseline);
        prop_assert_eq!(baseline_after(baseline, held, UnixTime(at), UnixTime(at), half_life), baseline);
    }

    #[test]
    fn a_burst_of_extreme_updates_leaves_the_baseline_where_it_was(
        baseline in rates(), extreme in rates(), gaps in proptest::collection::vec(0i64..=1, 100),
    ) {
        let mut now = UnixTime(0);
        let mut moved = Wide::from_rate(baseline);
        for gap in gaps.iter().scan(0, |spent, gap| { *spent += gap; Some(if *spent <= 60 { *gap } else { 0 }) }) {
            let since = now;
            now = UnixTime(now.0 + gap);
            moved = baseline_after(moved, extreme, since, now, DAY);
        }
        // the extreme stood for a minute at most: 1 − 2^(−60/86400) of the distance, and a unit for each rounding
        let share = 1.0 - 2f64.powf(-60.0 / 86_400.0);
        let most = baseline.distance(extreme) as f64 * (share + 1e-6) + 1.0;
        let moved = moved.to_rate_down().unwrap();
        prop_assert!(moved.distance(baseline) as f64 <= most, "{} above {most}", moved.distance(baseline));
    }

    #[test]
    fn no_bit_pattern_makes_the_limit_panic(words in proptest::array::uniform7(bits())) {
        let [rise, fall, last, wanted, elapsed, now, half_life] = words;
        let limit = RateLimit { rise_per_day: Rate(rise), fall_per_day: Rate(fall) };
        let _ = (limit.invariant(), limit.limited(Rate(last), Rate(wanted), elapsed));
        let _ = baseline_after(Wide(last), Rate(wanted), UnixTime(elapsed), UnixTime(now), half_life);
    }
}

#[test]
fn a_minute_of_a_four_hundred_percent_spike_moves_a_daily_baseline_by_less_than_a_fifth_of_a_percent() {
    let moved = baseline_after(
        Wide::from_rate(rate(0.1)),
        rate(4.1),
        UnixTime(0),
        UnixTime(60),
        DAY,
    );
    let moved = moved.to_rate_down().unwrap();
    assert!(moved > rate(0.1) && moved < rate(0.102), "{moved:?}");
}

#[test]
fn a_limit_that_rounds_to_nothing_within_a_second_is_an_invalid_parameter() {
    let sound = RateLimit {
        rise_per_day: Rate(DAY),
        fall_per_day: Rate(DAY),
    };
    assert_eq!(sound.invariant(), Ok(()));
    for broken in [Rate(DAY - 1), Rate::ZERO, Rate(-1), Rate(40 * ONE + 1)] {
        let rise = RateLimit {
            rise_per_day: broken,
            ..sound
        };
        let fall = RateLimit {
            fall_per_day: broken,
            ..sound
        };
        assert_eq!(rise.invariant(), Err(HurdleError::InvalidParameter));
        assert_eq!(fall.invariant(), Err(HurdleError::InvalidParameter));
    }
}

/// A baseline of a month, published to every second for a day, stands where one publication a day would leave it.
#[test]
fn publishing_every_second_does_not_bend_the_baseline() {
    let (from, held, half_life) = (rate(0.08), rate(0.05), 30 * DAY);
    for (from, held) in [(from, held), (held, from)] {
        let start = Wide::from_rate(from);
        let at_once = baseline_after(start, held, UnixTime(0), UnixTime(DAY), half_life);
        let by_seconds = (0..DAY).fold(start, |baseline, second| {
            baseline_after(baseline, held, UnixTime(second), UnixTime(second + 1), half_life)
        });
        let moved = (at_once.0 - start.0) as f64;
        let bent = (by_seconds.0 - at_once.0) as f64;
        assert!(bent.abs() <= 0.005 * moved.abs(), "{bent} of {moved}");
    }
}
