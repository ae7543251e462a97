//! How good predicted probabilities of rare events were, out of sample.

use super::binary::{self, Link, Sample};
use crate::error::{ModelError, Result, at_least, count, finite, representable, same_length};
use crate::normal;

/// Groups of the calibration table; even, for which the χ² distribution is elementary.
const GROUPS: usize = 10;

/// An estimate and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// One group of a calibration table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationGroup {
    /// Rows in the group.
    pub rows: usize,
    /// Events predicted: sum of the probabilities.
    pub expected: f64,
    /// Events seen.
    pub observed: usize,
    /// 95 % interval of the true number of events behind the observed one (Wilson 1927).
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// Quality of a set of predictions.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Mean negative log-likelihood per row.
    pub log_loss: f64,
    /// Mean squared error (Brier 1950).
    pub brier: f64,
    /// Probability that a row with an event was given the greater probability than one without; ties count half
    /// (Hanley & McNeil 1982).
    pub auc: f64,
    /// Events predicted.
    pub expected: f64,
    /// Events seen.
    pub observed: usize,
    /// Log of the ratio of actual to predicted hazard: zero where calibrated in the large.
    pub calibration_intercept: Estimate,
    /// Slope of the actual log hazard on the predicted one (Cox 1958): one where calibrated, below one where predictions
    /// are too extreme. None where all predictions are equal, or tell the outcomes apart without error.
    pub calibration_slope: Option<Estimate>,
    /// Ten groups of rows by predicted probability.
    pub table: Vec<CalibrationGroup>,
    /// Statistic of Hosmer & Lemeshow (1980) over those groups.
    pub hosmer_lemeshow: f64,
    /// Its p-value; out of sample the degrees of freedom are the number of groups.
    pub hosmer_lemeshow_p: f64,
}

/// Evaluates predictions of rows with their outcomes.
///
/// # Errors
/// [`ModelError::TooFew`] for less than twenty rows, [`ModelError::LengthMismatch`], [`ModelError::OutOfRange`] for a probability of zero,
/// one or beyond, [`ModelError::OneClass`], [`ModelError::NotFinite`].
pub fn evaluate(probabilities: &[f64], outcomes: &[bool]) -> Result<Evaluation> {
    same_length("predictions", probabilities.len(), outcomes.len())?;
    at_least("predictions to evaluate", 2 * GROUPS, probabilities.len())?;
    let losses = log_losses(probabilities, outcomes)?;
    let n = count(outcomes.len());
    let squares = probabilities
        .iter()
        .zip(outcomes)
        .map(|(p, y)| (f64::from(u8::from(*y)) - p).powi(2));
    let brier = squares.sum::<f64>() / n;
    let auc = area_under_curve(probabilities, outcomes)?;
    let predictors: Vec<f64> = probabilities.iter().map(|p| (-(-p).ln_1p()).ln()).collect();
    let centre = predictors.iter().map(|p| p / n).sum::<f64>();
    let mut large = Sample::new(1);
    let mut sloped = Sample::new(2);
    for (predictor, outcome) in predictors.iter().zip(outcomes) {
        large.push(&[1.0], *outcome, *predictor)?;
        sloped.push(&[1.0, *predictor - centre], *outcome, centre)?;
    }
    let estimate = |fit: &binary::BinaryFit, column: usize| Estimate {
        value: fit.coefficients[column],
        standard_error: fit.covariance[column][column].sqrt(),
    };
    let link = Link::ComplementaryLogLog;
    let calibration_intercept = estimate(&binary::fit(&large, link, &[0.0], None)?, 0);
    let calibration_slope = match binary::fit(&sloped, link, &[0.0; 2], Some(&[0.0, 1.0])) {
        Ok(fit) => Some(estimate(&fit, 1)),
        Err(ModelError::Unidentified { .. } | ModelError::Separated { .. }) => None,
        Err(reason) => return Err(reason),
    };
    let table = calibration_table(probabilities, outcomes);
    let statistic = table
        .iter()
        .map(|g| {
            let variance = g.expected * (1.0 - g.expected / count(g.rows));
            (count(g.observed) - g.expected).powi(2) / variance
        })
        .sum();
    let hosmer_lemeshow = representable("Hosmer–Lemeshow statistic", statistic)?;
    Ok(Evaluation {
        log_loss: losses.iter().sum::<f64>() / n,
        brier,
        auc,
        expected: probabilities.iter().sum(),
        observed: outcomes.iter().filter(|y| **y).count(),
        calibration_intercept,
        calibration_slope,
        hosmer_lemeshow_p: chi_square_survival_even(hosmer_lemeshow, GROUPS),
        table,
        hosmer_lemeshow,
    })
}

