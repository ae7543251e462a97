//! Hashprice of recorded days: from difficulty, height and mean fees, beside the recorded flow.

use crate::desk::pow::HistoryColumns;
use crate::desk::table::Table;
use crate::desk::{DeskError, Sheet, date};
use hurdle_model::ModelError;
use hurdle_model::pow::expected::{Outlook, expected_hashprice};
use hurdle_model::pow::rewards::{FeeStatistics, fee_statistics};
use hurdle_model::pow::{MiningDay, MiningHistory, MiningMarket, PowChain};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

/// Height of the record's first block where none is stated: the record begins with the chain.
const CHAIN_BEGINS: u64 = 1;
/// Relative difference to the recorded flow that a height which is not stated may make: less than any step of a subsidy,
/// more than what uncles or unclaimed rewards come to.
const MOST_DIFFERENCE: f64 = 0.15;

/// The days to price.
pub(super) struct Span {
    /// The chain.
    pub chain: PowChain,
    /// Height of the record's first block, where it is stated.
    pub first_height: Option<u64>,
    /// First day, Unix seconds.
    pub from: i64,
    /// Last day, Unix seconds.
    pub to: i64,
}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DayAnswer {
    /// Unix seconds.
    pub time: i64,
    /// Difficulty.
    pub difficulty: f64,
    /// Coins per PH/s and day.
    pub coins: f64,
    /// Hashprice from difficulty, height and mean fees.
    pub hashprice: f64,
    /// (issuance + fees)·price ÷ hash rate, as recorded.
    pub recorded: f64,
    /// The one ÷ the other, less one.
    pub difference: f64,
    /// Share of the fees in what was paid.
    pub fee_share: f64,
}

/// Statistics of the fees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FeeAnswer {
    /// Mean of a block, coins.
    pub mean: f64,
    /// Standard deviation of the days' means ÷ their mean.
    pub variation: f64,
    /// Share of revenue.
    pub revenue_share: f64,
    /// Correlation with the day before.
    pub autocorrelation: Option<f64>,
}

/// Hashprice over the past.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PastAnswer {
    /// Days priced.
    pub count: usize,
    /// Hashprice of the last one, quote per PH/s and day.
    pub hashprice: f64,
    /// Least of all days.
    pub least: f64,
    /// Greatest of all days.
    pub greatest: f64,
    /// Greatest relative difference to the recorded flow.
    pub greatest_difference: f64,
    /// When that was, Unix seconds.
    pub greatest_difference_time: i64,
    /// Fees; none of a single day.
    pub fees: Option<FeeAnswer>,
    /// The days.
    pub days: Vec<DayAnswer>,
}

impl From<FeeStatistics> for FeeAnswer {
    fn from(fees: FeeStatistics) -> Self {
        Self {
            mean: fees.mean,
            variation: fees.variation,
            revenue_share: fees.revenue_share,
            autocorrelation: fees.autocorrelation,
        }
    }
}

