//! What a migration backtest answers.

use crate::desk::{Sheet, date};
use hurdle_model::pow::decision::migration::{Migration, MigrationDay, PolicyRecord, Split};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// What a policy brought.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PolicyAnswer {
    /// Revenue after the cost of moves, quote per PH/s over all days.
    pub revenue: f64,
    /// Cost of the moves, quote per PH/s.
    pub cost: f64,
    /// Moves.
    pub moves: usize,
    /// Days on the second chain.
    pub days_on_second: usize,
}

impl From<&PolicyRecord> for PolicyAnswer {
    fn from(record: &PolicyRecord) -> Self {
        Self {
            revenue: record.revenue,
            cost: record.cost,
            moves: record.moves,
            days_on_second: record.days_on_second,
        }
    }
}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DayAnswer {
    /// Unix seconds.
    pub time: i64,
    /// Revenue of the first chain, quote per PH/s and day.
    pub first: f64,
    /// Of the second.
    pub second: f64,
    /// Logarithm of second ÷ first.
    pub log_ratio: f64,
    /// At or below which to move to the first.
    pub to_first: f64,
    /// At or above which to move to the second.
    pub to_second: f64,
    /// Whether the second was mined.
    pub on_second: bool,
    /// Revenue of the day after the cost of a move, quote per PH/s.
    pub earned: f64,
}

impl From<&MigrationDay> for DayAnswer {
    fn from(day: &MigrationDay) -> Self {
        Self {
            time: day.time,
            first: day.first,
            second: day.second,
            log_ratio: (day.second / day.first).ln(),
            to_first: day.band.to_first,
            to_second: day.band.to_second,
            on_second: day.on_second,
            earned: day.earned,
        }
    }
}

/// The split of a large miner's hash rate on the last day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SplitAnswer {
    /// On the first chain, TH/s.
    pub first: f64,
    /// On the second, TH/s.
    pub second: f64,
    /// Revenue less running cost, quote per day.
    pub profit: f64,
    /// What one more TH/s would bring, quote per day.
    pub marginal: f64,
}

/// A backtest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The two-threshold rule.
    pub band: PolicyAnswer,
    /// On the chain that earned more yesterday.
    pub follow: PolicyAnswer,
    /// Staying on the first chain.
    pub first: PolicyAnswer,
    /// Staying on the second.
    pub second: PolicyAnswer,
    /// Always on the better chain at no cost, quote per PH/s: the bound.
    pub bound: f64,
    /// The split of the own hash rate on the last day; none without one.
    pub split: Option<SplitAnswer>,
    /// The last day: what holds now.
    pub last: Option<DayAnswer>,
    /// All days.
    pub days: Vec<DayAnswer>,
}

impl Answer {
    pub(super) fn new(found: &Migration, split: Option<Split>) -> Self {
        let days: Vec<DayAnswer> = found.days.iter().map(DayAnswer::from).collect();
        let split = split.and_then(|split| match split.hash_rates.as_slice() {
            [first, second] => Some(SplitAnswer {
                first: *first,
                second: *second,
                profit: split.profit,
                marginal: split.marginal,
            }),
            _ => None,
        });
        Self {
            band: (&found.band).into(),
            follow: (&found.follow).into(),
            first: (&found.first).into(),
            second: (&found.second).into(),
            bound: found.bound,
            split,
            last: days.last().copied(),
            days,
        }
    }
}

fn policy(sheet: Sheet, title: &str, policy: &PolicyAnswer, bound: f64) -> Sheet {
    sheet
        .heading(title)
        .line("revenue per PH/s", format_args!("{:.2}", policy.revenue))
        .percent("of the bound", policy.revenue / bound)
        .line(
            "moves, and their cost",
            format_args!("{}, {:.2}", policy.moves, policy.cost),
        )
        .line("days on the second chain", policy.days_on_second)
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = policy(Sheet::new(), "two thresholds", &self.band, self.bound);
        sheet = policy(sheet, "yesterday's better chain", &self.follow, self.bound);
        sheet = policy(sheet, "staying on the first chain", &self.first, self.bound);
        sheet = policy(sheet, "staying on the second chain", &self.second, self.bound);
        if let Some(last) = &self.last {
            sheet = sheet
                .heading(format!("last day, {}", date::show(last.time)))
                .line(
                    "hashprice, first and second",
                    format_args!("{:.4}, {:.4}", last.first, last.second),
                )
                .line("log ratio", format_args!("{:+.6}", last.log_ratio))
                .line("to the first chain at", format_args!("{:+.6}", last.to_first))
                .line("to the second chain at", format_args!("{:+.6}", last.to_second))
                .line("mined", if last.on_second { "second" } else { "first" });
        }
        if let Some(split) = &self.split {
            sheet = sheet
                .heading("split of the own hash rate, TH/s")
                .line("first chain", format_args!("{:.1}", split.first))
                .line("second chain", format_args!("{:.1}", split.second))
                .line("profit per day", format_args!("{:.2}", split.profit))
                .line(
                    "one more TH/s brings per day",
                    format_args!("{:.6}", split.marginal),
                );
        }
        sheet.fmt(f)
    }
}
