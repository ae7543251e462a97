//! The responses **ρ_u** and **ρ_q** that close the recursion.

use crate::error::{ModelError, Result, at_least, finite, non_negative, positive, same_length};
use crate::robust::theil_sen;
use crate::tail::TailPremium;

/// Bounds that governance sets on a response.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    min: f64,
    max: f64,
}

impl Bounds {
    /// From `min` to `max`.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`]; [`ModelError::OutOfRange`] if `min` exceeds `max`.
    pub fn new(min: f64, max: f64) -> Result<Self> {
        finite("upper bound", max)?;
        Ok(Self {
            min: crate::error::within("lower bound", min, f64::MIN, max)?,
            max,
        })
    }
}

/// An estimated response.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    /// What is to be used: shrunk and clipped.
    pub value: f64,
    /// The estimate from the data alone, where they identify one.
    pub raw: Option<f64>,
    /// Whether a bound binds.
    pub clipped: bool,
    /// Changes of the rate that the estimate rests on.
    pub changes: usize,
}

/// What is believed about ρ_u before seeing data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResponsePrior {
    /// Expected response, change of utilisation per unit of annual rate; any sign.
    pub mean: f64,
    /// How many changes the belief is worth, ≥ 0.
    pub strength: f64,
}

/// ρ_u, the change of utilisation per change of the rate: Theil–Sen slope (Sen 1968) of Δutilisation on the Δrate of
/// `lag` steps before, over steps on which the rate moved, shrunk as n/(n + strength) toward the prior and clipped.
///
/// Either sign is possible: demand that falls, or capital that flees. Take the hurdle rate, or a lag of at least one,
/// rather than the simultaneous borrow rate, which is itself a function of utilisation.
///
/// # Errors
/// [`ModelError::LengthMismatch`], [`ModelError::NotFinite`], [`ModelError::TooFew`] for fewer than two steps,
/// [`ModelError::OutOfRange`] for a negative strength. Data that identify nothing are no error: the prior answers.
pub fn utilisation_response(
    rates: &[f64],
    utilisations: &[f64],
    lag: usize,
    prior: ResponsePrior,
    bounds: Bounds,
) -> Result<Response> {
    same_length("rates and utilisations", rates.len(), utilisations.len())?;
    for value in utilisations {
        finite("utilisation", *value)?;
    }
    response_of(rates, utilisations, lag, prior, bounds)
}

/// Semi-elasticity of supply, −d ln(supply)/d(shortfall): the share of its capital that a protocol loses per unit of
/// annual return by which it falls short of the hurdle rate, estimated like [`utilisation_response`] from simultaneous
/// shortfalls (hurdle − internal return, of either sign) and supplies.
///
/// # Errors
/// As [`utilisation_response`], and [`ModelError::NotPositive`] for a supply.
pub fn supply_elasticity(
    shortfalls: &[f64],
    supplies: &[f64],
    lag: usize,
    prior: ResponsePrior,
    bounds: Bounds,
) -> Result<Response> {
    same_length("shortfalls and supplies", shortfalls.len(), supplies.len())?;
    let mut flights = Vec::with_capacity(supplies.len());
    for supply in supplies {
        flights.push(-positive("supply", *supply)?.ln());
    }
    response_of(shortfalls, &flights, lag, prior, bounds)
}

/// The shrunk and clipped response of `levels` to `rates`, both of one length and the levels finite.
fn response_of(
    rates: &[f64],
    levels: &[f64],
    lag: usize,
    prior: ResponsePrior,
    bounds: Bounds,
) -> Result<Response> {
    at_least("observations of a response", lag.saturating_add(2), rates.len())?;
    finite("prior response", prior.mean)?;
    non_negative("strength of the prior", prior.strength)?;
    for value in rates {
        finite("rate", *value)?;
    }
    let changes: Vec<(f64, f64)> = rates
        .windows(2)
        .zip(levels.windows(2).skip(lag))
        .map(|(rate, level)| (rate[1] - rate[0], level[1] - level[0]))
        .filter(|(by_rate, _)| *by_rate != 0.0)
        .collect();
    let raw = match theil_sen(&changes) {
        Ok(line) => Some(line.slope),
        Err(ModelError::TooFew { .. } | ModelError::Unidentified { .. }) => None,
        Err(error) => return Err(error),
    };
    let n = crate::error::count(changes.len());
    let shrunk = raw.map_or(prior.mean, |slope| {
        let weight = n / (n + prior.strength);
        weight * slope + (1.0 - weight) * prior.mean
    });
    Ok(clip(shrunk, raw, changes.len(), bounds))
}

