//! Behaviour of the penalised binary regression.

use super::*;
use crate::testing::{Rng, assert_close, derivative};
use proptest::prelude::*;

const LINKS: [Link; 2] = [Link::Logit, Link::ComplementaryLogLog];

fn sample(rows: &[(f64, bool)]) -> Sample {
    let mut sample = Sample::new(2);
    for (x, y) in rows {
        sample.push(&[1.0, *x], *y, 0.0).unwrap();
    }
    sample
}

#[test]
fn a_two_by_two_table_has_the_fit_of_its_own_shares() {
    // saturated: 3 of 10 without the trait, 8 of 20 with it
    let rows: Vec<(f64, bool)> = (0..10)
        .map(|i| (0.0, i < 3))
        .chain((0..20).map(|i| (1.0, i < 8)))
        .collect();
    let logit = fit(&sample(&rows), Link::Logit, &[0.0; 2], None).unwrap();
    let log_odds = |p: f64| (p / (1.0 - p)).ln();
    assert_close(logit.coefficients[0], log_odds(0.3), 1e-11);
    assert_close(logit.coefficients[1], log_odds(0.4) - log_odds(0.3), 1e-11);
    // Woolf (1955): the variance of a log odds ratio is the sum of the reciprocal cells
    let variance: f64 = [3.0, 7.0, 8.0, 12.0_f64].iter().map(|n| n.recip()).sum();
    assert_close(logit.standard_errors()[1], variance.sqrt(), 1e-10);
    assert_close(
        logit.p_values()[1],
        2.0 * normal::survival(logit.coefficients[1] / variance.sqrt()),
        1e-10,
    );
    let hazard = fit(&sample(&rows), Link::ComplementaryLogLog, &[0.0; 2], None).unwrap();
    assert_close(hazard.coefficients[1], (0.6_f64.ln() / 0.7_f64.ln()).ln(), 1e-11);
    let log_likelihood = 3.0 * 0.3_f64.ln() + 7.0 * 0.7_f64.ln() + 8.0 * 0.4_f64.ln() + 12.0 * 0.6_f64.ln();
    assert_close(hazard.log_likelihood, log_likelihood, 1e-12);
}

#[test]
fn slope_and_curvature_are_derivatives_of_the_likelihood() {
    for link in LINKS {
        for outcome in [false, true] {
            for predictor in [-13.0, -4.0, -0.5, 0.0, 1.2] {
                let (_, slope, curvature) = link.likelihood(predictor, outcome);
                let numeric = derivative(|e| link.likelihood(e, outcome).0, predictor, 1e-4);
                assert_close(slope, numeric, 1e-7);
                let bent = derivative(|e| link.likelihood(e, outcome).1, predictor, 1e-4);
                assert_close(curvature, -bent, 1e-7);
            }
        }
    }
}

#[test]
fn splitting_periods_leaves_hazard_ratios_as_they_are() {
    // one year at risk, or twelve months with the event in the last: the same likelihood under an offset
    let mut rng = Rng::new(4);
    let (mut years, mut months) = (Sample::new(2), Sample::new(2));
    for _ in 0..400 {
        let x = rng.normal();
        let life = -(1.0 - rng.uniform()).ln() / (-1.0 + 0.7 * x).exp();
        years.push(&[1.0, x], life < 1.0, 0.0).unwrap();
        for month in 0..12 {
            let event = life < f64::from(month + 1) / 12.0;
            months.push(&[1.0, x], event, (1.0_f64 / 12.0).ln()).unwrap();
            if event {
                break;
            }
        }
    }
    let link = Link::ComplementaryLogLog;
    let (coarse, fine) = (
        fit(&years, link, &[0.0; 2], None).unwrap(),
        fit(&months, link, &[0.0; 2], None).unwrap(),
    );
    for column in 0..2 {
        let error = fine.standard_errors()[column];
        assert_close(
            coarse.coefficients[column],
            fine.coefficients[column],
            0.5 * error,
        );
    }
    assert_close(fine.coefficients[1], 0.7, 3.0 * fine.standard_errors()[1]);
}

