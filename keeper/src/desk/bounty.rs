//! `hurdle model bounty`: what a liquidator must be paid; the same costs are an arbitrageur's break-even deviation.

use super::{Command, DeskError, Figures};
use clap::Args;
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::trade_costs::TradeCosts;

/// Arguments. Costs are in quote; shares are of the traded value.
#[derive(Args, Clone, Debug)]
pub struct Bounty {
    /// Value liquidated.
    #[arg(long, value_name = "QUOTE")]
    size: f64,
    /// Network and priority fees of a success.
    #[arg(long, value_name = "QUOTE", default_value_t = 0.0)]
    fixed: f64,
    /// Fees of a failed attempt.
    #[arg(long, value_name = "QUOTE", default_value_t = 0.0)]
    failed: f64,
    /// Probability that an attempt succeeds.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    success: f64,
    /// Trading fees of all legs.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    fees: f64,
    /// Slippage of all legs (see `hurdle model liquidity`).
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    slippage: f64,
    /// Volatility per √year.
    #[arg(long, value_name = "SIGMA")]
    volatility: f64,
    /// Seconds for which the collateral is held unhedged.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    exposure: f64,
    /// Charge per standard deviation of that move.
    #[arg(long, value_name = "LOADING", default_value_t = 1.0)]
    risk_loading: f64,
    /// Capital tied up as a share of the size; 0 with a flash loan.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    capital_share: f64,
    /// Days for which it is tied up per liquidation, waiting included.
    #[arg(long, value_name = "DAYS", default_value_t = 1.0)]
    capital_days: f64,
    /// The hurdle rate, per year.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    hurdle: f64,
    /// Bounty offered, to judge it.
    #[arg(long, value_name = "SHARE")]
    offered: Option<f64>,
    /// Maintenance margin, from which a bounty must be paid.
    #[arg(long, value_name = "SHARE")]
    maintenance: Option<f64>,
}

impl Command for Bounty {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("liquidator's bounty");
        let costs = TradeCosts {
            fixed: self.fixed,
            failed: self.failed,
            success: self.success,
            fees: self.fees,
            slippage: self.slippage,
            volatility: self.volatility,
            exposure_years: self.exposure / SECONDS_PER_YEAR,
            risk_loading: self.risk_loading,
            capital_share: self.capital_share,
            capital_years: self.capital_days / 365.0,
            hurdle: self.hurdle,
        };
        let mut figures = Figures::new("liquidator's bounty, as a share of the liquidated value").percent(
            "break_even",
            "break-even",
            costs.break_even(self.size).map_err(&fault)?,
        );
        if let Some(offered) = self.offered {
            figures = figures
                .number(
                    "profit",
                    "profit of this liquidation",
                    costs.profit(self.size, offered).map_err(&fault)?,
                )
                .optional(
                    "smallest_size",
                    "smallest value worth liquidating",
                    costs.smallest_size(offered).map_err(&fault)?,
                    "none: the bounty is below the costs",
                );
        }
        if let Some(margin) = self.maintenance {
            figures = figures.percent(
                "affordable",
                "largest that leaves no bad debt",
                costs.affordable(margin).map_err(&fault)?,
            );
        }
        Ok(figures)
    }
}
