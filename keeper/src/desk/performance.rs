//! `hurdle model performance`: volatility-adjusted return of a price or value series.

use super::{Command, DeskError, Figures, SeriesArgs};
use clap::Args;
use hurdle_model::performance::{annualisation_factor, autocorrelations, sharpe, sortino, tapered};
use hurdle_model::robust::median;
use hurdle_model::series::{LogReturn, PositiveSeries, SECONDS_PER_YEAR};

/// A step between two rows may differ from the usual one by this share of it: months are even, a missing day is not.
const UNEVENNESS: f64 = 0.5;

/// Arguments. Each return counts as one period.
#[derive(Args, Clone, Debug)]
pub struct Performance {
    #[command(flatten)]
    series: SeriesArgs,
    /// Longest gap between two rows whose return still counts, seconds [default: any].
    #[arg(long, value_name = "SECONDS", default_value_t = u32::MAX, hide_default_value = true)]
    max_gap: u32,
    /// Periods per year, such as 252 for trading days; rows then count as even whatever their times [default: what the
    /// times of the rows say, which must be evenly spaced].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    periods: Option<u32>,
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

impl Performance {
    /// Periods per year as stated, or from the times.
    fn periods(&self, prices: &PositiveSeries, returns: &[LogReturn]) -> Result<u32, DeskError> {
        if let Some(stated) = self.periods {
            return Ok(stated);
        }
        let steps: Vec<f64> = returns.iter().map(|r| r.years).collect();
        let Ok(usual) = median(&steps) else {
            // Without returns there is no ratio, which is for it to say.
            return Ok(1);
        };
        let uneven = |step: &f64| (step / usual - 1.0).abs() > UNEVENNESS;
        if let Some(at) = steps.iter().position(uneven) {
            let (table, end) = (self.series.table()?, returns[at].time);
            let row = prices
                .series()
                .samples()
                .partition_point(|price| price.time < end);
            let seconds = |years: f64| (years * SECONDS_PER_YEAR).round();
            let reason = format!(
                "{} s after the row before, where {} s are usual; leave gaps out with --max-gap, or state --periods",
                seconds(steps[at]),
                seconds(usual)
            );
            return Err(table.column(&self.series.time_column)?.fault(row, reason).into());
        }
        // At most the seconds of a year, for times are whole seconds.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok((1.0 / usual).round().max(1.0) as u32)
    }
}

impl Command for Performance {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("performance");
        let prices = self.series.read()?;
        let logs = prices.log_returns_within(self.max_gap);
        let returns: Vec<f64> = logs.iter().map(|r: &LogReturn| r.value.exp_m1()).collect();
        let per_year = self.periods(&prices, &logs)?;
        let periods = f64::from(per_year);
        let target = self.hurdle / periods;
        let ratio = sharpe(&returns, target, self.lags).map_err(&fault)?;
        let rho = autocorrelations(&returns, self.lags).map_err(&fault)?;
        let factor = annualisation_factor(per_year, &tapered(&rho)).map_err(&fault)?;
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
                .count("returns", "returns", ratio.periods)
                .number("periods_per_year", "periods per year", periods),
        )
    }
}
