//! Forecasts of difficulties that change with every block, against what came.

use super::DifficultyRecord;
use super::backtest::{Accuracy, Outcome, outlooks};
use super::path::DifficultyPath;
use crate::error::{Result, at_least, count, within, within_count};
use crate::normal;
use crate::pow::PowChain;

/// Longest horizon, days.
const MOST_DAYS: usize = 365;

/// Forecasts the mean difficulty of the day that is each of `days_ahead` days on, beside the forecast that the last day's
/// stays; from days that lie as far apart, so that horizons do not overlap, the first after `warm_up` days. Such a
/// difficulty has already followed the hash rate, so that "no change" is harder to beat than before a retarget.
///
/// # Errors
/// As [`DifficultyPath::by_blocks`]; [`crate::ModelError::TooFew`] where fewer than two forecasts of a horizon can be made,
/// [`crate::ModelError::OutOfRange`] for a level outside (0, 1) and horizons of no day or more than a year.
pub fn backtest_daily(
    record: &DifficultyRecord,
    chain: &PowChain,
    time_constant: f64,
    days_ahead: &[usize],
    level: f64,
    warm_up: usize,
) -> Result<Vec<Accuracy>> {
    within("probability of the interval", level, 1e-6, 1.0 - 1e-6)?;
    at_least("horizons of a backtest", 1, days_ahead.len())?;
    let outlooks = outlooks(record, chain)?;
    let z = normal::quantile(0.5 + 0.5 * level)?;
    let days = record.days();
    let of_horizon = |ahead: usize| {
        within_count("days ahead", ahead, 1, MOST_DAYS)?;
        let mut outcomes = Vec::new();
        for day in (warm_up..days.len().saturating_sub(ahead)).step_by(ahead) {
            let now = days[day].difficulty;
            let chain = record.paced(chain, day)?;
            let path = DifficultyPath::by_blocks(&chain, now, time_constant, outlooks[day], ahead)?;
            let change = path.steps[ahead - 1].log_mean - now.ln();
            let reach = z * path.deviation(ahead - 1);
            outcomes.push(Outcome {
                time: days[day].time.saturating_add(super::record::DAY),
                forecast: change,
                low: change - reach,
                high: change + reach,
                realised: (days[day + ahead].difficulty / now).ln(),
            });
        }
        Accuracy::new(count(ahead), 1, level, outcomes)
    };
    days_ahead.iter().map(|ahead| of_horizon(*ahead)).collect()
}
