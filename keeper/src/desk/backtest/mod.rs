//! `hurdle backtest`.

mod answer;
mod page;

pub use answer::{Answer, StepAnswer, TestAnswer};

use super::market::MarketFile;
use super::walk::WalkArgs;
use super::{Command, DeskError, write_page};
use clap::Args;
use hurdle_model::backtest::{HurdleModel, Liquidation, Moment, SolvedHurdle, run};
use hurdle_model::latency::LatencyExposure;
use hurdle_model::series::SECONDS_PER_YEAR;
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct BacktestCommand {
    #[command(flatten)]
    walk: WalkArgs,
    /// Seconds between steps; tests leave out steps whose horizons overlap [default: the horizon].
    #[arg(long, value_name = "SECONDS")]
    stride: Option<u32>,
    /// The market whose hurdle rate follows volatility, TOML [default: the built-in one, keeper/data/desk-market.toml].
    #[arg(long, value_name = "TOML")]
    market: Option<PathBuf>,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML")]
    html: Option<PathBuf>,
    /// Leave the single steps out of the JSON.
    #[arg(long)]
    summary: bool,
}

impl Command for BacktestCommand {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let walk = self.walk.walk(self.stride)?;
        let mut hurdle = self.hurdle()?;
        let result = run(&walk.path, &walk.setting, walk.volatility.as_ref(), &mut hurdle)
            .map_err(DeskError::model("backtest"))?;
        let mut answer = Answer::new(&walk.setting, &result);
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer))?;
        }
        if self.summary {
            answer.steps.clear();
        }
        Ok(answer)
    }
}

impl BacktestCommand {
    fn hurdle(&self) -> Result<SolvedHurdle, DeskError> {
        let file = MarketFile::read(self.market.as_deref())?;
        let fault = file.fault("market");
        let (Some(oracle), Some(liquidation)) = (&file.stated.latency, &file.stated.liquidation) else {
            return Err(DeskError::Argument {
                argument: "--market",
                reason:
                    "the file lacks [latency] or [liquidation], by which the hurdle rate follows volatility"
                        .to_owned(),
            });
        };
        let composition = file.composition()?;
        let latency = LatencyExposure {
            volatility: 1.0,
            delay_years: oracle.delay_seconds / SECONDS_PER_YEAR,
            band: oracle.band,
            exposed: oracle.exposed,
            captured: oracle.captured,
        };
        let costs = Liquidation {
            margin: liquidation.margin,
            horizon_years: liquidation.horizon_seconds / SECONDS_PER_YEAR,
            exposure: liquidation.exposure,
            slippage: liquidation.slippage,
            jumps: (
                liquidation.jumps_per_year,
                liquidation.jump_mean,
                liquidation.jump_deviation,
            ),
        };
        let half_life = liquidation.baseline_half_life_days * 86_400.0;
        let solved = SolvedHurdle::new(composition, latency, costs, half_life).map_err(&fault)?;
        // one step before the walk, so that a number which no walk could use is told with its place in the file
        let mut trial = solved;
        let moment = Moment {
            time: 0,
            volatility: 0.5,
        };
        trial.step(moment).map_err(&fault)?;
        Ok(solved)
    }
}
