//! Jump-diffusion parameters from observed returns.

use crate::error::{Result, at_least, count, positive, representable};
use crate::series::LogReturn;
use crate::tail::JumpDiffusion;
use crate::volatility::bipower;

/// Jumps told from the diffusion by a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JumpFit {
    /// Volatility of what remains, per √year.
    pub volatility: f64,
    /// Jumps per year.
    pub intensity: f64,
    /// Mean log-jump; zero without jumps.
    pub mean: f64,
    /// Standard deviation of the log-jump; zero below two jumps.
    pub deviation: f64,
    /// Returns that count as jumps.
    pub jumps: usize,
    /// Returns looked at.
    pub returns: usize,
}

impl JumpFit {
    /// The process with this fit's parameters and a given drift per year.
    ///
    /// # Errors
    /// As [`JumpDiffusion::new`].
    pub fn process(&self, drift: f64) -> Result<JumpDiffusion> {
        JumpDiffusion::new(drift, self.volatility, self.intensity, self.mean, self.deviation)
    }
}

/// Takes every return larger than `threshold` standard deviations of the continuous part (bipower, σ√Δt) for a jump
/// (Mancini 2009, "Non-parametric threshold estimation"); a threshold of 4 to 5 keeps normal returns out.
///
/// # Errors
/// [`crate::ModelError::TooFew`] below two returns; [`crate::ModelError::NotPositive`] for the threshold or if the
/// prices never move; [`crate::ModelError::Overflow`].
pub fn threshold_jumps(returns: &[LogReturn], threshold: f64) -> Result<JumpFit> {
    at_least("returns", 2, returns.len())?;
    positive("jump threshold", threshold)?;
    let continuous = positive("bipower volatility", bipower(returns)?.continuous)?;
    let is_jump = |r: &&LogReturn| r.value.abs() > threshold * continuous * r.years.sqrt();
    let (jumps, diffusion): (Vec<&LogReturn>, Vec<&LogReturn>) = returns.iter().partition(is_jump);
    let time = |part: &[&LogReturn]| part.iter().map(|r| r.years).sum::<f64>();
    let n = count(jumps.len());
    let mean = if jumps.is_empty() {
        0.0
    } else {
        jumps.iter().map(|r| r.value).sum::<f64>() / n
    };
    let scatter: f64 = jumps.iter().map(|r| (r.value - mean).powi(2)).sum();
    let deviation = if jumps.len() < 2 {
        0.0
    } else {
        (scatter / (n - 1.0)).sqrt()
    };
    let diffusion_time = time(&diffusion);
    let variation: f64 = diffusion.iter().map(|r| r.value * r.value).sum();
    let volatility = if diffusion_time > 0.0 {
        (variation / diffusion_time).sqrt()
    } else {
        0.0
    };
    Ok(JumpFit {
        volatility: representable("volatility", volatility)?,
        intensity: representable("jump intensity", n / (time(&jumps) + diffusion_time))?,
        mean,
        deviation: representable("deviation of the jumps", deviation)?,
        jumps: jumps.len(),
        returns: returns.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    fn simulated(intensity: f64) -> Vec<LogReturn> {
        let mut rng = Rng::new(31);
        let years = 1.0 / 8760.0;
        (0..20_000)
            .map(|i| {
                let jumps: f64 = (0..rng.poisson(intensity * years))
                    .map(|_| -0.08 + 0.02 * rng.normal())
                    .sum();
                LogReturn {
                    time: i * 3600,
                    years,
                    value: 0.8 * f64::sqrt(years) * rng.normal() + jumps,
                }
            })
            .collect()
    }

    #[test]
    fn the_parameters_of_a_simulated_jump_diffusion_are_recovered() {
        let fit = threshold_jumps(&simulated(60.0), 4.5).unwrap();
        assert_close(fit.volatility, 0.8, 0.02);
        // About 137 jumps: ± two standard deviations.
        assert_close(fit.intensity, 60.0, 11.0);
        assert_close(fit.mean, -0.08, 0.005);
        assert_close(fit.deviation, 0.02, 0.005);
    }

    #[test]
    fn a_pure_diffusion_shows_none() {
        let fit = threshold_jumps(&simulated(0.0), 5.0).unwrap();
        assert_eq!((fit.jumps, fit.mean, fit.deviation), (0, 0.0, 0.0));
        assert!(fit.process(0.0).is_ok());
    }
}
