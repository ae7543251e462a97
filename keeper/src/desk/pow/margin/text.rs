//! A fleet's margin as text.

use super::{Answer, DerivativesAnswer, MachineAnswer};
use crate::desk::Sheet;
use std::fmt::{self, Display, Formatter};

fn or(value: Option<f64>, absent: &str, show: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| absent.to_owned(), show)
}

fn percent(value: f64) -> String {
    format!("{:.4} %", 100.0 * value)
}

fn money(value: f64) -> String {
    format!("{value:.2}")
}

fn account(sheet: Sheet, answer: &Answer) -> Sheet {
    let total = &answer.total;
    sheet
        .heading(format!(
            "a day at a hashprice of {:.4} per PH/s, quote",
            answer.hashprice
        ))
        .line("hash rate, TH/s", money(total.hash_rate))
        .line("energy, kWh", money(total.energy_used))
        .line("revenue", money(total.revenue))
        .line("pool fee", money(total.pool_fee))
        .line("energy", money(total.energy))
        .line("operation", money(total.operation))
        .line("EBITDA", money(total.ebitda))
        .line("depreciation", money(total.depreciation))
        .line("operating profit", money(total.operating_profit))
        .line("capital employed", money(total.capital))
        .line("EBITDA margin", or(total.ebitda_margin, "nothing runs", percent))
        .line(
            "operating margin",
            or(total.operating_margin, "nothing runs", percent),
        )
        .line(
            "return on capital per year",
            or(total.return_on_capital, "all written off", percent),
        )
        .line(
            "price of the fleet per TH/s",
            format_args!("{:.2}", answer.cost_per_terahash),
        )
        .line(
            "J/TH at the meter",
            or(total.joules_per_terahash, "nothing runs", |value| {
                format!("{value:.3}")
            }),
        )
        .line(
            "TH/s per quote and day",
            or(total.efficiency, "nothing runs", |value| format!("{value:.4}")),
        )
        .line(
            "hash cost per PH/s and day",
            or(total.hash_cost, "nothing runs", |value| format!("{value:.4}")),
        )
        .line(
            "hashprice less hash cost",
            or(total.spread, "nothing runs", |value| format!("{value:.4}")),
        )
}

fn machine(sheet: Sheet, machine: &MachineAnswer) -> Sheet {
    let years = |value: f64| format!("{value:.2} years");
    let state = if machine.runs { "runs" } else { "stands" };
    sheet
        .heading(format!("{}: {state}", machine.name))
        .line("J/TH", format_args!("{:.3}", machine.joules_per_terahash))
        .line("price per TH/s", format_args!("{:.2}", machine.cost_per_terahash))
        .line("EBITDA of a day", money(machine.account.ebitda))
        .line("economic life", or(machine.economic_life, "without end", years))
        .line("net present value of one", money(machine.net_present_value))
        .line(
            "internal rate of return",
            or(machine.internal_rate_of_return, "none", percent),
        )
        .line("payback", or(machine.payback, "never", years))
        .line("book value of one", money(machine.book_value))
        .line("value in use", money(machine.value_in_use))
        .line("impairment", money(machine.impairment))
}

fn derivatives(sheet: Sheet, title: &str, figure: &DerivativesAnswer) -> Sheet {
    let mut sheet = sheet
        .heading(title)
        .line("value", format_args!("{:.6e}", figure.value));
    let names = ["price", "difficulty", "fees", "energy price"];
    for (index, name) in names.into_iter().enumerate() {
        let elasticity = figure
            .elasticities
            .map_or_else(String::new, |all| format!(", elasticity {:+.4}", all[index]));
        sheet = sheet.line(
            format!("by {name}"),
            format_args!("{:+.6e}{elasticity}", figure.gradient[index]),
        );
    }
    for (i, first) in names.into_iter().enumerate() {
        for (j, second) in names.into_iter().enumerate().skip(i) {
            let value = figure.hessian[i][j];
            if value != 0.0 {
                sheet = sheet.line(format!("by {first} and {second}"), format_args!("{value:+.6e}"));
            }
        }
    }
    sheet
}

fn risks(mut sheet: Sheet, answer: &Answer) -> Sheet {
    let orphans = &answer.orphans;
    sheet = sheet
        .heading("orphans")
        .percent("overtaken on the way", orphans.overtaken)
        .percent("found on an outdated tip", orphans.outdated)
        .percent("orphaned", orphans.orphaned)
        .line("loss of a day", money(orphans.loss))
        .line(
            "break-even fee per byte, coins",
            format_args!("{:.4e}", orphans.fee_per_byte),
        );
    if let Some(rewards) = &answer.rewards {
        sheet = sheet
            .heading("luck over the horizon, mining alone")
            .line(
                "share of the network",
                format_args!("{:.6e}", rewards.network_share),
            )
            .line("blocks expected", format_args!("{:.4}", rewards.blocks))
            .percent("no block", rewards.none)
            .line("skewness", format_args!("{:.4}", rewards.skewness));
        for (name, value) in ["5 % quantile", "median", "95 % quantile"]
            .into_iter()
            .zip(rewards.quantiles)
        {
            sheet = sheet.line(name, money(value));
        }
        sheet = sheet.heading("payouts: mean, standard deviation, none");
        for payout in &rewards.payouts {
            sheet = sheet.line(
                payout.scheme,
                format_args!(
                    "{:.2}, {:.2}, {}",
                    payout.mean,
                    payout.deviation,
                    percent(payout.none)
                ),
            );
        }
        let coins = |value: f64| format!("{value:.2} coins");
        sheet = sheet
            .line(
                "reserve of a PPS pool, ruin 1/1000",
                or(rewards.pps_reserve, "none is enough", coins),
            )
            .line(
                "reserve of an FPPS pool",
                or(rewards.fpps_reserve, "none is enough", coins),
            );
    }
    if let Some(solvency) = &answer.solvency {
        sheet = sheet
            .heading("cash runs out by luck alone")
            .percent("alone, over the horizon", solvency.alone)
            .percent("alone, ever", solvency.alone_ever)
            .percent("pooled, over the horizon", solvency.pooled)
            .percent("pooled, ever", solvency.pooled_ever);
    }
    sheet
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = account(Sheet::new(), self);
        for one in &self.machines {
            sheet = machine(sheet, one);
        }
        sheet = derivatives(sheet, "operating profit of a day", &self.operating_profit);
        if let Some(margin) = &self.ebitda_margin {
            sheet = derivatives(sheet, "EBITDA margin", margin);
        }
        if let Some(distance) = &self.break_even_distance {
            sheet = derivatives(sheet, "distance to break-even", distance);
        }
        sheet = sheet
            .line(
                "next machine stops at",
                or(self.switch_below, "none", |change| {
                    format!("{:+.2} %", 100.0 * change)
                }),
            )
            .line(
                "next machine starts at",
                or(self.switch_above, "none", |change| {
                    format!("{:+.2} %", 100.0 * change)
                }),
            );
        risks(sheet, self).fmt(f)
    }
}
