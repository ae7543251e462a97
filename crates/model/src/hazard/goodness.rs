//! Goodness of fit of a tail, and the choice of its threshold.
//!
//! Bader, Yan & Zhang (2018): fit the tail above each of several thresholds in ascending order, test each fit by the
//! statistic of Anderson & Darling (1952), and stop rejecting by the ForwardStop rule of G'Sell, Wager, Chouldechova &
//! Tibshirani (2016), which controls the false discovery rate of the ordered tests.

use super::pareto::{self, Pareto, ParetoFit};
use crate::error::{ModelError, Result, at_least, count, finite, positive, representable, within};

/// Shapes of the rows of [`QUANTILES`].
const SHAPES: [f64; 10] = [-0.4, -0.2, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0];
/// Upper tail probabilities of its columns.
const TAILS: [f64; 10] = [0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];
/// Quantiles of A² where both parameters are estimated, which depend on the shape alone (Choulakian & Stephens 2001).
/// Simulated by `validation/reference/anderson_darling.py`: 20,000 samples of 250 per shape.
const QUANTILES: [[f64; 10]; 10] = [
    [
        0.2319, 0.3116, 0.4418, 0.6445, 0.9204, 1.1458, 1.3798, 1.6739, 1.9131, 2.4812,
    ],
    [
        0.2228, 0.2930, 0.4143, 0.6020, 0.8451, 1.0310, 1.2401, 1.4907, 1.7050, 2.2360,
    ],
    [
        0.2129, 0.2800, 0.3939, 0.5601, 0.7883, 0.9634, 1.1400, 1.3807, 1.5640, 2.0541,
    ],
    [
        0.2043, 0.2668, 0.3703, 0.5243, 0.7288, 0.8924, 1.0612, 1.2519, 1.4418, 1.8383,
    ],
    [
        0.1987, 0.2607, 0.3568, 0.4999, 0.6820, 0.8317, 0.9732, 1.1958, 1.3520, 1.6656,
    ],
    [
        0.1928, 0.2503, 0.3453, 0.4806, 0.6560, 0.7876, 0.9331, 1.1350, 1.2800, 1.6388,
    ],
    [
        0.1922, 0.2478, 0.3372, 0.4638, 0.6290, 0.7595, 0.8981, 1.0773, 1.1964, 1.5080,
    ],
    [
        0.1889, 0.2439, 0.3274, 0.4500, 0.6070, 0.7270, 0.8474, 0.9996, 1.1377, 1.4062,
    ],
    [
        0.1846, 0.2391, 0.3227, 0.4438, 0.5946, 0.7077, 0.8364, 0.9959, 1.1295, 1.3923,
    ],
    [
        0.1858, 0.2383, 0.3218, 0.4417, 0.5961, 0.7152, 0.8374, 0.9913, 1.1357, 1.4611,
    ],
];

/// The statistic A² of excesses against a distribution fitted to them, and its p-value.
///
/// # Errors
/// [`ModelError::TooFew`], [`ModelError::NotPositive`], [`ModelError::NotFinite`], [`ModelError::Overflow`] where an
/// excess lies beyond the distribution's end.
pub fn anderson_darling(excesses: &[f64], distribution: Pareto) -> Result<(f64, f64)> {
    at_least(
        "excesses of a goodness-of-fit test",
        pareto::MIN_EXCESSES,
        excesses.len(),
    )?;
    let mut sorted = excesses.to_vec();
    for y in &sorted {
        positive("excess over the threshold", *y)?;
    }
    sorted.sort_by(f64::total_cmp);
    let n = count(sorted.len());
    let sum: f64 = sorted
        .iter()
        .zip(sorted.iter().rev())
        .enumerate()
        .map(|(i, (low, high))| {
            let log_cdf = (-distribution.log_survival(*low).exp_m1()).ln();
            (2.0 * count(i) + 1.0) * (log_cdf + distribution.log_survival(*high))
        })
        .sum();
    let statistic = representable("Anderson–Darling statistic", -n - sum / n)?;
    Ok((statistic, p_value(statistic, distribution.shape)))
}

