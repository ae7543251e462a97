//! `hurdle model policy`: the inertial policy rule over a history of its telemetry.

use super::market::MarketFile;
use super::table::{Column, Table};
use super::{Command, DeskError, Sheet};
use crate::clock::moment;
use clap::Args;
use hurdle_model::policy::Telemetry;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Policy {
    /// The market with the rule in its section [policy], TOML [default: the built-in one, keeper/data/desk-market.toml].
    #[arg(long, value_name = "TOML")]
    market: Option<PathBuf>,
    /// What the rule looks at, oldest first, CSV with a header. The rate before the first row is the section's `previous`.
    #[arg(long, value_name = "CSV")]
    telemetry: PathBuf,
    /// Title of the column with the times.
    #[arg(long, value_name = "TITLE", default_value = "time")]
    time_column: String,
    /// Title of the column with the utilisation, 0 to 1.
    #[arg(long, value_name = "TITLE", default_value = "utilisation")]
    utilisation_column: String,
    /// Title of the column with the health of liquidity: depth now ÷ depth in normal times.
    #[arg(long, value_name = "TITLE", default_value = "liquidity")]
    liquidity_column: String,
    /// Title of the column with the systemic risk: 0 in calm.
    #[arg(long, value_name = "TITLE", default_value = "risk")]
    risk_column: String,
    /// Title of the column with the hurdle rate per year that the policy rate is a floor under [default: none].
    #[arg(long, value_name = "TITLE")]
    hurdle_column: Option<String>,
}

/// The rate at one time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PolicyStep {
    /// Unix seconds.
    pub time: i64,
    /// The rate, per year.
    pub rate: f64,
    /// Where it tends under this telemetry, before floor and ceiling.
    pub target: f64,
    /// Whether floor or ceiling holds the target.
    pub is_bound: bool,
    /// The hurdle rate with it as a floor, where there is one.
    pub hurdle: Option<f64>,
}

/// The policy rate over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Time in which half of a gap is closed, seconds.
    pub half_life_seconds: f64,
    /// Least and greatest rate.
    pub range: (f64, f64),
    /// Steps at which floor or ceiling held the target.
    pub bound_steps: usize,
    /// Steps at which the policy rate stood in for the hurdle rate.
    pub raised_steps: usize,
    /// The last step: what holds now.
    pub last: PolicyStep,
    /// All steps.
    pub steps: Vec<PolicyStep>,
}

impl Command for Policy {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let file = MarketFile::read(self.market.as_deref())?;
        let fault = file.fault("policy rule");
        let spec = file.stated.policy.ok_or_else(|| DeskError::Argument {
            argument: "--market",
            reason: "the file has no section [policy] with a rule".to_owned(),
        })?;
        let rule = spec.rule();
        let table = Table::read(&self.telemetry)?;
        let times = table.column(&self.time_column)?.increasing_times()?;
        let utilisations = table.column(&self.utilisation_column)?;
        let (us, liquidity, risk) = (
            utilisations.numbers()?,
            table.column(&self.liquidity_column)?.non_negative_numbers()?,
            table.column(&self.risk_column)?.non_negative_numbers()?,
        );
        refuse_beyond_one(utilisations, &us)?;
        let hurdles = match &self.hurdle_column {
            Some(title) => Some(table.column(title)?.numbers()?),
            None => None,
        };
        let (mut rate, mut before) = (spec.previous, times.first().copied());
        let mut steps = Vec::with_capacity(times.len());
        for (row, time) in times.iter().enumerate() {
            let telemetry = Telemetry {
                utilisation: us[row],
                liquidity: liquidity[row],
                risk: risk[row],
            };
            let passed = before.map_or(0, |before| time.saturating_sub(before));
            let next = rule.next(rate, telemetry, passed as f64).map_err(&fault)?;
            let hurdle = match &hurdles {
                Some(hurdles) => Some(next.under(hurdles[row]).map_err(&fault)?),
                None => None,
            };
            steps.push(PolicyStep {
                time: *time,
                rate: next.rate,
                target: next.target,
                is_bound: next.is_bound,
                hurdle,
            });
            (rate, before) = (next.rate, Some(*time));
        }
        let last = *steps.last().ok_or_else(|| DeskError::Argument {
            argument: "--telemetry",
            reason: "the table has no row".to_owned(),
        })?;
        let raised = hurdles.as_ref().map_or(0, |hurdles| {
            let pairs = steps.iter().zip(hurdles);
            pairs.filter(|(step, hurdle)| step.rate > **hurdle).count()
        });
        Ok(Answer {
            half_life_seconds: rule.half_life_seconds().map_err(&fault)?,
            range: (
                steps.iter().map(|step| step.rate).fold(f64::INFINITY, f64::min),
                steps
                    .iter()
                    .map(|step| step.rate)
                    .fold(f64::NEG_INFINITY, f64::max),
            ),
            bound_steps: steps.iter().filter(|step| step.is_bound).count(),
            raised_steps: raised,
            last,
            steps,
        })
    }
}

fn refuse_beyond_one(column: Column<'_>, shares: &[f64]) -> Result<(), DeskError> {
    match shares.iter().position(|share| !(0.0..=1.0).contains(share)) {
        Some(row) => {
            let reason = format!("`{}` is no share between 0 and 1", shares[row]);
            Err(column.fault(row, reason).into())
        }
        None => Ok(()),
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new()
            .heading(format!("policy rule over {} steps", self.steps.len()))
            .line(
                "half of a gap is closed in",
                format_args!("{:.2} h", self.half_life_seconds / 3_600.0),
            )
            .line(
                "least and greatest rate per year",
                format_args!("{:.4} %, {:.4} %", 100.0 * self.range.0, 100.0 * self.range.1),
            )
            .line("steps held by floor or ceiling", self.bound_steps)
            .heading(format!("now, at {} UTC", moment(self.last.time)))
            .percent("policy rate", self.last.rate)
            .percent("  where it tends", self.last.target);
        if let Some(hurdle) = self.last.hurdle {
            sheet = sheet
                .percent("hurdle rate with it as a floor", hurdle)
                .line("steps that it raised", self.raised_steps);
        }
        sheet.fmt(f)
    }
}
