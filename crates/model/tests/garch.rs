//! What a fit of GARCH(1,1) and GJR-GARCH(1,1) promises whatever the returns.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Rng, assert_close};
use hurdle_model::ModelError;
use hurdle_model::volatility::garch::{Dynamics, Fit, Mean, Parameters, Specification, fit};
use hurdle_model::volatility::{EvenSeries, IntegratedVariance, term_structure};
use proptest::prelude::*;

const SPECIFICATIONS: [Specification; 4] = [
    Specification {
        mean: Mean::Zero,
        dynamics: Dynamics::Symmetric,
    },
    Specification {
        mean: Mean::Constant,
        dynamics: Dynamics::Symmetric,
    },
    Specification {
        mean: Mean::Zero,
        dynamics: Dynamics::Asymmetric,
    },
    Specification {
        mean: Mean::Constant,
        dynamics: Dynamics::Asymmetric,
    },
];
const TRUTH: Parameters = Parameters {
    mean: 0.05,
    omega: 0.1,
    alpha: 0.04,
    gamma: 0.1,
    beta: 0.87,
};

fn simulated(seed: u64, n: usize) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    let mut variance = TRUTH.long_run_variance().unwrap();
    (0..n)
        .map(|_| {
            let shock = variance.sqrt() * rng.normal();
            let weight = TRUTH.alpha + if shock < 0.0 { TRUTH.gamma } else { 0.0 };
            variance = TRUTH.omega + weight * shock * shock + TRUTH.beta * variance;
            TRUTH.mean + shock
        })
        .collect()
}

fn series(values: impl IntoIterator<Item = f64>) -> EvenSeries {
    EvenSeries::new(0, 86_400, values.into_iter().map(Some).collect()).unwrap()
}

/// Admissible, as the fit promises.
fn assert_sound(fit: &Fit) {
    let p = &fit.parameters;
    assert!(
        p.omega > 0.0 && p.alpha >= 0.0 && p.beta >= 0.0 && p.alpha + p.gamma >= 0.0,
        "{p:?}"
    );
    assert!(p.persistence() <= 1.0 + 1e-15, "{p:?}");
    assert!(fit.log_likelihood.is_finite() && fit.aic.is_finite() && fit.bic.is_finite());
    assert!(fit.next_variance >= 0.0 && fit.next_variance.is_finite());
}

#[test]
fn the_parameters_of_a_long_simulation_are_found_within_their_errors() {
    let fit = fit(&series(simulated(1, 20_000)), SPECIFICATIONS[3]).unwrap();
    for errors in [fit.robust_errors.unwrap(), fit.classical_errors.unwrap()] {
        for (estimate, truth, error) in [
            (fit.parameters.mean, TRUTH.mean, errors.mean),
            (fit.parameters.omega, TRUTH.omega, errors.omega),
            (fit.parameters.alpha, TRUTH.alpha, errors.alpha),
            (fit.parameters.gamma, TRUTH.gamma, errors.gamma),
            (fit.parameters.beta, TRUTH.beta, errors.beta),
        ] {
            assert!(
                (estimate - truth).abs() < 3.5 * error,
                "{estimate} is not {truth} ± {error}"
            );
            assert!(error < 0.03);
        }
    }
    assert!(!fit.at_boundary && fit.iterations < 30);
}

#[test]
fn a_model_within_another_is_no_more_likely() {
    let returns = simulated(5, 1500);
    let whole: Vec<Fit> = SPECIFICATIONS
        .iter()
        .map(|s| fit(&series(returns.clone()), *s).unwrap())
        .collect();
    assert!(whole[1].log_likelihood <= whole[3].log_likelihood);
    assert!(whole[0].log_likelihood <= whole[2].log_likelihood);
}

#[test]
fn growing_variance_ends_at_persistence_one() {
    let mut rng = Rng::new(4);
    let returns: Vec<f64> = (0..800)
        .map(|i| (f64::from(i) / 100.0).exp() * rng.normal())
        .collect();
    for specification in SPECIFICATIONS {
        let fit = fit(&series(returns.clone()), specification).unwrap();
        assert_close(fit.parameters.persistence(), 1.0, 1e-9);
        assert!(fit.at_boundary);
        assert_eq!(fit.parameters.long_run_variance(), None, "{:?}", fit.parameters);
        let years = 10.0 * fit.step_years;
        assert!(fit.forecast().unwrap().integrated_variance(years).unwrap() >= 10.0 * fit.next_variance);
        assert_sound(&fit);
    }
}

#[test]
fn independent_returns_have_a_flat_term_structure() {
    let mut rng = Rng::new(6);
    let returns: Vec<f64> = (0..2000).map(|_| 3.0 * rng.normal()).collect();
    let fit = fit(&series(returns), SPECIFICATIONS[0]).unwrap();
    let horizons = [1.0 / 365.0 / 1440.0, 1.0 / 365.0, 30.0 / 365.0];
    for point in term_structure(&fit.forecast().unwrap(), &horizons).unwrap() {
        assert_close(point.volatility, 3.0 * 365.0_f64.sqrt(), 3.0);
        assert_close(
            point.deviation,
            point.volatility * point.horizon_years.sqrt(),
            1e-12,
        );
    }
}

