//! Volatility from the ranges of bars: the same precision from a fifth to an eighth of the observations.
//!
//! All assume that the price is observed continuously within a bar; of one that trades seldom, highs are too low and
//! lows too high, and the estimates with them (Garman & Klass 1980, section 4).

use core::f64::consts::LN_2;

use super::bars::{Bar, Bars};
use super::realised::{Realised, realised};
use crate::error::{Result, at_least, count, representable};

/// A volatility from bars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RangeVolatility {
    /// Per √year.
    pub volatility: f64,
    /// Standard error of the same, from the scatter of the bars' variances; zero where no bar moved.
    pub standard_error: f64,
    /// Bars used.
    pub bars: usize,
}

/// Close-to-close: [`realised`] of the closing prices, leaving out what lies more than `max_gap` seconds beyond the
/// bars' own length.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without two neighbouring bars, [`crate::ModelError::Overflow`].
pub fn close_to_close(bars: &Bars, max_gap: u32) -> Result<Realised> {
    let returns: Vec<_> = bars
        .with_previous(max_gap)
        .map(|(bar, previous, gap)| crate::series::LogReturn {
            time: bar.time,
            years: gap + bars.length_years(),
            value: bar.close.ln() - previous.ln(),
        })
        .collect();
    realised(&returns)
}

/// Parkinson (1980, "The Extreme Value Method for Estimating the Variance of the Rate of Return"): ln²(H/L)/(4·ln 2)
/// per bar. Zero drift within a bar. Variance 1/5 of close-to-close.
///
/// # Errors
/// [`crate::ModelError::TooFew`] below two bars, [`crate::ModelError::Overflow`].
pub fn parkinson(bars: &Bars) -> Result<RangeVolatility> {
    averaged(bars, |move_| (move_.up - move_.down).powi(2) / (4.0 * LN_2))
}

/// Garman & Klass (1980, "On the Estimation of Security Price Volatilities from Historical Data", the estimator σ̂₅²
/// that they recommend): ½·ln²(H/L) − (2·ln 2 − 1)·ln²(C/O) per bar. Zero drift within a bar. Variance 1/7.4.
///
/// # Errors
/// As [`parkinson`].
pub fn garman_klass(bars: &Bars) -> Result<RangeVolatility> {
    averaged(bars, |move_| {
        0.5 * (move_.up - move_.down).powi(2) - (2.0 * LN_2 - 1.0) * move_.close.powi(2)
    })
}

/// Rogers & Satchell (1991, "Estimating Variance from High, Low and Closing Prices"): u(u − c) + d(d − c) per bar, with
/// u, d, c the logarithms of high, low and close over open. Whatever the drift. Variance 1/6 without drift.
///
/// # Errors
/// As [`parkinson`].
pub fn rogers_satchell(bars: &Bars) -> Result<RangeVolatility> {
    averaged(bars, |move_| move_.rogers_satchell())
}

/// Yang & Zhang (2000, "Drift-Independent Volatility Estimation Based on High, Low, Open, and Close Prices", eq. 7):
/// sample variance of the opening jumps + k·that of open-to-close + (1 − k)·Rogers–Satchell, k = 0.34/(1.34 +
/// (n+1)/(n−1)). Whatever the drift, and with the jumps between bars. Bars that start more than `max_gap` seconds after
/// the end of the one before are left out; the time of the others is their own and the gap before.
///
/// # Errors
/// [`crate::ModelError::TooFew`] below two bars with a close before them, [`crate::ModelError::Overflow`].
pub fn yang_zhang(bars: &Bars, max_gap: u32) -> Result<RangeVolatility> {
    let used: Vec<(f64, Move, f64)> = bars
        .with_previous(max_gap)
        .map(|(bar, previous, gap)| {
            (
                bar.open.ln() - previous.ln(),
                Move::of(bar),
                gap + bars.length_years(),
            )
        })
        .collect();
    at_least("bars with a close before them", 2, used.len())?;
    let n = count(used.len());
    let mean = |of: &dyn Fn(&(f64, Move, f64)) -> f64| used.iter().map(of).sum::<f64>() / n;
    let (jump, body) = (mean(&|u| u.0), mean(&|u| u.1.close));
    let k = 0.34 / (1.34 + (n + 1.0) / (n - 1.0));
    // The estimator is the mean of these, so that their scatter is its error.
    let variances: Vec<f64> = used
        .iter()
        .map(|(open, move_, _)| {
            let about = |value: f64, mean: f64| (value - mean).powi(2) * n / (n - 1.0);
            about(*open, jump) + k * about(move_.close, body) + (1.0 - k) * move_.rogers_satchell()
        })
        .collect();
    summarise(&variances, mean(&|u| u.2))
}

/// The logarithms of high, low and close over open.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Move {
    up: f64,
    down: f64,
    close: f64,
}

impl Move {
    fn of(bar: &Bar) -> Self {
        // Differences of logarithms cannot overflow.
        Self {
            up: bar.high.ln() - bar.open.ln(),
            down: bar.low.ln() - bar.open.ln(),
            close: bar.close.ln() - bar.open.ln(),
        }
    }

    fn rogers_satchell(&self) -> f64 {
        self.up * (self.up - self.close) + self.down * (self.down - self.close)
    }
}

/// The mean over the bars of a variance per bar.
fn averaged(bars: &Bars, variance: impl Fn(&Move) -> f64) -> Result<RangeVolatility> {
    at_least("bars", 2, bars.bars().len())?;
    let variances: Vec<f64> = bars.bars().iter().map(|bar| variance(&Move::of(bar))).collect();
    summarise(&variances, bars.length_years())
}

/// The volatility of which these are the variances over `years` each; its error by the delta method.
fn summarise(variances: &[f64], years: f64) -> Result<RangeVolatility> {
    let n = count(variances.len());
    // No estimator is negative but by rounding.
    let mean = (variances.iter().sum::<f64>() / n).max(0.0);
    let scatter = variances.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let volatility = representable("volatility from ranges", (mean / years).sqrt())?;
    let standard_error = if mean > 0.0 {
        volatility * (scatter / n).sqrt() / (2.0 * mean)
    } else {
        0.0
    };
    Ok(RangeVolatility {
        volatility,
        standard_error: representable("standard error", standard_error)?,
        bars: variances.len(),
    })
}
