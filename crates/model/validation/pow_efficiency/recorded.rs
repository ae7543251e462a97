//! Mining efficiency on recorded days.

use super::super::{Check, Tolerance};
use super::check;
use crate::validation::record::{ChainDay, ChainRecord};
use hurdle_model::pow::expected::{Outlook, expected_hashprice};
use hurdle_model::pow::rewards::fee_statistics;
use hurdle_model::pow::{MiningDay, MiningHistory, MiningMarket, PowChain, SECONDS_PER_DAY};

/// The checks; none where the records are absent.
pub fn checks() -> Vec<Check> {
    let mut checks = recorded_hash_rates();
    checks.extend(recorded_hashprices());
    checks.extend(recorded_fees());
    checks
}

fn number(row: ChainDay<'_>, title: &str) -> Option<f64> {
    row.number(title).filter(|number| *number > 0.0)
}

fn recorded_hash_rates() -> Vec<Check> {
    let daily = [
        (
            "BTC",
            "btc_daily_with_difficulty_to_2021-05.csv",
            PowChain::BITCOIN,
            1e-6,
        ),
        ("BCH", "bch_daily_to_2021-05.csv", PowChain::BITCOIN_CASH, 1e-6),
        ("LTC", "ltc_daily_to_2021-05.csv", PowChain::LITECOIN, 1e-6),
        ("DOGE", "doge_daily_to_2021-05.csv", PowChain::DOGECOIN, 1e-6),
        // whose first day and uncles the recorder counts in another way
        (
            "ETC",
            "etc_daily_to_2021-05.csv",
            PowChain::ETHEREUM_CLASSIC,
            1.1e-2,
        ),
    ];
    let worst = |chain: &PowChain, record: &ChainRecord| {
        record
            .days()
            .filter_map(|row| {
                let recorded = number(row, "HashRate")?;
                let ours = chain.hash_rate(number(row, "DiffMean")?, number(row, "BlkCnt")?, SECONDS_PER_DAY);
                Some(ours.map(|ours| (ours / recorded - 1.0).abs()))
            })
            .try_fold(0.0_f64, |worst, gap| gap.map(|gap| worst.max(gap)))
    };
    daily
        .iter()
        .filter_map(|(name, file, chain, allowed)| {
            let record = ChainRecord::read(file)?;
            Some(check(
                &format!(
                    "{name}: greatest relative gap of hash rate to difficulty and blocks, all recorded days"
                ),
                "Coin Metrics' HashRate",
                0.0,
                worst(chain, &record),
                Tolerance::Absolute(*allowed),
            ))
        })
        .collect()
}

/// Bitcoin's days from 2012 on: hashprice by difficulty, height and mean fees of a block against recorded flows.
fn recorded_hashprices() -> Vec<Check> {
    let mut checks = Vec::new();
    for file in [
        "btc_daily_with_difficulty_to_2021-05.csv",
        "btc_daily_to_2024.csv",
    ] {
        let Some(record) = ChainRecord::read(file) else {
            continue;
        };
        // the record does not count block 0
        let mut height = 1;
        let mut worst = 0.0_f64;
        let mut days = 0;
        for row in record.days() {
            // 157 or 157.0
            let whole = row.text("BlkCnt").split('.').next().unwrap_or_default();
            let blocks: u32 = whole.parse().unwrap_or(0);
            let first = height;
            height += u64::from(blocks);
            if row.text("time") < "2012" || blocks == 0 {
                continue;
            }
            if let Some(gap) = hashprice_gap(row, first) {
                worst = worst.max(gap);
                days += 1;
            }
        }
        checks.push(check(
            &format!("BTC: greatest relative gap of hashprice on {days} days since 2012 ({file})"),
            "(issuance + fees)·price ÷ hash rate, Coin Metrics",
            0.0,
            Ok(worst),
            Tolerance::Absolute(5e-3),
        ));
    }
    checks
}

fn hashprice_gap(row: ChainDay<'_>, height: u64) -> Option<f64> {
    let chain = PowChain::BITCOIN;
    let day = row.mining()?;
    let difficulty = match number(row, "DiffMean") {
        Some(difficulty) => difficulty,
        None => day.difficulty(&chain).ok()?,
    };
    let outlook = Outlook::certain(day.price, difficulty, day.fees / day.blocks, day.blocks);
    let ours =
        expected_hashprice(&chain, height, &[outlook]).map_or(f64::INFINITY, |expected| expected.hashprice);
    let recorded = MiningMarket::of_day(&day).ok()?.hashprice();
    Some((ours / recorded - 1.0).abs())
}

fn recorded_fees() -> Vec<Check> {
    let Some(record) = ChainRecord::read("btc_daily_with_difficulty_to_2021-05.csv") else {
        return vec![];
    };
    let days: Option<Vec<MiningDay>> = record
        .days()
        .filter(|row| ("2017".."2021").contains(&row.text("time")))
        .map(ChainDay::mining)
        .collect();
    let Some(statistics) = days.map(|days| MiningHistory::new(days).and_then(|days| fee_statistics(&days)))
    else {
        return vec![];
    };
    [
        (
            "mean of a block",
            0.790_219_245_335_864_7,
            statistics.map(|s| s.mean),
        ),
        (
            "variation from day to day",
            1.267_407_554_480_817,
            statistics.map(|s| s.variation),
        ),
        (
            "share of revenue",
            0.064_155_420_279_852_99,
            statistics.map(|s| s.revenue_share),
        ),
        (
            "day-to-day autocorrelation",
            0.960_479_929_546_060_5,
            statistics.map(|s| s.autocorrelation.unwrap_or(f64::NAN)),
        ),
    ]
    .into_iter()
    .map(|(what, expected, ours)| {
        check(
            &format!("BTC fees 2017 to 2020: {what}"),
            "NumPy on the recorded days",
            expected,
            ours,
            Tolerance::Relative(1e-10),
        )
    })
    .collect()
}