impl Span {
    /// Prices the days of a table.
    ///
    /// # Errors
    /// [`DeskError::Table`] at the first fault, [`DeskError::Argument`] where no day is left or the record does not begin
    /// with the chain and no height is stated, [`DeskError::Model`].
    pub fn answer(
        &self,
        table: Table,
        columns: &HistoryColumns,
        difficulty: Option<&str>,
    ) -> Result<PastAnswer, DeskError> {
        let fault = DeskError::model("hashprice");
        let heights = self.heights(&table, columns)?;
        let difficulties = match difficulty {
            Some(title) => Some(
                table
                    .column(&columns.time_column)?
                    .times()?
                    .into_iter()
                    .zip(table.column(title)?.numbers_or_gaps()?)
                    .collect::<BTreeMap<_, _>>(),
            ),
            None => None,
        };
        let history = columns.read(table)?;
        let within = |day: &&MiningDay| (self.from..=self.to).contains(&day.time);
        let chosen: Vec<MiningDay> = history.days().iter().filter(within).copied().collect();
        let mut days = Vec::with_capacity(chosen.len());
        for day in &chosen {
            let difficulty = match &difficulties {
                Some(given) => match given.get(&day.time).copied().flatten() {
                    Some(difficulty) => difficulty,
                    None => continue,
                },
                None => day.difficulty(&self.chain).map_err(&fault)?,
            };
            let height = heights.get(&day.time).copied().unwrap_or(CHAIN_BEGINS);
            days.push(self.day(day, height, difficulty).map_err(&fault)?);
        }
        let Some(last) = days.last().copied() else {
            return Err(DeskError::Argument {
                argument: "--from and --to",
                reason: "no complete day of the record lies between them".to_owned(),
            });
        };
        let worst = days.iter().fold(last, |worst, day| {
            if day.difference.abs() > worst.difference.abs() {
                *day
            } else {
                worst
            }
        });
        if self.first_height.is_none() && worst.difference.abs() > MOST_DIFFERENCE {
            return Err(DeskError::Argument {
                argument: "--height",
                reason: format!(
                    "if the record began with the chain, its subsidy would make hashprice on {} {:+.1} % off what is recorded; \
                     give the height of the record's first block, or leave days out by --from and --to",
                    date::show(worst.time),
                    worst.difference * 100.0
                ),
            });
        }
        let fees = MiningHistory::new(chosen).and_then(|history| fee_statistics(&history));
        Ok(PastAnswer {
            count: days.len(),
            hashprice: last.hashprice,
            least: days.iter().map(|day| day.hashprice).fold(f64::INFINITY, f64::min),
            greatest: days.iter().map(|day| day.hashprice).fold(0.0, f64::max),
            greatest_difference: worst.difference,
            greatest_difference_time: worst.time,
            fees: fees.ok().map(FeeAnswer::from),
            days,
        })
    }

    /// Height of the first block of every row, whether the row is complete or not.
    fn heights(&self, table: &Table, columns: &HistoryColumns) -> Result<BTreeMap<i64, u64>, DeskError> {
        let times = table.column(&columns.time_column)?.times()?;
        let column = table.column(&columns.blocks_column)?;
        let mut height = self.first_height.unwrap_or(CHAIN_BEGINS);
        let mut heights = BTreeMap::new();
        for (row, (time, blocks)) in times.into_iter().zip(column.numbers_or_gaps()?).enumerate() {
            heights.insert(time, height);
            let blocks = blocks.unwrap_or(0.0);
            if !(0.0..1e9).contains(&blocks) {
                return Err(column.fault(row, "no number of blocks of a day").into());
            }
            height = height.saturating_add(blocks.round() as u64);
        }
        Ok(heights)
    }

    fn day(&self, day: &MiningDay, height: u64, difficulty: f64) -> Result<DayAnswer, ModelError> {
        let outlook = Outlook::certain(day.price, difficulty, day.fees / day.blocks, day.blocks);
        let ours = expected_hashprice(&self.chain, height, &[outlook])?;
        let recorded = MiningMarket::of_day(day)?.hashprice();
        Ok(DayAnswer {
            time: day.time,
            difficulty,
            coins: ours.coins,
            hashprice: ours.hashprice,
            recorded,
            difference: ours.hashprice / recorded - 1.0,
            fee_share: day.fees / (day.issuance + day.fees),
        })
    }
}

impl Display for PastAnswer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sheet = Sheet::new()
            .heading(format!(
                "hashprice of {} days, quote per PH/s and day",
                self.count
            ))
            .line("last day", format_args!("{:.4}", self.hashprice))
            .line("least", format_args!("{:.4}", self.least))
            .line("greatest", format_args!("{:.4}", self.greatest))
            .line(
                "greatest difference to the recorded flow",
                format_args!(
                    "{:.3e}, {}",
                    self.greatest_difference,
                    date::show(self.greatest_difference_time)
                ),
            );
        let Some(fees) = self.fees else {
            return sheet.fmt(f);
        };
        let memory = fees
            .autocorrelation
            .map_or_else(|| "none".to_owned(), |value| format!("{value:.4}"));
        sheet
            .heading("fees")
            .line("mean of a block, coins", format_args!("{:.6}", fees.mean))
            .line("variation from day to day", format_args!("{:.4}", fees.variation))
            .percent("share of revenue", fees.revenue_share)
            .line("correlation with the day before", memory)
            .fmt(f)
    }
}
