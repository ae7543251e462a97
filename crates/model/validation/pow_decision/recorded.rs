//! Migration between Bitcoin and Bitcoin Cash over their recorded days.

use super::check;
use crate::validation::record::{ChainDay, ChainRecord};
use crate::validation::{Check, Tolerance};
use hurdle_model::pow::decision::migration::{Migration, MigrationRule, SwitchingCost, run};
use hurdle_model::pow::{MiningDay, MiningHistory};

/// The days of a file that have every figure, with their mean difficulty.
fn days(name: &str) -> Option<Vec<(MiningDay, f64)>> {
    let record = ChainRecord::read(name)?;
    let day = |row: ChainDay| Some((row.mining()?, row.number("DiffMean")?));
    Some(record.days().filter_map(day).collect())
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
