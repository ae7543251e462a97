use super::*;
use crate::fixture::{bits, cases, rate};
use crate::quantity::ONE;
use proptest::prelude::*;

fn rates() -> impl Strategy<Value = Rate> {
    (-40 * ONE..=40 * ONE).prop_map(Rate)
}

fn limits() -> impl Strategy<Value = RateLimit> {
    let speed = || prop_oneof![DAY..=ONE, DAY..=40 * ONE].prop_map(Rate);
    (speed(), speed(), speed(), speed(), 3_600..=30 * DAY).prop_map(
        |(rise_per_day, fall_per_day, window_rise, window_fall, window)| RateLimit {
            rise_per_day,
            fall_per_day,
            window_rise,
            window_fall,
            window,
        },
    )
}

/// Limits whose window never binds.
fn speeds() -> impl Strategy<Value = RateLimit> {
    limits().prop_map(|limit| RateLimit {
        window_rise: Rate(i64::MAX / 2),
        window_fall: Rate(i64::MAX / 2),
        ..limit
    })
}

/// A rate and what the limit remembers, moved by publications.
#[derive(Clone, Copy)]
struct Walk {
    rate: Rate,
    state: LimitState,
    now: i64,
}

impl Walk {
    fn from(rate: Rate) -> Self {
        Self {
            rate,
            state: LimitState::opened(rate, UnixTime(0)),
            now: 0,
        }
    }

    fn step(mut self, limit: &RateLimit, wanted: Rate, elapsed: i64) -> Self {
        self.now = self.now.saturating_add(elapsed);
        (self.rate, self.state) = limit.limited(&self.state, self.rate, wanted, elapsed, UnixTime(self.now));
        self
    }
}

