//! A miner's decisions against plain loops and enumeration in Python, closed forms, and recorded days. The references
//! are printed by `reference/pow_decision.py`.

mod recorded;

use super::{Check, Tolerance};
use hurdle_model::Result;
use hurdle_model::pow::backtest::{Restart, records};
use hurdle_model::pow::decision::migration::{Band, ChainRevenue, LogRatio, band, split};
use hurdle_model::pow::decision::{
    Block, Commitment, Contracts, DemandResponse, GridHour, Operation, PowerPurchase, Spot,
};
use hurdle_model::pow::{Fleet, Machine, MiningDay, MiningHistory, Site, Unit};

const PYTHON: &str = "plain loops in Python";

fn check(what: impl Into<String>, reference: &str, expected: f64, ours: f64, tolerance: Tolerance) -> Check {
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours,
        tolerance,
    }
}

/// Every check of this topic; those on recorded data only where it is present.
pub fn checks() -> Vec<Check> {
    let mut checks = fleets();
    checks.extend(dispatch());
    checks.extend(bands());
    checks.extend(splits());
    checks.extend(recorded::checks());
    checks
}

/// Uniform draws of Knuth's MMIX generator.
fn draw(state: &mut u64) -> f64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1u64 << 53) as f64
}

fn site() -> Site {
    Site {
        energy_price: 0.0,
        overhead: 1.1,
        uptime: 0.95,
        pool_fee: 0.02,
        operation: 3.0,
    }
}

fn wandering() -> Result<MiningHistory> {
    let (mut state, mut level) = (7, 0.0);
    let day = |index: i64| {
        level = 0.99 * level + 0.2 * (draw(&mut state) - 0.5);
        MiningDay {
            time: index * 86_400,
            price: 70.0 * f64::exp(level),
            blocks: 144.0,
            issuance: 0.9,
            fees: 0.1,
            hash_rate: 1e3,
        }
    };
    MiningHistory::new((0..1_000).map(day).collect())
}

fn fleets() -> Vec<Check> {
    let mut checks = Vec::new();
    for (price, delay, profit, drawdown, days) in [
        (0.02, 0, 7_613.393_304_724_066, 6.882_811_909_464_635, 2_535.0),
        (0.02, 3, 7_584.536_895_890_009, 8.473_779_236_004_248, 2_412.0),
        (0.05, 0, 1_048.418_120_408_604_4, 753.910_400_506_650_4, 1_016.0),
        (0.05, 3, 959.033_046_754_680_1, 801.257_322_361_707_1, 821.0),
        (0.08, 0, -1_644.749_965_130_497_5, 1_893.390_058_244_230_2, 368.0),
        (0.08, 3, -1_746.354_777_754_746, 1_967.607_939_541_498_8, 245.0),
    ] {
        let restart = Restart {
            delay,
            margin: if delay > 0 { 0.1 } else { 0.0 },
        };
        let record = fleet(restart, price);
        let of = |read: fn(&(f64, f64, f64)) -> f64| record.as_ref().map_or(f64::NAN, read);
        let name = |what: &str| {
            format!("fleet of 3 types, 1,000 days, energy at {price}, {delay} days of waiting: {what}")
        };
        let relative = Tolerance::Relative(1e-10);
        checks.push(check(name("profit"), PYTHON, profit, of(|r| r.0), relative));
        checks.push(check(name("drawdown"), PYTHON, drawdown, of(|r| r.1), relative));
        checks.push(check(
            name("days run"),
            PYTHON,
            days,
            of(|r| r.2),
            Tolerance::Absolute(0.0),
        ));
    }
    checks
}

/// Profit, drawdown and days run.
fn fleet(restart: Restart, price: f64) -> Result<(f64, f64, f64)> {
    let unit = |(terahash, watts, count): (f64, f64, f64)| -> Result<Unit> {
        Ok(Unit {
            machine: Machine::new(terahash, watts)?,
            count,
            price: 0.0,
            life: 1.0,
            salvage: 0.0,
        })
    };
    let types = [(100.0, 3_000.0, 2.0), (14.0, 1_350.0, 5.0), (60.0, 3_300.0, 1.0)];
    let fleet = Fleet::new(types.into_iter().map(unit).collect::<Result<_>>()?)?;
    let found = records(&wandering()?, &fleet, &site(), restart, &[price])?;
    Ok(found.first().map_or((f64::NAN, f64::NAN, f64::NAN), |record| {
        (record.profit, record.drawdown, record.running_days.iter().sum())
    }))
}

fn dispatch() -> Vec<Check> {
    let enumerated = "enumeration of all schedules in Python";
    [
        (true, "with", 30.483_600_000_000_003),
        (false, "without", 21.683_6),
    ]
    .into_iter()
    .map(|(responds, name, expected)| {
        check(
            format!("dispatch of two committed blocks over 7 hours {name} demand response: profit"),
            enumerated,
            expected,
            scheduled(responds).unwrap_or(f64::NAN),
            Tolerance::Relative(1e-12),
        )
    })
    .collect()
}

