//! Peaks over threshold: quantiles beyond what the sample shows.

use super::quantile::{level_of, sorted};
use crate::error::{ModelError, Result, at_least, count, finite, representable};
use crate::hazard::pareto::{self, ParetoFit};

/// A tail of losses above a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PotTail {
    /// The threshold u.
    pub threshold: f64,
    /// Share of the losses above it, ζ.
    pub share: f64,
    /// Losses above it.
    pub exceedances: usize,
    /// Clusters of them.
    pub clusters: usize,
    /// The generalised Pareto distribution of the excesses; its covariance as if they were independent.
    pub fit: ParetoFit,
}

impl PotTail {
    /// Clusters per exceedance, the runs estimate of the extremal index: 1 for independent losses, about 1/h for windows
    /// that overlap h-fold.
    #[must_use]
    pub fn extremal_index(&self) -> f64 {
        count(self.clusters) / count(self.exceedances)
    }

    /// Standard error of the shape with the clusters counted once: that of independent excesses × 1/√θ (Fawcett & Walshaw
    /// 2007).
    #[must_use]
    pub fn shape_error(&self) -> f64 {
        (self.fit.covariance[0] / self.extremal_index()).sqrt()
    }

    /// The quantile u + σ/ξ·(((1 − level)/ζ)^(−ξ) − 1) (McNeil & Frey 2000, eq. 9).
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a level outside (1 − ζ, 1): below the threshold the sample itself speaks;
    /// [`ModelError::Overflow`].
    pub fn quantile(&self, level: f64) -> Result<f64> {
        let beyond = 1.0 - level_of(level)?;
        if beyond > self.share {
            return Err(ModelError::OutOfRange {
                what: "confidence level of a tail",
                value: level,
                min: 1.0 - self.share,
                max: 1.0,
            });
        }
        let (shape, scale) = (self.fit.distribution.shape, self.fit.distribution.scale);
        let log = -(beyond / self.share).ln();
        let excess = if shape.abs() < 1e-9 {
            scale * log
        } else {
            scale * (shape * log).exp_m1() / shape
        };
        representable("quantile of the tail", self.threshold + excess)
    }

    /// Expected shortfall (q + σ − ξ·u)/(1 − ξ) (McNeil & Frey 2000, eq. 16).
    ///
    /// # Errors
    /// As [`PotTail::quantile`]; [`ModelError::Overflow`] for ξ ≥ 1, where it is infinite.
    pub fn shortfall(&self, level: f64) -> Result<f64> {
        let quantile = self.quantile(level)?;
        let (shape, scale) = (self.fit.distribution.shape, self.fit.distribution.scale);
        if shape >= 1.0 {
            return Err(ModelError::Overflow {
                what: "expected shortfall of the tail",
            });
        }
        representable(
            "expected shortfall of the tail",
            (quantile + scale - shape * self.threshold) / (1.0 - shape),
        )
    }
}

/// Fits the tail above the (1 − `share`)-quantile of losses in order of time, by all of its excesses: for the quantile of a
/// loss at any time that has less bias than the clusters' maxima alone (Fawcett & Walshaw 2007, "Improved estimation for
/// temporally clustered extremes", Environmetrics 18). Exceedances with at most `run` steps between them count as one
/// cluster (runs declustering, Smith & Weissman 1994): overlapping windows count one crash many times, which the standard
/// errors must not.
///
/// # Errors
/// [`ModelError::OutOfRange`] for a share outside (0, 1), [`ModelError::NotFinite`], [`ModelError::TooFew`] for fewer than
/// [`pareto::MIN_EXCESSES`] excesses, [`ModelError::Unidentified`] where they have no generalised Pareto fit.
pub fn fit_tail(losses: &[f64], share: f64, run: usize) -> Result<PotTail> {
    let share = level_of(share)?;
    at_least("losses of a tail", 2, losses.len())?;
    for loss in losses {
        finite("loss", *loss)?;
    }
    let ascending = sorted(losses)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let above = ((share * count(losses.len())).ceil() as usize).clamp(1, losses.len() - 1);
    let threshold = ascending[losses.len() - above - 1];
    let (mut excesses, mut last, mut clusters) = (Vec::new(), None, 0);
    for (index, loss) in losses.iter().enumerate() {
        let excess = loss - threshold;
        if excess <= 0.0 {
            continue;
        }
        excesses.push(representable("excess over the threshold", excess)?);
        if last.is_none_or(|last| index - last > run) {
            clusters += 1;
        }
        last = Some(index);
    }
    Ok(PotTail {
        threshold,
        share: count(excesses.len()) / count(losses.len()),
        exceedances: excesses.len(),
        clusters,
        fit: pareto::fit(&excesses)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    /// Student-t with three degrees of freedom.
    fn student(rng: &mut Rng) -> f64 {
        let chi: f64 = (0..3).map(|_| rng.normal().powi(2)).sum();
        rng.normal() / (chi / 3.0).sqrt()
    }

    #[test]
    fn far_quantiles_of_a_student_tail_are_found() {
        let mut rng = Rng::new(51);
        let losses: Vec<f64> = (0..40_000).map(|_| student(&mut rng)).collect();
        let tail = fit_tail(&losses, 0.05, 0).unwrap();
        assert_eq!(tail.extremal_index(), 1.0);
        // Quantiles of t₃: 4.540703 at 99 %, 10.214532 at 99.9 %; its tail index is 1/3.
        assert_close(tail.quantile(0.99).unwrap(), 4.540_703, 0.5);
        assert_close(tail.quantile(0.999).unwrap(), 10.214_532, 1.5);
        assert_close(tail.fit.distribution.shape, 1.0 / 3.0, 0.09);
        // Expected shortfall of t₃ at 99 %: f(q)·(3 + q²)/(2·0.01) = 7.0028.
        assert_close(tail.shortfall(0.99).unwrap(), 7.003, 0.9);
    }

    #[test]
    fn moving_maxima_have_the_extremal_index_of_their_overlap() {
        // The greatest of five neighbours: θ = 1/5, and a marginal quantile of the fifth root.
        let mut rng = Rng::new(53);
        let base: Vec<f64> = (0..60_000).map(|_| -f64::ln(1.0 - rng.uniform())).collect();
        let maxima: Vec<f64> = base
            .windows(5)
            .map(|w| w.iter().copied().fold(0.0, f64::max))
            .collect();
        let tail = fit_tail(&maxima, 0.02, 5).unwrap();
        assert_close(tail.extremal_index(), 0.2, 0.03);
        let truth = -f64::ln(1.0 - 0.995f64.powf(0.2));
        assert_close(tail.quantile(0.995).unwrap(), truth, 0.4);
    }

    #[test]
    fn below_the_threshold_and_on_constant_losses_there_is_no_answer() {
        let losses: Vec<f64> = (0..1000)
            .map(|i| -f64::ln(f64::from(i * 37 % 1000 + 1) / 1001.0))
            .collect();
        let tail = fit_tail(&losses, 0.1, 0).unwrap();
        assert!(matches!(tail.quantile(0.5), Err(ModelError::OutOfRange { .. })));
        assert!(fit_tail(&[1.0; 100], 0.1, 0).is_err());
        assert!(fit_tail(&losses, 1.0, 0).is_err());
        assert!(fit_tail(&[], 0.1, 0).is_err());
    }
}
