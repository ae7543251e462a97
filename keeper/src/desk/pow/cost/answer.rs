//! What `hurdle pow cost` answers.

use super::amount::quote;
use crate::desk::Sheet;
use crate::desk::date;
use hurdle_model::pow::cost::{Episode, NetworkDay};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Types of machines.
    pub machine_types: usize,
    /// Means of calendar years.
    pub years: Vec<YearAnswer>,
    /// The network on the day asked for.
    pub at: AtAnswer,
    /// A recorded fall, replayed.
    pub fall: Option<FallAnswer>,
    /// Every day.
    pub days: Vec<DayAnswer>,
}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DayAnswer {
    /// Start, Unix seconds.
    pub time: i64,
    /// Price of a coin, quote.
    pub price: f64,
    /// Averaged hash rate, TH/s.
    pub hash_rate: f64,
    /// Averaged hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Mean efficiency, J/TH.
    pub efficiency: f64,
    /// Power, GW.
    pub power_gw: f64,
    /// Energy of a year at this power, TWh.
    pub annual_twh: f64,
    /// Share of the installed hash rate that can run.
    pub running: f64,
    /// Recorded hash rate ÷ what can run.
    pub utilisation: f64,
    /// Cost of a coin: electricity.
    pub electricity: f64,
    /// Cost of a coin: operation.
    pub operation: f64,
    /// Cost of a coin: hardware.
    pub hardware: f64,
    /// Cost of a coin, together.
    pub cost: f64,
    /// Cost of a coin to the marginal miner, without hardware.
    pub marginal: f64,
    /// Price ÷ cost.
    pub price_to_cost: f64,
}

/// Means of a calendar year.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct YearAnswer {
    /// The year.
    pub year: i32,
    /// Days.
    pub days: usize,
    /// Power, GW.
    pub power_gw: f64,
    /// Energy of a year at this power, TWh.
    pub annual_twh: f64,
    /// Cost of a coin.
    pub cost: f64,
    /// To the marginal miner, without hardware.
    pub marginal: f64,
    /// Price ÷ cost.
    pub price_to_cost: f64,
}

/// The network on a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AtAnswer {
    /// Its figures.
    pub day: DayAnswer,
    /// Machines with at least a hundredth of what runs.
    pub machines: Vec<MachineAnswer>,
    /// The supply curve.
    pub supply: Vec<SupplyAnswer>,
    /// What a fall of the price stops.
    pub falls: Vec<StopAnswer>,
}

/// Machines of a type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MachineAnswer {
    /// Name.
    pub name: String,
    /// Share of what runs.
    pub share: f64,
    /// Share of those installed that can run.
    pub running: f64,
    /// Efficiency, J/TH.
    pub efficiency: f64,
}

/// A point of the supply curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SupplyAnswer {
    /// Hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Price of a coin that pays it at the day's difficulty.
    pub price: f64,
    /// Hash rate supplied, TH/s.
    pub hash_rate: f64,
    /// Elasticity there.
    pub elasticity: f64,
}

/// What a fall of the price stops.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StopAnswer {
    /// The fall, a share.
    pub fall: f64,
    /// Share that loses money at the day's difficulty.
    pub at_once: f64,
    /// Share that stands still after 90 days, with difficulty following.
    pub settled: f64,
}

/// A recorded fall.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FallAnswer {
    /// Averaged hashprice at the start.
    pub hashprice: f64,
    /// Least recorded hashprice.
    pub least_hashprice: f64,
    /// Greatest fall of the model's hash rate, a share.
    pub predicted: f64,
    /// Day on which it was reached, Unix seconds.
    pub predicted_time: i64,
    /// Greatest fall of the recorded hash rate.
    pub recorded: f64,
    /// Day on which it was reached.
    pub recorded_time: i64,
    /// Share that lost money at the least hashprice.
    pub at_once: f64,
}

impl From<&NetworkDay> for DayAnswer {
    fn from(day: &NetworkDay) -> Self {
        Self {
            time: day.time,
            price: day.price,
            hash_rate: day.hash_rate,
            hashprice: day.hashprice,
            efficiency: day.efficiency,
            power_gw: day.power / 1e9,
            annual_twh: day.annual_energy(),
            running: day.running,
            utilisation: day.utilisation,
            electricity: day.cost.electricity,
            operation: day.cost.operation,
            hardware: day.cost.hardware,
            cost: day.cost.total(),
            marginal: day.marginal,
            price_to_cost: day.price_to_cost(),
        }
    }
}