/// The allowed move, exact, rounded down.
fn allowance(per_day: Rate, elapsed: i64) -> i128 {
    i128::from(per_day.raw()) * i128::from(elapsed) / i128::from(DAY)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_rate_moves_as_far_as_its_allowance_and_no_farther(
        limit in speeds(), last in rates(), wanted in rates(), elapsed in 0..=400 * DAY,
    ) {
        let published = Walk::from(last).step(&limit, wanted, elapsed).rate;
        let moved = i128::from(published.raw()) - i128::from(last.raw());
        let wished = i128::from(wanted.raw()) - i128::from(last.raw());
        let (rise, fall) = (allowance(limit.rise_per_day, elapsed), allowance(limit.fall_per_day, elapsed));
        prop_assert_eq!(moved, wished.clamp(-fall, rise));
        prop_assert!(published.validate().is_ok());
    }

    #[test]
    fn many_small_steps_lead_exactly_as_far_as_one(
        limit in speeds(), last in rates(), wanted in rates(), steps in proptest::collection::vec(0i64..DAY, 1..20),
    ) {
        let at_once = Walk::from(last).step(&limit, wanted, steps.iter().sum()).rate;
        let in_steps = steps.iter().fold(Walk::from(last), |walk, step| walk.step(&limit, wanted, *step)).rate;
        prop_assert_eq!(at_once, in_steps, "what a division leaves is carried");
    }

    #[test]
    fn going_back_and_forth_never_leads_beyond_one_move(
        limit in limits(), last in rates(), wishes in proptest::collection::vec((rates(), 0i64..DAY), 1..20),
    ) {
        prop_assert_eq!(limit.invariant(), Ok(()));
        let elapsed: i64 = wishes.iter().map(|(_, step)| step).sum();
        let end = wishes.iter().fold(Walk::from(last), |walk, (wanted, step)| walk.step(&limit, *wanted, *step)).rate;
        prop_assert!(i128::from(end.raw() - last.raw()) <= allowance(limit.rise_per_day, elapsed) + 1);
        prop_assert!(i128::from(last.raw() - end.raw()) <= allowance(limit.fall_per_day, elapsed) + 1);
    }

    #[test]
    fn no_walk_of_small_steps_leads_beyond_the_cap_of_any_window(
        limit in limits(), last in rates(), wishes in proptest::collection::vec((rates(), 0i64..20 * DAY), 1..40),
    ) {
        // (from when, rate): each stands until the next
        let mut stood = std::vec![(0, last)];
        let mut walk = Walk::from(last);
        for (wanted, step) in wishes {
            walk = walk.step(&limit, wanted, step);
            for (index, (_, rate)) in stood.iter().enumerate() {
                let until = stood.get(index + 1).map_or(walk.now, |(at, _)| *at);
                if until > walk.now - limit.window || index + 1 == stood.len() {
                    prop_assert!(walk.rate.raw() - rate.raw() <= limit.window_rise.raw());
                    prop_assert!(rate.raw() - walk.rate.raw() <= limit.window_fall.raw());
                }
            }
            stood.push((walk.now, walk.rate));
        }
    }

    #[test]
    fn every_rate_is_reached_after_an_outage_however_far_it_is(
        limit in limits(), last in rates(), wanted in rates(), wander in proptest::collection::vec((rates(), 0i64..DAY), 0..9),
        outage in 0i64..300 * DAY,
    ) {
        let mut walk = wander.iter().fold(Walk::from(last), |walk, (wanted, step)| walk.step(&limit, *wanted, *step));
        // the slower of speed and window, publishing once a window after the outage
        let per_step = [limit.rise_per_day, limit.fall_per_day]
            .map(|speed| allowance(speed, 2 * limit.window))
            .into_iter()
            .chain([limit.window_rise, limit.window_fall].map(|cap| i128::from(cap.raw())))
            .min()
            .unwrap();
        walk = walk.step(&limit, wanted, outage);
        let steps = i128::from(walk.rate.distance(wanted)) / per_step + 2;
        for _ in 0..steps.min(200) {
            let before = walk.rate;
            walk = walk.step(&limit, wanted, 2 * limit.window);
            prop_assert!(walk.rate == wanted || walk.rate != before, "the band never deadlocks");
        }
        prop_assert!(steps > 200 || walk.rate == wanted);
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
    fn no_bit_pattern_makes_the_limit_panic(a in proptest::array::uniform7(bits()), b in proptest::array::uniform9(bits())) {
        let limit = RateLimit {
            rise_per_day: Rate(a[0]),
            fall_per_day: Rate(a[1]),
            window_rise: Rate(a[2]),
            window_fall: Rate(a[3]),
            window: a[4],
        };
        let state = LimitState {
            since: UnixTime(b[0]),
            low: Rate(b[1]),
            high: Rate(b[2]),
            previous_low: Rate(b[3]),
            previous_high: Rate(b[4]),
            rise_rest: b[5],
            fall_rest: b[6],
        };
        let _ = (limit.invariant(), limit.limited(&state, Rate(b[7]), Rate(b[8]), a[5], UnixTime(a[6])));
        let _ = baseline_after(Wide(a[2]), Rate(a[3]), UnixTime(a[4]), UnixTime(a[5]), a[6]);
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
fn a_limit_that_rounds_to_nothing_or_has_no_window_is_an_invalid_parameter() {
    let sound = RateLimit {
        rise_per_day: Rate(DAY),
        fall_per_day: Rate(DAY),
        window_rise: Rate(DAY),
        window_fall: Rate(DAY),
        window: 3_600,
    };
    assert_eq!(sound.invariant(), Ok(()));
    let places: [fn(&mut RateLimit) -> &mut Rate; 4] = [
        |limit| &mut limit.rise_per_day,
        |limit| &mut limit.fall_per_day,
        |limit| &mut limit.window_rise,
        |limit| &mut limit.window_fall,
    ];
    for place in places {
        for rate in [Rate(DAY - 1), Rate::ZERO, Rate(-1), Rate(40 * ONE + 1)] {
            let mut broken = sound;
            *place(&mut broken) = rate;
            assert_eq!(
                broken.invariant(),
                Err(HurdleError::InvalidParameter),
                "{broken:?}"
            );
        }
    }
    for window in [i64::MIN, 0, 3_599, 30 * DAY + 1] {
        let broken = RateLimit { window, ..sound };
        assert_eq!(broken.invariant(), Err(HurdleError::InvalidParameter));
    }
}

/// Sixty reports a minute apart, each wanting the ceiling, reach the window's cap and stay there until it has passed.
#[test]
fn many_small_steps_stop_at_the_windows_cap() {
    let limit = RateLimit {
        rise_per_day: rate(24.0),
        fall_per_day: rate(24.0),
        window_rise: rate(0.5),
        window_fall: rate(0.5),
        window: DAY,
    };
    let mut walk = Walk::from(rate(0.1));
    for _ in 0..60 {
        walk = walk.step(&limit, rate(3.0), 60);
    }
    assert_eq!(walk.rate, rate(0.6));
    walk = walk.step(&limit, rate(3.0), DAY - 3_600 - 1);
    assert_eq!(walk.rate, rate(0.6), "still within a window of the start");
    let later = walk.step(&limit, rate(3.0), 2 * DAY);
    assert_eq!(
        later.rate,
        rate(1.1),
        "only the last rate stood within the window"
    );
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
