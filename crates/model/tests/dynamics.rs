//! The feedback in time: proved stable where the loop gain is below one, and bounded where it is not.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::assert_close;
use common::economy::{calm, compositions};
use hurdle_model::equilibrium::dynamics::{Damping, FeedbackLoop, MarketResponse, State};
use proptest::prelude::*;

const DAILY: Damping = Damping {
    interval_seconds: 3_600.0,
    rise_per_day: 0.5,
    fall_per_day: 0.25,
    multiplier_rise_per_day: 0.5,
    loosening_half_life_seconds: 43_200.0,
};

fn calm_loop() -> FeedbackLoop {
    FeedbackLoop {
        composition: calm(),
        market: MarketResponse {
            utilisation: -1.2,
            tail: -0.03,
            half_life_seconds: 86_400.0,
        },
        damping: DAILY,
    }
}

/// A state at a share of the radius from rest, in each direction.
fn displaced(feedback: &FeedbackLoop, rest: State, radius: f64, slope: f64, shares: [f64; 3]) -> State {
    State {
        hurdle: rest.hurdle + shares[0] * radius,
        utilisation: (rest.utilisation + shares[1] * radius * feedback.market.utilisation).clamp(0.0, 1.0),
        multiplier: (rest.multiplier + shares[2] * radius * slope).max(1.0),
    }
}

#[test]
fn rest_is_a_state_that_does_not_move_and_does_not_depend_on_what_the_keeper_believes() {
    let feedback = calm_loop();
    let rest = feedback.rest().unwrap().unwrap();
    let after = feedback.step(rest).unwrap();
    assert_close(after.hurdle, rest.hurdle, 1e-9);
    assert_close(after.utilisation, rest.utilisation, 1e-9);
    assert_close(after.multiplier, rest.multiplier, 1e-9);
    let mut wrong = feedback;
    wrong.composition.responses.utilisation = 0.4;
    wrong.composition.responses.tail = 0.0;
    assert_close(wrong.rest().unwrap().unwrap().hurdle, rest.hurdle, 1e-9);
}

#[test]
fn a_shock_dies_out_as_fast_as_the_spectral_radius_says() {
    let feedback = calm_loop();
    let rest = feedback.rest().unwrap().unwrap();
    let radius = feedback.spectral_radius(rest).unwrap();
    let start = State {
        hurdle: rest.hurdle + 1e-3,
        utilisation: rest.utilisation - 1e-3,
        ..rest
    };
    let path = feedback.simulate(start, 400).unwrap();
    let away = |i: usize| (path[i].utilisation - rest.utilisation).abs();
    let observed = (away(200) / away(100)).powf(0.01);
    assert!(radius < 1.0);
    assert_close(observed, radius, 1e-3);
}

#[test]
fn the_rate_limit_alone_brings_the_rate_home_in_finite_time_without_overshooting() {
    // A keeper that knows the market, which answers at once.
    let mut feedback = calm_loop();
    feedback.composition.responses.utilisation = feedback.market.utilisation;
    feedback.composition.responses.tail = feedback.market.tail;
    feedback.market.half_life_seconds = 1.0;
    feedback.damping.multiplier_rise_per_day = 1e6;
    feedback.damping.loosening_half_life_seconds = 1.0;
    let rest = feedback.rest().unwrap().unwrap();
    let truth = feedback.truth();
    for hurdle in [rest.hurdle - 0.05, rest.hurdle + 0.05] {
        let start = State {
            hurdle,
            utilisation: truth.utilisation(hurdle),
            multiplier: truth.margin.multiplier(hurdle),
        };
        let path = feedback.simulate(start, 12).unwrap();
        for pair in path.windows(2) {
            let (before, after) = (pair[0].hurdle - rest.hurdle, pair[1].hurdle - rest.hurdle);
            assert!(after.abs() <= before.abs() + 1e-9 && after * before >= -1e-9);
        }
        assert_close(path[12].hurdle, rest.hurdle, 1e-8);
    }
}

