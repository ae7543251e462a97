//! Staking yields against integers of the specifications, ledgers and scipy; `reference/staking.py` made the constants.

use super::{Check, Tolerance};
use hurdle_model::series::PositiveSeries;
use hurdle_model::staking::{
    CosmosStaking, EthereumStaking, InflationSchedule, MintRule, SLOTS_PER_EPOCH, SolanaStaking,
    base_reward_rate, robust_growth,
};
use hurdle_model::{Result, robust};

fn check(what: &str, reference: &str, expected: f64, ours: Result<f64>, tolerance: Tolerance) -> Check {
    Check {
        what: what.to_owned(),
        reference: reference.to_owned(),
        expected,
        ours: ours.unwrap_or(f64::NAN),
        tolerance,
    }
}

/// Every check of the staking leg; those on recorded data only where it is present.
pub fn checks() -> Vec<Check> {
    let mut checks = ethereum();
    checks.extend(solana());
    checks.extend(cosmos());
    checks.extend(growth());
    checks.extend(recorded_growth());
    checks
}

fn ethereum() -> Vec<Check> {
    let spec = "consensus specification (Altair) in its own integers";
    let mut checks: Vec<Check> = [
        (500_000.0, 1.0, 663_569.999_917_875),
        (1_000_000.0, 1.0, 938_196.0),
        (1_062_500.0, 0.99, 944_570.183_121),
        (1_062_500.0, 0.80, 517_072.345_230_375),
    ]
    .into_iter()
    .map(|(validators, participation, expected)| {
        let chain = EthereumStaking {
            staked: validators * 32.0,
            supply: 120e6,
            participation,
            uptime: participation,
            proposer_income: 0.0,
            burnt: 0.0,
            commission: 0.0,
        };
        // The specification rounds its base reward of some 350 Gwei down to a whole one.
        check(
            &format!("Ethereum issuance a year, {validators} validators, {participation} of them attesting"),
            spec,
            expected,
            chain.issuance(),
            Tolerance::Relative(3e-3),
        )
    })
    .collect();
    checks.push(check(
        "Ethereum issuance ÷ √stake in a year of 365.25 days",
        "166.3, V. Buterin and B. Edgington's figure",
        166.3,
        base_reward_rate(1e6).map(|rate| rate * 1e3 * 365.25 / 365.0),
        Tolerance::Absolute(0.05),
    ));
    checks
}

fn solana() -> Vec<Check> {
    let at_epoch = |epoch: f64| SolanaStaking {
        schedule: InflationSchedule::SOLANA,
        slots: (epoch - 150.0) * SLOTS_PER_EPOCH,
        seconds_per_slot: 0.42,
        staked_share: 0.67,
        commission: 0.07,
        uptime: 0.98,
        tips: 0.0,
        tip_commission: 0.0,
        burn: 0.0,
    };
    let ledger = "ledger of epochs in decimals";
    let chain = at_epoch(480.0);
    let real = chain.effective();
    vec![
        check(
            "Solana inflation in the summer of 2024 (epoch 658)",
            "5.07 %, L. Lostin, \"Is Solana's inflation too high?\" (epochs 650 to 665)",
            0.0507,
            at_epoch(658.0).inflation(),
            Tolerance::Absolute(5e-4),
        ),
        check(
            "Solana inflation at epoch 480",
            "decimal arithmetic",
            0.059_641_501_175_722_02,
            chain.inflation(),
            Tolerance::Relative(1e-14),
        ),
        check(
            "Solana effective yield at epoch 480",
            ledger,
            0.080_256_503_594_914_9,
            real.map(|c| c.nominal),
            Tolerance::Relative(1e-12),
        ),
        check(
            "Solana real yield at epoch 480",
            ledger,
            0.020_654_430_188_019_66,
            real.map(|c| c.real),
            Tolerance::Relative(1e-12),
        ),
        check(
            "Solana mean inflation of the first 12 years",
            "midpoint quadrature, 20,000 steps, decimals",
            0.035_454_208_828_645_4,
            InflationSchedule::SOLANA.mean(0.0, 12.0),
            Tolerance::Relative(1e-7),
        ),
    ]
}

