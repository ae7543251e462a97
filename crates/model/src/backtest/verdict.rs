//! Whether the margin held.

use super::walk::Step;
use crate::error::Result;
use crate::margin::{Coverage, ShortfallTest, acerbi_szekely, coverage};

/// The tests of a backtest, over steps whose horizons do not overlap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Of the quantile forecast.
    pub quantile: Coverage,
    /// Of the class's maintenance margin. It is not lowered when volatility or hurdle fall below their references, so fewer
    /// breaches than expected are its purpose: look at the one-sided probability.
    pub class: Option<Coverage>,
    /// Of the shortfall forecast; `None` where some step has none.
    pub shortfall: Option<ShortfallTest>,
}

/// Tests the steps that have an outcome, leaving out those that begin before the one before has ended.
pub(super) fn judge(steps: &[Step], horizon: u32, level: f64) -> Result<Verdict> {
    let mut free_from = i64::MIN;
    let apart: Vec<(&Step, super::walk::Realised)> = steps
        .iter()
        .filter_map(|step| {
            let realised = step.realised?;
            (step.time >= free_from).then(|| {
                free_from = step.time.saturating_add(i64::from(horizon));
                (step, realised)
            })
        })
        .collect();
    let breaches: Vec<bool> = apart.iter().map(|(_, realised)| realised.is_breach).collect();
    let class: Option<Vec<bool>> = apart
        .iter()
        .map(|(_, realised)| realised.is_class_breach)
        .collect();
    let shortfalls: Option<Vec<f64>> = apart.iter().map(|(step, _)| step.shortfall).collect();
    let moves: Vec<f64> = apart.iter().map(|(_, realised)| realised.adverse_log).collect();
    let quantiles: Vec<f64> = apart.iter().map(|(step, _)| step.quantile).collect();
    Ok(Verdict {
        quantile: coverage(&breaches, level)?,
        class: class.map(|breaches| coverage(&breaches, level)).transpose()?,
        // Two forecasts at least; a shortfall that is not positive has no test.
        shortfall: shortfalls
            .and_then(|shortfalls| acerbi_szekely(&moves, &quantiles, &shortfalls, level).ok()),
    })
}
