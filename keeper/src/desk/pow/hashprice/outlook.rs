//! Hashprice expected over a horizon.

use crate::desk::{DeskError, Figures};
use clap::Args;
use hurdle_model::pow::DAYS_PER_YEAR;
use hurdle_model::pow::economics::Conditions;
use hurdle_model::pow::expected::{Outlook, expected_hashprice};

/// What is expected of price and difficulty.
#[derive(Args, Clone, Debug)]
pub struct OutlookArgs {
    /// Days over which to tell the expected hashprice, across the subsidy's steps [default: none].
    #[arg(
        long,
        value_name = "DAYS",
        conflicts_with = "days",
        value_parser = clap::value_parser!(u32).range(1..=36_500)
    )]
    horizon: Option<u32>,
    /// Expected growth of the price per year, continuous.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    price_growth: f64,
    /// Expected growth of difficulty per year, continuous.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    difficulty_growth: f64,
    /// Volatility of the price per √year.
    #[arg(long, value_name = "SIGMA", default_value_t = 0.0)]
    price_volatility: f64,
    /// Volatility of difficulty per √year.
    #[arg(long, value_name = "SIGMA", default_value_t = 0.0)]
    difficulty_volatility: f64,
    /// Correlation of price and difficulty.
    #[arg(
        long,
        value_name = "RHO",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    correlation: f64,
}

impl OutlookArgs {
    /// Adds the expected hashprice to the figures, where there is a horizon.
    ///
    /// # Errors
    /// [`DeskError::Argument`] for a correlation that is none, [`DeskError::Model`].
    pub(super) fn expected(
        &self,
        now: &Conditions,
        height: u64,
        figures: Figures,
    ) -> Result<Figures, DeskError> {
        let fault = DeskError::model("expected hashprice");
        let Some(horizon) = self.horizon else {
            return Ok(figures);
        };
        if !(-1.0..=1.0).contains(&self.correlation) {
            return Err(DeskError::Argument {
                argument: "--correlation",
                reason: format!("`{}` is no correlation between -1 and 1", self.correlation),
            });
        }
        let blocks = now.chain.blocks_per_day().map_err(&fault)?;
        let spread = self.correlation * self.price_volatility;
        let days: Vec<Outlook> = (0..horizon)
            .map(|day| {
                // the middle of the day
                let years = (f64::from(day) + 0.5) / DAYS_PER_YEAR;
                let certain = Outlook::certain(
                    now.price * (self.price_growth * years).exp(),
                    now.difficulty * (self.difficulty_growth * years).exp(),
                    now.reward.fees,
                    blocks,
                );
                Outlook {
                    variance: self.difficulty_volatility * self.difficulty_volatility * years,
                    covariance: spread * self.difficulty_volatility * years,
                    ..certain
                }
            })
            .collect();
        let expected = expected_hashprice(&now.chain, height, &days).map_err(&fault)?;
        let last = expected.days.last().map_or(f64::NAN, |day| day.hashprice());
        Ok(figures
            .heading(format!("expected over {horizon} days"))
            .number(
                "expected",
                "mean hashprice, quote per PH/s and day",
                expected.hashprice,
            )
            .number("expected_last", "of the last day", last)
            .number("expected_coins", "coins of one PH/s", expected.coins)
            .number("expected_blocks", "blocks", expected.blocks))
    }
}
