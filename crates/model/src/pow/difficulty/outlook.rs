//! Where the hash rate is and may go: a Gaussian level with a damped trend.

use crate::error::{Result, finite, fraction, non_negative, positive, representable};

/// Longest outlook, days.
pub const MOST_DAYS: usize = 1500;

/// How the logarithm of the hash rate moves from day to day (the damped local trend of Gardner & McKenzie 1985, in the
/// state-space form of Harvey 1989, §2.3): x′ = x + s + ε, s′ = φ·s + (1 − φ)·drift + ζ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dynamics {
    /// Standard deviation of ε, per √day.
    pub level: f64,
    /// Standard deviation of ζ, per day and √day.
    pub slope: f64,
    /// φ, what remains of a slope after a day, [0, 1].
    pub persistence: f64,
}

/// The hash rate at a moment, and what is known of its future.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HashRateOutlook {
    /// Logarithm of the hash rate, TH/s: mean over the last day.
    pub level: f64,
    /// Its growth per day.
    pub slope: f64,
    /// Variances of level and slope, and their covariance between them: [level, both, slope].
    pub variance: [f64; 3],
    /// Growth per day to which the slope returns.
    pub drift: f64,
    /// Its movement.
    pub dynamics: Dynamics,
}

impl HashRateOutlook {
    /// A hash rate (TH/s) known up to a relative error, which stays as it is.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotFinite`].
    pub fn constant(hash_rate: f64, error: f64) -> Result<Self> {
        Self::growing(hash_rate, error, 0.0, 0.0)
    }

    /// A hash rate (TH/s) known up to a relative error, that grows by `growth` per day (of its logarithm), known up to
    /// `growth_error`.
    ///
    /// # Errors
    /// As [`Self::constant`].
    pub fn growing(hash_rate: f64, error: f64, growth: f64, growth_error: f64) -> Result<Self> {
        Self {
            level: positive("hash rate", hash_rate)?.ln(),
            slope: growth,
            variance: [error * error, 0.0, growth_error * growth_error],
            drift: 0.0,
            dynamics: Dynamics {
                level: 0.0,
                slope: 0.0,
                persistence: 1.0,
            },
        }
        .checked()
    }

    /// The outlook, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotFinite`], naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        crate::error::within("logarithm of the hash rate", self.level, -100.0, 100.0)?;
        crate::error::within("growth of the hash rate per day", self.slope, -1.0, 1.0)?;
        crate::error::within("drift of the hash rate per day", self.drift, -1.0, 1.0)?;
        let [level, both, slope] = self.variance;
        non_negative("variance of the level", level)?;
        non_negative("variance of the growth", slope)?;
        let most = (level * slope).sqrt() * (1.0 + 1e-9);
        crate::error::within("covariance of level and growth", both, -most, most)?;
        non_negative("deviation of the level", self.dynamics.level)?;
        non_negative("deviation of the growth", self.dynamics.slope)?;
        fraction("persistence of the growth", self.dynamics.persistence)?;
        finite("hash rate", self.level)?;
        Ok(self)
    }

    /// Mean and covariance of the daily levels of the next `days` days.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] above [`MOST_DAYS`], [`crate::ModelError::Overflow`].
    pub fn path(&self, days: usize) -> Result<LevelPath> {
        crate::error::within_count("days of an outlook", days, 1, MOST_DAYS)?;
        let Dynamics {
            level: e,
            slope: z,
            persistence: phi,
        } = self.dynamics;
        let (mut level, mut slope) = (self.level, self.slope);
        let [mut p, mut q, mut r] = self.variance;
        let mut path = LevelPath {
            means: Vec::with_capacity(days),
            states: Vec::with_capacity(days),
            reach: Vec::with_capacity(days),
        };
        let mut reach = 0.0;
        for _ in 0..days {
            level += slope;
            slope = phi * slope + (1.0 - phi) * self.drift;
            (p, q, r) = (p + 2.0 * q + r + e * e, phi * (q + r), phi * phi * r + z * z);
            path.means
                .push(representable("logarithm of the hash rate", level)?);
            path.states
                .push([representable("variance of the hash rate", p)?, q]);
            path.reach.push(reach);
            reach = 1.0 + phi * reach;
        }
        Ok(path)
    }
}

/// The daily levels ahead: jointly normal.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelPath {
    means: Vec<f64>,
    /// Variance of a day's level and its covariance with the day's slope.
    states: Vec<[f64; 2]>,
    /// Σ φⁱ over i < k: what a slope adds to the level in k days.
    reach: Vec<f64>,
}

/// A weighted sum of daily levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// First day with a weight.
    first: usize,
    /// Weights from that day on.
    weights: Vec<f64>,
}

impl LevelPath {
    /// Days.
    #[must_use]
    pub fn days(&self) -> usize {
        self.means.len()
    }

    /// Mean of the level of a day, 0 the first.
    #[must_use]
    pub fn mean(&self, day: usize) -> f64 {
        self.means[day.min(self.means.len() - 1)]
    }

    /// Mean of the level at a time (days ahead).
    #[must_use]
    pub fn mean_at(&self, time: f64) -> f64 {
        self.mean_of(&self.window(time, time, 1.0))
    }

    /// Covariance of two days' levels.
    #[must_use]
    pub fn covariance(&self, a: usize, b: usize) -> f64 {
        let (first, later) = (a.min(b), a.max(b));
        let last = self.means.len() - 1;
        let [variance, with_slope] = self.states[first.min(last)];
        variance + self.reach[(later - first).min(last)] * with_slope
    }

    /// Equal weights, together `share`, on the time from `from` to `to` (days ahead), as far as the path reaches.
    #[must_use]
    pub fn window(&self, from: f64, to: f64, share: f64) -> Weights {
        let last = self.means.len() - 1;
        // casts saturate
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let day = |time: f64| (time.max(0.0).floor() as usize).min(last);
        let (first, end) = (day(from), day(to));
        let mut weights: Vec<f64> = (first..=end)
            .map(|day| {
                let start = crate::error::count(day);
                (to.min(start + 1.0) - from.max(start)).max(0.0)
            })
            .collect();
        let total: f64 = weights.iter().sum();
        if total > 0.0 {
            weights.iter_mut().for_each(|weight| *weight *= share / total);
        } else {
            weights = vec![share];
        }
        Weights { first, weights }
    }

    /// Mean of a weighted sum.
    #[must_use]
    pub fn mean_of(&self, sum: &Weights) -> f64 {
        sum.iter().map(|(day, weight)| weight * self.mean(day)).sum()
    }

    /// Covariance of two weighted sums.
    #[must_use]
    pub fn covariance_of(&self, a: &Weights, b: &Weights) -> f64 {
        a.iter()
            .map(|(i, left)| {
                let inner: f64 = b.iter().map(|(j, right)| right * self.covariance(i, j)).sum();
                left * inner
            })
            .sum()
    }
}

impl Weights {
    /// Days and their weights.
    pub fn iter(&self) -> impl Iterator<Item = (usize, f64)> {
        self.weights
            .iter()
            .enumerate()
            .map(|(i, weight)| (self.first + i, *weight))
    }

    /// The last `reach` of explicit weights, the first of which belongs to the first day.
    pub(super) fn last_of(weights: &[f64], reach: f64) -> Self {
        let first = weights
            .iter()
            .enumerate()
            .position(|(day, _)| crate::error::count(weights.len() - day) <= reach)
            .unwrap_or(0);
        Self {
            first,
            weights: weights[first..].to_vec(),
        }
    }
}
