//! `hurdle model staking aggregate`.

use crate::desk::table::{Table, TableError};
use crate::desk::{DeskError, Figures};
use clap::Args;
use hurdle_model::staking::{AggregateRule, BlendRule, ChainSource, Reading, aggregate};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Aggregate {
    /// One row per chain that is expected to report: CSV with a stake, a yield (empty while it is silent) and the age
    /// of the yield in seconds.
    #[arg(long, value_name = "CSV")]
    sources: PathBuf,
    /// Title of the column with the stakes.
    #[arg(long, value_name = "TITLE", default_value = "stake")]
    stake_column: String,
    /// Title of the column with the yields.
    #[arg(long, value_name = "TITLE", default_value = "yield")]
    yield_column: String,
    /// Title of the column with the ages.
    #[arg(long, value_name = "TITLE", default_value = "age")]
    age_column: String,
    /// Title of the column with the sources' own confidence, if there is one.
    #[arg(long, value_name = "TITLE")]
    confidence_column: Option<String>,
    /// Largest share of one source.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    cap: f64,
    /// Share of the weight cut off at either end.
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    trim: f64,
    /// Age at which a yield counts half, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400.0)]
    half_life: f64,
    /// Age beyond which it counts as missing, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 604_800.0)]
    max_age: f64,
    /// Disagreement that halves the confidence.
    #[arg(long, value_name = "RATE", default_value_t = 0.01)]
    tolerance: f64,
    /// Fewest yields.
    #[arg(long, value_name = "N", default_value_t = 1)]
    quorum: usize,
}

impl Aggregate {
    fn read(&self) -> Result<Vec<ChainSource>, TableError> {
        let table = Table::read(&self.sources)?;
        let stakes = table.column(&self.stake_column)?.positive_numbers()?;
        let yields = table.column(&self.yield_column)?.numbers_or_gaps()?;
        let told = |row: usize| yields.get(row).is_some_and(Option::is_some);
        let beside_a_yield = |title: &str, most: f64, range: &str| {
            let column = table.column(title)?;
            let values = column.numbers_or_gaps()?;
            let wrong = |row: &usize| match values[*row] {
                Some(value) => !(0.0..=most).contains(&value),
                None => told(*row),
            };
            match (0..values.len()).find(wrong) {
                Some(row) => Err(column.fault(row, format!("beside a yield there must be a number {range}"))),
                None => Ok(values),
            }
        };
        let ages = beside_a_yield(&self.age_column, f64::MAX, "of seconds, at least 0")?;
        let own = match &self.confidence_column {
            Some(title) => beside_a_yield(title, 1.0, "between 0 and 1")?,
            None => vec![Some(1.0); stakes.len()],
        };
        let mut sources = Vec::with_capacity(stakes.len());
        for (((stake, value), age), confidence) in stakes.into_iter().zip(yields).zip(ages).zip(own) {
            let reading = value.zip(age).zip(confidence);
            let reading = reading.map(|((value, age_seconds), confidence)| Reading {
                value,
                age_seconds,
                confidence,
            });
            sources.push(ChainSource { stake, reading });
        }
        Ok(sources)
    }

    pub(super) fn answer(&self) -> Result<Figures, DeskError> {
        let rule = AggregateRule {
            blend: BlendRule {
                cap: self.cap,
                trim: self.trim,
            },
            half_life_seconds: self.half_life,
            max_age_seconds: self.max_age,
            tolerance: self.tolerance,
            quorum: self.quorum,
        };
        let result = aggregate(&self.read()?, &rule).map_err(DeskError::model("aggregate yield"))?;
        Ok(Figures::new("yield across chains, per year")
            .percent("mean", "capped, trimmed mean", result.mean)
            .percent("disagreement", "disagreement", result.disagreement)
            .heading("confidence")
            .percent("confidence", "confidence", result.confidence)
            .percent("freshness", "  freshness", result.freshness)
            .percent("coverage", "  share of the stake that reported", result.coverage)
            .number(
                "effective_sources",
                "equal sources of the same weight",
                result.effective_sources,
            )
            .count("used", "yields used", result.used))
    }
}
