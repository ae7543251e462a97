//! Changes of a borrow-rate curve's parameters are found in synthetic and in recorded observations.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Rng, assert_close, csv, recorded};
use hurdle_model::ModelError;
use hurdle_model::debt::{DebtFit, FittedCurve, KinkedCurve, Regime, fit_regimes};
use proptest::prelude::*;

/// Utilisations that wander, under one curve after another; the noise is uniform within ±√3 times its deviation.
fn history(curves: &[(KinkedCurve, usize)], noise: f64, rng: &mut Rng) -> Vec<(f64, f64)> {
    let mut u = 0.7;
    let mut points = Vec::new();
    for (curve, length) in curves {
        for _ in 0..*length {
            u = (u + 0.05 * rng.normal() + 0.05 * (0.75 - u)).clamp(0.02, 1.0);
            points.push((
                u,
                curve.rate(u).unwrap() + noise * 12f64.sqrt() * (rng.uniform() - 0.5),
            ));
        }
    }
    points
}

#[track_caller]
fn kinked(regime: &Regime) -> FittedCurve {
    match regime.fit {
        Ok(DebtFit::Kinked(fitted)) => fitted,
        ref other => panic!("expected a whole curve, got {other:?}"),
    }
}

#[track_caller]
fn assert_same(fitted: &KinkedCurve, truth: &KinkedCurve, tolerance: f64) {
    assert_close(fitted.base(), truth.base(), tolerance);
    assert_close(fitted.kink(), truth.kink(), tolerance);
    assert_close(fitted.slope1(), truth.slope1(), tolerance);
    assert_close(fitted.slope2(), truth.slope2(), tolerance);
}

#[test]
fn three_regimes_are_found_to_the_observation_and_their_curves_recovered() {
    let curves = [
        (KinkedCurve::new(0.0, 0.8, 0.04, 0.75).unwrap(), 700),
        (KinkedCurve::new(0.0, 0.8, 0.055, 0.75).unwrap(), 500),
        (KinkedCurve::new(0.01, 0.9, 0.055, 0.6).unwrap(), 300),
    ];
    let regimes = fit_regimes(&history(&curves, 1e-6, &mut Rng::new(5)), None).unwrap();
    assert_eq!(
        regimes.iter().map(|r| (r.first, r.last)).collect::<Vec<_>>(),
        [(0, 699), (700, 1199), (1200, 1499)]
    );
    for (regime, (truth, _)) in regimes.iter().zip(&curves) {
        assert_same(&kinked(regime).curve, truth, 2e-5);
    }
}

#[test]
fn noise_alone_makes_no_regime() {
    let curve = KinkedCurve::new(0.01, 0.85, 0.05, 0.9).unwrap();
    for seed in 0..10 {
        let points = history(&[(curve, 600)], 1e-3, &mut Rng::new(seed));
        assert_eq!(fit_regimes(&points, None).unwrap().len(), 1, "seed {seed}");
    }
}

#[test]
fn a_market_that_stands_still_is_one_regime_without_a_curve() {
    let regimes = fit_regimes(&[(0.5, 0.04); 50], None).unwrap();
    assert_eq!(regimes.len(), 1);
    assert_eq!(
        regimes[0].fit,
        Err(ModelError::Unidentified {
            what: "borrow-rate curve"
        })
    );
    assert!(fit_regimes(&[(0.5, 0.04); 7], None).is_err());
    assert!(fit_regimes(&[(0.5, 0.04); 8], Some(0.0)).is_err());
}

fn aave(version: &str, text: &str) -> Vec<(f64, f64)> {
    let column = |name: &str| format!("{name}_aave_{version}");
    let (variable, stable) = (column("total_variable_borrows"), column("total_stable_borrows"));
    let (supply, rate) = (column("total_supply"), column("variable_borrow_rate"));
    csv(text)
        .filter_map(|row| {
            let borrowed = row.number(&variable)? + row.number(&stable)?;
            let (supplied, rate) = (row.number(&supply)?, row.number(&rate)?);
            (supplied > 0.0 && borrowed > 0.0).then_some((borrowed / supplied, rate))
        })
        .collect()
}

#[test]
fn aave_v2_kept_one_curve_from_2020_12_to_2021_08() {
    let Some(text) = recorded("rates/usdc_borrow_rates_2020-05_2021-08.csv") else {
        return;
    };
    let regimes = fit_regimes(&aave("v2", &text), None).unwrap();
    assert_eq!(regimes.len(), 1);
    let truth = KinkedCurve::new(0.0, 0.9, 0.04, 0.6).unwrap();
    assert_same(&kinked(&regimes[0]).curve, &truth, 1e-4);
}

#[test]
fn aave_v1_changed_its_curve_in_2020_05() {
    let Some(text) = recorded("rates/usdc_borrow_rates_2020-05_2021-08.csv") else {
        return;
    };
    let regimes = fit_regimes(&aave("v1", &text), None).unwrap();
    // The 204th record with a curve's rate is of 2020-05-14.
    assert_eq!(
        regimes.iter().map(|r| (r.first, r.last)).collect::<Vec<_>>(),
        [(0, 202), (203, 8829)]
    );
    let before = KinkedCurve::new(0.01, 0.8, 0.04, 0.5).unwrap();
    let after = KinkedCurve::new(0.01, 0.9, 0.07, 0.6).unwrap();
    assert_same(&kinked(&regimes[0]).curve, &before, 1e-4);
    assert_same(&kinked(&regimes[1]).curve, &after, 1e-4);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..common::reproducible() })]

    #[test]
    fn a_change_of_any_slope_is_found(
        seed in any::<u64>(), at in 100usize..300, slope in 0.02f64..0.08, change in 0.3f64..0.9,
    ) {
        let before = KinkedCurve::new(0.0, 0.8, slope, 0.75).unwrap();
        let after = KinkedCurve::new(0.0, 0.8, slope * change, 0.75).unwrap();
        let points = history(&[(before, at), (after, 400 - at)], 1e-6, &mut Rng::new(seed));
        let regimes = fit_regimes(&points, None).unwrap();
        prop_assert_eq!(regimes.iter().map(|r| r.first).collect::<Vec<_>>(), vec![0, at]);
    }
}
