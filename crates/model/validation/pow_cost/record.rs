//! The recorded data that the cost of production is compared with.

use crate::validation::record::{ChainDay, ChainRecord, day, text, unix};
use hurdle_model::pow::MiningHistory;
use hurdle_model::pow::cost::MachineType;
use std::collections::BTreeMap;

/// The month of a time in 2021 or 2022.
pub fn month_name(time: i64) -> String {
    (2021..=2022)
        .flat_map(|year| (1..=12).map(move |month| (year, month)))
        .rfind(|(year, month)| unix(*year, *month, 1) <= time)
        .map_or_else(String::new, |(year, month)| format!("{year}-{month:02}"))
}

/// Bitcoin's days to the end of 2024, Coin Metrics.
pub fn bitcoin() -> Option<MiningHistory> {
    let record = ChainRecord::read("btc_daily_to_2024.csv")?;
    MiningHistory::new(record.days().filter_map(ChainDay::mining).collect()).ok()
}

/// Cambridge's list of machines: name, release, J/GH, quantity.
pub fn cambridge() -> Option<Vec<MachineType>> {
    let list = text("pow/cbeci_miners.csv")?;
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
    Some(list.lines().skip(1).filter_map(machine).collect())
}

/// Months with at least ten listings of machines of 27 to 36 J/TH: the middle of the month, their median efficiency and price
/// per TH/s.
pub fn listings() -> Vec<(i64, f64, f64)> {
    let Some(listed) = text("pow/asic_listings_2021_2022.json") else {
        return Vec::new();
    };
    let mut months: BTreeMap<i64, Vec<(f64, f64)>> = BTreeMap::new();
    for listing in listed.split('{') {
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
