//! `hurdle pow floor`: the price at which miners stop, as a distribution.

mod answer;
mod page;

pub use answer::{Answer, CoverageAnswer, FloorPoint, Quantile};

use super::cost::{NetworkArgs, NetworkInput};
use crate::desk::{Command, DeskError, date, write_page};
use clap::{Args, ValueEnum};
use hurdle_model::ModelError;
use hurdle_model::pow::MiningHistory;
use hurdle_model::pow::cost::{Adjustment, FloorMiner, FloorSetting, floor_coverage};
use hurdle_model::series::PositiveSeries;
use hurdle_model::volatility::realised;
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Floor {
    #[command(flatten)]
    network: NetworkArgs,
    /// Day of the floor [default: the last].
    #[arg(long, value_name = "DATE", value_parser = date::time)]
    at: Option<i64>,
    /// Whose stop is the floor.
    #[arg(long, value_enum, default_value_t)]
    miner: Miner,
    /// How far difficulty has followed by then.
    #[arg(long, value_enum, default_value_t)]
    difficulty: Difficulty,
    /// Price of a coin that is held against the floor [default: that of the day].
    #[arg(long, value_name = "QUOTE")]
    price: Option<f64>,
    /// Levels of the quantiles.
    #[arg(long, value_name = "PROBABILITY", value_delimiter = ',', default_values_t = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])]
    levels: Vec<f64>,
    /// Recorded days of a window of the backtest.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    window: usize,
    /// First day of the backtest [default: the first of the model].
    #[arg(long, value_name = "DATE", value_parser = date::time)]
    since: Option<i64>,
    /// Horizon over which the price may go under the floor, days.
    #[arg(long, value_name = "DAYS", default_value_t = 90.0)]
    horizon: f64,
    /// Drift of the price over it, per year.
    #[arg(long, value_name = "RATE", default_value_t = 0.0, allow_hyphen_values = true)]
    drift: f64,
    /// Volatility of the price, per √year [default: that of the year to the day].
    #[arg(long, value_name = "RATE")]
    volatility: Option<f64>,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML")]
    html: Option<PathBuf>,
    /// Leave the single days out of the JSON.
    #[arg(long)]
    summary: bool,
}

/// Whose stop is the floor.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Miner {
    /// Who is dearer than nine tenths of what runs.
    #[default]
    Marginal,
    /// Who pays what is paid on average.
    Average,
    /// Who is cheaper than all but the best quarter.
    BestQuartile,
}

/// How far difficulty has followed the price.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Difficulty {
    /// Not at all.
    Static,
    /// Wholly.
    Dynamic,
    /// Anything between.
    #[default]
    Uncertain,
}

/// Days between two points of the series.
const STEP: usize = 7;
/// Seconds over which the default volatility is taken.
const YEAR: u32 = 365 * 86_400;
/// Longest gap between two prices whose return counts towards it.
const GAP: u32 = 7 * 86_400;

impl From<Miner> for FloorMiner {
    fn from(miner: Miner) -> Self {
        match miner {
            Miner::Marginal => Self::Marginal,
            Miner::Average => Self::Average,
            Miner::BestQuartile => Self::BestQuartile,
        }
    }
}

impl From<Difficulty> for Adjustment {
    fn from(difficulty: Difficulty) -> Self {
        match difficulty {
            Difficulty::Static => Self::Static,
            Difficulty::Dynamic => Self::Dynamic,
            Difficulty::Uncertain => Self::Uncertain,
        }
    }
}

impl Command for Floor {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let input = self.network.read()?;
        let history = self.network.days()?;
        let mut answer = self
            .floor(&input, &history)
            .map_err(DeskError::model("floor of the price"))?;
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer))?;
        }
        if self.summary {
            answer.series.clear();
        }
        Ok(answer)
    }
}

impl Floor {
    fn floor(&self, input: &NetworkInput, history: &MiningHistory) -> Result<Answer, ModelError> {
        let setting = FloorSetting {
            miner: self.miner.into(),
            adjustment: self.difficulty.into(),
            uncertainty: input.uncertainty,
        };
        let network = input.model.network(history, self.at.unwrap_or(i64::MAX))?;
        let floor = network.floor(setting)?;
        let price = self.price.unwrap_or(network.day.price);
        let volatility = match self.volatility {
            Some(volatility) => volatility,
            None => volatility(history, network.day.time)?,
        };
        let quantiles = self
            .levels
            .iter()
            .map(|level| {
                Ok(Quantile {
                    level: *level,
                    price: floor.quantile(*level)?,
                })
            })
            .collect::<Result<_, ModelError>>()?;
        let since = self.since.unwrap_or(i64::MIN);
        let tested = floor_coverage(&input.model, history, setting, &self.levels, self.window, since);
        let coverage = match tested {
            // a record of less than a window has a floor, but no test of it
            Err(ModelError::TooFew { .. }) => Vec::new(),
            tested => tested?.iter().map(CoverageAnswer::from).collect(),
        };
        Ok(Answer {
            time: network.day.time,
            price,
            left: network.stop(setting.miner)?.0,
            quantiles,
            mean: floor.mean()?,
            probability_below: floor.probability_below(price)?,
            distance: floor.distance(price)?,
            time_below: floor.time_below(price, self.drift, volatility, self.horizon / 365.0)?,
            volatility,
            coverage,
            series: series(input, history, setting)?,
        })
    }
}

fn volatility(history: &MiningHistory, time: i64) -> Result<f64, ModelError> {
    let known = history.days().iter().filter(|day| day.time <= time);
    let prices = PositiveSeries::new(known.map(|day| (day.time, day.price)))?;
    Ok(realised(&prices.trailing(YEAR).log_returns_within(GAP))?.volatility)
}

fn series(
    input: &NetworkInput,
    history: &MiningHistory,
    setting: FloorSetting,
) -> Result<Vec<FloorPoint>, ModelError> {
    input
        .model
        .networks(history)
        .step_by(STEP)
        .map(|network| FloorPoint::new(&network?, setting))
        .collect()
}