fn scheduled(responds: bool) -> Result<f64> {
    let site = Site {
        uptime: 0.96,
        operation: 24.0,
        ..site()
    };
    let rule = |min_run, min_down, start_cost| Commitment {
        min_run,
        min_down,
        start_cost,
        stages: 1,
    };
    let blocks = vec![
        Block::new(vec![Machine::new(100.0, 3_000.0)?], 30.0, rule(2, 2, 5.0))?,
        Block::new(vec![Machine::new(14.0, 1_350.0)?], 40.0, rule(3, 2, 2.0))?,
    ];
    let contracts = Contracts {
        max_load: 1_000.0,
        spot: Some(Spot { fee: 0.01 }),
        purchase: Some(PowerPurchase {
            power: 60.0,
            price: 0.05,
            take_or_pay: 0.7,
            resale: Some(0.005),
        }),
        response: Some(DemandResponse {
            power: 40.0,
            availability: 0.01,
            payment: 0.1,
            hours: if responds { 2 } else { 0 },
            calls: 1,
            period: 24,
            notice: 0,
        }),
    };
    let hours = [0.02, 0.09, -0.03, 0.30, 0.055, 0.01, 0.12].map(|price| GridHour {
        price,
        hashprice: 60.0,
        derating: 1.0,
    });
    Ok(Operation::new(site, blocks, contracts)?
        .optimum(&hours)?
        .totals
        .profit)
}

fn bands() -> Vec<Check> {
    let grid = "value iteration on a wide grid, trapezoidal rule (NumPy 2.4)";
    let close = Tolerance::Absolute(2e-6);
    let mut checks = Vec::new();
    for (mean, persistence, deviation, costs, discount, expected) in [
        (
            0.02,
            0.9,
            0.05,
            (0.03, 0.03),
            0.9997,
            (-0.022_221_509_451_699_98, 0.020_380_613_232_817_747),
        ),
        (
            -0.1,
            0.7,
            0.2,
            (0.05, 0.15),
            0.99,
            (-0.066_061_626_521_387_26, 0.092_308_637_343_655_62),
        ),
    ] {
        let process = LogRatio {
            mean,
            persistence,
            deviation,
        };
        let found = band(&process, costs.0, costs.1, discount).ok();
        let of = |read: fn(&Band) -> f64| found.as_ref().map_or(f64::NAN, read);
        let name =
            |what: &str| format!("migration, ratio around {mean} with persistence {persistence}: {what}");
        checks.push(check(
            name("to the first at"),
            grid,
            expected.0,
            of(|b| b.to_first),
            close,
        ));
        checks.push(check(
            name("to the second at"),
            grid,
            expected.1,
            of(|b| b.to_second),
            close,
        ));
    }
    // σ²/2·D″ + x = 0, D(±b) = ±c, D′(±b) = 0, seen once a day
    let (cost, deviation) = (2.0, 0.002);
    let walk = LogRatio {
        mean: 0.0,
        persistence: 1.0,
        deviation,
    };
    checks.push(check(
        "migration, slow random walk: threshold",
        "(3cσ²/2)^⅓ − 0.5826σ (smooth fit; Chernoff 1965 for daily moves)",
        (1.5f64 * cost * deviation * deviation).cbrt() - 0.5826 * deviation,
        band(&walk, cost, cost, 1.0).map_or(f64::NAN, |band| band.to_second),
        Tolerance::Relative(0.01),
    ));
    checks
}

fn splits() -> Vec<Check> {
    let chains = [(3e7, 2e8), (1e6, 5e6), (6e5, 3e6)].map(|(reward, hash_rate)| ChainRevenue {
        reward,
        hash_rate,
        impact: 0.0,
    });
    let own = 1e7;
    let root: f64 = chains
        .iter()
        .map(|chain| (chain.reward * chain.hash_rate).sqrt())
        .sum();
    let level = (root / (own + 2.08e8)).powi(2);
    let found = split(&chains, own, 0.0);
    chains
        .iter()
        .enumerate()
        .map(|(index, chain)| {
            check(
                format!(
                    "split of 10 EH/s over three chains: on the {}",
                    ["first", "second", "third"][index]
                ),
                "√(RH/λ) − H, λ = (Σ√(RH) ÷ Σ(H + x))²",
                (chain.reward * chain.hash_rate / level).sqrt() - chain.hash_rate,
                found.as_ref().map_or(f64::NAN, |split| split.hash_rates[index]),
                Tolerance::Relative(1e-8),
            )
        })
        .collect()
}