/// Negative log-likelihood of each row.
///
/// # Errors
/// [`ModelError::LengthMismatch`], [`ModelError::OutOfRange`] for a probability of zero, one or beyond,
/// [`ModelError::NotFinite`].
pub fn log_losses(probabilities: &[f64], outcomes: &[bool]) -> Result<Vec<f64>> {
    same_length("predictions", probabilities.len(), outcomes.len())?;
    probabilities
        .iter()
        .zip(outcomes)
        .map(|(p, y)| {
            finite("predicted probability", *p)?;
            if *p <= 0.0 || *p >= 1.0 {
                return Err(ModelError::OutOfRange {
                    what: "predicted probability",
                    value: *p,
                    min: f64::MIN_POSITIVE,
                    max: 1.0 - f64::EPSILON,
                });
            }
            Ok(if *y { -p.ln() } else { -(-p).ln_1p() })
        })
        .collect()
}

/// Area under the receiver operating characteristic by the rank sum of Mann & Whitney (1947), ties at half.
///
/// # Errors
/// [`ModelError::OneClass`], [`ModelError::LengthMismatch`], [`ModelError::NotFinite`].
pub fn area_under_curve(scores: &[f64], outcomes: &[bool]) -> Result<f64> {
    same_length("scores", scores.len(), outcomes.len())?;
    let mut ranked = Vec::with_capacity(scores.len());
    for (score, outcome) in scores.iter().zip(outcomes) {
        ranked.push((finite("score", *score)?, *outcome));
    }
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins, mut positives) = (0.0, 0.0, 0.0);
    for tie in ranked.chunk_by(|a, b| a.0 == b.0) {
        let events = count(tie.iter().filter(|(_, y)| *y).count());
        let others = count(tie.len()) - events;
        wins += events * (below + 0.5 * others);
        below += others;
        positives += events;
    }
    if positives == 0.0 || below == 0.0 {
        return Err(ModelError::OneClass {
            what: "outcomes of the validation period",
        });
    }
    Ok(wins / (positives * below))
}

/// Difference of the losses of two models on the same rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedDifference {
    /// Mean of (loss of the first − loss of the second) per row: positive where the second is better.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Mean ÷ standard error.
    pub z: f64,
    /// One-sided p-value of the hypothesis that the second is no better.
    pub p: f64,
    /// Independent clusters behind it.
    pub clusters: usize,
}

/// Test of equal predictive ability in the manner of Diebold & Mariano (1995): the loss difference's mean against its
/// standard error, the rows of one cluster (one protocol) being summed first, because they are dependent.
/// `clusters[i]` is the cluster of row i.
///
/// # Errors
/// [`ModelError::TooFew`] for fewer than two clusters, [`ModelError::LengthMismatch`], [`ModelError::NotFinite`],
/// [`ModelError::Overflow`].
pub fn paired_difference(first: &[f64], second: &[f64], clusters: &[usize]) -> Result<PairedDifference> {
    same_length("losses", first.len(), second.len())?;
    same_length("clusters of losses", first.len(), clusters.len())?;
    let mut sums = std::collections::BTreeMap::<usize, f64>::new();
    for ((a, b), cluster) in first.iter().zip(second).zip(clusters) {
        *sums.entry(*cluster).or_default() += finite("loss", *a)? - finite("loss", *b)?;
    }
    at_least("clusters of losses", 2, sums.len())?;
    let m = count(sums.len());
    let total: f64 = sums.values().sum();
    let average = total / m;
    let variance = sums.values().map(|d| (d - average).powi(2)).sum::<f64>() * m / (m - 1.0);
    let rows = count(first.len());
    let standard_error = representable("difference of losses", variance.sqrt() / rows)?;
    let mean = representable("difference of losses", total / rows)?;
    // two models that agree everywhere do not differ
    let z = if standard_error == 0.0 {
        0.0
    } else {
        mean / standard_error
    };
    Ok(PairedDifference {
        mean,
        standard_error,
        z,
        p: normal::survival(z),
        clusters: sums.len(),
    })
}

fn calibration_table(probabilities: &[f64], outcomes: &[bool]) -> Vec<CalibrationGroup> {
    let mut rows: Vec<(f64, bool)> = probabilities
        .iter()
        .copied()
        .zip(outcomes.iter().copied())
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    (0..GROUPS)
        .map(|group| {
            let rows = &rows[group * rows.len() / GROUPS..(group + 1) * rows.len() / GROUPS];
            let observed = rows.iter().filter(|(_, y)| *y).count();
            let (low, high) = wilson(observed, rows.len());
            CalibrationGroup {
                rows: rows.len(),
                expected: rows.iter().map(|(p, _)| p).sum(),
                observed,
                low: low * count(rows.len()),
                high: high * count(rows.len()),
            }
        })
        .collect()
}

