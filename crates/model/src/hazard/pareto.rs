//! The generalised Pareto distribution of excesses over a high threshold (Pickands 1975, Balkema & de Haan 1974):
//! P(Y > y) = (1 + ξ·y/σ)^(−1/ξ), the exponential distribution for ξ = 0.

use crate::error::{ModelError, Result, at_least, count, non_negative, positive, representable, within};
use crate::roots::itp;

/// Fewest excesses that a fit is made from.
pub const MIN_EXCESSES: usize = 10;
/// |ξ| below which the exponential's formulas are used: the error is of this order.
const EXPONENTIAL: f64 = 1e-9;
/// Half the 95 % point of χ² with one degree of freedom.
const HALF_CHI_SQUARE_95: f64 = 1.920_729_410_347_062;

/// A generalised Pareto distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pareto {
    /// ξ: the tail index; the mean is infinite from 1 on.
    pub shape: f64,
    /// σ, in the unit of the excesses.
    pub scale: f64,
}

impl Pareto {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`ModelError::NotPositive`] for the scale, [`ModelError::OutOfRange`] for a shape beyond ±10,
    /// [`ModelError::NotFinite`].
    pub fn new(shape: f64, scale: f64) -> Result<Self> {
        Ok(Self {
            shape: within("tail shape", shape, -10.0, 10.0)?,
            scale: positive("tail scale", scale)?,
        })
    }

    /// ln P(Y > y), −∞ beyond the end of a bounded tail.
    #[must_use]
    pub fn log_survival(&self, y: f64) -> f64 {
        let z = y / self.scale;
        if self.shape.abs() < EXPONENTIAL {
            -z
        } else {
            -(self.shape * z).max(-1.0).ln_1p() / self.shape
        }
    }

    /// Log density at y ≥ 0.
    #[must_use]
    pub fn log_density(&self, y: f64) -> f64 {
        (1.0 + self.shape) * self.log_survival(y) - self.scale.ln()
    }

    /// E[min(Y, limit)] = ∫₀^limit P(Y > y) dy, finite for every shape.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a negative limit, [`ModelError::NotFinite`].
    pub fn limited_mean(&self, limit: f64) -> Result<f64> {
        let log_survival = self.log_survival(non_negative("limit of a loss", limit)?);
        let (xi, sigma) = (self.shape, self.scale);
        // with L = −ln P(Y > limit): σ/(1 − ξ)·(1 − e^((ξ−1)·L)), and σ·L at ξ = 1
        let exponent = (1.0 - xi) * log_survival;
        let mean = if (1.0 - xi).abs() < EXPONENTIAL {
            -sigma * log_survival
        } else {
            -sigma / (1.0 - xi) * exponent.exp_m1()
        };
        representable("limited mean of a loss", mean)
    }

    /// Log-likelihood of excesses.
    #[must_use]
    pub fn log_likelihood(&self, excesses: &[f64]) -> f64 {
        excesses.iter().map(|y| self.log_density(*y)).sum()
    }
}

/// A fit with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoFit {
    /// The distribution.
    pub distribution: Pareto,
    /// Asymptotic variance of ξ, covariance of ξ and σ, variance of σ (Smith 1987).
    pub covariance: [f64; 3],
    /// 95 % profile-likelihood interval of ξ.
    pub shape_interval: (f64, f64),
    /// Number of excesses.
    pub excesses: usize,
    /// The likelihood's maximum.
    pub log_likelihood: f64,
}

/// Maximum likelihood by the profile of Grimshaw (1993): with θ = ξ/σ the best shape is mean ln(1 + θ·y), so one
/// dimension remains. It is scanned and then solved for the zero of its slope.
///
/// # Errors
/// [`ModelError::TooFew`] for less than [`MIN_EXCESSES`], [`ModelError::NotPositive`], [`ModelError::NotFinite`],
/// [`ModelError::Unidentified`] for equal excesses or where the likelihood has no maximum with ξ > −½, the range in which
/// its asymptotics hold.
pub fn fit(excesses: &[f64]) -> Result<ParetoFit> {
    at_least("excesses of a tail fit", MIN_EXCESSES, excesses.len())?;
    let mut largest = 0.0_f64;
    for y in excesses {
        largest = largest.max(positive("excess over the threshold", *y)?);
    }
    let unidentified = ModelError::Unidentified { what: "tail shape" };
    let n = count(excesses.len());
    // in units of the mean, so that neither very small nor very large amounts lose digits
    let mean = representable("mean excess", excesses.iter().map(|y| y / n).sum())?;
    let unit: Vec<f64> = excesses.iter().map(|y| y / mean).collect();
    let profile = Profile {
        square: unit.iter().map(|y| y * y).sum::<f64>() / n,
        excesses: &unit,
    };
    let theta = profile.maximise(largest / mean).ok_or(unidentified)?;
    let shape = profile.shape(theta);
    if shape <= -0.5 {
        return Err(unidentified);
    }
    let scale = if theta.abs() < EXPONENTIAL {
        1.0
    } else {
        shape / theta
    };
    let distribution = Pareto::new(shape, scale * mean)?;
    let log_likelihood = representable("likelihood of the tail", distribution.log_likelihood(excesses))?;
    let spread = (1.0 + shape) / n;
    Ok(ParetoFit {
        covariance: [
            (1.0 + shape) * spread,
            -distribution.scale * spread,
            2.0 * distribution.scale.powi(2) * spread,
        ],
        shape_interval: shape_interval(&unit, shape, log_likelihood + n * mean.ln())?,
        distribution,
        excesses: excesses.len(),
        log_likelihood,
    })
}

