//! Whether recorded prices went under the floor as seldom as it says.

use super::{CostModel, FloorSetting};
use crate::error::{Result, at_least, count, within_count};
use crate::margin::coverage;
use crate::pow::MiningHistory;

/// How a quantile of the floor stood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloorCoverage {
    /// Probability that the floor lies below this quantile.
    pub level: f64,
    /// Windows without overlap, each with a floor from what was known at its start.
    pub windows: usize,
    /// Windows in which the price went under the quantile.
    pub breaches: usize,
    /// Probability of at least so many if prices never go under the floor itself, and windows are independent: then a quantile
    /// is breached with probability `level` at most. Small where the floor is too high.
    pub too_many_p_value: f64,
    /// Share of all days in windows with a price under the quantile.
    pub days_below: f64,
    /// Mean over breached windows of ln(quantile ÷ least price); 0 without any.
    pub mean_depth: f64,
    /// The greatest of these.
    pub greatest_depth: f64,
}

/// Most days of a window.
const MOST_DAYS: usize = 3_660;

/// Walks through a history in windows of so many recorded days that do not overlap: the floor from the days up to a window's
/// start, against the prices within it. Windows begin after `from` (Unix seconds).
///
/// If price ≥ floor always, and the floor has the stated distribution, then the price is under its `level` quantile with
/// probability `level` at most: a bound, not an equality, for prices mostly stand far above.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without levels or a whole window, [`crate::ModelError::OutOfRange`] for levels outside (0, 1),
/// and as [`CostModel::networks`] and [`super::Network::floor`].
pub fn floor_coverage(
    model: &CostModel,
    history: &MiningHistory,
    setting: FloorSetting,
    levels: &[f64],
    days: usize,
    from: i64,
) -> Result<Vec<FloorCoverage>> {
    at_least("levels of a floor", 1, levels.len())?;
    within_count("days of a window", days, 1, MOST_DAYS)?;
    let recorded = history.days();
    let mut quantiles: Vec<(usize, Vec<f64>)> = Vec::new();
    let skipped = model.days_before(history);
    for (index, network) in model.networks(history).enumerate() {
        let (network, at) = (network?, skipped + index);
        let due = quantiles.last().is_none_or(|(last, _)| at >= last + days);
        if network.day.time < from || !due || at + days >= recorded.len() {
            continue;
        }
        let floor = network.floor(setting)?;
        let of_levels = levels
            .iter()
            .map(|level| floor.quantile(*level))
            .collect::<Result<_>>()?;
        quantiles.push((at, of_levels));
    }
    at_least("windows of a floor's backtest", 1, quantiles.len())?;
    let of_level = |place: usize| {
        let level = levels[place];
        let (mut breached, mut depths, mut below) = (Vec::new(), Vec::new(), 0_usize);
        for (at, of_levels) in &quantiles {
            let prices = recorded[at + 1..=at + days].iter().map(|day| day.price);
            below += prices.clone().filter(|price| *price < of_levels[place]).count();
            let least = prices.fold(f64::INFINITY, f64::min);
            breached.push(least < of_levels[place]);
            if least < of_levels[place] {
                depths.push((of_levels[place] / least).ln());
            }
        }
        let test = coverage(&breached, 1.0 - level)?;
        Ok(FloorCoverage {
            level,
            windows: test.forecasts,
            breaches: test.breaches,
            too_many_p_value: test.too_many_p_value,
            days_below: count(below) / count(days * quantiles.len()),
            mean_depth: depths.iter().sum::<f64>() / count(depths.len().max(1)) + 0.0,
            greatest_depth: depths.iter().copied().fold(0.0, f64::max),
        })
    };
    (0..levels.len()).map(of_level).collect()
}