/// Upper tail probability of A²: linear in the shape, and log-linear between quantiles and beyond the last.
fn p_value(statistic: f64, shape: f64) -> f64 {
    let above = SHAPES
        .iter()
        .position(|s| *s >= shape)
        .unwrap_or(SHAPES.len() - 1)
        .max(1);
    let weight = ((shape - SHAPES[above - 1]) / (SHAPES[above] - SHAPES[above - 1])).clamp(0.0, 1.0);
    let quantile =
        |column: usize| (1.0 - weight) * QUANTILES[above - 1][column] + weight * QUANTILES[above][column];
    if statistic <= quantile(0) {
        // between certainty at zero and the first quantile
        return 1.0 - (1.0 - TAILS[0]) * (statistic / quantile(0)).max(0.0);
    }
    let right = (1..TAILS.len() - 1)
        .find(|c| statistic <= quantile(*c))
        .unwrap_or(TAILS.len() - 1);
    let (low, high) = (quantile(right - 1), quantile(right));
    let slope = (TAILS[right] / TAILS[right - 1]).ln() / (high - low);
    (TAILS[right - 1].ln() + slope * (statistic - low)).exp().min(1.0)
}

/// A candidate threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// The threshold, in the unit of the losses.
    pub value: f64,
    /// Mean excess over it: linear in the threshold where the tail is generalised Pareto (Davison & Smith 1990).
    pub mean_excess: f64,
    /// The tail above it.
    pub fit: ParetoFit,
    /// Anderson–Darling statistic.
    pub statistic: f64,
    /// Its p-value.
    pub p: f64,
    /// ForwardStop's estimate of the false discovery rate if this and all lower thresholds are rejected.
    pub forward_stop: f64,
}

/// The tail over automatically chosen thresholds.
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdChoice {
    /// The candidates, ascending.
    pub candidates: Vec<Threshold>,
    /// Index of the chosen one.
    pub chosen: usize,
}

/// Tests the tail above each of the sample's quantiles `levels` (ascending) and chooses the lowest threshold that
/// ForwardStop does not reject at false discovery rate `rate`.
///
/// # Errors
/// [`ModelError::TooFew`] without levels or with too few excesses above the highest, [`ModelError::NotIncreasing`],
/// [`ModelError::Unidentified`] where even the highest threshold is rejected, and what [`pareto::fit`] says.
pub fn choose_threshold(losses: &[f64], levels: &[f64], rate: f64) -> Result<ThresholdChoice> {
    at_least("threshold levels", 1, levels.len())?;
    within("false discovery rate", rate, 0.0, 1.0)?;
    let mut sorted = losses.to_vec();
    for loss in &sorted {
        positive("loss", *loss)?;
    }
    sorted.sort_by(f64::total_cmp);
    let mut candidates: Vec<Threshold> = Vec::with_capacity(levels.len());
    let mut evidence = 0.0;
    for (index, level) in levels.iter().enumerate() {
        within("threshold level", *level, 0.0, 1.0)?;
        if index > 0 && levels[index - 1] >= *level {
            return Err(ModelError::NotIncreasing {
                what: "threshold levels",
                index,
            });
        }
        let value = quantile(&sorted, *level)?;
        let excesses: Vec<f64> = sorted.iter().filter(|x| **x > value).map(|x| x - value).collect();
        let fit = pareto::fit(&excesses)?;
        let (statistic, p) = anderson_darling(&excesses, fit.distribution)?;
        evidence -= (-p.min(1.0 - 1e-12)).ln_1p();
        candidates.push(Threshold {
            value,
            mean_excess: excesses.iter().sum::<f64>() / count(excesses.len()),
            fit,
            statistic,
            p,
            forward_stop: evidence / count(index + 1),
        });
    }
    let rejected = candidates
        .iter()
        .rposition(|c| c.forward_stop <= rate)
        .map_or(0, |index| index + 1);
    if rejected == candidates.len() {
        return Err(ModelError::Unidentified {
            what: "threshold of the loss tail",
        });
    }
    Ok(ThresholdChoice {
        candidates,
        chosen: rejected,
    })
}