/// Probability-weighted moments (Hosking & Wallis 1987): a check of the likelihood's fit that needs no iteration.
/// Consistent for ξ < 1 only; for heavier tails it falls short.
///
/// # Errors
/// [`ModelError::TooFew`], [`ModelError::NotPositive`], [`ModelError::NotFinite`], [`ModelError::Unidentified`].
pub fn probability_weighted_moments(excesses: &[f64]) -> Result<Pareto> {
    at_least("excesses of a tail fit", MIN_EXCESSES, excesses.len())?;
    for y in excesses {
        positive("excess over the threshold", *y)?;
    }
    let mut sorted = excesses.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = count(sorted.len());
    let mean = sorted.iter().map(|y| y / n).sum::<f64>();
    let weighted: f64 = sorted
        .iter()
        .enumerate()
        .map(|(i, y)| (1.0 - (count(i + 1) - 0.35) / n) * y / n)
        .sum();
    let difference = mean - 2.0 * weighted;
    if difference <= 0.0 {
        return Err(ModelError::Unidentified { what: "tail shape" });
    }
    Pareto::new(2.0 - mean / difference, 2.0 * mean * weighted / difference)
}

/// The likelihood as a function of θ = ξ/σ, excesses in units of their mean.
struct Profile<'a> {
    excesses: &'a [f64],
    /// Mean of the squares.
    square: f64,
}

impl Profile<'_> {
    fn mean(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.excesses.iter().map(|y| f(*y)).sum::<f64>() / count(self.excesses.len())
    }

    fn shape(&self, theta: f64) -> f64 {
        self.mean(|y| (theta * y).ln_1p())
    }

    /// Log-likelihood per excess.
    fn value(&self, theta: f64) -> f64 {
        let shape = self.shape(theta);
        let scale = if theta.abs() < EXPONENTIAL {
            1.0
        } else {
            shape / theta
        };
        -scale.ln() - 1.0 - shape
    }

    /// Its slope; at θ = 0 the limit, half the mean square less one, in place of 0/0.
    fn slope(&self, theta: f64) -> f64 {
        if theta.abs() < 1e-7 {
            return self.square / 2.0 - 1.0;
        }
        let by_theta = self.mean(|y| y / (1.0 + theta * y));
        1.0 / theta - by_theta * (1.0 / self.shape(theta) + 1.0)
    }

    fn maximise(&self, largest: f64) -> Option<f64> {
        let down = (1..=40).rev().map(|i| -0.99 * f64::from(i) / 40.0 / largest);
        let up = (0..=60).map(|i| 1e-3 * 10.0_f64.powf(f64::from(i) / 10.0));
        let grid: Vec<f64> = down.chain([0.0]).chain(up).collect();
        let (at, _) = grid
            .iter()
            .enumerate()
            .filter(|(_, theta)| self.shape(**theta) > -0.9)
            .map(|(at, theta)| (at, self.value(*theta)))
            .filter(|(_, value)| value.is_finite())
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        let (low, high) = (*grid.get(at.checked_sub(1)?)?, *grid.get(at + 1)?);
        let (rising, falling) = (self.slope(low), self.slope(high));
        if !(rising > 0.0 && falling < 0.0) {
            return None;
        }
        let root = itp(
            |theta| Ok::<_, core::convert::Infallible>(self.slope(theta)),
            (low, rising),
            (high, falling),
            1e-14,
        );
        root.ok().map(|root| root.x)
    }
}

/// The shapes whose profile likelihood lies within half the χ² point of the maximum.
fn shape_interval(unit: &[f64], shape: f64, maximum: f64) -> Result<(f64, f64)> {
    let above = |xi: f64| -> Result<f64> {
        let distribution = Pareto::new(xi, best_scale(unit, xi)?)?;
        Ok(distribution.log_likelihood(unit) - maximum + HALF_CHI_SQUARE_95)
    };
    let end = |direction: f64| -> Result<f64> {
        let mut step = 0.05;
        loop {
            let reached = (shape + direction * step).clamp(-0.99, 9.99);
            let value = above(reached)?;
            if value <= 0.0 {
                let (low, high) = if direction < 0.0 {
                    (reached, shape)
                } else {
                    (shape, reached)
                };
                let (at_low, at_high) = if direction < 0.0 {
                    (value, HALF_CHI_SQUARE_95)
                } else {
                    (HALF_CHI_SQUARE_95, value)
                };
                return itp(above, (low, at_low), (high, at_high), 1e-10).map(|root| root.x);
            }
            // the interval reaches the end of the admissible shapes
            if step > 20.0 {
                return Ok(reached);
            }
            step *= 2.0;
        }
    };
    Ok((end(-1.0)?, end(1.0)?))
}

/// The scale that maximises the likelihood at a given shape: the zero of −n + (1 + ξ)·Σ y/(σ + ξ·y), which falls in σ.
fn best_scale(unit: &[f64], xi: f64) -> Result<f64> {
    let n = count(unit.len());
    let largest = unit.iter().copied().fold(0.0, f64::max);
    let slope = |sigma: f64| -> Result<f64> {
        let sum: f64 = unit.iter().map(|y| y / (sigma + xi * y)).sum();
        Ok((1.0 + xi) * sum / n - 1.0)
    };
    // below, the largest excess would lie beyond a bounded tail's end
    let floor = if xi < 0.0 {
        -xi * largest * (1.0 + 1e-12)
    } else {
        1e-12
    };
    let low = slope(floor)?;
    let mut top = floor.max(1.0);
    let mut high = slope(top)?;
    for _ in 0..200 {
        if high < 0.0 {
            break;
        }
        top *= 2.0;
        high = slope(top)?;
    }
    if low <= 0.0 || high > 0.0 {
        return Err(ModelError::Unidentified { what: "tail scale" });
    }
    itp(slope, (floor, low), (top, high), 1e-13).map(|root| root.x)
}

#[cfg(test)]
mod tests;
