//! What `hurdle model tail` answers.

use super::process::ProcessAnswer;
use crate::desk::{Sheet, significant, with_error};
use hurdle_model::simulation::{Estimate, LossDistribution, MarginResponse, Proportion, TailReport};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// A mean with its standard error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl From<Estimate> for Figure {
    fn from(estimate: Estimate) -> Self {
        Self {
            value: estimate.value,
            standard_error: estimate.standard_error,
        }
    }
}

impl Display for Figure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&with_error(self.value, self.standard_error))
    }
}

/// A probability with an interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Probability {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Confidence of the interval.
    pub confidence: f64,
}

impl From<Proportion> for Probability {
    fn from(p: Proportion) -> Self {
        Self {
            value: p.value,
            standard_error: p.standard_error,
            low: p.low,
            high: p.high,
            confidence: p.confidence,
        }
    }
}

impl Display for Probability {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let percent = |share: f64| share * 100.0;
        write!(
            f,
            "{:.4} % ({:.4} … {:.4} % at {} %)",
            percent(self.value),
            percent(self.low),
            percent(self.high),
            percent(self.confidence)
        )
    }
}

/// Tail at a level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Level {
    /// The level.
    pub level: f64,
    /// Value at risk.
    pub value_at_risk: Figure,
    /// Expected shortfall.
    pub expected_shortfall: Figure,
}

/// Paths with a loss up to a size and above the one before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Class {
    /// Largest loss of the class.
    pub up_to: f64,
    /// Paths in it.
    pub paths: usize,
}

/// Distribution of a loss, quote units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Losses {
    /// Mean.
    pub mean: Figure,
    /// Probability of any.
    pub any: Probability,
    /// Largest seen.
    pub largest: f64,
    /// Tail at the levels.
    pub levels: Vec<Level>,
    /// Paths without a loss.
    pub none: usize,
    /// Paths with one, by size; empty classes are left out.
    pub histogram: Vec<Class>,
}

impl Losses {
    fn new(losses: &LossDistribution) -> Self {
        let levels = losses.levels.iter().map(|tail| Level {
            level: tail.level,
            value_at_risk: tail.value_at_risk.into(),
            expected_shortfall: tail.expected_shortfall.into(),
        });
        let classes = losses.histogram.edges.iter().zip(&losses.histogram.counts);
        Self {
            mean: losses.mean.into(),
            any: losses.any.into(),
            largest: losses.largest,
            levels: levels.collect(),
            none: losses.histogram.zero,
            histogram: classes
                .filter(|(_, paths)| **paths > 0)
                .map(|(up_to, paths)| Class {
                    up_to: *up_to,
                    paths: *paths,
                })
                .collect(),
        }
    }

    fn lines(&self, mut sheet: Sheet) -> Sheet {
        sheet = sheet
            .line("mean", self.mean)
            .line("probability of any", self.any)
            .line("largest seen", significant(self.largest));
        for tail in &self.levels {
            let level = tail.level * 100.0;
            sheet = sheet
                .line(format!("value at risk, {level} %"), tail.value_at_risk)
                .line(format!("expected shortfall, {level} %"), tail.expected_shortfall);
        }
        sheet
    }
}

/// Times as the engine uses them: delays are whole steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Timing {
    /// Horizon, seconds.
    pub horizon_seconds: u32,
    /// Steps over the horizon.
    pub steps: usize,
    /// Length of a step, seconds.
    pub step_seconds: f64,
    /// By how much the oracle's price is late, seconds.
    pub oracle_delay_seconds: f64,
    /// From the breach to the execution, seconds.
    pub liquidator_latency_seconds: f64,
}

/// The tail of a margin engine over the horizon, quote units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The price process as used.
    #[serde(flatten)]
    pub process: ProcessAnswer,
    /// The times as used.
    #[serde(flatten)]
    pub timing: Timing,
    /// Capital at risk, quote units.
    pub capital: f64,
    /// Paths simulated.
    pub paths: usize,
    /// Gaussian numbers of a path that were quasi-random.
    pub quasi_dimensions: usize,
    /// Gaussian numbers of a path.
    pub dimensions: usize,
    /// What accounts could not pay.
    pub bad_debt: Losses,
    /// What of it the fund could not pay.
    pub socialised: Losses,
    /// Probability that the fund is exhausted and debt is left.
    pub ruin: Probability,
    /// Value liquidated.
    pub liquidated: Figure,
    /// Paid to liquidators.
    pub bounty: Figure,
    /// Tail premium per year of capital.
    pub premium: Figure,
    /// Probability of ruin × loss given ruin, per year of capital: to be added to it.
    pub ruin_loading: Figure,
    /// The premium's change per unit of the margin multiplier.
    pub response: Figure,
}

impl Answer {
    pub(super) fn new(
        process: ProcessAnswer,
        timing: Timing,
        capital: f64,
        report: &TailReport,
        response: MarginResponse,
        loading: Figure,
    ) -> Self {
        Self {
            process,
            timing,
            capital,
            paths: report.paths,
            quasi_dimensions: report.quasi_dimensions.0,
            dimensions: report.quasi_dimensions.1,
            bad_debt: Losses::new(&report.bad_debt),
            socialised: Losses::new(&report.socialised),
            ruin: report.ruin.into(),
            liquidated: report.liquidated.into(),
            bounty: report.bounty.into(),
            premium: response.premium.into(),
            ruin_loading: loading,
            response: response.by_multiplier.into(),
        }
    }
}

fn percent(figure: Figure) -> String {
    let shown = with_error(100.0 * figure.value, 100.0 * figure.standard_error);
    format!("{shown} %")
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new().heading(format!(
            "margin engine, {} paths of {}",
            self.paths, self.process.process
        ));
        let timing = &self.timing;
        sheet = sheet
            .line(
                "horizon and steps",
                format_args!(
                    "{} s in {} steps of {} s",
                    timing.horizon_seconds, timing.steps, timing.step_seconds
                ),
            )
            .line(
                "delays, in whole steps",
                format_args!(
                    "oracle {} s, liquidators {} s",
                    timing.oracle_delay_seconds, timing.liquidator_latency_seconds
                ),
            );
        if self.quasi_dimensions > 0 {
            let shown = format!("{} of {}", self.quasi_dimensions, self.dimensions);
            sheet = sheet.line("quasi-random dimensions", shown);
        }
        sheet = self.process.lines(sheet);
        sheet = self
            .bad_debt
            .lines(sheet.heading("bad debt over the horizon, quote units"));
        sheet = self
            .socialised
            .lines(sheet.heading("socialised: bad debt beyond the fund, quote units"));
        sheet = sheet
            .heading("fund and liquidators, quote units")
            .line("probability of the fund's ruin", self.ruin)
            .line("liquidated value", self.liquidated)
            .line("bounty", self.bounty)
            .heading(format!(
                "tail premium per year of a capital of {}",
                significant(self.capital)
            ))
            .line("premium (q)", percent(self.premium))
            .line("ruin loading, to be added", percent(self.ruin_loading))
            .line(
                "its change per unit of the margin multiplier (ρ_q)",
                percent(self.response),
            );
        sheet.fmt(f)
    }
}
