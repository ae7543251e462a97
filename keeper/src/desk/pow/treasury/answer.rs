//! What `hurdle pow treasury` answers.

use crate::desk::Sheet;
use crate::desk::date;
use hurdle_model::pow::treasury::{DayRecord, Outcome};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// Days whose moves are shown in text.
const SHOWN: usize = 5;

/// All strategies over the same days.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// First day, Unix seconds.
    pub from: i64,
    /// Last day.
    pub to: i64,
    /// The policy, then the others.
    pub strategies: Vec<StrategyAnswer>,
}

/// How a strategy did.
#[derive(Clone, Debug, Serialize)]
pub struct StrategyAnswer {
    /// Its name.
    pub name: &'static str,
    /// Wealth after the first day.
    pub first_wealth: f64,
    /// Wealth after the last.
    pub final_wealth: f64,
    /// Largest fall of wealth, as a share of its highest so far.
    pub worst_drawdown: f64,
    /// Lowest wealth.
    pub lowest_wealth: f64,
    /// Margin calls.
    pub calls: usize,
    /// Liquidations.
    pub liquidations: usize,
    /// Coins sold under force.
    pub forced: f64,
    /// Coins sold.
    pub sold: f64,
    /// Average price of sales ÷ average price of the days.
    pub price_captured: Option<f64>,
    /// Share of the coins sold on the tenth of the days with the lowest prices.
    pub sold_at_bottom: Option<f64>,
    /// Bills unpaid at the end.
    pub unpaid: f64,
    /// Day by day.
    pub days: Vec<DayAnswer>,
}

/// A day of a strategy.
#[derive(Clone, Debug, Serialize)]
pub struct DayAnswer {
    /// Start of the day, Unix seconds.
    pub time: i64,
    /// Price.
    pub price: f64,
    /// Wealth.
    pub wealth: f64,
    /// Cash.
    pub cash: f64,
    /// Free coins.
    pub coins: f64,
    /// Pledged coins.
    pub collateral: f64,
    /// Debt.
    pub debt: f64,
    /// Loan-to-value when the lender looked.
    pub ltv: Option<f64>,
    /// Coins sold.
    pub sold: f64,
    /// What was done and why.
    pub moves: Vec<String>,
}

impl From<&DayRecord> for DayAnswer {
    fn from(day: &DayRecord) -> Self {
        Self {
            time: day.time,
            price: day.price,
            wealth: day.wealth,
            cash: day.treasury.cash,
            coins: day.treasury.coins,
            collateral: day.treasury.collateral,
            debt: day.treasury.debt,
            ltv: day.ltv,
            sold: day.sold,
            moves: day.moves.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&Outcome> for StrategyAnswer {
    fn from(outcome: &Outcome) -> Self {
        Self {
            name: outcome.name,
            first_wealth: outcome.days.first().map_or(0.0, |day| day.wealth),
            final_wealth: outcome.final_wealth,
            worst_drawdown: outcome.worst_drawdown,
            lowest_wealth: outcome.lowest_wealth,
            calls: outcome.calls,
            liquidations: outcome.liquidations,
            forced: outcome.forced,
            sold: outcome.sold,
            price_captured: outcome.price_captured,
            sold_at_bottom: outcome.sold_at_bottom,
            unpaid: outcome.unpaid,
            days: outcome.days.iter().map(DayAnswer::from).collect(),
        }
    }
}

impl Answer {
    /// Of the outcomes, which are of the same days.
    pub fn new(outcomes: &[Outcome]) -> Self {
        let days = outcomes.first().map_or(&[][..], |outcome| &outcome.days);
        Self {
            from: days.first().map_or(0, |day| day.time),
            to: days.last().map_or(0, |day| day.time),
            strategies: outcomes.iter().map(StrategyAnswer::from).collect(),
        }
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let share = |value: Option<f64>| {
            value.map_or_else(
                || "nothing sold".to_owned(),
                |value| format!("{:.1} %", 100.0 * value),
            )
        };
        let mut sheet = Sheet::new();
        for strategy in &self.strategies {
            sheet = sheet
                .heading(format!(
                    "{}, {} to {}",
                    strategy.name,
                    date::show(self.from),
                    date::show(self.to)
                ))
                .line(
                    "wealth after the first day",
                    format_args!("{:.0}", strategy.first_wealth),
                )
                .line(
                    "wealth after the last",
                    format_args!("{:.0}", strategy.final_wealth),
                )
                .percent("worst drawdown", strategy.worst_drawdown)
                .line("margin calls", strategy.calls)
                .line("liquidations", strategy.liquidations)
                .line("coins sold", format_args!("{:.4}", strategy.sold))
                .line("of these under force", format_args!("{:.4}", strategy.forced))
                .line("average price of sales ÷ of days", share(strategy.price_captured))
                .line(
                    "sold in the lowest tenth of prices",
                    share(strategy.sold_at_bottom),
                )
                .line("bills unpaid at the end", format_args!("{:.0}", strategy.unpaid));
        }
        let policy = self.strategies.first().map_or(&[][..], |policy| &policy.days);
        if let [.., _] = policy {
            sheet = sheet.heading("the policy's last days");
            let last = &policy[policy.len().saturating_sub(SHOWN)..];
            if last.iter().all(|shown| shown.moves.is_empty()) {
                sheet = sheet.line(date::show(last[0].time), "nothing moved since");
            }
            for shown in last {
                for (index, made) in shown.moves.iter().enumerate() {
                    let label = if index == 0 {
                        date::show(shown.time)
                    } else {
                        String::new()
                    };
                    sheet = sheet.line(label, made);
                }
            }
        }
        sheet.fmt(f)
    }
}
