//! Value at risk and expected shortfall of a position under a jump-diffusion.

use super::Side;
use super::jump_diffusion::{JumpDiffusion, loss_of, no_quantile};
use crate::error::{Result, open_fraction};
use crate::roots::itp;

/// Tolerance of the log-return at the quantile.
const QUANTILE_TOLERANCE: f64 = 1e-13;
/// Doublings of the search interval before giving up; 2⁶⁰ standard deviations hold every distribution.
const MOST_DOUBLINGS: usize = 60;

/// Tail risk per unit of notional over a horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TailRisk {
    /// The loss that is exceeded with probability 1 − level.
    pub value_at_risk: f64,
    /// The mean of the worst 1 − level of losses.
    pub expected_shortfall: f64,
}

/// Value at risk as the root of the Poisson mixture's distribution function, and expected shortfall
/// VaR + E[(loss − VaR)₊]/(1 − level) (Rockafellar & Uryasev 2000), which holds for atoms too.
///
/// # Errors
/// [`crate::ModelError::OutOfRange`] for a level outside (0, 1) or more than 500 expected jumps;
/// [`crate::ModelError::NotPositive`] for the horizon; [`crate::ModelError::NotConverged`]; [`crate::ModelError::Overflow`].
pub fn tail_risk(model: &JumpDiffusion, years: f64, side: Side, level: f64) -> Result<TailRisk> {
    open_fraction("confidence level", level)?;
    let target = match side {
        Side::Long => 1.0 - level,
        Side::Short => level,
    };
    let excess = |x: f64| model.cdf(x, years).map(|p| p - target);
    let mut reach = (model.total_volatility() * years.abs().sqrt()).max(1e-6);
    let (mut low, mut high) = (excess(-reach)?, excess(reach)?);
    let mut doublings = 0;
    while !(low < 0.0 && high >= 0.0) {
        if doublings == MOST_DOUBLINGS {
            return Err(no_quantile(doublings));
        }
        doublings += 1;
        reach *= 2.0;
        (low, high) = (excess(-reach)?, excess(reach)?);
    }
    let quantile = itp(excess, (-reach, low), (reach, high), QUANTILE_TOLERANCE)?.x;
    let value_at_risk = crate::error::representable("value at risk", loss_of(quantile, side))?;
    let strike = quantile.exp();
    let beyond = model.expected_payoff(strike, years, side)?;
    Ok(TailRisk {
        value_at_risk,
        expected_shortfall: value_at_risk + beyond / (1.0 - level),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};

    #[test]
    fn without_jumps_they_are_the_lognormal_closed_forms() {
        let model = JumpDiffusion::new(0.0, 0.8, 0.0, 0.0, 0.0).unwrap();
        let (years, z99) = (0.01_f64, 2.326_347_874_040_841);
        let s = 0.8 * years.sqrt();
        let risk = tail_risk(&model, years, Side::Long, 0.99).unwrap();
        assert_close(risk.value_at_risk, 1.0 - (-0.5 * s * s - z99 * s).exp(), 1e-11);
        let mean_of_worst = crate::normal::cdf(-z99 - s) / 0.01;
        assert_close(risk.expected_shortfall, 1.0 - mean_of_worst, 1e-11);
    }

    #[test]
    fn a_simulation_has_the_same_quantile_and_tail_mean_on_both_sides() {
        let model = JumpDiffusion::new(0.1, 0.7, 8.0, -0.06, 0.1).unwrap();
        let years = 0.02;
        let mut rng = Rng::new(13);
        let k = f64::exp(-0.06 + 0.005) - 1.0;
        let n = 400_000;
        let mut returns: Vec<f64> = (0..n)
            .map(|_| {
                let jumps: f64 = (0..rng.poisson(8.0 * years))
                    .map(|_| -0.06 + 0.1 * rng.normal())
                    .sum();
                let x = (0.1 - 0.245 - 8.0 * k) * years + 0.7 * f64::sqrt(years) * rng.normal() + jumps;
                x.exp_m1()
            })
            .collect();
        returns.sort_unstable_by(f64::total_cmp);
        let worst = n / 100;
        let long = tail_risk(&model, years, Side::Long, 0.99).unwrap();
        assert_close(long.value_at_risk, -returns[worst], 0.003);
        let mean = -returns[..worst].iter().sum::<f64>() / worst as f64;
        assert_close(long.expected_shortfall, mean, 0.003);
        let short = tail_risk(&model, years, Side::Short, 0.99).unwrap();
        assert_close(short.value_at_risk, returns[n - worst], 0.003);
        let mean = returns[n - worst..].iter().sum::<f64>() / worst as f64;
        assert_close(short.expected_shortfall, mean, 0.003);
    }
}
