//! Migration between Bitcoin and Bitcoin Cash over their recorded days.

use super::check;
use crate::validation::{Check, Tolerance};
use hurdle_model::pow::decision::migration::{Migration, MigrationRule, SwitchingCost, run};
use hurdle_model::pow::{MiningDay, MiningHistory};

/// The days of a file of Coin Metrics that have every figure, with their mean difficulty.
fn days(name: &str) -> Option<Vec<(MiningDay, f64)>> {
    let root = std::env::var_os("HURDLE_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let path = root.join("pow").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!(
            "skipped: migration over recorded days, which are not at {}",
            path.display()
        );
        return None;
    };
    let mut lines = text.lines();
    let titles: Vec<&str> = lines.next()?.split(',').collect();
    let at = |title: &str| titles.iter().position(|known| *known == title);
    let columns = [
        at("PriceUSD")?,
        at("BlkCnt")?,
        at("IssTotNtv")?,
        at("FeeTotNtv")?,
        at("HashRate")?,
        at("DiffMean")?,
    ];
    // days are numbered from the last one, on which both files end: they have no gaps
    let rows: Vec<&str> = lines.collect();
    let day = |(index, line): (usize, &&str)| {
        let fields: Vec<&str> = line.split(',').collect();
        let mut figures = [0.0; 6];
        for (figure, column) in figures.iter_mut().zip(columns) {
            *figure = fields.get(column)?.parse().ok()?;
        }
        let [price, blocks, issuance, fees, hash_rate, difficulty] = figures;
        let before = i64::try_from(rows.len() - index).ok()?;
        let day = MiningDay {
            time: -86_400 * before,
            price,
            blocks,
            issuance,
            fees,
            hash_rate,
        };
        (price > 0.0 && blocks > 0.0 && hash_rate > 0.0).then_some((day, difficulty))
    };
    Some(rows.iter().enumerate().filter_map(day).collect())
}

/// The checks on recorded days; none where they are absent.
pub fn checks() -> Vec<Check> {
    let files = [
        "btc_daily_with_difficulty_to_2021-05.csv",
        "bch_daily_to_2021-05.csv",
    ];
    let [Some(bitcoin), Some(cash)] = files.map(days) else {
        return vec![];
    };
    let worst = cash
        .iter()
        .map(|(day, difficulty)| {
            let implied = difficulty * 4_294_967_296.0 * day.blocks / 86_400.0 / 1e12;
            (day.hash_rate / implied - 1.0).abs()
        })
        .fold(0.0, f64::max);
    let mut checks = vec![check(
        "Bitcoin Cash's recorded hash rate in TH/s: greatest relative difference",
        "difficulty·2³²·blocks ÷ 86,400",
        0.0,
        worst,
        Tolerance::Absolute(1e-6),
    )];
    let rule = MigrationRule {
        window: 180,
        refit: 30,
        cost: SwitchingCost {
            downtime: 15.0 / 1_440.0,
            forfeited: 30.0 / 1_440.0,
        },
        discount: 0.9997,
        hash_rate: 0.0,
    };
    let history = |days: &[(MiningDay, f64)]| MiningHistory::new(days.iter().map(|day| day.0).collect());
    let found = history(&bitcoin).and_then(|bitcoin| run(&bitcoin, &history(&cash)?, &rule));
    let of = |read: fn(&Migration) -> f64| found.as_ref().map_or(f64::NAN, read);
    for (what, ours, low, high) in [
        (
            "the two-threshold rule ÷ the costless bound",
            of(|m| m.band.revenue / m.bound),
            0.98,
            1.0,
        ),
        (
            "the two-threshold rule ÷ following yesterday's better chain",
            of(|m| m.band.revenue / m.follow.revenue),
            1.0,
            1.05,
        ),
        (
            "the two-threshold rule ÷ staying on Bitcoin Cash",
            of(|m| m.band.revenue / m.second.revenue),
            1.0,
            1.2,
        ),
        (
            "the two-threshold rule ÷ staying on Bitcoin",
            of(|m| m.band.revenue / m.first.revenue),
            1.0,
            1.05,
        ),
    ] {
        checks.push(check(
            format!("BTC or BCH, recorded days from 2018-01 to 2021-05: {what}"),
            "a band, without look-ahead",
            1.0,
            ours,
            Tolerance::Within { low, high },
        ));
    }
    checks
}
