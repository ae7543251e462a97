//! `hurdle model options`.

use super::{Command, DeskError, Figures};
use clap::{Args, ValueEnum};
use hurdle_model::options::{OptionContract, OptionSide, Underlying};

/// Call or put.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Side {
    /// The right to buy.
    Call,
    /// The right to sell.
    Put,
}

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Call or put.
    #[arg(long, value_enum)]
    side: Side,
    /// Price of the asset that the option is on.
    #[arg(long, value_name = "PRICE", required_unless_present = "future")]
    spot: Option<f64>,
    /// Price of the future that it is on, instead.
    #[arg(long, value_name = "PRICE", conflicts_with_all = ["spot", "income"])]
    future: Option<f64>,
    /// Strike.
    #[arg(long, value_name = "PRICE")]
    strike: f64,
    /// Days to expiry.
    #[arg(long, value_name = "DAYS")]
    days: f64,
    /// Discount rate, continuous, per year.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    rate: f64,
    /// Income of the asset (staking yield, less funding paid), continuous, per year.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    income: f64,
    /// Volatility per √year.
    #[arg(long, value_name = "SIGMA", required_unless_present = "price")]
    volatility: Option<f64>,
    /// Price of the option, from which the volatility is solved, instead.
    #[arg(long, value_name = "PRICE", conflicts_with = "volatility")]
    price: Option<f64>,
}

impl Command for Options {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("option");
        let option = OptionContract {
            side: match self.side {
                Side::Call => OptionSide::Call,
                Side::Put => OptionSide::Put,
            },
            underlying: match self.future {
                Some(price) => Underlying::Future { price },
                None => Underlying::Spot {
                    price: self.spot.unwrap_or(f64::NAN),
                    income: self.income,
                },
            },
            strike: self.strike,
            years: self.days / 365.0,
            rate: self.rate,
        };
        let volatility = match (self.volatility, self.price) {
            (Some(volatility), _) => volatility,
            (None, price) => {
                let implied = option.implied_volatility(price.unwrap_or(f64::NAN));
                let implied = implied.map_err(&fault)?;
                if implied == 0.0 {
                    return Err(DeskError::Argument {
                        argument: "--price",
                        reason: "it is what the option is worth without volatility, so that it implies none"
                            .to_owned(),
                    });
                }
                implied
            }
        };
        let greeks = option.greeks(volatility).map_err(&fault)?;
        Ok(Figures::new("option, per unit of the underlying")
            .percent("volatility", "volatility, per √year", volatility)
            .number("value", "value", greeks.value)
            .number("delta", "delta", greeks.delta)
            .number("gamma", "gamma, per unit of price", greeks.gamma)
            .number("vega", "vega, per 100 points of volatility", greeks.vega)
            .number("theta", "theta, per year that passes", greeks.theta)
            .number("rho", "rho, per 100 points of the rate", greeks.rho)
            .number(
                "carry_rho",
                "carry rho, per 100 points of the carry",
                greeks.carry_rho,
            )
            .number(
                "vanna",
                "vanna, of delta per 100 points of volatility",
                greeks.vanna,
            )
            .number(
                "volga",
                "volga, of vega per 100 points of volatility",
                greeks.volga,
            ))
    }
}
