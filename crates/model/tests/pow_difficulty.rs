//! Forecasts of difficulty: on made-up chains whose law is known, and on Bitcoin's and Litecoin's records.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Rng, assert_close, csv, recorded};
use hurdle_model::pow::PowChain;
use hurdle_model::pow::difficulty::{BacktestSetting, DifficultyDay, DifficultyRecord, WindowRule, backtest};

/// A chain's record from its first block on.
fn record(file: &str, chain: &PowChain) -> Option<DifficultyRecord> {
    let text = recorded(file)?;
    let days = csv(&text)
        .filter_map(|row| {
            let (blocks, rate) = (row.number("BlkCnt")?, row.number("HashRate")?);
            Some((row.text("time").to_owned(), blocks, rate))
        })
        .filter(|(_, blocks, _)| *blocks > 0.0)
        .enumerate()
        .map(|(day, (_, blocks, rate))| {
            let time = 86_400 * i64::try_from(day).unwrap();
            DifficultyDay::from_hash_rate(chain, time, blocks, rate).unwrap()
        })
        .collect();
    Some(DifficultyRecord::new(days).unwrap())
}

#[test]
fn explore() {
    for (file, chain, rule, days) in [
        (
            "pow/btc_daily_to_2024.csv",
            PowChain::BITCOIN,
            WindowRule::BITCOIN,
            vec![14.0, 10.0, 7.0, 3.0, 1.0],
        ),
        (
            "pow/ltc_daily_to_2021-05.csv",
            PowChain::LITECOIN,
            WindowRule::LITECOIN,
            vec![3.5, 2.0, 1.0],
        ),
    ] {
        let Some(record) = record(file, &chain) else {
            return;
        };
        let start = std::time::Instant::now();
        let epochs = record.epochs(&rule).unwrap();
        println!(
            "{file} phase {} epochs {} {:?}",
            epochs.phase,
            epochs.epochs.len(),
            epochs.epochs.last()
        );
        let mut errs: Vec<f64> = epochs.epochs.iter().map(|e| e.start_error).collect();
        errs.sort_by(f64::total_cmp);
        println!(
            "start error median {} max {}",
            errs[errs.len() / 2],
            errs[errs.len() - 1]
        );
        for warm_up in [365, 2200, 3400] {
            let setting = BacktestSetting {
                warm_up,
                days_before: days.clone(),
                ..BacktestSetting::default()
            };
            for a in backtest(&record, &chain, &rule, &setting).unwrap() {
                println!(
                    "{warm_up} {:>4} +{} n {} MAE {:.4} vs {:.4} ({:.2}) RMSE {:.4} vs {:.4} bias {:+.4} cover {:.3} kupiec {:.3} DM {:?}",
                    a.days_before,
                    a.retarget,
                    a.outcomes.len(),
                    a.mae,
                    a.mae_no_change,
                    a.mae / a.mae_no_change,
                    a.rmse,
                    a.rmse_no_change,
                    a.bias,
                    a.covered,
                    a.kupiec.p_value,
                    a.equal
                );
            }
        }
        println!("{:?}", start.elapsed());
    }
}
