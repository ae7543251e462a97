//! What paths say together.

use super::ledger::Residuals;
use crate::error::{Result, count, fraction};
use crate::simulation::Estimate;

/// What became of one path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathOutcome {
    /// Largest fall of the price below its start, as a share.
    pub fall: f64,
    /// Largest share by which the price was below what the exogenous move alone would have made it.
    pub excess_fall: f64,
    /// Coins sold to pay bills or as a share of production.
    pub sold: f64,
    /// Coins sold by lenders.
    pub seized: f64,
    /// Loans liquidated.
    pub liquidations: f64,
    /// Miners that defaulted.
    pub defaults: f64,
    /// Debt that lenders lost, quote.
    pub lost: f64,
    /// Largest fall of the hash rate that runs below its start, as a share.
    pub hash_rate_fall: f64,
    /// Days from the first moment at which less than 95 % of the start's hash rate ran to the last.
    pub days_to_recovery: f64,
    /// Whether 95 % ran at the end.
    pub recovered: f64,
    /// Largest failure of the books to balance.
    pub residuals: Residuals,
}

/// A figure over the paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Mean and its standard error.
    pub mean: Estimate,
    /// Quantiles at the levels asked for, in their order: the smallest value whose share of paths reaches the level.
    pub quantiles: Vec<f64>,
}

/// All paths.
#[derive(Debug, Clone, PartialEq)]
pub struct CascadeReport {
    /// Paths.
    pub paths: usize,
    /// Levels of the quantiles.
    pub levels: Vec<f64>,
    /// [`PathOutcome::fall`].
    pub fall: Distribution,
    /// [`PathOutcome::excess_fall`].
    pub excess_fall: Distribution,
    /// [`PathOutcome::sold`].
    pub sold: Distribution,
    /// [`PathOutcome::seized`].
    pub seized: Distribution,
    /// [`PathOutcome::liquidations`].
    pub liquidations: Distribution,
    /// [`PathOutcome::defaults`].
    pub defaults: Distribution,
    /// [`PathOutcome::lost`].
    pub lost: Distribution,
    /// [`PathOutcome::hash_rate_fall`].
    pub hash_rate_fall: Distribution,
    /// [`PathOutcome::days_to_recovery`].
    pub days_to_recovery: Distribution,
    /// Share of the paths on which 95 % of the start's hash rate ran at the end.
    pub recovered: f64,
    /// Largest failure of the books to balance on any path.
    pub residuals: Residuals,
}

impl Distribution {
    fn of(values: impl Iterator<Item = f64>, levels: &[f64]) -> Self {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        let n = count(sorted.len());
        let mean = sorted.iter().sum::<f64>() / n;
        let scatter: f64 = sorted.iter().map(|value| (value - mean) * (value - mean)).sum();
        let quantile = |level: &f64| {
            let below = sorted.partition_point(|value| {
                count(sorted.partition_point(|other| other <= value)) < level * n - 1e-9
            });
            sorted.get(below).or(sorted.last()).copied().unwrap_or(0.0)
        };
        Self {
            mean: Estimate {
                value: mean,
                standard_error: (scatter / (n - 1.0).max(1.0) / n).sqrt(),
            },
            quantiles: levels.iter().map(quantile).collect(),
        }
    }
}

impl CascadeReport {
    pub(super) fn new(outcomes: &[PathOutcome], levels: &[f64]) -> Result<Self> {
        for level in levels {
            fraction("level of a quantile", *level)?;
        }
        let of = |read: fn(&PathOutcome) -> f64| Distribution::of(outcomes.iter().map(read), levels);
        let none = Residuals::default();
        Ok(Self {
            paths: outcomes.len(),
            levels: levels.to_vec(),
            fall: of(|path| path.fall),
            excess_fall: of(|path| path.excess_fall),
            sold: of(|path| path.sold),
            seized: of(|path| path.seized),
            liquidations: of(|path| path.liquidations),
            defaults: of(|path| path.defaults),
            lost: of(|path| path.lost),
            hash_rate_fall: of(|path| path.hash_rate_fall),
            days_to_recovery: of(|path| path.days_to_recovery),
            recovered: outcomes.iter().map(|path| path.recovered).sum::<f64>() / count(outcomes.len()),
            residuals: outcomes.iter().fold(none, |worst, path| worst.or(path.residuals)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_smallest_values_that_reach_their_levels() {
        let values = [4.0, 1.0, 3.0, 2.0];
        let of = Distribution::of(values.into_iter(), &[0.0, 0.25, 0.26, 0.5, 1.0]);
        assert_eq!(of.quantiles, [1.0, 1.0, 2.0, 2.0, 4.0]);
        assert_eq!(of.mean.value, 2.5);
        let same = Distribution::of([7.0; 3].into_iter(), &[0.05, 0.95]);
        assert_eq!((same.quantiles, same.mean.standard_error), (vec![7.0, 7.0], 0.0));
    }
}
