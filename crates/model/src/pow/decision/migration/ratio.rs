//! The logarithm of two chains' hashprices as a first-order autoregression.

use crate::error::{Result, at_least, count, finite, representable, within};

/// x′ = mean + persistence·(x − mean) + deviation·ε, ε standard normal: an Ornstein–Uhlenbeck process seen once a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogRatio {
    /// To what it returns.
    pub mean: f64,
    /// Share of a deviation that is left after a day, [0, 1].
    pub persistence: f64,
    /// Standard deviation of a day's shock.
    pub deviation: f64,
}

impl LogRatio {
    /// The process, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        within("mean of the log ratio", self.mean, -100.0, 100.0)?;
        within("persistence of the log ratio", self.persistence, 0.0, 1.0)?;
        within("deviation of the log ratio", self.deviation, 0.0, 100.0)?;
        Ok(self)
    }

    /// Least squares of each value on the one before (which is the conditional maximum likelihood); an estimate outside
    /// [0, 1] is set to the nearer end. Constant values have no persistence and no deviation.
    ///
    /// # Errors
    /// [`crate::ModelError::TooFew`] below three values, [`crate::ModelError::NotFinite`],
    /// [`crate::ModelError::OutOfRange`].
    pub fn fit(values: &[f64]) -> Result<Self> {
        at_least("log ratios", 3, values.len())?;
        for value in values {
            finite("log ratio", *value)?;
        }
        let (before, after) = (&values[..values.len() - 1], &values[1..]);
        let mean = |of: &[f64]| of.iter().sum::<f64>() / count(of.len());
        let (x, y) = (mean(before), mean(after));
        let pairs = || before.iter().zip(after);
        let variance: f64 = before.iter().map(|value| (value - x).powi(2)).sum();
        let covariance: f64 = pairs().map(|(was, is)| (was - x) * (is - y)).sum();
        representable("variance of log ratios", variance + covariance)?;
        let persistence = if variance > 0.0 {
            (covariance / variance).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let squares: f64 = pairs()
            .map(|(was, is)| (is - y - persistence * (was - x)).powi(2))
            .sum();
        // where deviations do not decay the mean is not identified, and does not matter
        let centre = if persistence < 1.0 {
            ((y - persistence * x) / (1.0 - persistence)).clamp(-100.0, 100.0)
        } else {
            y
        };
        Self {
            mean: centre,
            persistence,
            deviation: (squares / count(before.len())).sqrt(),
        }
        .checked()
    }

    /// The value expected a day after `value`.
    #[must_use]
    pub fn next(&self, value: f64) -> f64 {
        self.mean + self.persistence * (value - self.mean)
    }
}
