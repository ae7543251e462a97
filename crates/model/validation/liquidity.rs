//! Pools against the integers of their contracts, the split against a general optimiser, losses against simulation;
//! `reference/liquidity.py` made the constants.

use super::{Check, Tolerance};
use hurdle_model::Result;
use hurdle_model::latency::{BlockTimes, OracleUpdates, PoolArbitrage};
use hurdle_model::liquidity::{
    ConcentratedPool, ConstantProduct, Execution, StableSwap, TickRange, Venue, optimal_split, tick_price,
};

fn check(what: String, reference: &str, expected: f64, ours: Result<f64>, tolerance: Tolerance) -> Check {
    Check {
        what,
        reference: reference.to_owned(),
        expected,
        ours: ours.unwrap_or(f64::NAN),
        tolerance,
    }
}

/// What fixed blocks leave of the frictionless loss, at a fee of g standard deviations of a block.
fn fixed_blocks() -> Vec<Check> {
    // The closed form leaves out a term that is exponentially small in g.
    [
        (0.1, 0.858_874_563_796_120_6, 7e-3),
        (0.5, 0.538_237_924_368_140_3, 1e-3),
        (1.0, 0.368_071_116_960_365_4, 1e-3),
        (2.0, 0.225_585_443_835_729_62, 1e-5),
        (5.0, 0.104_359_519_674_557_67, 1e-10),
    ]
    .into_iter()
    .map(|(fee, expected, tolerance)| {
        let pool = PoolArbitrage {
            volatility: 1.0,
            fee,
            blocks: BlockTimes::Fixed(1.0),
        };
        check(
            format!("share of the loss kept with a fee of {fee} deviations of a fixed block"),
            "integral equation of the clipped walk, Nyström, 200 nodes",
            expected,
            pool.retained_share(),
            Tolerance::Relative(tolerance),
        )
    })
    .collect()
}

/// The 99 % interval of a simulated mean with this standard error.
fn interval(mean: f64, error: f64) -> Tolerance {
    Tolerance::Within {
        low: mean - 2.576 * error,
        high: mean + 2.576 * error,
    }
}

/// Every check of liquidity and latency.
pub fn checks() -> Vec<Check> {
    let mut checks = stable();
    checks.extend(concentrated());
    checks.extend(split_and_execution());
    checks.extend(arbitrage());
    checks.extend(fixed_blocks());
    checks.extend(feed());
    checks
}

fn stable() -> Vec<Check> {
    let contract = "the contract's get_D and get_y in 18-decimal integers";
    let mut checks = Vec::new();
    for (balances, amplification, sell, buy, base, invariant, out) in [
        (
            vec![1.2e6, 9e5, 4e5],
            100.0,
            0,
            2,
            1e5,
            2_497_210.509_532_821,
            97_546.306_271_889_68,
        ),
        (
            vec![5e6, 2.5e5],
            85.0,
            0,
            1,
            2e5,
            5_122_037.808_762_745,
            101_749.587_166_388_77,
        ),
        (
            vec![3e6, 3e6, 2e6, 1e6],
            2000.0,
            3,
            0,
            5e5,
            8_999_523.557_741_635,
            500_320.112_480_380_9,
        ),
    ] {
        let name = format!("stable-swap pool {balances:?}, A = {amplification}");
        let pool = StableSwap::new(balances, amplification, 0.0);
        let received = pool.as_ref().map_err(|error| *error);
        checks.push(check(
            format!("invariant, {name}"),
            contract,
            invariant,
            received.map(StableSwap::invariant),
            Tolerance::Relative(1e-13),
        ));
        checks.push(check(
            format!("received for {base}, {name}"),
            contract,
            out,
            received.and_then(|pool| pool.pair(sell, buy)?.proceeds(base)),
            Tolerance::Relative(1e-11),
        ));
    }
    checks
}

fn concentrated() -> Vec<Check> {
    let pool = || {
        let mut ranges = Vec::new();
        for (lower, upper, liquidity) in [
            (49_200, 49_800, 90_000.0),
            (49_800, 49_980, 25_000.0),
            (49_980, 50_400, 40_000.0),
        ] {
            ranges.push(TickRange {
                lower: tick_price(lower)?,
                upper: tick_price(upper)?,
                liquidity,
            });
        }
        ConcentratedPool::new(tick_price(50_010)?, ranges, 0.003)
    };
    [
        (1.0, 148.033_965_080_039_65),
        (8.0, 1_181.508_944_373_407_8),
        (90.0, 13_003.959_919_835_77),
    ]
    .into_iter()
    .map(|(base, expected)| {
        check(
            format!("concentrated pool over three tick ranges, {base} sold"),
            "Uniswap v3 swap step in Q64.96 integers",
            expected,
            pool().and_then(|pool| pool.proceeds(base)),
            Tolerance::Relative(1e-10),
        )
    })
    .collect()
}

