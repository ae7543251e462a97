//! Behaviour of the count regressions and their tests.

use super::*;
use crate::testing::{Rng, assert_close, derivative};
use proptest::prelude::*;

fn intercept(counts: Vec<u32>) -> Counts {
    let n = counts.len();
    Counts::new(counts, &[vec![1.0; n]], vec![0.0; n]).unwrap()
}

/// Counts whose mean varies by a factor of mean one and variance 1/k: a sum of k exponentials over k.
fn mixed(n: usize, mean: f64, k: u32, seed: u64) -> Vec<u32> {
    let mut rng = Rng::new(seed);
    (0..n)
        .map(|_| {
            let factor: f64 = (0..k).map(|_| -(1.0 - rng.uniform()).ln()).sum::<f64>() / f64::from(k);
            rng.poisson(mean * factor)
        })
        .collect()
}

#[test]
fn over_dispersion_is_found_with_its_size() {
    let result = dispersion(&intercept(mixed(2000, 12.0, 4, 3))).unwrap();
    assert_close(result.alpha, 0.25, 3.0 * result.alpha_error.unwrap());
    assert_close(result.negative_binomial.coefficients[0], 12.0_f64.ln(), 0.05);
    assert_close(result.index, 1.0 + 0.25 * 12.0, 0.5);
    assert!(result.likelihood_ratio_p < 1e-9 && result.regression_p < 1e-9 && result.index_p < 1e-9);
    // the Poisson's errors are too small
    assert!(result.poisson.standard_errors[0] < 0.7 * result.negative_binomial.standard_errors[0]);
}

#[test]
fn poisson_counts_are_rejected_no_more_often_than_the_level() {
    let mut rng = Rng::new(17);
    let (mut ratio, mut regression, mut index) = (0, 0, 0);
    for _ in 0..400 {
        let result = dispersion(&intercept((0..60).map(|_| rng.poisson(8.0)).collect())).unwrap();
        ratio += i32::from(result.likelihood_ratio_p < 0.05);
        regression += i32::from(result.regression_p < 0.05);
        index += i32::from(result.index_p < 0.05);
    }
    for rejections in [ratio, regression, index] {
        assert!((4..=34).contains(&rejections), "{ratio} {regression} {index}");
    }
}

#[test]
fn a_trace_of_over_dispersion_has_an_error_too() {
    let mut counts: Vec<u32> = [4, 7, 8, 10, 10, 10, 12, 13, 16, 10].repeat(200);
    for block in 0..36 {
        let (low, high) = if block < 33 { (2, 7) } else { (3, 4) };
        counts[10 * block + low] -= 1;
        counts[10 * block + high] += 1;
    }
    for block in 0..63 {
        counts[10 * block + 9] += 1;
    }
    let sum = f64::from(counts.iter().sum::<u32>());
    let squares = f64::from(counts.iter().map(|y| y * y).sum::<u32>());
    assert_close(squares - sum * sum / 2000.0 - sum, 0.0155, 1e-9);
    let result = dispersion(&intercept(counts)).unwrap();
    assert!(result.alpha > 0.0 && result.alpha < 1e-6, "α = {}", result.alpha);
    assert!(
        (1e-3..1e-2).contains(&result.alpha_error.unwrap()),
        "± {:?}",
        result.alpha_error
    );
}

#[test]
fn under_dispersed_counts_end_at_the_boundary() {
    let result = dispersion(&intercept([4, 5, 5, 6, 5, 4, 6, 5].to_vec())).unwrap();
    assert_eq!(
        (result.alpha, result.alpha_error, result.likelihood_ratio_p),
        (0.0, None, 1.0)
    );
    assert!(result.index < 1.0 && result.index_p > 0.9 && result.regression_t < 0.0);
    assert_close(result.poisson.coefficients[0], 5.0_f64.ln(), 1e-12);
}

#[test]
fn slope_and_curvature_in_alpha_are_derivatives_of_the_likelihood() {
    let counts = intercept(mixed(50, 6.0, 2, 8));
    let mu = vec![5.5; 50];
    for alpha in [1e-3, 0.2, 3.0] {
        let slope = derivative(|a| counts.log_likelihood(&mu, a), alpha, alpha * 1e-4);
        assert_close(alpha_slope(&counts.counts, &mu, alpha) / slope, 1.0, 1e-5);
        let curvature = -derivative(|a| alpha_slope(&counts.counts, &mu, a), alpha, alpha * 1e-4);
        let information = alpha_information(&counts.counts, &mu, alpha);
        assert_close(information / curvature, 1.0, 1e-5);
    }
    // As α vanishes: Σ (Σ j² + ⅔·μ³ − y·μ²).
    let limit: f64 = counts
        .counts
        .iter()
        .map(|y| {
            (0..*y).map(|j| f64::from(j * j)).sum::<f64>() + 5.5_f64.powi(3) / 1.5 - f64::from(*y) * 30.25
        })
        .sum();
    for alpha in [1e-12, 1e-9, 1e-7, 2e-5] {
        assert_close(alpha_information(&counts.counts, &mu, alpha) / limit, 1.0, 1e-3);
    }
    let small = alpha_slope(&counts.counts, &mu, 1.0e-4 / 5.5);
    assert_close(
        alpha_slope(&counts.counts, &mu, 0.999e-4 / 5.5) / small,
        1.0,
        1e-4,
    );
}

#[test]
fn impossible_counts_are_refused() {
    let ones = |n| vec![vec![1.0; n]];
    let refuse = |counts: Vec<u32>, columns: &[Vec<f64>], offsets: Vec<f64>| {
        Counts::new(counts, columns, offsets).unwrap_err()
    };
    assert!(matches!(
        refuse(vec![0; 5], &ones(5), vec![0.0; 5]),
        ModelError::OneClass { .. }
    ));
    assert!(matches!(
        refuse(vec![1], &ones(1), vec![0.0]),
        ModelError::TooFew { .. }
    ));
    assert!(matches!(
        refuse(vec![1; 3], &ones(2), vec![0.0; 3]),
        ModelError::LengthMismatch { .. }
    ));
    assert!(matches!(
        refuse(vec![1; 3], &ones(3), vec![f64::NAN; 3]),
        ModelError::NotFinite { .. }
    ));
    let collinear = Counts::new(vec![1, 2, 3, 4], &[vec![1.0; 4], vec![2.0; 4]], vec![0.0; 4]).unwrap();
    assert!(matches!(
        dispersion(&collinear),
        Err(ModelError::Unidentified { .. })
    ));
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn any_counts_give_a_result_or_a_typed_error(counts in prop::collection::vec(0u32..200, 2..40)) {
        let n = counts.len();
        if let Ok(counts) = Counts::new(counts, &[vec![1.0; n]], vec![0.0; n])
            && let Ok(result) = dispersion(&counts)
        {
            prop_assert!(result.alpha >= 0.0 && result.likelihood_ratio >= 0.0);
            prop_assert!((0.0..=1.0).contains(&result.likelihood_ratio_p));
            prop_assert!(result.negative_binomial.log_likelihood >= result.poisson.log_likelihood - 1e-9);
        }
    }
}
