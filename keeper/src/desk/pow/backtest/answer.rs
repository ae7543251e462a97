//! What a fleet backtest answers.

use crate::desk::Sheet;
use hurdle_model::pow::backtest::{FleetDay, FleetRecord};
use hurdle_model::pow::{Fleet, Site, TERAHASHES_PER_PETAHASH};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// A fleet's record at one energy price, quote over all days.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PriceAnswer {
    /// Quote per kWh.
    pub energy_price: f64,
    /// Revenue before the pool's fee.
    pub revenue: f64,
    /// The pool's fee.
    pub pool_fee: f64,
    /// Cost of energy.
    pub energy: f64,
    /// Cost of operation.
    pub operation: f64,
    /// What remains.
    pub profit: f64,
    /// Greatest fall of the accumulated profit from its peak.
    pub drawdown: f64,
    /// Days on which each type stood still.
    pub curtailed_days: Vec<f64>,
    /// Share of the fleet's hash rate that ran, mean over the days.
    pub running_share: f64,
    /// Profit per year ÷ price of the machines; none where they cost nothing.
    pub annual_return: Option<f64>,
}

/// One day at the site's energy price.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DayAnswer {
    /// Unix seconds.
    pub time: i64,
    /// Hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Share of the fleet's hash rate that ran.
    pub running_share: f64,
    /// Profit, quote.
    pub profit: f64,
    /// Profit of all days so far, quote.
    pub accumulated: f64,
}

/// A backtest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Days recorded.
    pub recorded_days: usize,
    /// Names of the types of machines.
    pub machines: Vec<String>,
    /// Hashprice at which each type breaks even at the site's energy price, quote per PH/s and day.
    pub break_even: Vec<f64>,
    /// At the site's energy price.
    pub site: Option<PriceAnswer>,
    /// At each energy price of the grid.
    pub energy_prices: Vec<PriceAnswer>,
    /// Every day at the site's energy price.
    pub days: Vec<DayAnswer>,
}

impl Answer {
    pub(super) fn new(
        machines: Vec<String>,
        fleet: &Fleet,
        site: &Site,
        own: &[FleetRecord],
        by_price: &[FleetRecord],
        days: &[FleetDay],
    ) -> Self {
        let count = days.len();
        let price = |record: &FleetRecord| PriceAnswer {
            energy_price: record.energy_price,
            revenue: record.revenue,
            pool_fee: record.pool_fee,
            energy: record.energy,
            operation: record.operation,
            profit: record.profit,
            drawdown: record.drawdown,
            curtailed_days: record.running_days.iter().map(|ran| count as f64 - ran).collect(),
            running_share: record.running_share,
            annual_return: record.annual_return,
        };
        let day = |day: &FleetDay| DayAnswer {
            time: day.time,
            hashprice: day.hashprice,
            running_share: day.running_share,
            profit: day.profit,
            accumulated: day.accumulated,
        };
        // revenue after the fee is energy at the meter
        let break_even = |efficiency: f64| {
            site.energy_price * site.overhead * efficiency * TERAHASHES_PER_PETAHASH * 24.0
                / 1e3
                / (1.0 - site.pool_fee)
        };
        Self {
            recorded_days: count,
            machines,
            break_even: fleet
                .units()
                .iter()
                .map(|unit| break_even(unit.machine.efficiency()))
                .collect(),
            site: own.first().map(price),
            energy_prices: by_price.iter().map(price).collect(),
            days: days.iter().map(day).collect(),
        }
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new();
        if let Some(site) = &self.site {
            sheet = sheet
                .heading(format!(
                    "fleet over {} days at {} per kWh",
                    self.recorded_days, site.energy_price
                ))
                .line("revenue", format_args!("{:.2}", site.revenue))
                .line("pool's fee", format_args!("{:.2}", site.pool_fee))
                .line("energy", format_args!("{:.2}", site.energy))
                .line("operation", format_args!("{:.2}", site.operation))
                .line("profit", format_args!("{:.2}", site.profit))
                .line("greatest drawdown", format_args!("{:.2}", site.drawdown))
                .percent("hash rate that ran", site.running_share);
            sheet = match site.annual_return {
                Some(rate) => sheet.percent("return per year on the machines' price", rate),
                None => sheet,
            };
            sheet = sheet.heading("break-even hashprice per PH/s and day; days stood still");
            for ((name, hashprice), curtailed) in self
                .machines
                .iter()
                .zip(&self.break_even)
                .zip(&site.curtailed_days)
            {
                sheet = sheet.line(name.as_str(), format_args!("{hashprice:.4}; {curtailed:.0}"));
            }
        }
        sheet = sheet.heading("energy price per kWh: profit; drawdown; hash rate that ran");
        for price in &self.energy_prices {
            sheet = sheet.line(
                format!("{:.4}", price.energy_price),
                format_args!(
                    "{:.2}; {:.2}; {:.2} %",
                    price.profit,
                    price.drawdown,
                    100.0 * price.running_share
                ),
            );
        }
        sheet.fmt(f)
    }
}
