//! What the heterogeneous autoregression promises whatever the variances.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Rng, assert_close};
use hurdle_model::ModelError;
use hurdle_model::series::PositiveSeries;
use hurdle_model::volatility::har::{Scale, Specification, TermForecast, fit};
use hurdle_model::volatility::{EvenSeries, IntegratedVariance, term_structure};
use proptest::prelude::*;

const DAY: u32 = 86_400;
const LOGARITHMS: Specification = Specification {
    scale: Scale::Logarithms,
    ..Specification::DAILY
};

fn ahead(ahead: usize, scale: Scale) -> Specification {
    Specification {
        ahead,
        scale,
        ..Specification::DAILY
    }
}

/// Variances that follow v = 0.1 + 0.4·v₁ + 0.3·v₇ + 0.2·v₃₀ with multiplicative noise of mean one.
fn simulated(seed: u64, n: usize) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    let mut values = vec![1.0; 30];
    while values.len() < n + 30 {
        let mean = |h: usize| values[values.len() - h..].iter().sum::<f64>() / h as f64;
        let level = 0.1 + 0.4 * mean(1) + 0.3 * mean(7) + 0.2 * mean(30);
        values.push(level * (0.5 * rng.normal() - 0.125).exp());
    }
    values.split_off(30)
}

fn series(values: impl IntoIterator<Item = f64>) -> EvenSeries {
    EvenSeries::new(0, DAY, values.into_iter().map(Some).collect()).unwrap()
}

#[test]
fn the_coefficients_of_a_long_simulation_are_found_within_their_errors() {
    let fit = fit(&series(simulated(1, 20_000)), Specification::DAILY).unwrap();
    let errors = fit.standard_errors;
    assert!((fit.coefficients.intercept - 0.1).abs() < 3.5 * errors.intercept);
    for (i, truth) in [0.4, 0.3, 0.2].into_iter().enumerate() {
        let estimate = fit.coefficients.averages[i];
        assert!(
            (estimate - truth).abs() < 3.5 * errors.averages[i],
            "{estimate} is not {truth}"
        );
        assert!(errors.averages[i] < 0.06);
    }
    assert!(!fit.forecast.constrained);
}

#[test]
fn a_forecast_below_all_that_was_observed_gives_way_to_non_negative_coefficients() {
    // Every second day is restless: the line falls with today's variance, and a day beyond all others takes it below
    // zero.
    let mut rng = Rng::new(7);
    let mut values: Vec<f64> = (0..120)
        .map(|i| 2.0 + f64::from(i % 2) + 0.2 * rng.uniform())
        .collect();
    values.push(60.0);
    let fit = fit(&series(values), Specification::DAILY).unwrap();
    assert!(fit.coefficients.averages[0] < 0.0);
    let forced = fit.non_negative.unwrap();
    assert!(forced.intercept >= 0.0 && forced.averages.iter().all(|c| *c >= 0.0));
    assert!(
        fit.forecast.constrained && (1.0..=20.0).contains(&fit.forecast.variance),
        "{fit:?}"
    );
}