fn split_and_execution() -> Vec<Check> {
    let split = || {
        let pools = [
            ConstantProduct::new(1000.0, 150_000.0, 0.003)?,
            ConstantProduct::new(300.0, 45_300.0, 0.0005)?,
            ConstantProduct::new(5000.0, 745_000.0, 0.01)?,
        ];
        let venues: Vec<&dyn Venue> = pools.iter().map(|pool| pool as &dyn Venue).collect();
        optimal_split(&venues, 60.0)
    };
    let order = Execution {
        immediate: 1.0,
        permanent_share: 0.0,
        recovery_rate: 3.0,
        volatility: 0.0,
        risk_loading: 0.0,
    };
    vec![
        check(
            "proceeds of 60 split over three pools".to_owned(),
            "scipy 1.17.1 optimize, SLSQP",
            8_806.828_768_596_155,
            split().map(|split| split.proceeds),
            Tolerance::Relative(1e-10),
        ),
        check(
            "transient cost of the best schedule at κT = 3".to_owned(),
            "numpy, the schedule of 401 slices by linear equations",
            0.400_001_124_996_835_54,
            order.cost(1.0).map(|cost| cost.slippage),
            Tolerance::Relative(1e-5),
        ),
    ]
}

fn arbitrage() -> Vec<Check> {
    const DAY: f64 = 1.0 / 365.0;
    const SECOND: f64 = 1.0 / 31_536_000.0;
    let mut checks = Vec::new();
    for (volatility, fee, blocks, mean, error, traded) in [
        (
            0.8,
            0.003,
            BlockTimes::Poisson(DAY / 24.0),
            0.053_412_681_539_92,
            7.525_06e-5,
            0.668_388_25,
        ),
        (
            1.2,
            0.01,
            BlockTimes::Poisson(DAY / 4.0),
            0.124_017_704_824_43,
            1.716_09e-4,
            0.689_563_25,
        ),
        (
            0.6,
            0.0005,
            BlockTimes::Poisson(12.0 * SECOND),
            0.015_457_142_593_52,
            3.265_31e-5,
            0.344_179_5,
        ),
        (
            0.8,
            0.01,
            BlockTimes::Fixed(DAY / 24.0),
            0.026_591_272_526_5,
            3.895_35e-5,
            f64::NAN,
        ),
        (
            1.2,
            0.01,
            BlockTimes::Fixed(DAY / 24.0),
            0.076_951_298_516,
            9.358_49e-5,
            f64::NAN,
        ),
        (
            0.6,
            0.0005,
            BlockTimes::Fixed(12.0 * SECOND),
            0.013_551_094_943_22,
            2.138_09e-5,
            f64::NAN,
        ),
    ] {
        let pool = PoolArbitrage {
            volatility,
            fee,
            blocks,
        };
        let name = format!("σ = {volatility}, γ = {fee}, {blocks:?} years");
        checks.push(check(
            format!("arbitrage profit a year of a pool's value, {name}"),
            "numpy simulation of 4 million blocks, 99 % interval",
            mean,
            pool.profit_rate(),
            interval(mean, error),
        ));
        if traded.is_finite() {
            checks.push(check(
                format!("blocks with an arbitrage, {name}"),
                "the same simulation",
                traded,
                pool.retained_share(),
                Tolerance::Absolute(1.5e-3),
            ));
        }
    }
    checks
}

fn feed() -> Vec<Check> {
    const SECOND: f64 = 1.0 / 31_536_000.0;
    let mut checks = Vec::new();
    for (volatility, deviation, heartbeat, delay, fee, excess, years) in [
        (
            0.8,
            0.005,
            1200.0,
            20.0,
            0.001,
            (0.002_860_402_792_66, 2.643_88e-6),
            (2.761_090_52e-5, 1.783_39e-8),
        ),
        (
            0.5,
            0.005,
            3600.0,
            12.0,
            0.004,
            (6.965_331_028_5e-4, 8.287_09e-7),
            (7.508_052_75e-5, 5.533_10e-8),
        ),
        (
            0.9,
            0.02,
            3600.0,
            60.0,
            0.0,
            (0.007_733_864_414_25, 9.018_42e-6),
            (1.139_913_917e-4, 1.413_39e-8),
        ),
    ] {
        let feed = OracleUpdates {
            volatility,
            deviation,
            heartbeat_years: heartbeat * SECOND,
            delay_years: delay * SECOND,
            fee,
            exposed: 1.0,
            captured: 1.0,
        };
        let name = format!(
            "σ = {volatility}, band {deviation}, heartbeat {heartbeat} s, delay {delay} s, fee {fee}"
        );
        let simulation = "numpy simulation of 400,000 cycles with bridge exits, 99 % interval";
        checks.push(check(
            format!("excess of an oracle cycle, {name}"),
            simulation,
            excess.0,
            feed.cycle().map(|cycle| cycle.excess),
            interval(excess.0, excess.1),
        ));
        checks.push(check(
            format!("length of an oracle cycle in years, {name}"),
            simulation,
            years.0,
            feed.cycle().map(|cycle| cycle.mean_years),
            interval(years.0, years.1),
        ));
    }
    checks
}
