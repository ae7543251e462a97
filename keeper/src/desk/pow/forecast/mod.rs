//! `hurdle pow forecast`: the next retargets of a chain's difficulty.

mod answer;
mod page;

pub use answer::{Answer, Next, Point};
pub use page::ahead;

use super::outlook::{OutlookArgs, Present, after, level};
use crate::desk::{Command, DeskError, write_page};
use answer::ErrorRow;
use clap::Args;
use hurdle_model::normal;
use hurdle_model::pow::difficulty::{
    Accuracy, BacktestSetting, DifficultyPath, NextRetarget, Retarget, backtest, backtest_daily,
};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Forecast {
    #[command(flatten)]
    outlook: OutlookArgs,
    /// Retargets ahead; days ahead for a chain that retargets with every block.
    #[arg(long, value_name = "COUNT", default_value_t = 6)]
    steps: usize,
    /// Probability of the intervals.
    #[arg(long, value_name = "SHARE", default_value_t = 0.9)]
    level: f64,
    /// Also forecast what the record holds from what was known before it, and print the errors.
    #[arg(long, requires = "days")]
    backtest: bool,
    /// Days of the record before the first of those forecasts.
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    warm_up: usize,
    /// Days before a retarget at which it is forecast, separated by commas; of a period on target
    /// [default: 14, 10, 7, 3 and 1 of 14, and as much of another period]. Whole days ahead for a chain that retargets with
    /// every block [default: 1, 3, 7, 14, 30].
    #[arg(long, value_name = "DAYS", value_delimiter = ',')]
    days_before: Vec<f64>,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML")]
    html: Option<PathBuf>,
}

impl Command for Forecast {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let level = level(self.level)?;
        let present = self.outlook.present()?;
        let accuracies = if self.backtest {
            self.errors(&present, level)?
        } else {
            Vec::new()
        };
        let answer = Answer {
            backtest: accuracies.iter().map(ErrorRow::from).collect(),
            ..forecast(&present, self.steps, level)?
        };
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer, &accuracies))?;
        }
        Ok(answer)
    }
}

/// The forecast of where a chain stands, without errors of past ones: so many retargets ahead, intervals of a probability.
///
/// # Errors
/// [`DeskError::Model`] naming the figure that is refused.
pub fn forecast(present: &Present, steps: usize, level: f64) -> Result<Answer, DeskError> {
    let path = present.path(steps).map_err(DeskError::model("forecast"))?;
    let next = next(present, &path, level)?;
    Ok(Answer {
        time: present.time,
        level,
        difficulty: present.state.difficulty,
        hash_rate: present.outlook.level.exp(),
        hash_rate_error: present.outlook.variance[0].sqrt(),
        growth: present.outlook.slope,
        growth_error: present.outlook.variance[2].sqrt(),
        drift: present.outlook.drift,
        remaining: next.as_ref().map(|_| present.state.remaining),
        elapsed_seconds: next.as_ref().map(|_| present.state.elapsed),
        next,
        ahead: points(present, &path, level)?,
        backtest: Vec::new(),
    })
}

fn next(present: &Present, path: &DifficultyPath, level: f64) -> Result<Option<Next>, DeskError> {
    let Retarget::Windows(rule) = present.retarget else {
        return Ok(None);
    };
    let tail = 0.5 * (1.0 - level);
    let summary = || {
        let next = NextRetarget::new(&rule, &present.state, path)?;
        let (mean, deviation) = next.moments()?;
        Ok(Next {
            days: next.days(0.5)?,
            days_low: next.days(tail)?,
            days_high: next.days(1.0 - tail)?,
            change: mean.exp_m1(),
            deviation,
            low: next.quantile(tail)?.exp_m1(),
            high: next.quantile(1.0 - tail)?.exp_m1(),
            probability_of_rise: next.probability_of_rise(),
        })
    };
    summary().map(Some).map_err(DeskError::model("forecast"))
}

fn points(present: &Present, path: &DifficultyPath, level: f64) -> Result<Vec<Point>, DeskError> {
    let z = normal::quantile(0.5 + 0.5 * level).map_err(DeskError::model("forecast"))?;
    let now = present.state.difficulty.ln();
    let point = |(step, at): (usize, &hurdle_model::pow::difficulty::DifficultyStep)| {
        let (change, reach) = (at.log_mean - now, z * path.deviation(step));
        Point {
            time: present.time.map(|time| after(time, at.days)),
            days: at.days,
            days_deviation: at.days_deviation,
            difficulty: at.log_mean.exp(),
            change: change.exp_m1(),
            low: (change - reach).exp_m1(),
            high: (change + reach).exp_m1(),
        }
    };
    Ok(path.steps.iter().enumerate().map(point).collect())
}

impl Forecast {
    fn errors(&self, present: &Present, level: f64) -> Result<Vec<Accuracy>, DeskError> {
        let Some(record) = &present.record else {
            return Ok(Vec::new());
        };
        let fault = DeskError::model("backtest");
        let rule = match present.retarget {
            Retarget::Windows(rule) => rule,
            Retarget::EveryBlock { time_constant } => {
                let days = self.days_ahead();
                return backtest_daily(record, &present.chain, time_constant, &days, level, self.warm_up)
                    .map_err(fault);
            }
        };
        let period = f64::from(rule.blocks) * f64::from(rule.spacing) / 86_400.0;
        let setting = BacktestSetting {
            days_before: if self.days_before.is_empty() {
                [14.0, 10.0, 7.0, 3.0, 1.0]
                    .map(|days| days * period / 14.0)
                    .to_vec()
            } else {
                self.days_before.clone()
            },
            retargets: 3,
            level,
            warm_up: self.warm_up,
        };
        backtest(record, &present.chain, &rule, &setting).map_err(fault)
    }

    /// Whole days ahead, for a chain that retargets with every block.
    fn days_ahead(&self) -> Vec<usize> {
        if self.days_before.is_empty() {
            return vec![1, 3, 7, 14, 30];
        }
        // saturates; what is no day is refused
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        self.days_before.iter().map(|days| *days as usize).collect()
    }
}
