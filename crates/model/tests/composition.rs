//! The composition against hand-worked numbers, against its limits, and closed by the equilibrium solver.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::assert_close;
use common::economy::{calm, compositions};
use hurdle_model::composition::Composition;
use hurdle_model::equilibrium::{Bracket, Equilibrium, Proof, Regime, analyse, solve, solve_integer};
use proptest::prelude::*;

#[test]
fn a_hand_worked_case_is_reproduced() {
    // At h = 0.14: u = 0.76, K(u) − K(u₀) = 0.05·(−0.04) = −0.002, d = 0.058; wacc = 0.4·0.12 + 0.6·0.058 = 0.0828;
    // M_u = 1.02, M_c = 1.05; m = 1 + 0.8·0.3 = 1.24, q = 0.01 − 0.02·0.24 = 0.0052.
    let expected = 1.02 * 1.05 * 0.0828 + 0.004 + 0.006 + 0.0052;
    assert_close(calm().phi_unclamped(0.14).unwrap(), expected, 1e-15);
}

#[test]
fn the_spread_is_clamped_to_floor_and_ceiling() {
    let composition = Composition {
        floor: 0.2,
        ceiling: 0.3,
        ..calm()
    };
    assert_eq!(composition.phi(0.14), Ok(0.2));
    let composition = Composition {
        floor: 0.0,
        ceiling: 0.05,
        ..calm()
    };
    assert_eq!(composition.phi(0.14), Ok(0.05));
}

#[test]
fn full_coverage_and_low_utilisation_leave_the_plain_sum() {
    let mut composition = calm();
    composition.components.coverage = 3.0;
    composition.components.utilisation = 0.5;
    let plain = 0.4 * 0.12 + 0.6 * 0.06 + 0.004 + 0.006 + 0.01;
    assert_close(composition.phi_unclamped(0.1).unwrap(), plain, 1e-15);
}

#[test]
fn the_proved_equilibrium_is_a_fixed_point_in_reals_and_in_integers() {
    let composition = calm();
    let bound = composition.slope_range().unwrap().max;
    assert!(bound < 1.0, "{bound}");
    let bracket = Bracket::new(composition.floor, composition.ceiling).unwrap();
    let result = solve(|h| composition.phi_unclamped(h), bracket, Some(bound)).unwrap();
    let Equilibrium::Unique { h, proof, .. } = result else {
        panic!("{result:?}")
    };
    assert_eq!(proof, Proof::SlopeBound);
    assert_close(composition.phi(h).unwrap(), h, 1e-9);
    let unit = 1e8;
    let integer = solve_integer(
        |h| {
            composition
                .phi(h as f64 / unit)
                .map(|rate| (rate * unit).round() as i64)
        },
        0,
        200_000_000,
    )
    .unwrap();
    assert!(integer.residual.abs() <= 1);
    assert_close(integer.h as f64 / unit, h, 3e-8);
}

#[test]
fn fleeing_capital_can_leave_no_equilibrium_but_the_ceiling() {
    let mut composition = calm();
    composition.responses.utilisation = 8.0;
    composition.components.utilisation = 0.98;
    composition.components.debt = 0.6;
    composition.ceiling = 0.3;
    let bracket = Bracket::new(0.0, 0.3).unwrap();
    assert!(composition.slope_range().unwrap().max > 1.0);
    let result = solve(|h| composition.phi_unclamped(h), bracket, None).unwrap();
    assert!(!matches!(result, Equilibrium::Unique { .. }), "{result:?}");
    assert_eq!(composition.phi(0.3), Ok(0.3));
}

#[test]
fn inputs_outside_their_domain_are_named() {
    let mut composition = calm();
    composition.components.utilisation = 1.2;
    assert_eq!(
        composition.phi(0.1).unwrap_err().to_string(),
        "utilisation must lie between 0 and 1, got 1.2"
    );
    assert!(calm().phi(f64::NAN).is_err());
}

