//! What a schedule answers.

use crate::desk::{DeskError, Sheet};
use hurdle_model::pow::decision::{Action, GridHour, Operation, Schedule, ScheduledHour, Totals};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// Machines of a type in an hour, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MachineAnswer {
    /// Load at the meter, kW.
    pub load: f64,
    /// Why they run or do not.
    pub reason: &'static str,
    /// What a kWh of theirs computes, quote.
    pub revenue_per_kwh: f64,
    /// What it costs, or would sell for, quote.
    pub energy_per_kwh: f64,
    /// What demand response pays for it, quote; none where that is not the reason.
    pub payment_per_kwh: Option<f64>,
}

/// An hour. Money in quote, energy in kWh.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HourAnswer {
    /// Unix seconds.
    pub time: i64,
    /// Spot price per kWh.
    pub price: f64,
    /// run, run part, curtail, sell or respond.
    pub action: &'static str,
    /// Load at the meter, kW.
    pub load: f64,
    /// Revenue of mining after the pool's fee.
    pub revenue: f64,
    /// Energy bought at spot.
    pub bought: f64,
    /// Energy resold.
    pub resold: f64,
    /// Cost of energy less the proceeds of the resale.
    pub energy_cost: f64,
    /// Payments for availability and curtailment.
    pub payments: f64,
    /// Cost of starts.
    pub starts: f64,
    /// What remains after operation.
    pub profit: f64,
    /// Each type, in the fleet's order.
    pub machines: Vec<MachineAnswer>,
    /// Energy price at which each type breaks even, per kWh at the meter.
    #[serde(skip)]
    pub thresholds: Vec<f64>,
}

/// Sums of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TotalsAnswer {
    /// Profit, quote.
    pub profit: f64,
    /// Revenue of mining after the pool's fee, quote.
    pub revenue: f64,
    /// Cost of energy less the proceeds of the resale, quote.
    pub energy_cost: f64,
    /// Payments for availability and curtailment, quote.
    pub payments: f64,
    /// Cost of starts, quote.
    pub starts: f64,
    /// Energy used, kWh.
    pub energy: f64,
    /// Energy resold, kWh.
    pub resold: f64,
    /// Hours in which load was shed for demand response.
    pub response_hours: usize,
    /// Hours in which not everything ran.
    pub curtailed_hours: usize,
}

impl From<&Totals> for TotalsAnswer {
    fn from(totals: &Totals) -> Self {
        Self {
            profit: totals.profit,
            revenue: totals.revenue,
            energy_cost: totals.energy_cost,
            payments: totals.payments,
            starts: totals.starts,
            energy: totals.energy,
            resold: totals.resold,
            response_hours: totals.response_hours,
            curtailed_hours: totals.curtailed_hours,
        }
    }
}

/// A schedule, beside its bounds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Names of the types of machines.
    pub machines: Vec<String>,
    /// Full load at the meter, kW.
    pub full_load: f64,
    /// The policy, which knows no later hour.
    pub policy: TotalsAnswer,
    /// The optimum with foresight: what no policy can exceed.
    pub foresight: TotalsAnswer,
    /// Everything running in every hour, where the limit admits it.
    pub always_run: Option<TotalsAnswer>,
    /// What the last hour of calls in the first period is worth under foresight, quote.
    pub hour_of_calls: Option<f64>,
    /// The hours of the policy, or of foresight where asked for.
    pub hours: Vec<HourAnswer>,
    /// Accumulated profits of policy, foresight and always running.
    #[serde(skip)]
    pub accumulated: [Vec<f64>; 3],
    #[serde(skip)]
    pub(super) shows_hours: bool,
}

const fn action(action: Action) -> &'static str {
    match action {
        Action::Run => "run",
        Action::RunPart => "run part",
        Action::Curtail => "curtail",
        Action::Sell => "sell",
        Action::Respond => "respond",
    }
}

