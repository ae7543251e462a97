//! Behaviour of the tail's fit.

use super::*;
use crate::testing::{Rng, assert_close, derivative, integrate};
use proptest::prelude::*;

fn draws(shape: f64, scale: f64, n: usize, seed: u64) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    (0..n)
        .map(|_| {
            let e = -(1.0 - rng.uniform()).ln();
            let z = if shape == 0.0 {
                e
            } else {
                (shape * e).exp_m1() / shape
            };
            scale * z.max(1e-12)
        })
        .collect()
}

#[test]
fn density_and_limited_mean_are_derivative_and_integral_of_the_survival_function() {
    for shape in [-0.3, 0.0, 0.6, 1.0, 1.7] {
        let p = Pareto::new(shape, 2.0).unwrap();
        let survival = |y: f64| p.log_survival(y).exp();
        assert_close(p.log_density(1.1).exp(), -derivative(survival, 1.1, 1e-5), 1e-9);
        assert_close(
            p.limited_mean(4.0).unwrap(),
            integrate(survival, 0.0, 4.0, 2000),
            1e-10,
        );
    }
}

#[test]
fn the_fit_recovers_its_distribution() {
    for (seed, shape) in [(1, -0.2), (2, 0.0), (3, 0.5), (4, 1.2)] {
        let fitted = fit(&draws(shape, 3e6, 4000, seed)).unwrap();
        let error = fitted.covariance[0].sqrt();
        assert!(
            (fitted.distribution.shape - shape).abs() < 3.0 * error,
            "{fitted:?}"
        );
        // for a large sample the profile interval is nearly the normal one
        let (low, high) = fitted.shape_interval;
        assert_close((high - low) / (2.0 * 1.96 * error), 1.0, 0.1);
    }
}

#[test]
fn the_profile_interval_contains_the_truth_nineteen_times_in_twenty() {
    let contained = (0..300)
        .filter(|seed| {
            let (low, high) = fit(&draws(0.9, 1.0, 60, 1000 + seed)).unwrap().shape_interval;
            low < 0.9 && 0.9 < high
        })
        .count();
    assert!((270..=297).contains(&contained), "{contained}");
}

#[test]
fn no_neighbour_has_a_greater_likelihood() {
    let y = draws(0.8, 1.0, 120, 9);
    let best = fit(&y).unwrap();
    for (dx, ds) in [
        (1e-3, 0.0),
        (-1e-3, 0.0),
        (0.0, 1e-3),
        (0.0, -1e-3),
        (1e-3, -1e-3),
    ] {
        let p = Pareto::new(best.distribution.shape + dx, best.distribution.scale * (1.0 + ds)).unwrap();
        assert!(p.log_likelihood(&y) < best.log_likelihood);
    }
}

#[test]
fn weighted_moments_agree_where_they_are_consistent() {
    let y = draws(0.3, 5.0, 20_000, 6);
    let (likelihood, moments) = (
        fit(&y).unwrap().distribution,
        probability_weighted_moments(&y).unwrap(),
    );
    assert_close(likelihood.shape, moments.shape, 0.04);
    assert_close(likelihood.scale / moments.scale, 1.0, 0.04);
}

#[test]
fn what_has_no_tail_is_refused() {
    assert!(matches!(fit(&[1.0; 5]), Err(ModelError::TooFew { .. })));
    assert!(matches!(fit(&[1.0; 50]), Err(ModelError::Unidentified { .. })));
    assert!(matches!(fit(&[0.0; 50]), Err(ModelError::NotPositive { .. })));
    assert!(matches!(fit(&[f64::NAN; 50]), Err(ModelError::NotFinite { .. })));
    assert!(fit(&[f64::MAX; 50]).is_err());
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn the_fit_scales_with_its_unit(seed in 0u64..1000, exponent in -6i32..9) {
        let y = draws(0.7, 1.0, 60, seed);
        let unit = 10.0_f64.powi(exponent);
        let scaled: Vec<f64> = y.iter().map(|v| v * unit).collect();
        match (fit(&y), fit(&scaled)) {
            (Ok(a), Ok(b)) => {
                prop_assert!((a.distribution.shape - b.distribution.shape).abs() < 1e-9);
                prop_assert!((a.distribution.scale * unit / b.distribution.scale - 1.0).abs() < 1e-9);
            }
            (a, b) => prop_assert!(a.is_err() && b.is_err()),
        }
    }

    #[test]
    fn any_positive_numbers_give_a_fit_or_a_typed_error(y in prop::collection::vec(1e-300f64..1e300, 10..40)) {
        if let Ok(fitted) = fit(&y) {
            prop_assert!(fitted.distribution.shape.is_finite() && fitted.distribution.scale > 0.0);
            prop_assert!(fitted.log_likelihood.is_finite());
        }
    }
}