#[test]
fn an_unstable_loop_swings_but_is_held_by_the_rate_limit_and_the_range() {
    // Borrowers answer the rate violently, the curve is steep, and the keeper believes that they do not answer at all.
    let mut feedback = calm_loop();
    feedback.composition.responses.utilisation = 0.0;
    feedback.composition.responses.tail = 0.0;
    feedback.composition.components.utilisation = 0.93;
    feedback.composition.components.debt = 0.22;
    feedback.composition.responses.previous_hurdle = 0.28;
    feedback.market.utilisation = -8.0;
    feedback.market.half_life_seconds = 600.0;
    let rest = feedback.rest().unwrap().unwrap();
    assert!(feedback.gain(rest, 0.0).unwrap().total() > 1.0);
    assert!(feedback.stable_ball(rest, 0.1).unwrap().is_none());
    assert!(feedback.spectral_radius(rest).unwrap() > 1.0);
    let start = State {
        hurdle: rest.hurdle + 1e-4,
        ..rest
    };
    let path = feedback.simulate(start, 300).unwrap();
    let swing = path[250..]
        .iter()
        .map(|s| (s.hurdle - rest.hurdle).abs())
        .fold(0.0, f64::max);
    assert!(swing > 1e-3, "{swing}");
    let c = &feedback.composition;
    for pair in path.windows(2) {
        let step = pair[1].hurdle - pair[0].hurdle;
        assert!((-0.25 / 24.0 - 1e-12..=0.5 / 24.0 + 1e-12).contains(&step));
        assert!((c.floor..=c.ceiling).contains(&pair[1].hurdle));
        assert!((0.0..=1.0).contains(&pair[1].utilisation));
        assert!((1.0..=2.0).contains(&pair[1].multiplier));
    }
}

#[test]
fn without_an_equilibrium_the_rate_climbs_to_the_ceiling_and_stays() {
    let mut feedback = calm_loop();
    feedback.composition.components.utilisation = 0.99;
    feedback.composition.components.debt = 0.9;
    feedback.composition.ceiling = 0.3;
    feedback.market.utilisation = 2.0;
    assert_eq!(feedback.rest().unwrap(), None);
    let start = State {
        hurdle: 0.1,
        utilisation: 0.99,
        multiplier: 1.0,
    };
    let path = feedback.simulate(start, 30).unwrap();
    for pair in path.windows(2) {
        assert!(pair[1].hurdle >= pair[0].hurdle);
    }
    assert_eq!(path[30].hurdle, 0.3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..common::reproducible() })]

    #[test]
    fn within_the_stable_ball_the_distance_never_grows_and_vanishes(
        c in compositions(), market in prop::array::uniform2(-3.0f64..3.0), hours in prop::array::uniform3(0.01f64..200.0),
        speeds in prop::array::uniform3(0.01f64..5.0), shares in prop::array::uniform3(-1.0f64..1.0),
    ) {
        // Keepers that are certain of their own equilibrium, and markets of the same order.
        let mut c = c;
        let shrink = (0.3 / c.slope_range().unwrap().magnitude()).min(1.0);
        c.responses.utilisation *= shrink;
        c.responses.tail *= shrink;
        let feedback = FeedbackLoop {
            composition: c,
            market: MarketResponse {
                utilisation: shrink * market[0], tail: market[1] / 10.0, half_life_seconds: hours[0] * 3_600.0,
            },
            damping: Damping {
                interval_seconds: hours[1] * 3_600.0, rise_per_day: speeds[0], fall_per_day: speeds[1],
                multiplier_rise_per_day: speeds[2], loosening_half_life_seconds: hours[2] * 3_600.0,
            },
        };
        let Some(rest) = feedback.rest().unwrap() else { return Ok(()) };
        let inside = (c.ceiling - rest.hurdle).min(rest.hurdle - c.floor);
        let Some(ball) = feedback.stable_ball(rest, inside).unwrap() else { return Ok(()) };
        let start = displaced(&feedback, rest, 0.95 * ball.radius, ball.multiplier_slope, shares);
        let distance = |state: State| feedback.distance(state, rest, ball.multiplier_slope).unwrap();
        prop_assume!(distance(start) <= ball.radius);
        let path = feedback.simulate(start, 40).unwrap();
        for pair in path.windows(2) {
            // The solver is exact to 1e-10, amplified by dividing by small responses.
            prop_assert!(distance(pair[1]) <= distance(pair[0]) + 1e-7, "{:?} {:?} {ball:?}", pair, rest);
        }
        // Whatever the speeds, motion over a very long time comes to rest, as far as the gain keeps from one.
        if ball.total() < 0.9 {
            let mut patient = feedback;
            patient.damping.interval_seconds = 400.0 * 86_400.0;
            let path = patient.simulate(start, 300).unwrap();
            prop_assert!((path[300].hurdle - rest.hurdle).abs() < 1e-7, "{:?} {:?} {ball:?}", path[300], rest);
        }
    }
}
