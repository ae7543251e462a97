//! Arguments of the forward market.

use super::outlook::{OutlookArgs, Present};
use crate::desk::DeskError;
use clap::Args;
use hurdle_model::pow::forward::{Coupling, FeeModel, ForwardMarket, HashpriceCurve, PriceModel};

/// Price, fees, and how price and difficulty go together.
#[derive(Args, Clone, Debug)]
pub struct MarketArgs {
    #[command(flatten)]
    outlook: OutlookArgs,
    /// Price of a coin, quote.
    #[arg(long, value_name = "QUOTE")]
    price: f64,
    /// Carry of the coin per year: the forward price is the price times exp(carry × years).
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    carry: f64,
    /// Volatility of the price per √year.
    #[arg(long, value_name = "SHARE", default_value_t = 0.6)]
    volatility: f64,
    /// Fees of a block now, coins.
    #[arg(long, value_name = "COINS", default_value_t = 0.0)]
    fees: f64,
    /// Fees of a block in the long run, coins [default: as now].
    #[arg(long, value_name = "COINS")]
    fee_level: Option<f64>,
    /// Days in which fees come 1 − 1/e of the way to that.
    #[arg(long, value_name = "DAYS", default_value_t = 30.0)]
    fee_reversion: f64,
    /// Standard deviation of the fees' logarithm.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    fee_deviation: f64,
    /// Correlation of the day's shocks to price and hash rate.
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    correlation: f64,
    /// Per cent by which the hash rate comes to rise for a price one per cent above its forward.
    #[arg(
        long,
        value_name = "RATIO",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    elasticity: f64,
    /// Days in which 1 − 1/e of that has come.
    #[arg(long, value_name = "DAYS", default_value_t = 90.0)]
    response: f64,
}

impl MarketArgs {
    /// Where the chain stands, and its curve over so many days.
    ///
    /// # Errors
    /// As [`OutlookArgs::present`]; [`DeskError::Argument`] without a height.
    pub fn curve(&self, days: usize) -> Result<(Present, HashpriceCurve), DeskError> {
        let fault = DeskError::model("forward curve");
        let present = self.outlook.present()?;
        let Some(height) = present.height else {
            return Err(DeskError::Argument {
                argument: "--height",
                reason: "give the height of the next block, from which the subsidy follows; the record does not tell it"
                    .to_owned(),
            });
        };
        let market = ForwardMarket {
            chain: present.chain,
            height,
            difficulty: present.path_over(days).map_err(&fault)?,
            price: PriceModel {
                spot: self.price,
                carry: self.carry,
                volatility: self.volatility,
            },
            fees: FeeModel {
                now: self.fees,
                level: self.fee_level.unwrap_or(self.fees),
                reversion: self.fee_reversion,
                deviation: self.fee_deviation,
            },
            coupling: Coupling {
                correlation: self.correlation,
                elasticity: self.elasticity,
                response: self.response,
            },
        };
        let curve = HashpriceCurve::new(market, days).map_err(fault)?;
        Ok((present, curve))
    }
}
