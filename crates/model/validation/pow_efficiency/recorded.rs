//! Mining efficiency on recorded days.

use super::super::{Check, Tolerance};
use super::check;
use hurdle_model::pow::expected::{Outlook, expected_hashprice};
use hurdle_model::pow::rewards::fee_statistics;
use hurdle_model::pow::{MiningDay, MiningHistory, MiningMarket, PowChain, SECONDS_PER_DAY};

/// A row of a record: titles and fields.
type Row = Vec<(String, String)>;

/// The checks; none where the records are absent.
pub fn checks() -> Vec<Check> {
    let mut checks = recorded_hash_rates();
    checks.extend(recorded_hashprices());
    checks.extend(recorded_fees());
    checks
}

/// The rows of a recorded CSV; says so where the record is absent.
fn record(name: &str) -> Option<Vec<Row>> {
    let root = std::env::var_os("HURDLE_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let path = root.join("pow").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!(
            "skipped: recorded days of a chain, which are not at {}",
            path.display()
        );
        return None;
    };
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let titles: Vec<String> = lines.next()?.collect();
    Some(
        lines
            .map(|fields| titles.iter().cloned().zip(fields).collect())
            .collect(),
    )
}

fn field<'a>(row: &'a [(String, String)], title: &str) -> &'a str {
    row.iter()
        .find(|(there, _)| there == title)
        .map_or("", |(_, field)| field)
}

fn number(row: &[(String, String)], title: &str) -> Option<f64> {
    field(row, title).parse().ok().filter(|number| *number > 0.0)
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
    let worst = |chain: &PowChain, rows: &[Row]| {
        rows.iter()
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
            let rows = record(file)?;
            Some(check(
                &format!(
                    "{name}: greatest relative gap of hash rate to difficulty and blocks, all recorded days"
                ),
                "Coin Metrics' HashRate",
                0.0,
                worst(chain, &rows),
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
        let Some(rows) = record(file) else {
            continue;
        };
        // the record does not count block 0
        let mut height = 1;
        let mut worst = 0.0_f64;
        let mut days = 0;
        for row in &rows {
            // 157 or 157.0
            let whole = field(row, "BlkCnt").split('.').next().unwrap_or_default();
            let blocks: u32 = whole.parse().unwrap_or(0);
            let first = height;
            height += u64::from(blocks);
            if field(row, "time") < "2012" || blocks == 0 {
                continue;
            }
            if let Some(gap) = hashprice_gap(row, first, blocks) {
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

fn hashprice_gap(row: &[(String, String)], height: u64, blocks: u32) -> Option<f64> {
    let chain = PowChain::BITCOIN;
    let day = MiningDay {
        time: 0,
        price: number(row, "PriceUSD")?,
        blocks: f64::from(blocks),
        issuance: number(row, "IssTotNtv")?,
        fees: number(row, "FeeTotNtv")?,
        hash_rate: number(row, "HashRate")?,
    };
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
    let Some(rows) = record("btc_daily_with_difficulty_to_2021-05.csv") else {
        return vec![];
    };
    let days: Option<Vec<MiningDay>> = rows
        .iter()
        .filter(|row| ("2017".."2021").contains(&field(row, "time")))
        .zip(0..)
        .map(|(row, day)| {
            Some(MiningDay {
                time: day * 86_400,
                price: number(row, "PriceUSD")?,
                blocks: number(row, "BlkCnt")?,
                issuance: number(row, "IssTotNtv")?,
                fees: number(row, "FeeTotNtv")?,
                hash_rate: number(row, "HashRate")?,
            })
        })
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
