//! `hurdle model multiplier …`: by how much utilisation and missing insurance raise the cost of capital, from data. The
//! knee, slope and cap are those of a market's file and of the program's spread multipliers.

use super::table::Table;
use super::{Command, DeskError, Figures, UtilisationArgs};
use clap::{Args, Subcommand};
use hurdle_model::composition::{
    FittedMultiplier, Knee, Lockup, fit_multiplier, lockup_samples, uncovered_samples,
};
use std::path::PathBuf;

/// The multipliers.
#[derive(Debug, Subcommand)]
pub enum Multiplier {
    /// Utilisation's (M_u): what it costs that a lender may not get out.
    Utilisation(LockupArgs),
    /// Missing insurance's (M_c): what losses beyond a short fund cost.
    Insurance(UncoveredArgs),
}

impl Command for Multiplier {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        match self {
            Self::Utilisation(command) => command.answer(),
            Self::Insurance(command) => command.answer(),
        }
    }
}

/// Arguments of `utilisation`.
#[derive(Args, Clone, Debug)]
pub struct LockupArgs {
    /// Utilisation over time, oldest first and evenly spaced, CSV with a header.
    #[arg(long, value_name = "CSV")]
    history: PathBuf,
    #[command(flatten)]
    utilisation: UtilisationArgs,
    /// Title of the column with the times, which must then increase [default: none].
    #[arg(long, value_name = "TITLE")]
    time_column: Option<String>,
    /// Utilisation from which withdrawals fail for want of idle liquidity.
    #[arg(long, value_name = "SHARE", default_value_t = 0.98)]
    limit: f64,
    /// Observations within which a lender needs to get out.
    #[arg(long, value_name = "N", default_value_t = 24)]
    horizon: usize,
    /// What a year without access to the capital costs, per year.
    #[arg(long, value_name = "RATE")]
    cost: f64,
    /// The cost of capital that is multiplied, per year.
    #[arg(long, value_name = "RATE")]
    base: f64,
    /// Utilisation that the multiplier rises from [default: fitted].
    #[arg(long, value_name = "SHARE")]
    knee: Option<f64>,
    /// Utilisation to tell the multiplier at.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    at: f64,
}

impl LockupArgs {
    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("utilisation multiplier");
        let others: Vec<&str> = self.time_column.as_deref().into_iter().collect();
        let table = self.utilisation.table(&self.history, &others)?;
        if let Some(title) = &self.time_column {
            table.column(title)?.increasing_times()?;
        }
        let lockup = Lockup {
            limit: self.limit,
            horizon: self.horizon,
            cost: self.cost,
            base: self.base,
        };
        let samples = lockup_samples(&self.utilisation.read(&table)?, lockup).map_err(&fault)?;
        let locked = samples.iter().filter(|sample| sample.1 > 1.0).count();
        let knee = self.knee.map_or(Knee::Free, Knee::At);
        let fitted = fit_multiplier(&samples, knee).map_err(&fault)?;
        let at = share("--at", self.at)?;
        Ok(told(&fitted, "utilisation multiplier (M_u)")
            .count("locked", "observations before a lock-up", locked)
            .percent("at", "at a utilisation of", at)
            .number("multiplier", "the multiplier is", fitted.at(at)))
    }
}

/// Arguments of `insurance`. Money is in any one unit.
#[derive(Args, Clone, Debug)]
pub struct UncoveredArgs {
    /// Losses that the fund had to bear, one for each period, periods without one included: CSV with a header.
    #[arg(long, value_name = "CSV")]
    losses: PathBuf,
    /// Title of the column with the losses.
    #[arg(long, value_name = "TITLE", default_value = "loss")]
    loss_column: String,
    /// The fund that counts as whole.
    #[arg(long, value_name = "MONEY")]
    required: f64,
    /// What the insured capital costs over one period, in the losses' unit.
    #[arg(long, value_name = "MONEY")]
    base: f64,
    /// Fund ÷ required fund to tell the multiplier at.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    coverage: f64,
}

impl UncoveredArgs {
    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("insurance multiplier");
        let table = Table::read(&self.losses)?;
        let losses = table.column(&self.loss_column)?.non_negative_numbers()?;
        let samples = uncovered_samples(&losses, self.required, self.base).map_err(&fault)?;
        let fitted = fit_multiplier(&samples, Knee::At(0.0)).map_err(&fault)?;
        let coverage = share("--coverage", self.coverage)?;
        Ok(told(&fitted, "insurance multiplier (M_c), by missing coverage")
            .count("losses", "losses", losses.len())
            .percent("coverage", "at a coverage of", coverage)
            .number("multiplier", "the multiplier is", fitted.at(1.0 - coverage))
            .number(
                "observed",
                "  and by the losses themselves",
                between(&samples, 1.0 - coverage),
            ))
    }
}

/// The samples' multiplier at an abscissa, on straight lines between them.
fn between(samples: &[(f64, f64)], x: f64) -> f64 {
    let pair = samples.windows(2).find(|pair| x <= pair[1].0);
    pair.map_or(1.0, |pair| {
        let ((from, low), (to, high)) = (pair[0], pair[1]);
        low + (high - low) * ((x - from) / (to - from)).clamp(0.0, 1.0)
    })
}

fn told(fitted: &FittedMultiplier, title: &str) -> Figures {
    Figures::new(title)
        .percent("knee", "knee", fitted.knee)
        .number("slope", "slope, per unit beyond the knee", fitted.line.slope)
        .number("cap", "cap, largest rise", fitted.line.cap)
        .number("rmse", "root-mean-square error", fitted.rmse)
        .count("samples", "samples", fitted.samples)
}

fn share(argument: &'static str, value: f64) -> Result<f64, DeskError> {
    if (0.0..=1.0).contains(&value) {
        return Ok(value);
    }
    Err(DeskError::Argument {
        argument,
        reason: format!("`{value}` is no share between 0 and 1"),
    })
}
