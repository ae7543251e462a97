//! The stationary bootstrap of observed returns.

use crate::error::{Result, at_least, count, finite, representable, within};
use crate::simulation::random::Stream;
use crate::simulation::vector::{BLOCK, Row};
use std::sync::Arc;

/// Observed log-returns, resampled in stretches of geometric length with wrap-around (Politis & Romano 1994, "The
/// stationary bootstrap"): volatility clusters and jumps as they were, without a model for them.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    returns: Arc<[f64]>,
    restart: f64,
    largest: f64,
}

impl Bootstrap {
    /// `returns` at equal intervals, oldest first, one per step of the simulation; `mean_block` is the mean length of a
    /// stretch ([`automatic_block_length`] suggests one), and 1 makes the draws independent.
    ///
    /// # Errors
    /// [`crate::ModelError::TooFew`] below two returns; [`crate::ModelError::NotFinite`];
    /// [`crate::ModelError::OutOfRange`] for a mean block below one or beyond the number of returns.
    pub fn new(returns: &[f64], mean_block: f64) -> Result<Self> {
        at_least("returns to resample", 2, returns.len())?;
        let mut largest = 0.0f64;
        for value in returns {
            largest = largest.max(finite("return", *value)?.abs());
        }
        Ok(Self {
            returns: returns.into(),
            restart: 1.0 / within("mean block length", mean_block, 1.0, count(returns.len()))?,
            largest,
        })
    }

    /// The same returns less a constant that makes the mean of e^r one: no drift that the sample happened to have.
    ///
    /// # Errors
    /// [`crate::ModelError::Overflow`].
    pub fn centred(&self) -> Result<Self> {
        let growth = self.returns.iter().map(|r| r.exp()).sum::<f64>() / count(self.returns.len());
        let shift = representable("mean growth of the returns", growth.ln())?;
        let centred: Vec<f64> = self.returns.iter().map(|r| r - shift).collect();
        Self::new(&centred, 1.0 / self.restart)
    }

    /// The returns that are resampled.
    #[must_use]
    pub fn returns(&self) -> &[f64] {
        &self.returns
    }

    pub(super) const fn largest(&self) -> f64 {
        self.largest
    }
}

/// Where each path of a block reads.
#[derive(Debug)]
pub(super) struct Cursor {
    returns: Arc<[f64]>,
    at: [usize; BLOCK],
    /// Steps left until the next restart.
    left: [u64; BLOCK],
    stream: Stream,
    scale: f64,
}

impl Cursor {
    pub(super) fn new(model: &Bootstrap) -> Self {
        Self {
            returns: Arc::clone(&model.returns),
            at: [0; BLOCK],
            left: [0; BLOCK],
            stream: Stream::new(0, 0),
            // ln(1 − p): a geometric length is an exponential one, rounded up.
            scale: (-model.restart).ln_1p(),
        }
    }

    pub(super) fn start(&mut self, stream: &mut Stream) {
        self.stream = stream.clone();
        self.left = [0; BLOCK];
    }

    pub(super) fn advance(&mut self, x: &mut Row) {
        for ((x, at), left) in x.iter_mut().zip(&mut self.at).zip(&mut self.left) {
            if *left == 0 {
                *at = self.stream.below(self.returns.len());
                *left = geometric(&mut self.stream, self.scale);
            }
            *x += self.returns.get(*at).copied().unwrap_or(0.0);
            *at += 1;
            if *at == self.returns.len() {
                *at = 0;
            }
            *left -= 1;
        }
    }
}

/// A geometric length ≥ 1 with ln(1 − success probability) = `scale`.
fn geometric(stream: &mut Stream, scale: f64) -> u64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // Saturates; never negative, never NaN.
    let beyond_one = (stream.uniform().ln() / scale) as u64;
    beyond_one.saturating_add(1)
}

/// Mean block length that minimises the variance's mean squared error for the sample mean (Politis & White 2004,
/// "Automatic block-length selection for the dependent bootstrap", with the correction of Patton, Politis & White
/// 2009): b = (2G²/D)^⅓ n^⅓ with the flat-top lag window. Give it squared or absolute returns to keep their clusters.
///
/// # Errors
/// [`crate::ModelError::TooFew`] below ten values; [`crate::ModelError::NotFinite`];
/// [`crate::ModelError::Unidentified`] for constant values; [`crate::ModelError::Overflow`].
pub fn automatic_block_length(values: &[f64]) -> Result<f64> {
    at_least("values", 10, values.len())?;
    for value in values {
        finite("value", *value)?;
    }
    let n = count(values.len());
    let mean = representable("mean", values.iter().sum::<f64>() / n)?;
    let covariance = |lag: usize| {
        let pairs = values.iter().zip(values.iter().skip(lag));
        pairs.map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / n
    };
    let variance = representable("variance", covariance(0))?;
    if variance <= 0.0 {
        return Err(crate::ModelError::Unidentified { what: "block length" });
    }
    let runs = 5.max(whole(n.log10().sqrt().ceil()));
    let furthest = whole(n.sqrt().ceil()) + runs;
    let longest = (3.0 * n.sqrt()).min(n / 3.0).ceil();
    let insignificant = 2.0 * (n.log10() / n).sqrt();
    let correlations: Vec<f64> = (1..=furthest.min(values.len() - 1))
        .map(|lag| covariance(lag) / variance)
        .collect();
    // The first lag from which `runs` correlations in a row are insignificant, else the last significant one: the rule
    // of the authors' own programme.
    let bandwidth = correlations
        .windows(runs)
        .position(|window| window.iter().all(|c| c.abs() < insignificant))
        .or_else(|| correlations.iter().rposition(|c| c.abs() > insignificant))
        .map_or(1, |i| i + 1);
    let lags = (2 * bandwidth).min(correlations.len());
    let (mut g, mut spectrum) = (0.0, variance);
    for (i, correlation) in correlations.iter().take(lags).enumerate() {
        let share = count(i + 1) / count(lags);
        let window = if share <= 0.5 { 1.0 } else { 2.0 * (1.0 - share) };
        g += 2.0 * window * count(i + 1) * correlation * variance;
        spectrum += 2.0 * window * correlation * variance;
    }
    let length = (g * g / (spectrum * spectrum) * n).cbrt();
    Ok(representable("block length", length)?.clamp(1.0, longest))
}

/// A small whole number from a rounded one.
fn whole(x: f64) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Non-negative, below √(2⁵³).
    let n = x as usize;
    n
}
