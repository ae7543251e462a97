//! `hurdle model tail`: the margin engine under simulated or resampled prices.

mod answer;
mod process;
mod run;
mod venue;

pub use answer::{Answer, Figure, Timing};
pub use process::{ProcessAnswer, ProcessArgs};
pub use run::{PathArgs, RunArgs};

use super::{Command, DeskError};
use clap::Args;
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::simulation::{Grid, MarginEngine, Proportion};

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Tail {
    #[command(flatten)]
    process: ProcessArgs,
    #[command(flatten)]
    accounts: venue::AccountArgs,
    #[command(flatten)]
    venue: venue::VenueArgs,
    /// Horizon, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    horizon: u32,
    /// Steps over the horizon, at each of which the oracle publishes once.
    #[arg(long, value_name = "N", default_value_t = 64)]
    steps: usize,
    /// Capital at risk, which the premium is a rate on [default: the sum of the notionals].
    #[arg(long, value_name = "QUOTE")]
    capital: Option<f64>,
    /// Share of the capital that is lost beside the debt when the fund is ruined, for the ruin loading.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    loss_given_ruin: f64,
    /// Levels of value at risk and expected shortfall.
    #[arg(
        long,
        value_name = "SHARE,…",
        value_delimiter = ',',
        default_value = "0.95,0.99,0.999"
    )]
    levels: Vec<f64>,
    /// Relative change of the margin from which the premium's response is taken.
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    response_step: f64,
    #[command(flatten)]
    run: RunArgs,
}

impl Command for Tail {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("margin engine");
        let years = f64::from(self.horizon) / SECONDS_PER_YEAR;
        let grid = Grid::new(self.steps, years).map_err(&fault)?;
        let step = grid.step_years() * SECONDS_PER_YEAR;
        let run = self.run.paths.run()?;
        let book = self.accounts.book(run.seed())?;
        let capital = self.capital.unwrap_or(book.quantity());
        let venue = self.venue.venue(step)?;
        let timing = Timing {
            horizon_seconds: self.horizon,
            steps: self.steps,
            step_seconds: step,
            oracle_delay_seconds: venue.oracle_delay as f64 * step,
            liquidator_latency_seconds: venue.liquidator_latency as f64 * step,
        };
        let (process, described) = self.process.process(&grid, self.whole_step())?;
        let engine = MarginEngine::new(process, grid, book, venue).map_err(&fault)?;
        let report = engine
            .simulate(&run, &self.levels, self.run.confidence)
            .map_err(&fault)?;
        let response = engine
            .margin_response(&run, self.response_step, capital)
            .map_err(&fault)?;
        let loading = ruin_loading(report.ruin, self.loss_given_ruin, years)?;
        Ok(Answer::new(
            described, timing, capital, &report, response, loading,
        ))
    }
}

/// Probability of ruin × what it costs beside the debt, per year.
fn ruin_loading(ruin: Proportion, loss: f64, years: f64) -> Result<Figure, DeskError> {
    if !(0.0..=1.0).contains(&loss) {
        return Err(DeskError::Argument {
            argument: "--loss-given-ruin",
            reason: format!("`{loss}` is no share between 0 and 1"),
        });
    }
    Ok(Figure {
        value: ruin.value * loss / years,
        standard_error: ruin.standard_error * loss / years,
    })
}

impl Tail {
    /// A step in whole seconds, at least one: the spacing of the returns that are resampled.
    fn whole_step(&self) -> u32 {
        u32::try_from(self.steps).map_or(1, |steps| (self.horizon / steps.max(1)).max(1))
    }
}
