//! The recorded data that the cost of production is compared with.

use hurdle_model::pow::cost::MachineType;
use hurdle_model::pow::{MiningDay, MiningHistory};
use std::collections::BTreeMap;

/// Midnight (UTC) of a day, Unix seconds (Hinnant 2013, `days_from_civil`).
pub fn unix(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let of_days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    (shifted.div_euclid(400) * 146_097 + of_days - 719_468) * 86_400
}

/// The month of a time in 2021 or 2022.
pub fn month_name(time: i64) -> String {
    (2021..=2022)
        .flat_map(|year| (1..=12).map(move |month| (year, month)))
        .rfind(|(year, month)| unix(*year, *month, 1) <= time)
        .map_or_else(String::new, |(year, month)| format!("{year}-{month:02}"))
}

fn read(path: &str) -> Option<String> {
    let root = std::env::var_os("HURDLE_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let text = std::fs::read_to_string(root.join(path)).ok();
    if text.is_none() {
        eprintln!("skipped: cost of production against {path}, which is not beside the project");
    }
    text
}

/// A day like 2018-11-14 at the start of a field.
fn day(text: &str) -> Option<i64> {
    let mut parts = text.get(..10)?.split('-').map(str::parse);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Some(unix(year, month, day))
}

/// Bitcoin's days to the end of 2024, Coin Metrics.
pub fn bitcoin() -> Option<MiningHistory> {
    let text = read("pow/btc_daily_to_2024.csv")?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next()?.split(',').collect();
    let column = |title: &str| header.iter().position(|there| *there == title);
    let time = column("time")?;
    let columns = [
        column("PriceUSD")?,
        column("BlkCnt")?,
        column("IssTotNtv")?,
        column("FeeTotNtv")?,
        column("HashRate")?,
    ];
    let days = lines
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let number = |index: usize| fields.get(index)?.parse::<f64>().ok();
            let [price, blocks, issuance, fees, hash_rate] = columns.map(number);
            Some(MiningDay {
                time: day(fields.get(time)?)?,
                price: price?,
                blocks: blocks?,
                issuance: issuance?,
                fees: fees?,
                hash_rate: hash_rate?,
            })
        })
        .collect();
    MiningHistory::new(days).ok()
}

/// Cambridge's list of machines: name, release, J/GH, quantity.
pub fn cambridge() -> Option<Vec<MachineType>> {
    let text = read("pow/cbeci_miners.csv")?;
    let machine = |line: &str| {
        let mut fields = line.rsplit(',');
        let weight = fields.next()?.trim().parse().ok()?;
        let joules_per_gigahash: f64 = fields.next()?.parse().ok()?;
        Some(MachineType {
            release: fields.next()?.parse().ok()?,
            efficiency: joules_per_gigahash * 1e3,
            weight,
        })
    };
    Some(text.lines().skip(1).filter_map(machine).collect())
}

/// Months with at least ten listings of machines of 27 to 36 J/TH: the middle of the month, their median efficiency and price
/// per TH/s.
pub fn listings() -> Vec<(i64, f64, f64)> {
    let Some(text) = read("pow/asic_listings_2021_2022.json") else {
        return Vec::new();
    };
    let mut months: BTreeMap<i64, Vec<(f64, f64)>> = BTreeMap::new();
    for listing in text.split('{') {
        let field = |name: &str| {
            let rest = listing.split_once(&format!("\"{name}\":"))?.1;
            Some(rest.split([',', '}', '\n']).next()?.trim().trim_matches('"'))
        };
        let number = |name: &str| field(name)?.parse::<f64>().ok();
        let (Some(price), Some(terahash), Some(watts)) = (number("price"), number("th"), number("watts"))
        else {
            continue;
        };
        let Some(time) = field("date").and_then(|date| day(&format!("{}-15", date.get(..7)?))) else {
            continue;
        };
        let efficiency = watts / terahash;
        if (27.0..=36.0).contains(&efficiency) {
            months
                .entry(time)
                .or_default()
                .push((efficiency, price / terahash));
        }
    }
    let median = |mut values: Vec<f64>| {
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    };
    months
        .into_iter()
        .filter(|(_, listed)| listed.len() >= 10)
        .map(|(time, listed)| {
            let (efficiencies, prices) = listed.into_iter().unzip();
            (time, median(efficiencies), median(prices))
        })
        .collect()
}