#[test]
fn merging_equal_rows_changes_no_fit() {
    let mut rng = Rng::new(9);
    let rows: Vec<(f64, bool)> = (0..300)
        .map(|i| (f64::from(i % 4), rng.uniform() < 0.2 + 0.1 * f64::from(i % 4)))
        .collect();
    let sample = sample(&rows);
    for link in LINKS {
        let plain = fit(&sample, link, &[0.0, 1.0], None).unwrap();
        let start = sample.common_rate();
        let merged = fit(&sample.clone().merged(), link, &[0.0, 1.0], Some(&start)).unwrap();
        assert_close(plain.log_likelihood, merged.log_likelihood, 1e-10);
        for column in 0..2 {
            assert_close(plain.coefficients[column], merged.coefficients[column], 1e-11);
            assert_close(
                plain.covariance[column][column],
                merged.covariance[column][column],
                1e-11,
            );
        }
    }
}

#[test]
fn what_has_no_finite_estimate_is_refused() {
    let refuse = |rows: &[(f64, bool)], penalty: [f64; 2]| fit(&sample(rows), Link::Logit, &penalty, None);
    let separated: Vec<(f64, bool)> = (0..20).map(|i| (f64::from(i), i >= 10)).collect();
    let quasi: Vec<(f64, bool)> = (0..20).map(|i| (f64::from(i / 10), i > 15)).collect();
    let constant: Vec<(f64, bool)> = (0..20).map(|i| (2.0, i > 15)).collect();
    for rows in [&separated, &quasi] {
        assert!(matches!(
            refuse(rows, [0.0; 2]),
            Err(ModelError::Separated { .. })
        ));
        assert!(refuse(rows, [0.0, 0.5]).is_ok());
    }
    assert!(matches!(
        refuse(&constant, [0.0; 2]),
        Err(ModelError::Unidentified { .. })
    ));
    assert!(matches!(
        refuse(&[(1.0, true); 9], [0.0; 2]),
        Err(ModelError::OneClass { .. })
    ));
    assert!(matches!(
        refuse(&[(1.0, false); 9], [0.0; 2]),
        Err(ModelError::OneClass { .. })
    ));
    assert!(matches!(refuse(&[], [0.0; 2]), Err(ModelError::TooFew { .. })));
    assert!(matches!(
        refuse(&quasi, [0.0, -1.0]),
        Err(ModelError::OutOfRange { .. })
    ));
    let mut rows = Sample::new(1);
    assert!(matches!(
        rows.push(&[f64::NAN], true, 0.0),
        Err(ModelError::NotFinite { .. })
    ));
    assert!(matches!(
        rows.push(&[1.0, 2.0], true, 0.0),
        Err(ModelError::LengthMismatch { .. })
    ));
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn a_stronger_penalty_shrinks_and_never_raises_the_likelihood(
        rows in prop::collection::vec((-3.0f64..3.0, any::<bool>()), 8..40), weak in 0.01f64..1.0, link in 0usize..2
    ) {
        let sample = sample(&rows);
        let at = |l: f64| fit(&sample, LINKS[link], &[0.0, l], None);
        if let (Ok(weak_fit), Ok(strong_fit)) = (at(weak), at(10.0 * weak)) {
            prop_assert!(strong_fit.coefficients[1].abs() <= weak_fit.coefficients[1].abs() + 1e-9);
            prop_assert!(strong_fit.log_likelihood <= weak_fit.log_likelihood + 1e-9);
        }
    }

    #[test]
    fn any_rows_give_a_fit_or_a_typed_error(
        rows in prop::collection::vec((any::<f64>(), any::<bool>(), -50.0f64..50.0), 0..20), link in 0usize..2
    ) {
        let mut sample = Sample::new(2);
        for (x, y, offset) in rows {
            let _ = sample.push(&[1.0, x], y, offset);
        }
        if let Ok(fitted) = fit(&sample, LINKS[link], &[0.0, 1.0], None) {
            prop_assert!(fitted.coefficients.iter().chain(&fitted.standard_errors()).all(|v| v.is_finite()));
        }
    }
}
