//! The distribution of profit with and without a hedge: by scenarios.

use super::minimum::{HedgeProblem, INSTRUMENTS};
use crate::error::{Result, count, representable, within};
use crate::margin::{upper_quantile, upper_shortfall};
use crate::normal;
use crate::quadratic::cholesky;
use crate::simulation::Sobol;

/// Scenarios: points of a scrambled Sobol sequence.
pub const SCENARIOS: usize = 4096;

/// What profit may come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfitRisk {
    /// Mean over the scenarios, quote.
    pub mean: f64,
    /// Standard deviation over them.
    pub deviation: f64,
    /// Loss that is exceeded with one less the level's probability; negative where even that is a profit.
    pub value_at_risk: f64,
    /// Mean loss beyond it.
    pub expected_shortfall: f64,
    /// Share of scenarios with a loss.
    pub probability_of_loss: f64,
}

impl HedgeProblem {
    /// Risk of profit with positions, at a confidence level, over scenarios of the averages as a joint lognormal with
    /// their moments, and of normal basis risks.
    ///
    /// # Errors
    /// As [`Self::checked`]; [`crate::ModelError::OutOfRange`] for a level outside [0.5, 0.999] and averages that are not
    /// above zero but vary.
    pub fn risk(&self, positions: &[f64; INSTRUMENTS], level: f64, seed: u64) -> Result<ProfitRisk> {
        let problem = self.checked()?;
        within("confidence level", level, 0.5, 0.999)?;
        let scenarios = problem.scenarios(seed)?;
        let net = problem.net_loadings(positions);
        let fair: f64 = problem
            .net_loadings(&[0.0; INSTRUMENTS])
            .iter()
            .zip(&net)
            .zip(&problem.averages.means)
            .map(|((without, with), mean)| (without - with) * mean)
            .sum();
        let constant = fair - problem.exposure.fixed - problem.cost(positions);
        let losses: Vec<f64> = scenarios
            .iter()
            .map(|scenario| {
                let basis: f64 = (0..INSTRUMENTS)
                    .map(|i| problem.instruments[i].basis * positions[i] * scenario.basis[i])
                    .sum();
                -(crate::quadratic::dot(&net, &scenario.averages) + constant + basis)
            })
            .collect();
        let n = count(losses.len());
        let mean = losses.iter().sum::<f64>() / n;
        let variance = losses.iter().map(|loss| (loss - mean).powi(2)).sum::<f64>() / n;
        let lost = losses.iter().filter(|loss| **loss > 0.0).count();
        Ok(ProfitRisk {
            mean: representable("mean of profit", -mean)?,
            deviation: representable("deviation of profit", variance.sqrt())?,
            value_at_risk: upper_quantile(&losses, level)?,
            expected_shortfall: upper_shortfall(&losses, level)?,
            probability_of_loss: count(lost) / n,
        })
    }

    fn scenarios(&self, seed: u64) -> Result<Vec<Scenario>> {
        let (means, covariance) = (&self.averages.means, &self.averages.covariance);
        // covariance of the logarithms; an average that does not vary has none
        let mut logs = [[0.0; INSTRUMENTS]; INSTRUMENTS];
        for i in 0..INSTRUMENTS {
            if covariance[i][i] > 0.0 {
                crate::error::positive("average", means[i])?;
            }
            for j in 0..INSTRUMENTS {
                if covariance[i][i] > 0.0 && covariance[j][j] > 0.0 {
                    let relative = covariance[i][j] / means[i] / means[j];
                    logs[i][j] = representable("covariance of averages", relative.max(-0.999_999).ln_1p())?;
                }
            }
        }
        let factor = factor(&logs);
        let sobol = Sobol::new(2 * INSTRUMENTS, seed, 0)?;
        let mut columns = vec![vec![0.0; SCENARIOS]; 2 * INSTRUMENTS];
        for (dimension, column) in columns.iter_mut().enumerate() {
            sobol.fill_symmetric(dimension, 0, column)?;
            for value in column.iter_mut() {
                *value = normal::quantile(0.5 + 0.5 * *value)?;
            }
        }
        let scenario = |index: usize| {
            let mut averages = *means;
            for i in 0..INSTRUMENTS {
                let shock: f64 = (0..=i).map(|k| factor[i][k] * columns[k][index]).sum();
                averages[i] *= (shock - 0.5 * logs[i][i]).exp();
            }
            let basis = core::array::from_fn(|i| columns[INSTRUMENTS + i][index]);
            Scenario { averages, basis }
        };
        Ok((0..SCENARIOS).map(scenario).collect())
    }
}

struct Scenario {
    averages: [f64; INSTRUMENTS],
    basis: [f64; INSTRUMENTS],
}

/// A lower factor of a covariance that may be singular: rows that add nothing of their own load on those before.
fn factor(covariance: &[[f64; INSTRUMENTS]; INSTRUMENTS]) -> [[f64; INSTRUMENTS]; INSTRUMENTS] {
    if let Some(factor) = cholesky(covariance, INSTRUMENTS) {
        return factor;
    }
    let mut factor = [[0.0; INSTRUMENTS]; INSTRUMENTS];
    for i in 0..INSTRUMENTS {
        for j in 0..=i {
            let partial: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = covariance[i][j] - partial;
            factor[i][j] = if i == j {
                rest.max(0.0).sqrt()
            } else if factor[j][j] * factor[j][j] > 1e-12 * covariance[j][j] {
                rest / factor[j][j]
            } else {
                0.0
            };
        }
    }
    factor
}
