//! `hurdle model carry`: what a position costs to hold, and the forward price that the cost of carry implies.

use super::{Command, DeskError, Figures};
use clap::Args;
use hurdle_model::carry::{CostOfCarry, PositionCarry, implied_carry};

/// Arguments. Rates are per year.
#[derive(Args, Clone, Debug)]
pub struct Carry {
    /// Funding or borrowing interest paid per unit of notional.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    financing: f64,
    /// Yield received per unit of notional.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    income: f64,
    /// Margin as a share of the notional.
    #[arg(long, value_name = "SHARE")]
    margin_share: f64,
    /// What the margin earns.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    margin_yield: f64,
    /// The hurdle rate.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    hurdle: f64,
    /// Days for which the position is held.
    #[arg(long, value_name = "DAYS", default_value_t = 30.0)]
    days: f64,
    /// Spot price, for the forward at the end of those days; its rates compound continuously.
    #[arg(long, value_name = "PRICE")]
    spot: Option<f64>,
    /// A quoted forward or future of that day, whose carry is to be told.
    #[arg(long, value_name = "PRICE", requires = "spot")]
    quoted: Option<f64>,
}

impl Command for Carry {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("carry");
        let years = self.days / 365.0;
        let position = PositionCarry {
            financing: self.financing,
            income: self.income,
            margin_share: self.margin_share,
            margin_yield: self.margin_yield,
            hurdle: self.hurdle,
        };
        let mut figures = Figures::new("carry cost")
            .percent(
                "per_notional",
                "per year of notional",
                position.per_notional().map_err(&fault)?,
            )
            .percent(
                "per_margin",
                "per year of margin",
                position.per_margin().map_err(&fault)?,
            )
            .percent(
                "break_even_move",
                format!("price move that pays for {} days", self.days),
                position.break_even_move(years).map_err(&fault)?,
            );
        if let Some(spot) = self.spot {
            let cost = CostOfCarry {
                financing: self.financing,
                storage: 0.0,
                income: self.income,
            };
            figures = figures.number(
                "forward",
                "forward price without arbitrage",
                cost.forward(spot, years).map_err(&fault)?,
            );
            if let Some(quoted) = self.quoted {
                let implied = implied_carry(spot, quoted, years).map_err(&fault)?;
                figures = figures.percent("implied_carry", "carry that the quoted forward implies", implied);
            }
        }
        Ok(figures)
    }
}