fn hour(time: i64, input: &GridHour, done: &ScheduledHour, thresholds: Vec<f64>) -> HourAnswer {
    let machines = done.blocks.iter().zip(&done.reasons).map(|(on, reason)| {
        let (revenue_per_kwh, energy_per_kwh) = reason.figures();
        MachineAnswer {
            load: on.load,
            reason: reason.name(),
            revenue_per_kwh,
            energy_per_kwh,
            payment_per_kwh: reason.payment(),
        }
    });
    HourAnswer {
        time,
        price: input.price,
        action: action(done.action),
        load: done.load,
        revenue: done.revenue,
        bought: done.energy.bought,
        resold: done.energy.resold,
        energy_cost: done.energy.cost,
        payments: done.availability + done.payment,
        starts: done.starts,
        profit: done.profit,
        machines: machines.collect(),
        thresholds,
    }
}

fn accumulated(schedule: &Schedule) -> Vec<f64> {
    let mut sum = 0.0;
    let add = |hour: &ScheduledHour| {
        sum += hour.profit;
        sum
    };
    schedule.hours.iter().map(add).collect()
}

impl Answer {
    pub(super) fn new(
        times: &[i64],
        hours: &[GridHour],
        operation: &Operation,
        machines: Vec<String>,
        [policy, bound]: [&Schedule; 2],
        always: Option<&Schedule>,
        foresight: bool,
    ) -> Result<Self, DeskError> {
        let shown = if foresight { bound } else { policy };
        let hours = times
            .iter()
            .zip(hours)
            .zip(&shown.hours)
            .map(|((time, input), done)| {
                let thresholds = operation
                    .thresholds(input)
                    .map_err(DeskError::model("thresholds"))?;
                Ok(hour(*time, input, done, thresholds))
            })
            .collect::<Result<_, DeskError>>()?;
        Ok(Self {
            machines,
            full_load: operation.full_load(),
            policy: (&policy.totals).into(),
            foresight: (&bound.totals).into(),
            always_run: always.map(|schedule| (&schedule.totals).into()),
            hour_of_calls: bound.hour_of_calls,
            hours,
            accumulated: [
                accumulated(policy),
                accumulated(bound),
                always.map(accumulated).unwrap_or_default(),
            ],
            shows_hours: false,
        })
    }
}

fn totals(sheet: Sheet, title: &str, totals: &TotalsAnswer) -> Sheet {
    sheet
        .heading(title)
        .line("profit", format_args!("{:.2}", totals.profit))
        .line("revenue of mining", format_args!("{:.2}", totals.revenue))
        .line(
            "cost of energy less resale",
            format_args!("{:.2}", totals.energy_cost),
        )
        .line(
            "payments of demand response",
            format_args!("{:.2}", totals.payments),
        )
        .line("cost of starts", format_args!("{:.2}", totals.starts))
        .line("energy used, kWh", format_args!("{:.0}", totals.energy))
        .line("energy resold, kWh", format_args!("{:.0}", totals.resold))
        .line("hours of response", totals.response_hours)
        .line("hours in which not everything ran", totals.curtailed_hours)
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = totals(Sheet::new(), "policy, without foresight", &self.policy);
        sheet = totals(sheet, "optimum with foresight: the bound", &self.foresight);
        if let Some(price) = self.hour_of_calls {
            sheet = sheet.line(
                "worth of the first period's last hour of calls",
                format_args!("{price:.2}"),
            );
        }
        if let Some(always) = &self.always_run {
            sheet = totals(sheet, "always running", always);
        }
        sheet.fmt(f)?;
        if !self.shows_hours {
            return Ok(());
        }
        for hour in &self.hours {
            let machines: Vec<String> = self
                .machines
                .iter()
                .zip(&hour.machines)
                .map(|(name, on)| {
                    let paid = on
                        .payment_per_kwh
                        .map_or_else(String::new, |payment| format!(", {payment:.4} paid"));
                    format!(
                        "{name}: {:.0} kW, {} ({:.4} against {:.4}{paid} per kWh)",
                        on.load, on.reason, on.revenue_per_kwh, on.energy_per_kwh
                    )
                })
                .collect();
            writeln!(
                f,
                "{}  {:>8.4}  {:<8}  {:>8.0} kW  {:>10.2}  {}",
                hour.time,
                hour.price,
                hour.action,
                hour.load,
                hour.profit,
                machines.join("; ")
            )?;
        }
        Ok(())
    }
}
