//! `hurdle pow haircut`: what a proof-of-work coin counts for as collateral, by its price's distance to the cost of producing
//! it, in the units of a risk class.

mod answer;
mod page;

pub use answer::{Answer, DayAnswer};

use super::cost::{NetworkArgs, NetworkInput};
use super::floor::{Difficulty, Miner};
use crate::config::{ClassSpec, ConfigError, MarketSpec, read};
use crate::convert::ratio_up;
use crate::desk::{Command, DeskError, date, write_page};
use answer::ClassAnswer;
use clap::Args;
use hurdle_interface::governance::Direction;
use hurdle_interface::margin::RiskClass;
use hurdle_model::margin::coverage;
use hurdle_model::pow::cost::FloorSetting;
use hurdle_model::pow::{HaircutDay, HaircutRule, HaircutWalk};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Haircut {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    rule: RuleArgs,
    /// First day of the backtest [default: the first with enough returns before it].
    #[arg(long, value_name = "DATE", value_parser = date::time)]
    since: Option<i64>,
    /// Market parameters, TOML, whose risk class is held against the haircut.
    #[arg(long, value_name = "TOML")]
    market: Option<PathBuf>,
    /// Index of that class.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "market")]
    class: usize,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML")]
    html: Option<PathBuf>,
    /// Leave the single days out of the JSON.
    #[arg(long)]
    summary: bool,
}

/// How a haircut is made.
#[derive(Args, Clone, Debug)]
pub struct RuleArgs {
    /// Whose stop is the floor.
    #[arg(long, value_enum, default_value_t)]
    miner: Miner,
    /// How far difficulty has followed by then.
    #[arg(long, value_enum, default_value_t)]
    difficulty: Difficulty,
    /// The least haircut, a share.
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    base: f64,
    /// The largest.
    #[arg(long, value_name = "SHARE", default_value_t = 0.6)]
    cap: f64,
    /// Probability with which the collateral is worth no less at the end of a liquidation.
    #[arg(long, value_name = "PROBABILITY", default_value_t = 0.99)]
    sureness: f64,
    /// Time that a liquidation takes, days.
    #[arg(long, value_name = "DAYS", default_value_t = 1.0)]
    horizon: f64,
    /// Loss of the price where miners capitulate within it, a share (see `hurdle pow leverage`).
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    capitulation_loss: f64,
    /// Daily returns from which volatility is measured.
    #[arg(long, value_name = "N", default_value_t = 60)]
    returns: usize,
    /// Deviation of the floor's logarithm that halves the trust in it.
    #[arg(long, value_name = "DEVIATION", default_value_t = 0.5)]
    tolerance: f64,
}

impl RuleArgs {
    /// The walk through a record in a network.
    pub fn walk(&self, input: &NetworkInput) -> HaircutWalk {
        HaircutWalk {
            rule: HaircutRule {
                base: self.base,
                cap: self.cap,
                level: self.sureness,
                horizon: self.horizon / 365.0,
                reversion: 0.0,
                usual_distance: 0.0,
                capitulation_loss: self.capitulation_loss,
            },
            floor: FloorSetting {
                miner: self.miner.into(),
                adjustment: self.difficulty.into(),
                uncertainty: input.uncertainty,
            },
            returns: self.returns,
            tolerance: self.tolerance,
        }
    }
}

impl Command for Haircut {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let mut answer = self.made()?;
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer))?;
        }
        if self.summary {
            answer.days.clear();
        }
        Ok(answer)
    }
}

impl Haircut {
    fn made(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("haircut of a proof-of-work coin");
        let input = self.network.read()?;
        let history = self.network.days()?;
        let days: Vec<HaircutDay> = self
            .rule
            .walk(&input)
            .days(&input.model, &history)
            .map_err(&fault)?
            .into_iter()
            .filter(|day| self.since.is_none_or(|since| day.time >= since))
            .collect();
        let Some(last) = days.last() else {
            return Err(DeskError::Argument {
                argument: "--since",
                reason: "the record ends before".to_owned(),
            });
        };
        let breaches: Vec<bool> = days.iter().filter_map(HaircutDay::is_breached).collect();
        let tested = match breaches.is_empty() {
            true => None,
            false => Some(coverage(&breaches, self.rule.sureness).map_err(&fault)?),
        };
        let raw = ratio_up("the haircut", last.made.haircut).map_err(|reason| DeskError::Argument {
            argument: "--cap",
            reason: reason.to_string(),
        })?;
        let class = self.class()?.map(|class| {
            let to = RiskClass {
                haircut: raw,
                ..class
            };
            ClassAnswer::new(class.haircut.raw(), class.direction(&to))
        });
        Ok(Answer::new(last, raw.raw(), class, tested.as_ref(), &days))
    }

    fn class(&self) -> Result<Option<RiskClass>, DeskError> {
        let Some(path) = &self.market else {
            return Ok(None);
        };
        let text = read(path).map_err(DeskError::Config)?;
        let market = MarketSpec::parse(&text, path).map_err(DeskError::Config)?;
        let spec: &ClassSpec = market
            .classes
            .get(self.class)
            .ok_or_else(|| DeskError::Argument {
                argument: "--class",
                reason: format!(
                    "the market defines {} classes, counted from 0",
                    market.classes.len()
                ),
            })?;
        let class = spec.class(market.quote_decimals).map_err(|reason| {
            DeskError::Config(ConfigError::OutOfDomain {
                path: path.clone(),
                reason,
            })
        })?;
        Ok(Some(class))
    }
}

/// What governance must do for a change of this direction.
const fn route(direction: Direction) -> &'static str {
    match direction {
        Direction::Same => "nothing to change",
        Direction::Tighter => {
            "tightens: takes effect at once for initial margin, in a ramp for maintenance margin"
        }
        Direction::Looser | Direction::Neither => "loosens: a proposal under the timelock",
    }
}
