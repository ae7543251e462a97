//! The derivatives and the forecast against independent evaluations; the fit's own properties are in tests/garch.rs.

use super::sample::Sample;
use super::*;
use crate::testing::{Rng, assert_close, derivative};
use crate::volatility::{EvenSeries, IntegratedVariance};

/// Normal returns with some missing ones, also at both ends.
fn gapped(n: usize) -> EvenSeries {
    let mut rng = Rng::new(3);
    let values = (0..n)
        .map(|i| {
            let value = 0.1 + (1.0 + (i as f64 / 40.0).sin().abs()) * rng.normal();
            (i % 17 != 0 && i + 1 != n).then_some(value)
        })
        .collect();
    EvenSeries::new(0, 3600, values).unwrap()
}

/// The derivatives, and the same by central differences of the value and of the gradient.
fn compare<const GJR: bool, const MEAN: bool>(free: &[usize], theta: Vector) {
    let sample = Sample::new(&gapped(400), Mean::Constant).unwrap();
    let moved = |i: usize, x: f64| {
        let mut moved = theta;
        moved[i] = x;
        moved
    };
    let at = sample.derivatives::<GJR, MEAN, false>(&theta);
    assert_close(at.value / sample.negative_log_likelihood(&theta), 1.0, 1e-12);
    for &i in free {
        let slope = derivative(|x| sample.negative_log_likelihood(&moved(i, x)), theta[i], 1e-5);
        assert_close(at.gradient[i], slope, 1e-5 * (1.0 + slope.abs()));
        for &j in free {
            let curvature = derivative(
                |x| sample.derivatives::<GJR, MEAN, false>(&moved(i, x)).gradient[j],
                theta[i],
                1e-6,
            );
            assert_close(at.hessian[i][j], curvature, 1e-4 * (1.0 + curvature.abs()));
        }
    }
}

#[test]
fn derivatives_are_those_of_the_likelihood_with_missing_returns_too() {
    compare::<false, false>(&[OMEGA, ALPHA, BETA], [0.1, 0.08, 0.0, 0.8, 0.0]);
    compare::<false, true>(&[OMEGA, ALPHA, BETA, MU], [0.1, 0.08, 0.0, 0.8, 0.03]);
    compare::<true, false>(&[OMEGA, ALPHA, GAMMA, BETA], [0.1, 0.08, 0.05, 0.8, 0.0]);
    compare::<true, true>(&[OMEGA, ALPHA, GAMMA, BETA, MU], [0.1, 0.08, 0.05, 0.8, 0.03]);
}

#[test]
fn no_admissible_point_is_more_likely_than_the_fit() {
    let mut rng = Rng::new(11);
    // Long and short, calm and with a crash, so that the optimum lies inside in some and on the boundary in others.
    for (n, crash) in [(1500, 0.0), (300, 0.0), (300, 30.0), (60, 8.0)] {
        let mut variance = 1.0;
        let values: Vec<Option<f64>> = (0..n)
            .map(|i| {
                let shock = f64::sqrt(variance) * rng.normal() - if i == n / 2 { crash } else { 0.0 };
                variance = 0.05 + 0.1 * shock * shock + 0.85 * variance;
                Some(shock)
            })
            .collect();
        let returns = EvenSeries::new(0, 3600, values).unwrap();
        let sample = Sample::new(&returns, Mean::Constant).unwrap();
        let specification = Specification {
            mean: Mean::Constant,
            dynamics: Dynamics::Asymmetric,
        };
        let shift = sample.observations.len() as f64 * sample.scale.ln();
        let best = -(fit(&returns, specification).unwrap().log_likelihood + shift);
        for _ in 0..20_000 {
            let mut draw = || rng.uniform();
            let alpha = draw();
            let gamma = -alpha + draw() * (2.0 - alpha);
            let left = 1.0 - alpha - 0.5 * gamma;
            let theta = [
                10.0 * draw().powi(6),
                alpha,
                gamma,
                left * draw().powf(0.2),
                0.4 * draw() - 0.2,
            ];
            let here = sample.negative_log_likelihood(&theta);
            assert!(here >= best - 1e-9, "{theta:?}: {here} below {best}");
        }
    }
}

#[test]
fn a_variance_at_its_bound_depends_on_no_parameter() {
    // The variance falls to its lowest value at once.
    compare::<true, true>(&[MU], [1e-12, 1e-13, 1e-13, 1e-9, 0.03]);
}

#[test]
fn the_expected_information_of_normal_shocks_is_near_the_outer_product_of_the_scores() {
    let mut rng = Rng::new(9);
    let (mut variance, mut values) = (1.0_f64, Vec::new());
    for _ in 0..60_000 {
        let shock = variance.sqrt() * rng.normal();
        variance = 0.1 + 0.1 * shock * shock + 0.8 * variance;
        values.push(Some(shock));
    }
    let sample = Sample::new(&EvenSeries::new(0, 1, values).unwrap(), Mean::Zero).unwrap();
    let theta = [0.1, 0.1, 0.0, 0.8, 0.0];
    let information = sample.information::<false, true>(&theta);
    let scores = sample.derivatives::<false, true, true>(&theta).scores;
    for i in [OMEGA, ALPHA, BETA, MU] {
        let (outer, expected) = (scores[i][i], information[i][i]);
        assert_close(outer / expected, 1.0, 0.1);
    }
}

#[test]
fn the_forecast_is_the_recursion_whatever_the_persistence() {
    for persistence in [0.0, 0.5, 0.97, 1.0 - 1e-4, 1.0 - 1e-7, 1.0 - 1e-12, 1.0] {
        let parameters = Parameters {
            mean: 0.0,
            omega: 0.3,
            alpha: 0.0,
            gamma: 0.0,
            beta: persistence,
        };
        let forecast = Forecast::new(&parameters, 2.0, 0.5).unwrap();
        let (mut variance, mut sum) = (2.0, 0.0);
        for k in 1..=100 {
            assert_close(forecast.variance(k).unwrap() / variance, 1.0, 1e-9);
            // Half of the step, then all of it.
            let halfway = forecast.integrated_variance(0.5 * (f64::from(k) - 0.5)).unwrap();
            assert_close(halfway / (sum + 0.5 * variance), 1.0, 1e-9);
            sum += variance;
            let whole = forecast.integrated_variance(0.5 * f64::from(k)).unwrap();
            assert_close(whole / sum, 1.0, 1e-9);
            variance = 0.3 + persistence * variance;
        }
    }
}

#[test]
fn forecasts_of_what_is_no_model_are_refused() {
    let parameters = |omega, beta| Parameters {
        mean: 0.0,
        omega,
        alpha: 0.0,
        gamma: 0.0,
        beta,
    };
    assert!(Forecast::new(&parameters(-1.0, 0.5), 1.0, 1.0).is_err());
    assert!(Forecast::new(&parameters(1.0, 1.1), 1.0, 1.0).is_err());
    assert!(Forecast::new(&parameters(1.0, f64::NAN), 1.0, 1.0).is_err());
    assert!(Forecast::new(&parameters(1.0, 0.5), f64::INFINITY, 1.0).is_err());
    assert!(Forecast::new(&parameters(1.0, 0.5), 1.0, 0.0).is_err());
    let sound = Forecast::new(&parameters(1.0, 0.5), 1.0, 1.0).unwrap();
    assert!(sound.integrated_variance(0.0).is_err());
    assert!(sound.integrated_variance(f64::NAN).is_err());
    assert!(sound.integrated_variance(0.25 * f64::MAX).is_ok());
}
