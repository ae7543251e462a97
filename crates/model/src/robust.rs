//! Robust statistics: the median and the Theil–Sen regression line.

use crate::error::{ModelError, Result, at_least, count, finite};

/// Theil–Sen looks at every pair; more points than this are thinned evenly (first and last kept), which bounds the
/// work at about 130,000 pairs.
const MAX_POINTS: usize = 512;

/// A robust straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TheilSen {
    /// Median of the slopes of all pairs of points with different abscissae.
    pub slope: f64,
    /// Median of y − slope·x.
    pub intercept: f64,
    /// Lower end of Sen's 95 % confidence interval for the slope.
    pub slope_low: f64,
    /// Upper end of Sen's 95 % confidence interval for the slope.
    pub slope_high: f64,
    /// Points used, after thinning.
    pub points: usize,
}

/// The median: the mean of the two middle values for an even count.
///
/// # Errors
/// [`ModelError::TooFew`] if empty, [`ModelError::NotFinite`] on NaN and infinities.
pub fn median(values: &[f64]) -> Result<f64> {
    at_least("values of a median", 1, values.len())?;
    for value in values {
        finite("value of a median", *value)?;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Ok(middle(&sorted))
}

fn middle(sorted: &[f64]) -> f64 {
    let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
    low + (high - low) / 2.0
}

/// Theil–Sen line through (x, y) points: slope of Theil (1950) and Sen (1968), which tolerates up to 29 % of
/// arbitrarily wrong points; confidence interval from the variance of Kendall's S (Sen 1968) without the
/// correction for ties, which makes it wider.
///
/// # Errors
/// [`ModelError::TooFew`] below two points, [`ModelError::NotFinite`], [`ModelError::Unidentified`] if all abscissae
/// are equal, [`ModelError::Overflow`] if no slope is representable.
pub fn theil_sen(points: &[(f64, f64)]) -> Result<TheilSen> {
    at_least("points of a line", 2, points.len())?;
    for (x, y) in points {
        finite("abscissa", *x)?;
        finite("ordinate", *y)?;
    }
    let kept = thin(points);
    let mut slopes = Vec::with_capacity(kept.len() * (kept.len() - 1) / 2);
    for (i, (x0, y0)) in kept.iter().enumerate() {
        for (x1, y1) in &kept[i + 1..] {
            if x1 != x0 {
                slopes.push((y1 - y0) / (x1 - x0));
            }
        }
    }
    if slopes.is_empty() {
        return Err(ModelError::Unidentified {
            what: "slope of a line",
        });
    }
    if slopes.iter().any(|slope| !slope.is_finite()) {
        return Err(ModelError::Overflow {
            what: "slope of a line",
        });
    }
    slopes.sort_unstable_by(f64::total_cmp);
    let slope = middle(&slopes);
    let offsets: Vec<f64> = kept.iter().map(|(x, y)| y - slope * x).collect();
    let intercept = median(&offsets).map_err(|_| ModelError::Overflow {
        what: "intercept of a line",
    })?;
    let (slope_low, slope_high) = confidence_interval(&slopes, kept.len());
    Ok(TheilSen {
        slope,
        intercept,
        slope_low,
        slope_high,
        points: kept.len(),
    })
}

fn confidence_interval(sorted: &[f64], points: usize) -> (f64, f64) {
    const TWO_SIDED_95: f64 = 1.959_963_984_540_054;
    let n = count(points);
    let kendall_deviation = (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt();
    let below = (count(sorted.len()) - TWO_SIDED_95 * kendall_deviation) / 2.0;
    // The cast saturates: a negative rank means that the interval is the whole range.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rank = (below.floor().max(0.0) as usize).min(sorted.len() - 1);
    let mirror = sorted.len() - 1 - rank;
    (sorted[rank.min(mirror)], sorted[mirror.max(rank)])
}

fn thin(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    if points.len() <= MAX_POINTS {
        return points.to_vec();
    }
    (0..MAX_POINTS)
        .map(|i| points[i * (points.len() - 1) / (MAX_POINTS - 1)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    #[test]
    fn reproduces_sens_published_example() {
        // Sen (1968), § 6: x and y of seven points; the estimate of the slope is 4.
        let x = [1.0, 2.0, 3.0, 4.0, 10.0, 12.0, 18.0];
        let y = [9.0, 15.0, 19.0, 20.0, 45.0, 55.0, 78.0];
        let points: Vec<_> = x.into_iter().zip(y).collect();
        assert_eq!(theil_sen(&points).unwrap().slope, 4.0);
    }

    #[test]
    fn a_quarter_of_wild_points_does_not_move_the_slope_much() {
        let mut rng = Rng::new(7);
        let points: Vec<_> = (0..200)
            .map(|i| {
                let x = f64::from(i) / 200.0;
                let wild = if i % 4 == 0 { 50.0 } else { 0.0 };
                (x, 2.0 * x + 0.01 * rng.normal() + wild)
            })
            .collect();
        let line = theil_sen(&points).unwrap();
        assert_close(line.slope, 2.0, 0.05);
    }

    #[test]
    fn the_confidence_interval_covers_the_truth_at_its_nominal_rate() {
        let mut rng = Rng::new(11);
        let mut covered = 0;
        for _ in 0..400 {
            let points: Vec<_> = (0..30)
                .map(|i| (f64::from(i), 0.5 * f64::from(i) + rng.normal()))
                .collect();
            let line = theil_sen(&points).unwrap();
            assert!(line.slope_low <= line.slope && line.slope <= line.slope_high);
            covered += i32::from((line.slope_low..=line.slope_high).contains(&0.5));
        }
        // 95 % of 400, with three standard deviations of a binomial count on either side.
        assert!((367..=393).contains(&covered), "{covered} of 400");
    }

    #[test]
    fn long_input_is_thinned_and_still_exact_on_a_line() {
        let points: Vec<_> = (0..10_000)
            .map(|i| (f64::from(i), 3.0 - 0.25 * f64::from(i)))
            .collect();
        let line = theil_sen(&points).unwrap();
        assert_eq!(
            (line.slope, line.intercept, line.points),
            (-0.25, 3.0, MAX_POINTS)
        );
    }

    #[test]
    fn equal_abscissae_identify_nothing() {
        let result = theil_sen(&[(1.0, 2.0), (1.0, 3.0)]);
        assert_eq!(
            result,
            Err(ModelError::Unidentified {
                what: "slope of a line"
            })
        );
    }
}
