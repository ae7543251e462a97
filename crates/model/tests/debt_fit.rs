//! The kinked curve is recovered from synthetic and from recorded observations.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Rng, assert_close, csv, recorded};
use hurdle_model::ModelError;
use hurdle_model::debt::{DebtFit, FittedCurve, KinkedCurve, fit_kinked_curve};
use proptest::prelude::*;

fn sample(curve: &KinkedCurve, from: f64, to: f64, n: usize, noise: impl FnMut() -> f64) -> Vec<(f64, f64)> {
    let mut noise = noise;
    (0..n)
        .map(|i| {
            let u = from + (to - from) * i as f64 / (n - 1) as f64;
            (u, curve.rate(u).unwrap() + noise())
        })
        .collect()
}

#[track_caller]
fn kinked(fit: DebtFit) -> FittedCurve {
    match fit {
        DebtFit::Kinked(fitted) => fitted,
        other => panic!("expected both segments, got {other:?}"),
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
fn noise_shrinks_out_of_the_estimate() {
    let truth = KinkedCurve::new(0.01, 0.8, 0.05, 0.75).unwrap();
    let mut rng = Rng::new(42);
    let points = sample(&truth, 0.3, 0.99, 2000, || 0.002 * rng.normal());
    let fitted = kinked(fit_kinked_curve(&points).unwrap());
    assert_same(&fitted.curve, &truth, 3e-3);
    assert_close(fitted.rmse, 0.002, 1e-4);
    assert!(fitted.r_squared > 0.99);
}

#[test]
fn samples_below_the_kink_leave_it_to_the_prior() {
    let truth = KinkedCurve::new(0.02, 0.9, 0.04, 0.6).unwrap();
    let fit = fit_kinked_curve(&sample(&truth, 0.25, 0.75, 51, || 0.0)).unwrap();
    assert!(matches!(fit, DebtFit::BelowKink(_)), "{fit:?}");
    let prior = KinkedCurve::new(0.0, 0.9, 0.08, 0.6).unwrap();
    assert_same(&fit.complete(&prior).unwrap(), &truth, 1e-12);
    // A prior whose kink was passed without a kink being seen is contradicted by the data.
    let contradicted = KinkedCurve::new(0.0, 0.7, 0.08, 0.6).unwrap();
    assert_eq!(
        fit.complete(&contradicted),
        Err(ModelError::OutOfRange {
            what: "kink of the prior curve",
            value: 0.7,
            min: 0.75,
            max: 1.0
        })
    );
}

#[test]
fn samples_above_the_kink_leave_the_lower_segment_to_the_prior() {
    let truth = KinkedCurve::new(0.01, 0.8, 0.04, 1.0).unwrap();
    let fit = fit_kinked_curve(&sample(&truth, 0.85, 0.99, 50, || 0.0)).unwrap();
    assert!(matches!(fit, DebtFit::AboveKink(_)), "{fit:?}");
    let prior = KinkedCurve::new(0.01, 0.8, 0.2, 0.2).unwrap();
    assert_same(&fit.complete(&prior).unwrap(), &truth, 1e-12);
}

#[test]
fn a_line_through_the_origin_with_noise_is_still_the_lower_segment() {
    let truth = KinkedCurve::new(0.0, 0.9, 0.04, 0.6).unwrap();
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        let fit = fit_kinked_curve(&sample(&truth, 0.3, 0.85, 100, || 1e-4 * rng.normal())).unwrap();
        assert!(
            !matches!(fit, DebtFit::Kinked(f) if f.curve.kink() > 0.86),
            "{fit:?}"
        );
        if let DebtFit::AboveKink(line) = fit {
            panic!("noise taken for a negative intercept: {line:?}");
        }
    }
}

#[test]
fn constant_utilisation_identifies_nothing() {
    let result = fit_kinked_curve(&[(0.5, 0.1), (0.5, 0.2), (0.5, 0.1), (0.5, 0.1)]);
    assert_eq!(
        result,
        Err(ModelError::Unidentified {
            what: "borrow-rate curve"
        })
    );
}

#[test]
fn the_curve_of_aave_v2_is_recovered_from_its_recorded_rates() {
    let Some(text) = recorded("rates/usdc_borrow_rates_2020-05_2021-08.csv") else {
        return;
    };
    let points: Vec<(f64, f64)> = csv(&text)
        .filter_map(|row| {
            let borrowed =
                row.number("total_variable_borrows_aave_v2")? + row.number("total_stable_borrows_aave_v2")?;
            let supplied = row.number("total_supply_aave_v2")?;
            let rate = row.number("variable_borrow_rate_aave_v2")?;
            (supplied > 0.0 && borrowed > 0.0).then_some((borrowed / supplied, rate))
        })
        .collect();
    assert!(points.len() > 5000, "{}", points.len());
    let fitted = kinked(fit_kinked_curve(&points).unwrap());
    eprintln!("Aave v2 USDC, {} samples: {fitted:?}", points.len());
    assert_same(
        &fitted.curve,
        &KinkedCurve::new(0.0, 0.9, 0.04, 0.6).unwrap(),
        1e-4,
    );
}

proptest! {
    #![proptest_config(common::reproducible())]

    #[test]
    fn exact_samples_give_back_the_exact_curve(
        base in 0.0f64..0.05, kink in 0.4f64..0.95, slope1 in 0.01f64..0.2, extra in 0.2f64..3.0, n in 30usize..200,
    ) {
        let slope2 = (1.0 - kink) * (slope1 / kink + extra);
        let truth = KinkedCurve::new(base, kink, slope1, slope2).unwrap();
        let fitted = kinked(fit_kinked_curve(&sample(&truth, 0.05, 1.0, n, || 0.0)).unwrap());
        prop_assert!(fitted.rmse < 1e-8, "{:?}", fitted);
        // Two samples above the kink at least, so that it is identified.
        if (1.0 - kink) * n as f64 > 3.0 {
            assert_same(&fitted.curve, &truth, 1e-6);
        }
    }

    #[test]
    fn no_other_kink_on_a_fine_grid_fits_better(seed in any::<u64>()) {
        let truth = KinkedCurve::new(0.01, 0.7, 0.05, 0.5).unwrap();
        let mut rng = Rng::new(seed);
        let points = sample(&truth, 0.1, 0.98, 60, || 0.005 * rng.normal());
        let fitted = kinked(fit_kinked_curve(&points).unwrap());
        let error = |curve: &KinkedCurve| -> f64 {
            (points.iter().map(|(u, r)| (r - curve.rate(*u).unwrap()).powi(2)).sum::<f64>() / 60.0).sqrt()
        };
        prop_assert!((error(&fitted.curve) - fitted.rmse).abs() < 1e-12);
        let c = fitted.curve;
        for _ in 0..500 {
            let mut nudge = || 0.01 * rng.normal();
            let near = KinkedCurve::new(c.base() + nudge(), c.kink() + nudge(), c.slope1() + nudge(), c.slope2() + nudge());
            if let Ok(near) = near {
                prop_assert!(error(&near) >= fitted.rmse - 1e-12);
            }
        }
    }
}
