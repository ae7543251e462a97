//! What `hurdle pow report` answers: the figures of the last day.

use super::parts::Parts;
use crate::desk::{Sheet, date, significant};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

/// In what a figure is told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// A share or a rate: the plain number in JSON, percent as text.
    Percent(&'static str),
    /// Anything else.
    Plain(&'static str),
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// In JSON.
    pub key: &'static str,
    /// In text.
    pub label: &'static str,
    /// Its value; none where there is none to tell.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: Unit,
}

/// The figures under a heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// The figures.
    pub lines: Vec<Line>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Name of the chain.
    pub chain: &'static str,
    /// First day shown, Unix seconds.
    pub from: i64,
    /// The day of the figures.
    pub time: i64,
    /// Where the page is.
    pub page: PathBuf,
    /// The figures.
    pub sections: Vec<Section>,
}

impl Line {
    /// The value as it is read.
    pub fn shown(&self) -> String {
        match (self.value, self.unit) {
            (None, _) => "none".to_owned(),
            (Some(value), Unit::Percent(_)) => format!("{:.2}", 100.0 * value + 0.0),
            (Some(value), Unit::Plain(_)) => significant(value),
        }
    }

    /// The unit as it is read beside that.
    pub fn shown_unit(&self) -> String {
        match self.unit {
            Unit::Percent("") => "%".to_owned(),
            Unit::Percent(of) => format!("% {of}"),
            Unit::Plain(unit) => unit.to_owned(),
        }
    }
}

fn plain(key: &'static str, label: &'static str, value: impl Into<Option<f64>>, unit: &'static str) -> Line {
    Line {
        key,
        label,
        value: value.into().filter(|value| value.is_finite()),
        unit: Unit::Plain(unit),
    }
}

fn percent(key: &'static str, label: &'static str, value: impl Into<Option<f64>>, of: &'static str) -> Line {
    Line {
        unit: Unit::Percent(of),
        ..plain(key, label, value, "")
    }
}

const HASHPRICE: &str = "quote per PH/s and day";
const COIN: &str = "quote per coin";

impl Answer {
    /// Of the parts, whose page lies there.
    pub fn new(parts: &Parts, page: &Path) -> Self {
        Self {
            chain: parts.chain.name(),
            from: parts.from,
            time: parts.to,
            page: page.to_owned(),
            sections: vec![
                mining(parts),
                fleet(parts),
                production(parts),
                difficulty(parts),
                oracle(parts),
            ],
        }
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.sections.iter().flat_map(|section| &section.lines)
    }
}

fn mining(parts: &Parts) -> Section {
    let even = &parts.break_even.fleet;
    Section {
        title: "hashprice",
        lines: vec![
            plain("price", "price of a coin", parts.cost_now.price, COIN),
            plain(
                "hashprice",
                "hashprice",
                parts.hashprices.last().map(|day| day.1),
                HASHPRICE,
            ),
            plain(
                "break_even_energy",
                "fleet's break-even: energy",
                even.cash,
                HASHPRICE,
            ),
            plain("break_even_operation", "and operation", even.operation, HASHPRICE),
            plain(
                "break_even_depreciation",
                "and depreciation",
                even.depreciation,
                HASHPRICE,
            ),
            plain(
                "break_even_hurdle",
                "and the hurdle on the book value",
                even.hurdle,
                HASHPRICE,
            ),
        ],
    }
}

fn fleet(parts: &Parts) -> Section {
    let record = parts.fleet_record.as_ref();
    Section {
        title: "the fleet over the days shown",
        lines: vec![
            plain(
                "energy_price",
                "its energy price",
                parts.energy_price,
                "quote per kWh",
            ),
            plain("profit", "profit", record.map(|record| record.profit), "quote"),
            plain(
                "drawdown",
                "greatest drawdown",
                record.map(|record| record.drawdown),
                "quote",
            ),
            percent(
                "running_share",
                "hash rate that ran",
                record.map(|record| record.running_share),
                "",
            ),
            percent(
                "annual_return",
                "return on the machines' price",
                record.and_then(|record| record.annual_return),
                "per year",
            ),
        ],
    }
}

fn production(parts: &Parts) -> Section {
    let (cost, floor) = (&parts.cost_now, &parts.floor_now);
    Section {
        title: "cost of production",
        lines: vec![
            plain("power", "power of the network", cost.power_gw, "GW"),
            plain(
                "annual_energy",
                "energy at this power",
                cost.annual_twh,
                "TWh per year",
            ),
            plain("cost", "cost of a coin", cost.cost, COIN),
            plain(
                "marginal_cost",
                "to the marginal miner, without hardware",
                cost.marginal,
                COIN,
            ),
            plain("price_to_cost", "price ÷ cost", cost.price_to_cost, "ratio"),
            plain("floor_low", "floor of the price, 5 % quantile", floor.low, COIN),
            plain("floor_median", "median", floor.median, COIN),
            plain("floor_high", "95 % quantile", floor.high, COIN),
            plain(
                "floor_distance",
                "distance of the price above it",
                floor.distance,
                "deviations",
            ),
        ],
    }
}

fn difficulty(parts: &Parts) -> Section {
    let forecast = &parts.forecast;
    let next = forecast.next.as_ref();
    Section {
        title: "difficulty",
        lines: vec![
            plain(
                "difficulty",
                "difficulty",
                forecast.difficulty,
                "as the chain states it",
            ),
            plain(
                "retarget_days",
                "next retarget, median",
                next.map(|next| next.days),
                "days ahead",
            ),
            percent(
                "retarget_change",
                "its change, expected",
                next.map(|next| next.change),
                "",
            ),
            percent(
                "retarget_low",
                "lower end of the interval",
                next.map(|next| next.low),
                "",
            ),
            percent("retarget_high", "upper end", next.map(|next| next.high), ""),
            percent(
                "retarget_level",
                "probability of the interval",
                forecast.level,
                "",
            ),
            percent(
                "probability_of_rise",
                "probability of a rise",
                next.map(|next| next.probability_of_rise),
                "",
            ),
        ],
    }
}

fn oracle(parts: &Parts) -> Section {
    let earned = parts.returns.last().map(|day| day.1);
    Section {
        title: "into the oracle",
        lines: vec![
            percent(
                "operating_return",
                "operating return of one who enters",
                earned.map(|earned| earned.rate),
                "per year",
            ),
            percent(
                "operating_return_error",
                "its standard error",
                earned.map(|earned| earned.standard_error),
                "per year",
            ),
            percent(
                "haircut",
                "haircut of the coin as collateral",
                parts.haircut_now.haircut,
                "of its value",
            ),
        ],
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("chain", self.chain)?;
        map.serialize_entry("from", &self.from)?;
        map.serialize_entry("time", &self.time)?;
        map.serialize_entry("page", &self.page.to_string_lossy())?;
        for line in self.lines() {
            map.serialize_entry(line.key, &line.value)?;
        }
        map.end()
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new().heading(format!("{} on {}", self.chain, date::show(self.time)));
        for section in &self.sections {
            sheet = sheet.heading(section.title);
            for line in &section.lines {
                let text = match line.value {
                    Some(_) => format!("{} {}", line.shown(), line.shown_unit()),
                    None => line.shown(),
                };
                sheet = sheet.line(line.label, text);
            }
        }
        sheet
            .heading("page")
            .line("written to", self.page.display())
            .fmt(f)
    }
}
