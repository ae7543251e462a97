//! `hurdle model wacc`.

use super::table::Table;
use super::{Command, DeskError, Sheet};
use clap::Args;
use hurdle_model::emissions::split_yield;
use hurdle_model::flight::{ReturnPoint, SupplyResponse, liquidity_flight};
use hurdle_model::wacc::{equity_weight, wacc};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

/// Arguments. Rates are annual, 0.05 is 5 %.
#[derive(Args, Clone, Debug)]
pub struct Wacc {
    /// Market value of the governance token.
    #[arg(long, value_name = "VALUE")]
    equity_value: f64,
    /// What is borrowed, in the same unit.
    #[arg(long, value_name = "VALUE")]
    borrowed: f64,
    /// Cost of equity per year: staking opportunity, smart-contract and systematic premium together.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    cost_of_equity: f64,
    /// Cost of debt per year.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    cost_of_debt: f64,
    /// Yield that the protocol advertises per year, to be split into organic yield and emissions.
    #[arg(
        long,
        value_name = "RATE",
        allow_negative_numbers = true,
        requires = "emissions"
    )]
    advertised: Option<f64>,
    /// Value of tokens emitted per year and unit of capital.
    #[arg(long, value_name = "RATE")]
    emissions: Option<f64>,
    /// Returns over time for the liquidity-flight signal, CSV with columns for the time, the organic return and the hurdle.
    #[arg(long, value_name = "CSV")]
    returns: Option<PathBuf>,
    /// Title of the column with the times.
    #[arg(long, value_name = "TITLE", default_value = "time")]
    time_column: String,
    /// Title of the column with the organic return per year.
    #[arg(long, value_name = "TITLE", default_value = "internal")]
    internal_column: String,
    /// Title of the column with the hurdle rate per year.
    #[arg(long, value_name = "TITLE", default_value = "hurdle")]
    hurdle_column: String,
    /// Share of supply that leaves in the end, per unit of annual return missed.
    #[arg(long, value_name = "SHARE", default_value_t = 4.0)]
    elasticity: f64,
    /// Days in which half of it has left.
    #[arg(long, value_name = "DAYS", default_value_t = 7.0)]
    half_life_days: f64,
}

/// The liquidity-flight signal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FlightAnswer {
    /// Organic return under the hurdle now, per year.
    pub size: f64,
    /// Seconds since it has been under without a break.
    pub duration_seconds: i64,
    /// Return missed since.
    pub missed: f64,
    /// Share of supply that has left because of it.
    pub outflow: f64,
    /// Share that will have left if nothing changes.
    pub outflow_ahead: f64,
}

/// Cost of capital per year.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Weight of equity.
    pub equity_weight: f64,
    /// Weighted average cost of capital.
    pub wacc: f64,
    /// Part of it that equity costs.
    pub of_equity: f64,
    /// Part of it that debt costs.
    pub of_debt: f64,
    /// Cost of capital less emissions, where emissions are given: what organic yield must cover; it may be negative.
    pub organic_wacc: Option<f64>,
    /// Organic part of the advertised yield.
    pub organic_yield: Option<f64>,
    /// By how much the organic yield is above (or below) the cost of capital.
    pub organic_excess: Option<f64>,
    /// The signal, where returns are given.
    pub flight: Option<FlightAnswer>,
}

impl Command for Wacc {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("cost of capital");
        let weight = equity_weight(self.equity_value, self.borrowed).map_err(&fault)?;
        let cost = wacc(weight, self.cost_of_equity, self.cost_of_debt).map_err(&fault)?;
        let organic_wacc = match self.emissions {
            Some(emissions) => Some(split_yield(cost, emissions).map_err(&fault)?.organic),
            None => None,
        };
        let organic_yield = match self.advertised.zip(self.emissions) {
            Some((advertised, emissions)) => {
                Some(split_yield(advertised, emissions).map_err(&fault)?.organic)
            }
            None => None,
        };
        Ok(Answer {
            equity_weight: weight,
            wacc: cost,
            of_equity: weight * self.cost_of_equity,
            of_debt: (1.0 - weight) * self.cost_of_debt,
            organic_wacc,
            organic_yield,
            organic_excess: organic_yield.map(|organic| organic - cost),
            flight: self.flight()?,
        })
    }
}

impl Wacc {
    fn flight(&self) -> Result<Option<FlightAnswer>, DeskError> {
        let Some(path) = &self.returns else {
            return Ok(None);
        };
        let table = Table::read(path)?;
        let times = table.column(&self.time_column)?.increasing_times()?;
        let internal = table.column(&self.internal_column)?.numbers()?;
        let hurdle = table.column(&self.hurdle_column)?.numbers()?;
        let points: Vec<ReturnPoint> = times
            .into_iter()
            .zip(internal.into_iter().zip(hurdle))
            .map(|(time, (internal, hurdle))| ReturnPoint {
                time,
                internal,
                hurdle,
            })
            .collect();
        let response = SupplyResponse {
            elasticity: self.elasticity,
            half_life_seconds: self.half_life_days * 86_400.0,
        };
        let flight = liquidity_flight(&points, response).map_err(DeskError::model("liquidity flight"))?;
        Ok(Some(FlightAnswer {
            size: flight.size,
            duration_seconds: flight.duration_seconds,
            missed: flight.missed,
            outflow: flight.outflow,
            outflow_ahead: flight.outflow_ahead,
        }))
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new()
            .heading("cost of capital per year")
            .percent("weighted average", self.wacc)
            .percent("  of which equity", self.of_equity)
            .percent("  of which debt", self.of_debt)
            .percent("weight of equity", self.equity_weight);
        if let Some(organic) = self.organic_wacc {
            sheet = sheet.percent("less emissions: what organic yield must cover", organic);
        }
        if let (Some(organic), Some(excess)) = (self.organic_yield, self.organic_excess) {
            sheet = sheet
                .percent("organic part of the advertised yield", organic)
                .percent("  above (below) the cost of capital", excess);
        }
        if let Some(flight) = self.flight {
            const DAY: f64 = 86_400.0;
            sheet = sheet
                .heading(if flight.size > 0.0 {
                    "liquidity flight: capital is underpaid"
                } else {
                    "liquidity flight: none"
                })
                .percent("return under the hurdle, per year", flight.size)
                .line(
                    "days without a break",
                    format_args!("{:.2}", flight.duration_seconds as f64 / DAY),
                )
                .percent("return missed since", flight.missed)
                .percent("supply that has left", flight.outflow)
                .percent("supply that will have left", flight.outflow_ahead);
        }
        sheet.fmt(f)
    }
}