#[test]
fn a_hyper_inflationary_protocol_has_a_negative_organic_hurdle_and_full_margin() {
    // Staking that pays in a token which inflates by 150 % a year.
    let analysis = analyse(&calm(), 1.5).unwrap();
    assert_eq!(analysis.regime, Regime::Calm);
    assert!(analysis.hurdle > 0.05 && analysis.organic_hurdle < -1.3);
    assert!(analysis.multiplier >= 1.0);
    // Even a negative gross cost of capital leaves the base margin.
    let mut subsidised = calm();
    subsidised.floor = -1.0;
    subsidised.components.staking = -0.9;
    let analysis = analyse(&subsidised, 0.0).unwrap();
    assert!(analysis.hurdle < 0.0, "{analysis:?}");
    assert_eq!(analysis.multiplier, 1.0);
}

#[test]
fn a_run_publishes_the_ceiling_as_stressed_and_a_cheap_market_the_floor() {
    let mut run = calm();
    run.components.tail = 3.0;
    let analysis = analyse(&run, 0.0).unwrap();
    assert_eq!(
        (analysis.regime, analysis.hurdle),
        (Regime::Stressed, run.ceiling)
    );
    let mut cheap = calm();
    cheap.floor = 0.5;
    let analysis = analyse(&cheap, 0.0).unwrap();
    assert_eq!((analysis.regime, analysis.hurdle), (Regime::Floor, 0.5));
}

proptest! {
    #![proptest_config(common::reproducible())]

    #[test]
    fn every_secant_lies_within_the_slope_range(c in compositions(), a in 0.0f64..1.0, b in 0.0f64..1.0) {
        let range = c.slope_range().unwrap();
        let at = |share: f64| c.floor + share * (c.ceiling - c.floor);
        let (x, y) = (at(a.min(b)), at(a.max(b)));
        prop_assume!(y - x > 1e-6);
        let slope = (c.phi_unclamped(y).unwrap() - c.phi_unclamped(x).unwrap()) / (y - x);
        let rounding = 1e-8 * (1.0 + range.magnitude());
        prop_assert!(slope <= range.max + rounding && slope >= range.min - rounding, "{slope} {range:?}");
    }

    #[test]
    fn a_slope_range_below_one_always_gives_a_single_answer(c in compositions(), target in 0.1f64..0.99) {
        let mut c = c;
        let steepest = c.slope_range().unwrap().max;
        if steepest > target {
            c.responses.utilisation *= target / steepest;
            c.responses.tail *= target / steepest;
        }
        // Smaller responses reach fewer utilisations, so the range shrinks at least in proportion.
        let range = c.slope_range().unwrap();
        prop_assert!(range.max < 1.0);
        let bracket = Bracket::new(c.floor, c.ceiling).unwrap();
        let proved = solve(|h| c.phi_unclamped(h), bracket, Some(range.max)).unwrap();
        let scanned = solve(|h| c.phi_unclamped(h), bracket, None).unwrap();
        match (&proved, &scanned) {
            (Equilibrium::Unique { h: a, .. }, Equilibrium::Unique { h: b, .. }) => {
                prop_assert!((a - b).abs() < 1e-8);
            }
            (Equilibrium::None { .. }, Equilibrium::None { .. }) => prop_assert_eq!(proved, scanned),
            _ => prop_assert!(false, "{:?} {:?}", proved, scanned),
        }
    }

    #[test]
    fn whatever_is_published_margin_is_not_below_its_base(c in compositions(), emissions in 0.0f64..3.0) {
        let analysis = analyse(&c, emissions).unwrap();
        prop_assert!(analysis.multiplier >= 1.0);
        prop_assert!((c.floor..=c.ceiling).contains(&analysis.hurdle));
        prop_assert_eq!(analysis.organic_hurdle, analysis.hurdle - emissions);
    }

    #[test]
    fn the_multipliers_stay_between_one_and_their_caps(c in compositions(), h in -0.5f64..2.0) {
        let u = c.utilisation(h);
        prop_assert!((0.0..=1.0).contains(&u) && c.tail_premium(h) >= 0.0);
        for (multiplier, cap) in [
            (c.utilisation_multiplier(u), c.utilisation_line.cap),
            (c.coverage_multiplier(), c.coverage_line.cap),
            (c.margin.multiplier(h), c.margin.line.cap),
        ] {
            prop_assert!((1.0..=1.0 + cap).contains(&multiplier));
        }
    }
}
