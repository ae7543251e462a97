//! `hurdle model simulated-margin`: the parameters of a risk class, from what simulated or resampled prices do.

use super::class::{ClassAnswer, ClassArgs};
use super::tail::{PathArgs, ProcessAnswer, ProcessArgs};
use super::walk::{MoveArg, SideArg};
use super::{Command, DeskError, Sheet};
use clap::Args;
use hurdle_model::margin::{
    ClassBasis, Move, calibrate, fewest_values_for_limit, quantile_limit, upper_quantile,
};
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::simulation::{Grid, PriceProcess, Run, adverse_log_moves, terminal_log_returns};
use hurdle_model::tail::Side;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// Most steps that a path may have.
const MOST_STEPS: f64 = 16_384.0;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct SimulatedMargin {
    #[command(flatten)]
    process: ProcessArgs,
    /// Liquidation horizon, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 14_400)]
    horizon: u32,
    /// Steps over the horizon, at whose ends the worst price is looked for.
    #[arg(long, value_name = "N", default_value_t = 64)]
    steps: usize,
    /// Confidence of the maintenance margin over the horizon.
    #[arg(long, value_name = "SHARE", default_value_t = 0.99)]
    confidence: f64,
    /// Confidence of initial margin over its own horizon.
    #[arg(long, value_name = "SHARE", default_value_t = 0.995)]
    initial_confidence: f64,
    /// Horizon of initial margin, in liquidation horizons.
    #[arg(long, value_name = "TIMES", default_value_t = 2.0)]
    warning: f64,
    /// How sure it is that the paths do not show too low a quantile; 0.5 and below take the quantile itself.
    #[arg(long, value_name = "SHARE", default_value_t = 0.99)]
    sureness: f64,
    /// Side that loses.
    #[arg(long, value_enum, default_value_t = SideArg::Long)]
    side: SideArg,
    /// Move that the margin must cover.
    #[arg(long = "move", value_enum, default_value_t = MoveArg::Worst)]
    kind: MoveArg,
    /// Largest annual volatility that the class must cover, in multiples of the process's own.
    #[arg(long, value_name = "TIMES", default_value_t = 3.0)]
    highest_volatility: f64,
    #[command(flatten)]
    class: ClassArgs,
    #[command(flatten)]
    paths: PathArgs,
}

/// A risk class at the stated confidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The price process as used.
    #[serde(flatten)]
    pub process: ProcessAnswer,
    /// Paths simulated.
    pub paths: usize,
    /// Confidence of maintenance margin over the horizon.
    pub confidence: f64,
    /// Liquidation horizon, seconds.
    pub horizon_seconds: u32,
    /// Volatility of the simulated prices over the horizon, per √year.
    pub simulated_volatility: f64,
    /// The class.
    #[serde(flatten)]
    pub class: ClassAnswer,
}

impl Command for SimulatedMargin {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("margin calibration");
        let run = self.paths.run()?;
        let years = f64::from(self.horizon) / SECONDS_PER_YEAR;
        let grid = Grid::new(self.steps, years).map_err(&fault)?;
        let longer = self.longer(&grid)?;
        let (process, described) = self.process.process(&grid, self.whole_step())?;
        let returns = terminal_log_returns(&process, &grid, &run).map_err(&fault)?;
        let reference = deviation(&returns) / years.sqrt();
        if reference == 0.0 {
            return Err(DeskError::Argument {
                argument: "--process",
                reason: "its prices do not move, and margins are in units of their volatility".to_owned(),
            });
        }
        let maintenance = self.quantile(&process, &grid, &run, self.confidence)?;
        let initial = self.quantile(&process, &longer, &run, self.initial_confidence)?;
        let per_deviation = |quantile: f64, years: f64| quantile / (reference * years.sqrt());
        let maintenance_quantile = per_deviation(maintenance, years);
        let parameters = calibrate(&ClassBasis {
            maintenance_quantile,
            // the longer horizon need not be as wild for its length; a margin that is wide enough for both is
            initial_quantile: per_deviation(initial, longer.years()).max(maintenance_quantile),
            side: self.side.into(),
            liquidation_years: years,
            warning_years: longer.years(),
            volatility_reference: reference,
            volatility_highest: reference * self.highest_volatility,
            slippage: self.class.slippage,
            largest_size: self.class.largest_size,
            hurdle_sensitivity: self.class.hurdle_sensitivity,
            largest_multiplier: self.class.largest_multiplier,
        })
        .map_err(&fault)?;
        Ok(Answer {
            process: described,
            paths: run.paths(),
            confidence: self.confidence,
            horizon_seconds: self.horizon,
            simulated_volatility: reference,
            class: self.class.class(&parameters, "--process")?.into(),
        })
    }
}

impl SimulatedMargin {
    /// The steps of initial margin's horizon, as long as the others.
    fn longer(&self, grid: &Grid) -> Result<Grid, DeskError> {
        let steps = (grid.steps() as f64 * self.warning).ceil();
        if !(self.warning >= 1.0 && steps <= MOST_STEPS) {
            return Err(DeskError::Argument {
                argument: "--warning",
                reason: format!(
                    "`{}` horizons of {} steps are not between one horizon and {MOST_STEPS} steps",
                    self.warning,
                    grid.steps()
                ),
            });
        }
        Grid::new(steps as usize, grid.step_years() * steps).map_err(DeskError::model("margin calibration"))
    }

    /// A step in whole seconds, at least one: the spacing of the returns that are resampled.
    fn whole_step(&self) -> u32 {
        u32::try_from(self.steps).map_or(1, |steps| (self.horizon / steps.max(1)).max(1))
    }

    /// The quantile of the adverse log-move over a grid.
    fn quantile(&self, process: &PriceProcess, grid: &Grid, run: &Run, level: f64) -> Result<f64, DeskError> {
        let fault = DeskError::model("margin calibration");
        let kind: Move = self.kind.into();
        let side: Side = self.side.into();
        if self.sureness <= 0.5 {
            let moves = adverse_log_moves(process, grid, run, kind, side).map_err(&fault)?;
            return upper_quantile(&moves, level).map_err(&fault);
        }
        let fewest = fewest_values_for_limit(level, self.sureness, 1.0).map_err(&fault)?;
        if run.paths() < fewest {
            return Err(DeskError::Argument {
                argument: "--paths",
                reason: format!(
                    "{} paths do not show the quantile at {level}; give {fewest}",
                    run.paths()
                ),
            });
        }
        let moves = adverse_log_moves(process, grid, run, kind, side).map_err(&fault)?;
        quantile_limit(&moves, level, self.sureness, 1.0).map_err(&fault)
    }
}

/// Standard deviation of the log-returns.
fn deviation(returns: &[f64]) -> f64 {
    let n = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / n;
    (returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / (n - 1.0)).sqrt()
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sheet = Sheet::new().heading(format!(
            "risk class at {} over {} s by {} paths of {}, rounded against the holder",
            self.confidence, self.horizon_seconds, self.paths, self.process.process
        ));
        let sheet = self.class.lines(sheet).heading("simulated prices");
        self.process
            .lines(sheet.percent("volatility per √year, jumps included", self.simulated_volatility))
            .fmt(f)
    }
}
