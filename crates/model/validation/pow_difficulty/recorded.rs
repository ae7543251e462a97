//! Forecasts against what came, on Bitcoin's and Litecoin's daily records.

use super::super::{Check, Tolerance};
use super::{check, refused};
use crate::validation::record::{ChainDay, ChainRecord};
use hurdle_model::pow::PowChain;
use hurdle_model::pow::difficulty::{
    Accuracy, BacktestSetting, DifficultyDay, DifficultyRecord, Epoch, WindowRule, backtest,
};

/// A record from the first day with blocks on; `None` where the file is absent.
fn record(file: &str, chain: &PowChain) -> Option<hurdle_model::Result<DifficultyRecord>> {
    let record = ChainRecord::read(file)?;
    let day = |row: ChainDay| {
        let (time, blocks, rate) = (row.time()?, row.number("BlkCnt")?, row.number("HashRate")?);
        (blocks > 0.0).then(|| DifficultyDay::from_hash_rate(chain, time, blocks, rate))
    };
    let days: hurdle_model::Result<Vec<_>> = record.days().filter_map(day).collect();
    Some(days.and_then(DifficultyRecord::after_gaps))
}

pub fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, file, chain, rule, days_before) in [
        (
            "Bitcoin 2010–2024",
            "btc_daily_to_2024.csv",
            PowChain::BITCOIN,
            WindowRule::BITCOIN,
            vec![14.0, 10.0, 7.0, 3.0, 1.0],
        ),
        (
            "Litecoin 2014–2021",
            "ltc_daily_to_2021-05.csv",
            PowChain::LITECOIN,
            WindowRule::LITECOIN,
            vec![3.5, 2.0, 1.0],
        ),
    ] {
        let Some(record) = record(file, &chain) else {
            continue;
        };
        let setting = BacktestSetting {
            days_before,
            // Litecoin's first years brought new hardware twice: two more years to begin with
            warm_up: if rule == WindowRule::LITECOIN { 1095 } else { 365 },
            ..BacktestSetting::default()
        };
        let rows = record.and_then(|record| {
            if rule == WindowRule::BITCOIN {
                checks.extend(epochs(&record.epochs(&rule)?.epochs));
            }
            backtest(&record, &chain, &rule, &setting)
        });
        match rows {
            Ok(rows) => checks.extend(rows.iter().flat_map(|row| accuracy(name, row))),
            Err(error) => checks.push(refused(name, error)),
        }
    }
    checks
}

/// The recovered periods against headers of the chain: blocks 554,400 and 556,416 (2018-12).
fn epochs(epochs: &[Epoch]) -> Vec<Check> {
    let mut checks = Vec::new();
    // the record begins with block 1
    for (height, difficulty, time) in [
        (554_400.0, 5_106_422_924_659.82, 1_545_175_965.0),
        (556_416.0, 5_618_595_848_853.28, 1_546_276_809.0),
    ] {
        let Some(epoch) = epochs.iter().find(|epoch| epoch.first_block == height - 1.0) else {
            checks.push(refused("recovered period", height));
            continue;
        };
        checks.push(check(
            format!("Bitcoin: difficulty recovered from block {height} on"),
            "the block's header",
            difficulty,
            epoch.difficulty,
            Tolerance::Relative(1e-7),
        ));
        checks.push(check(
            format!("Bitcoin: recovered time of block {height}, Unix seconds"),
            "the block's header, two hours: the record's days lie somewhat behind the headers' clock",
            time,
            epoch.start,
            Tolerance::Absolute(7200.0),
        ));
    }
    checks
}

fn accuracy(name: &str, row: &Accuracy) -> Vec<Check> {
    let which = match row.retarget {
        1 => format!("{name}, {} days before a retarget", row.days_before),
        n => format!("{name}, {n} retargets ahead"),
    };
    let n = row.outcomes.len();
    let mut checks = vec![check(
        format!("{which}: mean absolute error of ln difficulty, {n} forecasts"),
        "below that of \"no change\"",
        row.mae_no_change,
        row.mae,
        Tolerance::Within {
            low: 0.0,
            high: row.mae_no_change,
        },
    )];
    // Litecoin's second and third retarget ahead are not told from "no change" with such certainty
    if row.retarget == 1 || name.starts_with("Bitcoin") {
        checks.push(check(
            format!("{which}: p-value of equal accuracy, Diebold & Mariano with HAC errors"),
            "below 0.001",
            0.0,
            row.equal.map_or(f64::NAN, |test| test.p_value),
            Tolerance::Within { low: 0.0, high: 1e-3 },
        ));
    }
    checks.push(check(
        format!(
            "{which}: coverage of the 90 % interval (Kupiec's p-value {:.3})",
            row.kupiec.p_value
        ),
        "0.87 to 0.95",
        0.9,
        row.covered,
        Tolerance::Within {
            low: 0.87,
            high: 0.95,
        },
    ));
    checks
}