impl From<&Episode> for FallAnswer {
    fn from(episode: &Episode) -> Self {
        Self {
            hashprice: episode.hashprice.0,
            least_hashprice: episode.hashprice.1,
            predicted: episode.predicted.0,
            predicted_time: episode.predicted.1,
            recorded: episode.recorded.0,
            recorded_time: episode.recorded.1,
            at_once: episode.at_once,
        }
    }
}

/// Means of the calendar years that the days cover.
pub fn years(days: &[DayAnswer]) -> Vec<YearAnswer> {
    days.chunk_by(|a, b| date::year(a.time) == date::year(b.time))
        .filter_map(|days| {
            let mean = |read: fn(&DayAnswer) -> f64| days.iter().map(read).sum::<f64>() / days.len() as f64;
            Some(YearAnswer {
                year: date::year(days.first()?.time)?,
                days: days.len(),
                power_gw: mean(|day| day.power_gw),
                annual_twh: mean(|day| day.annual_twh),
                cost: mean(|day| day.cost),
                marginal: mean(|day| day.marginal),
                price_to_cost: mean(|day| day.price_to_cost),
            })
        })
        .collect()
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new().heading("cost of production, means of years");
        for year in &self.years {
            sheet = sheet.line(
                year.year.to_string(),
                format_args!(
                    "{:.3} GW, {:.1} TWh a year; a coin {}, to the marginal miner {}; price ÷ cost {:.2}",
                    year.power_gw,
                    year.annual_twh,
                    quote(year.cost),
                    quote(year.marginal),
                    year.price_to_cost
                ),
            );
        }
        sheet = self.at.lines(sheet);
        if let Some(fall) = &self.fall {
            sheet = fall.lines(sheet);
        }
        sheet.fmt(f)
    }
}

impl AtAnswer {
    fn lines(&self, sheet: Sheet) -> Sheet {
        let day = &self.day;
        let mut sheet = sheet
            .heading(format!("the network on {}", date::show(day.time)))
            .line(
                "power",
                format_args!("{:.3} GW, {:.1} TWh a year", day.power_gw, day.annual_twh),
            )
            .line(
                "efficiency of what runs",
                format_args!("{:.1} J/TH", day.efficiency),
            )
            .percent("of what is installed can run", day.running)
            .line(
                "recorded hash rate ÷ that",
                format_args!("{:.3}", day.utilisation),
            )
            .line("price of a coin", quote(day.price))
            .line(
                "cost of a coin",
                format_args!(
                    "{} = electricity {} + operation {} + hardware {}",
                    quote(day.cost),
                    quote(day.electricity),
                    quote(day.operation),
                    quote(day.hardware)
                ),
            )
            .line("to the marginal miner, without hardware", quote(day.marginal))
            .line("price ÷ cost", format_args!("{:.3}", day.price_to_cost))
            .heading("machines, of what runs");
        for machine in &self.machines {
            sheet = sheet.line(
                machine.name.clone(),
                format_args!(
                    "{:.1} %, {:.1} J/TH; {:.0} % of them can run",
                    100.0 * machine.share,
                    machine.efficiency,
                    100.0 * machine.running
                ),
            );
        }
        sheet = sheet.heading("hash rate supplied at a hashprice");
        for point in &self.supply {
            sheet = sheet.line(
                format!(
                    "{} per PH/s and day, a coin at {}",
                    quote(point.hashprice),
                    quote(point.price)
                ),
                format_args!("{:.4e} TH/s, elasticity {:.3}", point.hash_rate, point.elasticity),
            );
        }
        sheet = sheet.heading("what a fall of the price stops");
        for stop in &self.falls {
            sheet = sheet.line(
                format!("{:.0} %", 100.0 * stop.fall),
                format_args!(
                    "{:.1} % at a loss at once, {:.1} % still after 90 days",
                    100.0 * stop.at_once,
                    100.0 * stop.settled
                ),
            );
        }
        sheet
    }
}

impl FallAnswer {
    fn lines(&self, sheet: Sheet) -> Sheet {
        let fall = |share: f64, time: i64| format!("{:.1} % by {}", 100.0 * share, date::show(time));
        sheet
            .heading("the recorded fall, replayed")
            .line(
                "hashprice, from its average to the least",
                format_args!("{}, {}", quote(self.hashprice), quote(self.least_hashprice)),
            )
            .line(
                "hash rate fell, says the model",
                fall(self.predicted, self.predicted_time),
            )
            .line(
                "hash rate fell, says the record",
                fall(self.recorded, self.recorded_time),
            )
            .percent("at a loss at the least hashprice", self.at_once)
    }
}
