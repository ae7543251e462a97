//! What `hurdle pow haircut` answers.

use super::route;
use crate::desk::{Sheet, date};
use hurdle_interface::governance::Direction;
use hurdle_model::margin::Coverage;
use hurdle_model::pow::HaircutDay;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// The answer: the newest haircut, what it is made of, and how the rule did over the record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// As of the newest day.
    pub now: DayAnswer,
    /// The haircut as an on-chain `Ratio`, 1e-8, rounded up.
    pub raw_haircut: i64,
    /// Against the class of a market.
    pub class: Option<ClassAnswer>,
    /// Backtest.
    pub backtest: Option<BacktestAnswer>,
    /// Every step of it.
    pub days: Vec<DayAnswer>,
}

/// A haircut.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DayAnswer {
    /// Start of the day, Unix seconds.
    pub time: i64,
    /// Price of a coin, quote.
    pub price: f64,
    /// Cost of a coin to the marginal miner, quote.
    pub cost: f64,
    /// Volatility per √year, its standard error added.
    pub volatility: f64,
    /// ln(price ÷ cost).
    pub log_distance: f64,
    /// Probability that the floor lies above the price.
    pub capitulation_probability: f64,
    /// Trust in the floor.
    pub confidence: f64,
    /// Pull toward the usual distance, per year; null where none was found.
    pub reversion_speed: Option<f64>,
    /// The haircut.
    pub haircut: f64,
    /// Its parts.
    pub by_volatility: f64,
    /// From the way back to the floor.
    pub by_reversion: f64,
    /// From capitulation.
    pub by_capitulation: f64,
    /// Largest loss within the horizon; null where the record ends before.
    pub loss: Option<f64>,
}

/// Against a risk class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassAnswer {
    /// Its haircut, 1e-8.
    pub raw_haircut: i64,
    /// What governance must do.
    pub route: &'static str,
}

/// How often the haircut was too small.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BacktestAnswer {
    /// Steps without overlap.
    pub steps: usize,
    /// Those in which more was lost.
    pub breaches: usize,
    /// As many as the sureness allows.
    pub expected: f64,
    /// Probability of at least so many if it held.
    pub too_many_p_value: f64,
    /// Christoffersen's test that they come singly; null below two steps.
    pub independence_p_value: Option<f64>,
    /// Mean haircut.
    pub mean_haircut: f64,
    /// Largest loss beyond the haircut.
    pub worst_excess: f64,
}

impl ClassAnswer {
    /// Of the class's haircut and the direction of the change to the answer's.
    #[must_use]
    pub const fn new(raw_haircut: i64, direction: Direction) -> Self {
        Self {
            raw_haircut,
            route: route(direction),
        }
    }
}

impl From<&HaircutDay> for DayAnswer {
    fn from(day: &HaircutDay) -> Self {
        Self {
            time: day.time,
            price: day.price,
            cost: day.cost,
            volatility: day.volatility,
            log_distance: day.floor.log_distance,
            capitulation_probability: day.floor.capitulation,
            confidence: day.floor.confidence,
            reversion_speed: day.reversion.map(|found| found.speed),
            haircut: day.made.haircut,
            by_volatility: day.made.volatility,
            by_reversion: day.made.reversion,
            by_capitulation: day.made.capitulation,
            loss: day.loss,
        }
    }
}

impl Answer {
    /// Of the walk's days, the newest of them and the tests.
    #[must_use]
    pub fn new(
        last: &HaircutDay,
        raw_haircut: i64,
        class: Option<ClassAnswer>,
        tested: Option<&Coverage>,
        days: &[HaircutDay],
    ) -> Self {
        let days: Vec<DayAnswer> = days.iter().map(DayAnswer::from).collect();
        let mean_haircut = days.iter().map(|day| day.haircut).sum::<f64>() / days.len() as f64;
        let excess = |day: &DayAnswer| day.loss.map_or(0.0, |loss| loss - day.haircut);
        let worst_excess = days.iter().map(excess).fold(0.0, f64::max);
        Self {
            now: DayAnswer::from(last),
            raw_haircut,
            class,
            backtest: tested.map(|tested| BacktestAnswer {
                steps: tested.forecasts,
                breaches: tested.breaches,
                expected: tested.expected,
                too_many_p_value: tested.too_many_p_value,
                independence_p_value: tested.independence.map(|test| test.p_value),
                mean_haircut,
                worst_excess,
            }),
            days,
        }
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let now = &self.now;
        let mut sheet = Sheet::default()
            .heading(format!("haircut as of the end of {}", date::show(now.time)))
            .percent("haircut", now.haircut)
            .line("on-chain Ratio, 1e-8", self.raw_haircut)
            .percent("  from volatility", now.by_volatility)
            .percent("  from the way back to the floor", now.by_reversion)
            .percent("  from capitulation", now.by_capitulation)
            .heading("distance to the floor")
            .line("price of a coin", format!("{:.2}", now.price))
            .line("its cost to the marginal miner", format!("{:.2}", now.cost))
            .line("ln(price ÷ cost)", format!("{:.4}", now.log_distance))
            .percent("probability of capitulation", now.capitulation_probability)
            .percent("trust in the floor", now.confidence)
            .line(
                "pull toward the usual distance, per year",
                now.reversion_speed.map_or_else(
                    || "none: a random walk cannot be refused".to_owned(),
                    |speed| format!("{speed:.4}"),
                ),
            )
            .percent("volatility, its error added", now.volatility);
        if let Some(class) = &self.class {
            sheet = sheet
                .heading("against the risk class")
                .line("its haircut, 1e-8", class.raw_haircut)
                .line("the change", class.route);
        }
        if let Some(test) = &self.backtest {
            sheet = sheet
                .heading("backtest, each haircut from what was known at its time")
                .line("steps without overlap", test.steps)
                .line("losses beyond the haircut", test.breaches)
                .line("as many as it allows", format!("{:.2}", test.expected))
                .line("probability of so many", format!("{:.4}", test.too_many_p_value))
                .line(
                    "probability that they come singly",
                    test.independence_p_value
                        .map_or_else(|| "too few steps".to_owned(), |p| format!("{p:.4}")),
                )
                .percent("mean haircut", test.mean_haircut)
                .percent("largest loss beyond it", test.worst_excess);
        }
        sheet.fmt(f)
    }
}