#[test]
fn steps_near_a_gap_are_left_out() {
    let mut values: Vec<Option<f64>> = simulated(2, 300).into_iter().map(Some).collect();
    let whole = fit(
        &EvenSeries::new(0, DAY, values.clone()).unwrap(),
        Specification::DAILY,
    )
    .unwrap();
    assert_eq!(whole.rows, 300 - 30);
    values[100] = None;
    let gapped = fit(
        &EvenSeries::new(0, DAY, values.clone()).unwrap(),
        Specification::DAILY,
    )
    .unwrap();
    // The day itself as a future, and the thirty days whose month has it.
    assert_eq!(gapped.rows, whole.rows - 31);
    values[299] = None;
    let error = fit(&EvenSeries::new(0, DAY, values).unwrap(), Specification::DAILY).unwrap_err();
    assert!(
        matches!(
            error,
            ModelError::TooFew {
                needed: 30,
                got: 0,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn variances_that_say_nothing_are_refused() {
    let refuse = |values: Vec<f64>, specification| fit(&series(values), specification).unwrap_err();
    assert!(matches!(
        refuse(vec![1.0; 40], Specification::DAILY),
        ModelError::TooFew {
            needed: 20,
            got: 10,
            ..
        }
    ));
    assert!(matches!(
        refuse(vec![1.0; 400], Specification::DAILY),
        ModelError::Unidentified { .. }
    ));
    assert!(matches!(
        refuse(vec![0.0; 400], Specification::DAILY),
        ModelError::Unidentified { .. }
    ));
    assert!(matches!(
        refuse(vec![0.0; 400], LOGARITHMS),
        ModelError::NotPositive { .. }
    ));
    assert!(matches!(
        refuse(vec![-1.0; 400], LOGARITHMS),
        ModelError::OutOfRange { .. }
    ));
    let disordered = Specification {
        horizons: [1, 7, 7],
        ..Specification::DAILY
    };
    assert_eq!(
        refuse(simulated(1, 400), disordered),
        ModelError::NotIncreasing {
            what: "horizons of the averages",
            index: 2
        }
    );
    for bad in [
        ahead(0, Scale::Levels),
        Specification {
            horizons: [0, 7, 30],
            ..LOGARITHMS
        },
    ] {
        assert!(matches!(
            refuse(simulated(1, 400), bad),
            ModelError::TooFew { .. }
        ));
    }
    assert!(matches!(
        refuse(simulated(1, 400), ahead(usize::MAX, Scale::Levels)),
        ModelError::TooFew { .. }
    ));
}

#[test]
fn the_term_structure_is_that_of_the_direct_forecasts() {
    let variances = series(simulated(3, 1000).into_iter().map(|v| v / 365.0));
    for scale in [Scale::Levels, Scale::Logarithms] {
        let term = TermForecast::fit(&variances, ahead(7, scale)).unwrap();
        let day = 1.0 / 365.0;
        let week = fit(&variances, ahead(7, scale)).unwrap().forecast;
        let tomorrow = fit(&variances, ahead(1, scale)).unwrap().forecast;
        assert_close(
            term.integrated_variance(7.0 * day).unwrap(),
            7.0 * week.variance,
            1e-12,
        );
        assert_close(
            term.integrated_variance(0.25 * day).unwrap(),
            0.25 * tomorrow.variance,
            1e-12,
        );
        let points = term_structure(&term, &[day / 1440.0, day, 2.5 * day, 7.0 * day]).unwrap();
        assert!(points.windows(2).all(|pair| pair[0].variance <= pair[1].variance));
        assert!(
            points
                .iter()
                .all(|point| point.volatility > 0.3 && point.volatility < 3.0)
        );
        assert!(matches!(
            term.integrated_variance(8.0 * day),
            Err(ModelError::OutOfRange { .. })
        ));
        assert!(term.integrated_variance(0.0).is_err());
    }
}

#[test]
fn from_uneven_prices_to_a_forecast() {
    let mut rng = Rng::new(5);
    let (mut time, mut log, mut points) = (0_i64, 0.0_f64, vec![(0, 1.0)]);
    while time < 200 * i64::from(DAY) {
        let step = 300 + (rng.uniform() * 1200.0) as i64;
        time += step;
        log += 0.8 * (step as f64 / 31_536_000.0).sqrt() * rng.normal();
        points.push((time, log.exp()));
    }
    let prices = PositiveSeries::new(points).unwrap();
    let variances = EvenSeries::realised_variances(&prices, DAY, 3600, 0.9).unwrap();
    let forecast = fit(&variances, LOGARITHMS).unwrap().forecast;
    assert_close((forecast.variance * 365.0).sqrt(), 0.8, 0.1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..common::reproducible() })]

    #[test]
    fn the_unit_of_the_variances_does_not_matter(seed in any::<u64>(), exponent in -280i32..280, far in 1usize..10) {
        let (values, unit) = (simulated(seed, 250), 10.0_f64.powi(exponent));
        for scale in [Scale::Levels, Scale::Logarithms] {
            let plain = fit(&series(values.clone()), ahead(far, scale)).unwrap();
            let scaled = fit(&series(values.iter().map(|v| unit * v)), ahead(far, scale)).unwrap();
            for i in 0..3 {
                prop_assert!((plain.coefficients.averages[i] - scaled.coefficients.averages[i]).abs() < 1e-7);
                let errors = (plain.standard_errors.averages[i], scaled.standard_errors.averages[i]);
                prop_assert!((errors.0 / errors.1 - 1.0).abs() < 1e-6);
            }
            prop_assert!((scaled.forecast.variance / unit / plain.forecast.variance - 1.0).abs() < 1e-8);
            prop_assert!((plain.r_squared - scaled.r_squared).abs() < 1e-8);
        }
    }

    #[test]
    fn any_variances_give_a_forecast_that_is_not_negative_or_an_error(
        seed in any::<u64>(), power in 0.1f64..40.0, zeros in 0.0f64..0.5, missing in 0.0f64..0.02, far in 1usize..20,
    ) {
        let mut rng = Rng::new(seed);
        let values = (0..250).map(|_| {
            let value = if rng.uniform() < zeros { 0.0 } else { (power * rng.normal()).exp() };
            (rng.uniform() >= missing).then_some(value)
        }).collect();
        let variances = EvenSeries::new(0, DAY, values).unwrap();
        for scale in [Scale::Levels, Scale::Logarithms] {
            if let Ok(fit) = fit(&variances, ahead(far, scale)) {
                prop_assert!(fit.forecast.variance >= 0.0 && fit.forecast.variance.is_finite());
                prop_assert!(fit.standard_errors.averages.iter().all(|e| e.is_finite()));
                prop_assert!(fit.r_squared.is_finite() && fit.residual_variance >= 0.0);
            }
        }
    }
}
