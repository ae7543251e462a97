//! Speed of the fleet backtest, as one JSON object on stdout: ten years of days, ten types of machines, a hundred energy
//! prices. `xtask/rivals/fleet.py` does the same on the input that the argument `input` prints, and must come to the
//! same figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_model::pow::backtest::{Restart, records};
use hurdle_model::pow::{Fleet, Machine, MiningDay, MiningHistory, MiningMarket, Site, Unit};
use std::time::Instant;

const DAYS: usize = 3_650;
const PRICES: usize = 100;
/// The figure is the best of so many turns, the machine's noise only ever adds; each of so many runs, because the
/// system counts CPU time by its ticks.
const REPEATS: usize = 15;
const RUNS: u32 = 50;

/// TH/s, watts and count of the types, from 2013's to 2023's.
const TYPES: [(f64, f64, f64); 10] = [
    (0.18, 360.0, 900.0),
    (1.0, 690.0, 800.0),
    (4.73, 1_293.0, 700.0),
    (13.5, 1_323.0, 600.0),
    (28.0, 2_520.0, 500.0),
    (50.0, 1_975.0, 400.0),
    (68.0, 3_360.0, 300.0),
    (95.0, 3_250.0, 250.0),
    (140.0, 3_010.0, 200.0),
    (234.0, 5_031.0, 100.0),
];

fn site() -> Site {
    Site {
        energy_price: 0.05,
        overhead: 1.05,
        uptime: 0.97,
        pool_fee: 0.01,
        operation: 1_500.0,
    }
}

fn fleet() -> Fleet {
    let unit = |&(terahash, watts, count): &(f64, f64, f64)| Unit {
        machine: Machine::new(terahash, watts).unwrap(),
        count,
        price: 2_000.0,
        life: 4.0,
        salvage: 0.0,
    };
    Fleet::new(TYPES.iter().map(unit).collect()).unwrap()
}

/// Days whose hashprice falls from 1,000 to 50 per PH/s and day and wanders on its way, always the same.
fn history() -> MiningHistory {
    let mut state = 20_090_103_u64;
    let mut level = 0.0;
    let day = |index: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let uniform = (state >> 11) as f64 / (1u64 << 53) as f64;
        level = 0.995 * level + 0.1 * (uniform - 0.5);
        let trend = (1_000.0f64).ln() - (20.0f64).ln() * index as f64 / DAYS as f64;
        let hashprice = (trend + level).exp();
        MiningDay {
            time: 1_420_070_400 + 86_400 * index as i64,
            price: 20_000.0,
            blocks: 144.0,
            issuance: 1_800.0,
            fees: 50.0,
            hash_rate: 20_000.0 * 1_850.0 * 1e3 / hashprice,
        }
    };
    MiningHistory::new((0..DAYS).map(day).collect()).unwrap()
}

fn prices() -> Vec<f64> {
    (0..PRICES).map(|index| 0.01 + 0.002 * index as f64).collect()
}

fn list(values: impl Iterator<Item = f64>) -> String {
    let shown: Vec<String> = values.map(|value| format!("{value:e}")).collect();
    format!("[{}]", shown.join(", "))
}

fn print_input(history: &MiningHistory) {
    let hashprices = history
        .days()
        .iter()
        .map(|day| MiningMarket::of_day(day).unwrap().hashprice());
    let types: Vec<String> = TYPES
        .iter()
        .map(|(terahash, watts, count)| format!("[{terahash:e}, {watts:e}, {count:e}]"))
        .collect();
    let site = site();
    println!(
        "{{\"hashprices\": {}, \"prices\": {}, \"types\": [{}], \"overhead\": {:e}, \"uptime\": {:e}, \
         \"pool_fee\": {:e}, \"operation\": {:e}}}",
        list(hashprices),
        list(prices().into_iter()),
        types.join(", "),
        site.overhead,
        site.uptime,
        site.pool_fee,
        site.operation
    );
}

/// CPU seconds that this thread has used, where the system tells.
fn cpu_seconds() -> Option<f64> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = statistics.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds * 1e-9)
}

fn main() {
    let history = history();
    if std::env::args().nth(1).as_deref() == Some("input") {
        print_input(&history);
        return;
    }
    let (fleet, site, prices) = (fleet(), site(), prices());
    let mut best = f64::INFINITY;
    let mut found = Vec::new();
    for _ in 0..REPEATS {
        let (start, used) = (Instant::now(), cpu_seconds());
        for _ in 0..RUNS {
            found = records(&history, &fleet, &site, Restart::default(), &prices).unwrap();
        }
        let elapsed = start.elapsed().as_secs_f64();
        best = best.min(
            cpu_seconds()
                .zip(used)
                .map_or(elapsed, |(after, before)| after - before),
        );
    }
    let best = best / f64::from(RUNS);
    println!(
        "{{\"seconds\": {best:e}, \"profit\": {}, \"revenue\": {}, \"energy\": {}, \"drawdown\": {}, \
         \"running_days\": {}}}",
        list(found.iter().map(|record| record.profit)),
        list(found.iter().map(|record| record.revenue)),
        list(found.iter().map(|record| record.energy)),
        list(found.iter().map(|record| record.drawdown)),
        list(found.iter().map(|record| record.running_days.iter().sum())),
    );
}
