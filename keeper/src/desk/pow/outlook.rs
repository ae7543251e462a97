//! Arguments that tell where a chain's difficulty and hash rate are and may go.

use super::{ChainName, HistoryArgs};
use crate::desk::DeskError;
use crate::desk::table::Table;
use clap::Args;
use hurdle_model::pow::difficulty::{
    DifficultyDay, DifficultyPath, DifficultyRecord, EpochState, HashRateFilter, HashRateOutlook, MOST_STEPS,
    Retarget,
};
use hurdle_model::pow::{PowChain, SECONDS_PER_DAY};
use std::path::{Path, PathBuf};

/// Difficulty and hash rate: from a chain's daily record, as stated, or both.
#[derive(Args, Clone, Debug)]
pub struct OutlookArgs {
    /// Daily record, CSV with a header; rows without blocks or with an empty field in one of the columns below are left
    /// out, and so is what lies before the last gap. The columns' default titles are Coin Metrics'.
    #[arg(long, value_name = "CSV", required_unless_present = "difficulty")]
    pub days: Option<PathBuf>,
    /// The chain.
    #[arg(long, value_enum, default_value_t)]
    pub chain: ChainName,
    /// Title of the column with the days.
    #[arg(long, value_name = "TITLE", default_value = "time")]
    pub time_column: String,
    /// Title of the column with the number of blocks.
    #[arg(long, value_name = "TITLE", default_value = "BlkCnt")]
    pub blocks_column: String,
    /// Title of the column with the hash rate, TH/s.
    #[arg(long, value_name = "TITLE", default_value = "HashRate")]
    pub hash_rate_column: String,
    /// Difficulty now [default: that of the record].
    #[arg(long, value_name = "DIFFICULTY")]
    pub difficulty: Option<f64>,
    /// Hash rate now, TH/s [default: estimated from the record, or that on target].
    #[arg(long, value_name = "TH/S")]
    pub hash_rate: Option<f64>,
    /// Relative standard error of that hash rate.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub hash_rate_error: f64,
    /// Growth of the hash rate per day, 0 for a constant one [default: estimated from the record, or 0].
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub growth: Option<f64>,
    /// Standard error of that growth, per day.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub growth_error: f64,
    /// Blocks found since the last retarget, as a node knows them [default: of the record, or none].
    #[arg(long, value_name = "BLOCKS", requires = "elapsed")]
    pub found: Option<f64>,
    /// Seconds since the first of them.
    #[arg(long, value_name = "SECONDS", requires = "found")]
    pub elapsed: Option<f64>,
    /// Height of the next block [default: that of the record, if it begins within the chain's first period].
    #[arg(long, value_name = "BLOCK")]
    pub height: Option<u64>,
}

/// Where a chain stands.
pub struct Present {
    /// Its rules.
    pub chain: PowChain,
    /// How its difficulty follows the hash rate.
    pub retarget: Retarget,
    /// The period under way; for a rule by blocks only its difficulty means anything.
    pub state: EpochState,
    /// The hash rate.
    pub outlook: HashRateOutlook,
    /// End of the record, Unix seconds.
    pub time: Option<i64>,
    /// Height of the next block.
    pub height: Option<u64>,
    /// The record.
    pub record: Option<DifficultyRecord>,
}

impl OutlookArgs {
    /// All of it from a record.
    pub fn of(history: &HistoryArgs) -> Self {
        Self {
            days: Some(history.days.clone()),
            chain: history.chain,
            time_column: history.columns.time_column.clone(),
            blocks_column: history.columns.blocks_column.clone(),
            hash_rate_column: history.columns.hash_rate_column.clone(),
            difficulty: None,
            hash_rate: None,
            hash_rate_error: 0.0,
            growth: None,
            growth_error: 0.0,
            found: None,
            elapsed: None,
            height: None,
        }
    }

    /// Where the chain stands.
    ///
    /// # Errors
    /// [`DeskError::Table`] at the first fault of the record, [`DeskError::Model`] naming the figure that is refused.
    pub fn present(&self) -> Result<Present, DeskError> {
        self.present_at(i64::MAX)
    }

    /// Where the chain stood when the record ended with a day.
    ///
    /// # Errors
    /// As [`OutlookArgs::present`].
    pub fn present_at(&self, last: i64) -> Result<Present, DeskError> {
        let fault = DeskError::model("difficulty");
        let (chain, retarget) = (self.chain.rules(), self.chain.retarget());
        let record = self
            .days
            .as_deref()
            .map(|path| self.read(path, &chain, last))
            .transpose()?;
        let mut present = match record {
            Some(record) => recorded(chain, retarget, record, self.found.is_some()).map_err(&fault)?,
            None => {
                let difficulty = self.difficulty.unwrap_or_default();
                let hash_rate = chain.hash_rate_on_target(difficulty).map_err(&fault)?;
                Present {
                    chain,
                    retarget,
                    state: beginning(retarget, difficulty),
                    outlook: HashRateOutlook::constant(hash_rate, 0.0).map_err(&fault)?,
                    time: None,
                    height: None,
                    record: None,
                }
            }
        };
        if let Some(difficulty) = self.difficulty {
            present.state.difficulty = difficulty;
        }
        if let (Some(found), Some(elapsed), Retarget::Windows(rule)) = (self.found, self.elapsed, retarget) {
            present.state.remaining = f64::from(rule.blocks) - found;
            present.state.elapsed = elapsed;
            present.state.elapsed_error = 0.0;
        }
        present.outlook = self.outlook(&present).map_err(&fault)?;
        present.height = self.height.or(present.height);
        Ok(present)
    }