/// ρ_q, the change of the tail premium per change of the margin multiplier: the analytic sensitivity of the tail model
/// at its margin and `multiplier`, clipped.
///
/// # Errors
/// As [`TailPremium::multiplier_sensitivity`].
pub fn tail_response(premium: &TailPremium, multiplier: f64, bounds: Bounds) -> Result<Response> {
    let slope = premium.multiplier_sensitivity(multiplier)?;
    Ok(clip(slope, Some(slope), 0, bounds))
}

fn clip(estimate: f64, raw: Option<f64>, changes: usize, bounds: Bounds) -> Response {
    let value = estimate.clamp(bounds.min, bounds.max);
    Response {
        value,
        raw,
        clipped: value != estimate,
        changes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tail::{JumpDiffusion, Side};
    use crate::testing::{Rng, assert_close, derivative};

    const PRIOR: ResponsePrior = ResponsePrior {
        mean: -0.5,
        strength: 20.0,
    };

    fn simulate(response: f64, lag: usize, outliers: bool) -> (Vec<f64>, Vec<f64>) {
        let mut rng = Rng::new(6);
        let (mut rates, mut utilisations) = (vec![0.1], vec![0.7; 1 + lag]);
        for i in 0..400 {
            let by_rate = 0.002 * rng.normal();
            let shock = if outliers && i % 10 == 0 { 0.2 } else { 0.0 };
            rates.push(rates[i] + by_rate);
            let last = utilisations[utilisations.len() - 1];
            utilisations.push(last + response * by_rate + 0.0005 * rng.normal() + shock);
        }
        utilisations.truncate(401);
        (rates, utilisations)
    }

    #[test]
    fn either_sign_is_recovered_at_its_lag_and_despite_outliers() {
        for (truth, lag, outliers) in [(-2.0, 0, false), (1.5, 1, false), (-2.0, 1, true)] {
            let (h, u) = simulate(truth, lag, outliers);
            let bounds = Bounds::new(-10.0, 10.0).unwrap();
            let response = utilisation_response(&h, &u, lag, PRIOR, bounds).unwrap();
            assert_close(response.raw.unwrap(), truth, 0.1);
            let n = response.changes as f64;
            let shrunk = (n * response.raw.unwrap() + 20.0 * PRIOR.mean) / (n + 20.0);
            assert_close(response.value, shrunk, 1e-12);
        }
    }

    #[test]
    fn a_rate_that_never_moves_leaves_the_prior_and_bounds_clip() {
        let bounds = Bounds::new(-0.2, 0.2).unwrap();
        let response = utilisation_response(&[0.1; 5], &[0.5, 0.6, 0.5, 0.6, 0.5], 0, PRIOR, bounds).unwrap();
        assert_eq!(
            response,
            Response {
                value: -0.2,
                raw: None,
                clipped: true,
                changes: 0
            }
        );
        assert!(Bounds::new(1.0, 0.0).is_err());
    }

    #[test]
    fn capital_that_leaves_under_the_hurdle_has_its_elasticity_recovered() {
        let mut rng = Rng::new(9);
        let (mut shortfalls, mut supplies) = (vec![0.0], vec![1e6]);
        for i in 0..400 {
            let change = 0.002 * rng.normal();
            shortfalls.push(shortfalls[i] + change);
            supplies.push(supplies[i] * f64::exp(-3.0 * change + 0.0005 * rng.normal()));
        }
        let bounds = Bounds::new(0.0, 10.0).unwrap();
        let elasticity = supply_elasticity(&shortfalls, &supplies, 0, PRIOR, bounds).unwrap();
        assert_close(elasticity.raw.unwrap(), 3.0, 0.1);
        assert!(supply_elasticity(&shortfalls, &vec![0.0; 401], 0, PRIOR, bounds).is_err());
    }

    #[test]
    fn the_tail_response_is_the_slope_of_the_premium_by_the_multiplier() {
        let at = |m: f64| TailPremium {
            model: JumpDiffusion::new(0.0, 0.8, 10.0, -0.05, 0.05).unwrap(),
            side: Side::Long,
            horizon_years: 0.002,
            margin: 0.05 * m,
            exposure: 1.0,
            coverage: 0.0,
        };
        let response = tail_response(&at(1.2), 1.2, Bounds::new(-1e3, 0.0).unwrap()).unwrap();
        assert_close(
            response.value,
            derivative(|m| at(m).rate().unwrap(), 1.2, 1e-4),
            1e-4,
        );
        assert!(response.value < 0.0 && !response.clipped);
    }
}