fn cosmos() -> Vec<Check> {
    let mut checks: Vec<Check> = [
        (0.13, 0.40, 0.182_388_059_700_625_13),
        (0.13, 0.75, 0.114_477_611_937_750_4),
        (0.19, 0.30, 0.2),
    ]
    .into_iter()
    .map(|(start, bonded, expected)| {
        check(
            &format!("Cosmos inflation a year on from {start} with {bonded} bonded"),
            "x/mint block by block, 6,311,520 blocks in 18 decimals",
            expected,
            MintRule::DEFAULT.inflation_after(1.0, start, bonded),
            Tolerance::Relative(1e-10),
        )
    })
    .collect();
    checks.push(check(
        "Cosmos yield at 10 % inflation, 62.5 % bonded, 2 % tax, 5 % commission",
        "16 % × 0.98 × 0.95",
        0.148_96,
        CosmosStaking {
            inflation: 0.10,
            bonded_ratio: 0.625,
            community_tax: 0.02,
            commission: 0.05,
            block_pace: 1.0,
            fees: 0.0,
            burn: 0.0,
        }
        .simple()
        .map(|chain| chain.nominal),
        Tolerance::Relative(1e-14),
    ));
    checks
}

/// 120 uneven days of growth at 7 %, a ripple, and every eleventh reading 2 % too low.
fn growth() -> Vec<Check> {
    let points: Vec<(f64, f64)> = (0..120_i32)
        .map(|i| {
            let day = f64::from(i) + f64::from(i * i % 7) / 10.0;
            let misread = if i % 11 == 5 { 0.02 } else { 0.0 };
            let log = 0.07 * day / 365.0 + 1e-4 * (1.7 * f64::from(i)).sin() - misread;
            (day / 365.0, log)
        })
        .collect();
    let line = robust::theil_sen(&points);
    let scipy = "scipy 1.17.1 stats.theilslopes";
    [
        (
            "growth of an uneven, partly misread exchange rate",
            0.069_996_550_367_451_71,
            line.map(|l| l.slope),
        ),
        (
            "its 95 % interval, lower end",
            0.069_852_560_183_025_24,
            line.map(|l| l.slope_low),
        ),
        (
            "its 95 % interval, upper end",
            0.070_141_689_905_107_29,
            line.map(|l| l.slope_high),
        ),
    ]
    .into_iter()
    // The ends of the interval are order statistics; the two count their rank apart by one.
    .map(|(what, expected, ours)| check(what, scipy, expected, ours, Tolerance::Relative(1e-4)))
    .collect()
}

fn recorded_growth() -> Vec<Check> {
    let root = std::env::var_os("HURDLE_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let path = root.join("rates/reth_balances_2021-10_2024-09.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!(
            "skipped: the growth of rETH, whose record is not at {}",
            path.display()
        );
        return vec![];
    };
    let mut points: Vec<(i64, f64)> = text.lines().filter_map(reth_rate).collect();
    points.sort_by_key(|point| point.0);
    points.dedup_by_key(|point| point.0);
    let growth = PositiveSeries::new(points).and_then(|rates| robust_growth(&rates, 365 * 86_400));
    vec![check(
        "growth of rETH over the year to September 2024",
        "scipy 1.17.1 stats.theilslopes on the recorded 430 rates",
        0.029_905_297_887_272_223,
        growth.map(|g| g.continuous),
        Tolerance::Relative(1e-9),
    )]
}

/// [block, balance block, total ETH, staked ETH, rETH supply, unix time] in hexadecimal strings, as time and rate.
fn reth_rate(line: &str) -> Option<(i64, f64)> {
    let fields: Vec<u128> = line
        .split('"')
        .filter_map(|field| field.strip_prefix("0x"))
        .filter_map(|digits| u128::from_str_radix(digits, 16).ok())
        .collect();
    let [_, _, eth, _, supply, time] = fields[..] else {
        return None;
    };
    #[expect(clippy::cast_precision_loss, reason = "a rate of two amounts in wei")]
    let rate = eth as f64 / supply as f64;
    (supply > 0).then_some((i64::try_from(time).ok()?, rate))
}