    /// The outlook of the record, with what is stated in its place.
    fn outlook(&self, present: &Present) -> Result<HashRateOutlook, hurdle_model::ModelError> {
        let mut outlook = present.outlook;
        if let Some(hash_rate) = self.hash_rate {
            let stated = HashRateOutlook::constant(hash_rate, self.hash_rate_error)?;
            outlook.level = stated.level;
            outlook.variance = [stated.variance[0], 0.0, outlook.variance[2]];
        }
        if let Some(growth) = self.growth {
            let stated = HashRateOutlook::growing(1.0, 0.0, growth, self.growth_error)?;
            outlook.slope = growth;
            outlook.drift = growth;
            outlook.variance = [outlook.variance[0], 0.0, stated.variance[2]];
            outlook.dynamics.slope = 0.0;
            outlook.dynamics.persistence = 1.0;
        }
        outlook.checked()
    }

    fn read(&self, path: &Path, chain: &PowChain, last: i64) -> Result<DifficultyRecord, DeskError> {
        let fault = DeskError::model("record of difficulty");
        let titles = [&self.time_column, &self.blocks_column, &self.hash_rate_column];
        let table = Table::read(path)?.without_gaps(&titles.map(String::as_str))?;
        let times = table.column(&self.time_column)?.increasing_times()?;
        let blocks = table.column(&self.blocks_column)?.numbers()?;
        let hash_rates = table.column(&self.hash_rate_column)?.numbers()?;
        let mut days = Vec::with_capacity(times.len());
        for (time, (blocks, hash_rate)) in times.into_iter().zip(blocks.into_iter().zip(hash_rates)) {
            if blocks != 0.0 && time <= last {
                days.push(DifficultyDay::from_hash_rate(chain, time, blocks, hash_rate).map_err(&fault)?);
            }
        }
        DifficultyRecord::after_gaps(days).map_err(fault)
    }
}

impl Present {
    /// The difficulty over so many days ahead.
    ///
    /// # Errors
    /// [`hurdle_model::ModelError`] naming the figure that is refused.
    pub fn path_over(&self, days: usize) -> Result<DifficultyPath, hurdle_model::ModelError> {
        match self.retarget {
            Retarget::Windows(rule) => {
                let period = f64::from(rule.blocks) * f64::from(rule.spacing) / SECONDS_PER_DAY;
                // periods may come to be half as short; the casts saturate
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let steps = (1.5 * days as f64 / period).ceil() as usize + 2;
                self.path(steps.min(MOST_STEPS))
            }
            Retarget::EveryBlock { .. } => self.path(days),
        }
    }

    /// The next retargets, or days for a rule by blocks.
    ///
    /// # Errors
    /// As [`Self::path_over`].
    pub fn path(&self, steps: usize) -> Result<DifficultyPath, hurdle_model::ModelError> {
        match self.retarget {
            Retarget::Windows(rule) => {
                DifficultyPath::by_windows(&self.chain, &rule, self.state, self.outlook, steps)
            }
            Retarget::EveryBlock { time_constant } => DifficultyPath::by_blocks(
                &self.chain,
                self.state.difficulty,
                time_constant,
                self.outlook,
                steps,
            ),
        }
    }
}

/// The start of a period.
fn beginning(retarget: Retarget, difficulty: f64) -> EpochState {
    EpochState {
        difficulty,
        remaining: match retarget {
            Retarget::Windows(rule) => f64::from(rule.blocks),
            Retarget::EveryBlock { .. } => 1.0,
        },
        elapsed: 0.0,
        elapsed_error: 0.0,
    }
}

/// Where a chain stood at the end of its record.
fn recorded(
    chain: PowChain,
    retarget: Retarget,
    record: DifficultyRecord,
    clock_is_given: bool,
) -> Result<Present, hurdle_model::ModelError> {
    let mut filter = HashRateFilter::new();
    for day in record.days() {
        let hash_rate = chain.hash_rate(day.difficulty, day.blocks, SECONDS_PER_DAY)?;
        filter.observe(hash_rate, day.blocks)?;
    }
    let last = record.days().len() - 1;
    let blocks = record.blocks_by(last);
    let mut state = beginning(retarget, record.days()[last].difficulty);
    // records of chains that split off do not tell their heights
    let mut phase = None;
    let mut chain = chain;
    if let Retarget::Windows(rule) = retarget {
        let epochs = record.epochs(&rule)?;
        // nor do those that begin later in a chain's life
        phase = Some(epochs.phase).filter(|phase| *phase <= 1.0);
        if let Some(epoch) = epochs.at(blocks).and_then(|place| epochs.epochs.get(place)) {
            state = EpochState {
                difficulty: epoch.difficulty,
                remaining: epoch.first_block + f64::from(rule.blocks) - blocks,
                elapsed: (record.end_of(last) - epoch.start).max(0.0),
                elapsed_error: epoch.start_error,
            };
        }
        if clock_is_given {
            state.remaining = f64::from(rule.blocks);
        }
    } else {
        chain = record.paced(&chain, last)?;
    }
    // within 2⁵³; the cast saturates
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let height = phase.map(|phase| (phase + blocks) as u64);
    Ok(Present {
        chain,
        retarget,
        state,
        outlook: filter.outlook()?,
        time: Some(record.days()[last].time.saturating_add(86_400)),
        height,
        record: Some(record),
    })
}

/// A probability of an interval, checked.
pub fn level(level: f64) -> Result<f64, DeskError> {
    if level > 0.0 && level < 1.0 {
        Ok(level)
    } else {
        Err(DeskError::Argument {
            argument: "--level",
            reason: format!("{level} is no probability between 0 and 1"),
        })
    }
}

/// The unix time so many days after another.
#[allow(clippy::cast_possible_truncation)] // saturates
pub fn after(time: i64, days: f64) -> i64 {
    time.saturating_add((days * SECONDS_PER_DAY) as i64)
}