/// The order statistic at a level, of a sorted sample.
fn quantile(sorted: &[f64], level: f64) -> Result<f64> {
    at_least("losses", 1, sorted.len())?;
    let position = (level * count(sorted.len())).ceil().max(1.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // between one and the number of entries, as the level lies in [0, 1]
    let index = position as usize - 1;
    finite("loss", sorted[index.min(sorted.len() - 1)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    fn exponential(rng: &mut Rng) -> f64 {
        -(1.0 - rng.uniform()).ln().min(-1e-12)
    }

    #[test]
    fn the_p_value_is_uniform_under_its_hypothesis() {
        let mut rng = Rng::new(21);
        let mut below = [0.0; 3];
        let repetitions = 600;
        for _ in 0..repetitions {
            let y: Vec<f64> = (0..80)
                .map(|_| (0.6 * exponential(&mut rng)).exp_m1() / 0.6)
                .collect();
            let fitted = pareto::fit(&y).unwrap();
            let (_, p) = anderson_darling(&y, fitted.distribution).unwrap();
            for (counter, level) in below.iter_mut().zip([0.05, 0.25, 0.5]) {
                *counter += f64::from(u8::from(p < level)) / f64::from(repetitions);
            }
        }
        for (share, level) in below.into_iter().zip([0.05, 0.25, 0.5]) {
            assert_close(
                share,
                level,
                3.0 * (level * (1.0 - level) / f64::from(repetitions)).sqrt(),
            );
        }
    }

    #[test]
    fn the_table_is_reproduced_at_its_points_and_falls_between_them() {
        assert_close(p_value(0.9634, 0.0), 0.05, 1e-12);
        assert_close(p_value(0.3372, 1.0), 0.5, 1e-12);
        let mut last = 1.0;
        for step in 0..400 {
            let p = p_value(f64::from(step) * 0.01, 0.9);
            assert!(p <= last && p >= 0.0);
            last = p;
        }
    }

    #[test]
    fn a_body_of_another_shape_is_cut_off() {
        // uniform below one, Pareto above: the tail begins at the median
        let mut rng = Rng::new(5);
        let losses: Vec<f64> = (0..2000)
            .map(|i| {
                if i % 2 == 0 {
                    rng.uniform().max(1e-9)
                } else {
                    1.0 + 3.0 * exponential(&mut rng).exp_m1()
                }
            })
            .collect();
        let choice = choose_threshold(&losses, &[0.1, 0.3, 0.55, 0.7, 0.8], 0.1).unwrap();
        assert_eq!(choice.chosen, 2, "{:?}", choice.candidates);
        assert_close(choice.candidates[2].fit.distribution.shape, 1.0, 0.2);
    }

    #[test]
    fn levels_are_checked() {
        let losses: Vec<f64> = (1..100).map(f64::from).collect();
        let refuse = |levels: &[f64]| choose_threshold(&losses, levels, 0.1).unwrap_err();
        assert!(matches!(refuse(&[]), ModelError::TooFew { .. }));
        assert!(matches!(
            refuse(&[0.5, 0.4]),
            ModelError::NotIncreasing { .. } | ModelError::Unidentified { .. }
        ));
        assert!(matches!(refuse(&[1.5]), ModelError::OutOfRange { .. }));
        assert!(matches!(refuse(&[0.99]), ModelError::TooFew { .. }));
        assert!(matches!(
            choose_threshold(&[-1.0], &[0.5], 0.1),
            Err(ModelError::NotPositive { .. })
        ));
    }
}