/// Wilson's (1927) 95 % interval of a proportion.
fn wilson(successes: usize, trials: usize) -> (f64, f64) {
    let n = count(trials);
    let p = count(successes) / n;
    let z2 = normal::TWO_SIDED_95 * normal::TWO_SIDED_95;
    let centre = p + z2 / (2.0 * n);
    let half = normal::TWO_SIDED_95 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    (
        ((centre - half) / scale).max(0.0),
        ((centre + half) / scale).min(1.0),
    )
}

/// Upper tail of χ² with an even number of degrees of freedom: a Poisson sum (Abramowitz & Stegun 1964, 26.4.21).
fn chi_square_survival_even(statistic: f64, degrees: usize) -> f64 {
    let half = statistic / 2.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..degrees / 2 {
        term *= half / count(k);
        sum += term;
    }
    ((-half).exp() * sum).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    #[test]
    fn the_area_counts_pairs_in_order_and_ties_at_half() {
        let outcomes = [false, true, false, true, false];
        let scores = [0.1, 0.4, 0.4, 0.8, 0.2];
        // pairs (event, other): (0.4: > 0.1, = 0.4, > 0.2) and (0.8: above all three)
        assert_close(area_under_curve(&scores, &outcomes).unwrap(), 5.5 / 6.0, 1e-15);
        assert!(matches!(
            area_under_curve(&scores, &[true; 5]),
            Err(ModelError::OneClass { .. })
        ));
    }

    #[test]
    fn the_chi_square_tail_matches_the_published_percentage_points() {
        // Abramowitz & Stegun (1964), table 26.8: 10 degrees of freedom
        assert_close(chi_square_survival_even(18.3070, 10), 0.05, 1e-5);
        assert_close(chi_square_survival_even(23.2093, 10), 0.01, 1e-5);
    }

    #[test]
    fn true_probabilities_are_calibrated_and_halved_ones_are_not() {
        let mut rng = Rng::new(11);
        let truth: Vec<f64> = (0..20_000).map(|_| 0.02 + 0.2 * rng.uniform().powi(3)).collect();
        let outcomes: Vec<bool> = truth.iter().map(|p| rng.uniform() < *p).collect();
        let good = evaluate(&truth, &outcomes).unwrap();
        let slope = good.calibration_slope.unwrap();
        assert!((slope.value - 1.0).abs() < 3.0 * slope.standard_error);
        assert!(good.calibration_intercept.value.abs() < 3.0 * good.calibration_intercept.standard_error);
        assert!(good.hosmer_lemeshow_p > 0.01);
        let halves: Vec<f64> = truth.iter().map(|p| p / 2.0).collect();
        let bad = evaluate(&halves, &outcomes).unwrap();
        assert_close(bad.calibration_intercept.value, 2.0_f64.ln(), 0.1);
        assert!(bad.hosmer_lemeshow_p < 1e-6 && bad.log_loss > good.log_loss && bad.brier > good.brier);
        assert_close(bad.auc, good.auc, 1e-15);
        let clusters: Vec<usize> = (0..truth.len()).map(|i| i / 2).collect();
        let (worse, better) = (
            log_losses(&halves, &outcomes).unwrap(),
            log_losses(&truth, &outcomes).unwrap(),
        );
        let difference = paired_difference(&worse, &better, &clusters).unwrap();
        assert_close(difference.mean, bad.log_loss - good.log_loss, 1e-15);
        assert!(difference.z > 5.0 && difference.p < 1e-6 && difference.clusters == 10_000);
    }

    #[test]
    fn equal_predictions_have_no_slope_and_no_difference() {
        let outcomes: Vec<bool> = (0..100).map(|i| i % 10 == 0).collect();
        let flat = [0.1; 100];
        let evaluation = evaluate(&flat, &outcomes).unwrap();
        assert_eq!(evaluation.calibration_slope, None);
        assert_close(evaluation.auc, 0.5, 1e-15);
        assert_close(evaluation.calibration_intercept.value, 0.0, 1e-9);
        let losses = log_losses(&flat, &outcomes).unwrap();
        let none = paired_difference(&losses, &losses, &(0..100).collect::<Vec<_>>()).unwrap();
        assert_eq!((none.mean, none.p), (0.0, 0.5));
    }

    #[test]
    fn impossible_predictions_are_refused() {
        for wrong in [0.0, 1.0, -0.1, 1.5] {
            assert!(matches!(
                log_losses(&[wrong], &[false]),
                Err(ModelError::OutOfRange { .. })
            ));
        }
        assert!(matches!(
            log_losses(&[f64::NAN], &[false]),
            Err(ModelError::NotFinite { .. })
        ));
        assert!(matches!(
            evaluate(&[0.5; 3], &[true, false, true]),
            Err(ModelError::TooFew { .. })
        ));
    }
}