#[test]
fn a_few_missing_returns_change_little_and_gaps_at_the_ends_nothing() {
    let returns = simulated(8, 3000);
    let whole = fit(&series(returns.clone()), SPECIFICATIONS[3]).unwrap();
    let mut values: Vec<Option<f64>> = returns.into_iter().map(Some).collect();
    let mut padded = vec![None; 5];
    padded.extend(values.iter().copied());
    let padded = fit(&EvenSeries::new(0, 86_400, padded).unwrap(), SPECIFICATIONS[3]).unwrap();
    assert_close(padded.parameters.beta, whole.parameters.beta, 1e-2);
    for i in (100..3000).step_by(100) {
        values[i] = None;
    }
    let gapped = fit(&EvenSeries::new(0, 86_400, values).unwrap(), SPECIFICATIONS[3]).unwrap();
    assert_eq!(gapped.returns, 3000 - 29);
    assert_close(gapped.parameters.beta, whole.parameters.beta, 0.03);
    assert_close(gapped.parameters.alpha, whole.parameters.alpha, 0.03);
}

#[test]
fn returns_that_say_nothing_are_refused() {
    for specification in SPECIFICATIONS {
        let refuse = |values: Vec<Option<f64>>| {
            fit(&EvenSeries::new(0, 60, values).unwrap(), specification).unwrap_err()
        };
        assert!(matches!(
            refuse(vec![Some(1.0); 49]),
            ModelError::TooFew {
                needed: 50,
                got: 49,
                ..
            }
        ));
        assert!(matches!(
            refuse(vec![None; 100]),
            ModelError::TooFew { got: 0, .. }
        ));
        for constant in [0.0, 0.1, -3.0, 1e-320, f64::MAX] {
            let error = refuse(vec![Some(constant); 100]);
            assert!(
                matches!(error, ModelError::Unidentified { .. }),
                "{constant}: {error}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..common::reproducible() })]

    #[test]
    fn the_unit_of_the_returns_does_not_matter(seed in any::<u64>(), exponent in -100i32..100, which in 0usize..4) {
        let (returns, unit) = (simulated(seed, 600), 10.0_f64.powi(exponent));
        let plain = fit(&series(returns.clone()), SPECIFICATIONS[which]).unwrap();
        let scaled = fit(&series(returns.iter().map(|r| unit * r)), SPECIFICATIONS[which]).unwrap();
        let (p, s) = (plain.parameters, scaled.parameters);
        prop_assert!((s.alpha - p.alpha).abs() < 1e-7 && (s.beta - p.beta).abs() < 1e-7);
        prop_assert!((s.gamma - p.gamma).abs() < 1e-7 && (s.mean / unit - p.mean).abs() < 1e-7);
        prop_assert!((s.omega / unit / unit / p.omega - 1.0).abs() < 1e-6);
        prop_assert!((scaled.next_variance / unit / unit / plain.next_variance - 1.0).abs() < 1e-6);
        let shift = 600.0 * unit.ln();
        prop_assert!((scaled.log_likelihood + shift - plain.log_likelihood).abs() < 1e-7 * (1.0 + shift.abs()));
        assert_sound(&plain);
        assert_sound(&scaled);
    }

    #[test]
    fn turning_the_returns_round_turns_the_mean_and_the_asymmetry(seed in any::<u64>()) {
        let returns = simulated(seed, 600);
        let plain = fit(&series(returns.clone()), SPECIFICATIONS[1]).unwrap();
        let turned = fit(&series(returns.into_iter().map(|r| -r)), SPECIFICATIONS[1]).unwrap();
        prop_assert!((plain.parameters.mean + turned.parameters.mean).abs() < 1e-8);
        prop_assert!((plain.parameters.alpha - turned.parameters.alpha).abs() < 1e-8);
        prop_assert!((plain.log_likelihood - turned.log_likelihood).abs() < 1e-7);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..common::reproducible() })]

    #[test]
    fn any_returns_give_a_sound_fit_or_an_error(
        seed in any::<u64>(), n in 45usize..200, power in 0.5f64..6.0, zeros in 0.0f64..1.0, missing in 0.0f64..0.3,
        which in 0usize..4, outlier in prop::option::of(-300i32..140),
    ) {
        let mut rng = Rng::new(seed);
        let mut values: Vec<Option<f64>> = (0..n)
            .map(|_| {
                let draw = rng.normal();
                let value = if rng.uniform() < zeros { 0.0 } else { draw.signum() * draw.abs().powf(power) };
                (rng.uniform() >= missing).then_some(value)
            })
            .collect();
        if let Some(exponent) = outlier {
            values[n / 2] = Some(10.0_f64.powi(exponent));
        }
        if let Ok(fit) = fit(&EvenSeries::new(0, 60, values).unwrap(), SPECIFICATIONS[which]) {
            assert_sound(&fit);
            for errors in [fit.robust_errors, fit.classical_errors].into_iter().flatten() {
                prop_assert!(errors.omega.is_finite() && errors.beta.is_finite() && errors.mean.is_finite());
            }
            let forecast = fit.forecast().unwrap();
            let (near, far) = (forecast.integrated_variance(1e-9), forecast.integrated_variance(1.0));
            prop_assert!(near.unwrap() <= far.unwrap());
        }
    }
}
