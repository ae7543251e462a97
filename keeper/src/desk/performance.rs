//! `hurdle model performance`: volatility-adjusted return of a price or value series.

use super::{Command, DeskError, Figures, SeriesArgs};
use clap::Args;
use hurdle_model::performance::{annualisation_factor, autocorrelations, sharpe, sortino, tapered};
use hurdle_model::series::LogReturn;

/// Arguments. The rows must be evenly spaced in time: each return counts as one period.
#[derive(Args, Clone, Debug)]
pub struct Performance {
    #[command(flatten)]
    series: SeriesArgs,
    /// Periods per year: 365 for daily rows.
    #[arg(long, value_name = "N", default_value_t = 365)]
    periods: u32,
    /// Rate that must be beaten (the hurdle rate, or the risk-free one), per year.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    hurdle: f64,
    /// Lags of autocorrelation that count.
    #[arg(long, value_name = "LAGS", default_value_t = 10)]
    lags: usize,
}

impl Command for Performance {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("performance");
        let logs = self.series.read()?.log_returns();
        let returns: Vec<f64> = logs.iter().map(|r: &LogReturn| r.value.exp_m1()).collect();
        let periods = f64::from(self.periods.max(1));
        let target = self.hurdle / periods;
        let ratio = sharpe(&returns, target, self.lags).map_err(&fault)?;
        let rho = autocorrelations(&returns, self.lags).map_err(&fault)?;
        let factor = annualisation_factor(self.periods, &tapered(&rho)).map_err(&fault)?;
        let naive = periods.sqrt();
        Ok(
            Figures::new(format!("performance over {} periods", ratio.periods))
                .number(
                    "sharpe",
                    "Sharpe ratio, annual, autocorrelation corrected",
                    ratio.ratio * factor,
                )
                .number(
                    "sharpe_standard_error",
                    "  its standard error",
                    ratio.standard_error * factor,
                )
                .number(
                    "sharpe_uncorrected",
                    "Sharpe ratio × √periods",
                    ratio.ratio * naive,
                )
                .number(
                    "sortino",
                    "Sortino ratio × √periods",
                    sortino(&returns, target).map_err(&fault)? * naive,
                )
                .number(
                    "first_autocorrelation",
                    "first autocorrelation",
                    rho.first().copied().unwrap_or(0.0),
                )
                .count("returns", "returns", ratio.periods),
        )
    }
}
