//! `hurdle pow hashprice`: what a unit of hash rate earns, at a difficulty or over a recorded history.

mod outlook;
mod page;
mod past;

pub use past::{DayAnswer, PastAnswer};

use super::{HistoryColumns, MarketArgs};
use crate::desk::date;
use crate::desk::table::Table;
use crate::desk::{Command, DeskError, Figures, write_page};
use clap::Args;
use past::Span;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Hashprice {
    #[command(flatten)]
    market: MarketArgs,
    #[command(flatten)]
    outlook: outlook::OutlookArgs,
    /// Instead of a difficulty: a daily record, CSV with a header, whose days are priced from difficulty, height and mean fees
    /// and compared with the recorded flow; --height is then that of the record's first block, and may be left out where the record begins with the chain.
    #[arg(
        long,
        value_name = "CSV",
        conflicts_with_all = ["difficulty", "price", "fees"],
        required_unless_present = "difficulty"
    )]
    days: Option<PathBuf>,
    #[command(flatten)]
    columns: HistoryColumns,
    /// Title of the column with the difficulty [default: difficulty follows from hash rate and blocks].
    #[arg(long, value_name = "TITLE", requires = "days")]
    difficulty_column: Option<String>,
    /// First day.
    #[arg(long, value_name = "DATE", value_parser = date::time, requires = "days")]
    from: Option<i64>,
    /// Last day.
    #[arg(long, value_name = "DATE", value_parser = date::time, requires = "days")]
    to: Option<i64>,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML", requires = "days")]
    html: Option<PathBuf>,
    /// Leave the single days out of the JSON.
    #[arg(long, requires = "days")]
    summary: bool,
}

/// Hashprice now, or over the past.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// At a difficulty.
    Now(Figures),
    /// Of recorded days.
    Past(PastAnswer),
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(figures) => figures.fmt(f),
            Self::Past(past) => past.fmt(f),
        }
    }
}

impl Command for Hashprice {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        match &self.days {
            Some(path) => self.past(path).map(Answer::Past),
            None => self.now().map(Answer::Now),
        }
    }
}

impl Hashprice {
    fn now(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("hashprice");
        let Some(now) = self.market.conditions()? else {
            return Err(DeskError::Argument {
                argument: "--difficulty",
                reason: "give a difficulty, or a record by --days".to_owned(),
            });
        };
        let market = now.market().map_err(&fault)?;
        let hash_rate = now.chain.hash_rate_on_target(now.difficulty).map_err(&fault)?;
        let figures = Figures::new("hashprice")
            .number(
                "hashprice",
                "hashprice, quote per PH/s and day",
                market.hashprice(),
            )
            .number("coins", "coins per PH/s and day", market.coins)
            .number("subsidy", "subsidy of a block, coins", now.reward.subsidy)
            .number("hash_rate", "hash rate on target, TH/s", hash_rate);
        self.outlook
            .expected(&now, self.market.height.unwrap_or_default(), figures)
    }

    fn past(&self, path: &std::path::Path) -> Result<PastAnswer, DeskError> {
        let span = Span {
            chain: self.market.chain.rules(),
            first_height: self.market.height,
            from: self.from.unwrap_or(i64::MIN),
            to: self.to.unwrap_or(i64::MAX),
        };
        let table = Table::read(path)?;
        let mut answer = span.answer(table, &self.columns, self.difficulty_column.as_deref())?;
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer))?;
        }
        if self.summary {
            answer.days.clear();
        }
        Ok(answer)
    }
}
