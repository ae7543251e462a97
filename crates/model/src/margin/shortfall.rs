//! Whether losses beyond a margin are as large as forecast.

use super::quantile::level_of;
use crate::error::{Result, at_least, count, finite, non_negative, positive, representable, same_length};
use crate::normal;

/// Backtest of expected shortfall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShortfallTest {
    /// Z₂ = 1 − Σ Lₜ·Iₜ/(T·(1 − level)·ESₜ): zero in expectation if the forecasts hold, negative where losses beyond the
    /// quantile are too many or too large.
    pub statistic: f64,
    /// Probability of one as small, from the studentised mean's normal limit; `None` without a breach.
    pub p_value: Option<f64>,
}

/// Acerbi & Székely's (2014, "Backtesting expected shortfall") second test. They find that −0.70 is significant at 5 % for
/// T = 250 and level 97.5 % whatever the tail; the p-value here is asymptotic in the number of breaches.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without forecasts, [`crate::ModelError::LengthMismatch`], [`crate::ModelError::NotFinite`],
/// [`crate::ModelError::NotPositive`] for a shortfall, [`crate::ModelError::OutOfRange`] for a level outside (0, 1).
pub fn acerbi_szekely(
    losses: &[f64],
    quantiles: &[f64],
    shortfalls: &[f64],
    level: f64,
) -> Result<ShortfallTest> {
    let rate = 1.0 - level_of(level)?;
    at_least("forecasts of a shortfall test", 2, losses.len())?;
    same_length("quantiles", quantiles.len(), losses.len())?;
    same_length("shortfalls", shortfalls.len(), losses.len())?;
    let mut terms = Vec::with_capacity(losses.len());
    for ((loss, quantile), shortfall) in losses.iter().zip(quantiles).zip(shortfalls) {
        let loss = finite("loss", *loss)?;
        let quantile = finite("quantile", *quantile)?;
        let shortfall = positive("expected shortfall", *shortfall)?;
        let term = if loss > quantile {
            loss / (rate * shortfall)
        } else {
            0.0
        };
        terms.push(representable("shortfall test", term)?);
    }
    let n = count(terms.len());
    let mean = terms.iter().map(|term| term / n).sum::<f64>();
    let variance = terms
        .iter()
        .map(|term| (term - mean).powi(2) / (n - 1.0))
        .sum::<f64>();
    let statistic = representable("shortfall test", 1.0 - mean)?;
    let deviation = non_negative("spread of the shortfall test", (variance / n).sqrt())?;
    Ok(ShortfallTest {
        statistic,
        p_value: (deviation > 0.0).then(|| normal::cdf(statistic / deviation)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    /// Quantile and shortfall of the standard normal at 97.5 %.
    const QUANTILE: f64 = 1.959_963_984_540_054;
    const SHORTFALL: f64 = 2.337_802_792_201_413;

    fn test(losses: &[f64]) -> ShortfallTest {
        let n = losses.len();
        acerbi_szekely(losses, &vec![QUANTILE; n], &vec![SHORTFALL; n], 0.975).unwrap()
    }

    #[test]
    fn a_hand_worked_case() {
        // Two breaches of 100: 1 − (2.2 + 3.4)/(100·0.025·ES).
        let mut losses = vec![0.0; 98];
        losses.extend([2.2, 3.4]);
        assert_close(test(&losses).statistic, 1.0 - 5.6 / (2.5 * SHORTFALL), 1e-14);
        assert_eq!(
            test(&[0.0; 50]),
            ShortfallTest {
                statistic: 1.0,
                p_value: None
            }
        );
    }

    #[test]
    fn right_forecasts_average_to_zero_and_heavy_tails_are_found_out() {
        let mut rng = Rng::new(71);
        let normal: Vec<f64> = (0..200_000).map(|_| rng.normal()).collect();
        // The standard error of Z₂ is about √(40/200,000) = 0.014.
        assert_close(test(&normal).statistic, 0.0, 0.045);
        assert!(test(&normal).p_value.unwrap() > 0.001);
        let wild: Vec<f64> = normal[..2000].iter().map(|z| z * 1.5).collect();
        let found = test(&wild);
        assert!(
            found.statistic < -0.7 && found.p_value.unwrap() < 1e-3,
            "{found:?}"
        );
    }
}
