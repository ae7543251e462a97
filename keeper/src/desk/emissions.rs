//! `hurdle model emissions`: what of a yield is token inflation, and what is left of the hurdle rate without it.

use super::{Command, DeskError, Figures};
use clap::{ArgGroup, Args};
use hurdle_model::emissions::{emission_rate, organic_hurdle, split_yield};

/// Arguments. Rates are annual, 0.05 is 5 %.
#[derive(Args, Clone, Debug)]
#[command(group(ArgGroup::new("issued").required(true).args(["emissions", "tokens_per_year"])))]
pub struct Emissions {
    /// Value of tokens emitted per year and unit of capital.
    #[arg(long, value_name = "RATE")]
    emissions: Option<f64>,
    /// Tokens emitted per year, in its stead.
    #[arg(long, value_name = "TOKENS", requires_all = ["token_price", "capital"])]
    tokens_per_year: Option<f64>,
    /// Price of a token.
    #[arg(long, value_name = "PRICE", requires = "tokens_per_year")]
    token_price: Option<f64>,
    /// Capital that receives the tokens, in the price's unit.
    #[arg(long, value_name = "VALUE", requires = "tokens_per_year")]
    capital: Option<f64>,
    /// Yield that is advertised.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    advertised: f64,
    /// The hurdle rate, gross of emissions.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    hurdle: f64,
}

impl Command for Emissions {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("emissions");
        let emission = match (self.tokens_per_year, self.token_price, self.capital) {
            (Some(tokens), Some(price), Some(capital)) => {
                emission_rate(tokens, price, capital).map_err(&fault)?
            }
            // clap asks for one of the two
            _ => self.emissions.unwrap_or_default(),
        };
        let split = split_yield(self.advertised, emission).map_err(&fault)?;
        let organic_hurdle = organic_hurdle(self.hurdle, emission).map_err(&fault)?;
        let shortfall = self.hurdle - split.organic;
        Ok(Figures::new("advertised yield, per year")
            .percent("advertised", "advertised", self.advertised)
            .percent("emission", "  of which emissions", split.emission)
            .percent("organic", "  of which organic", split.organic)
            .heading("hurdle rate, per year")
            .percent("hurdle", "gross", self.hurdle)
            .percent(
                "organic_hurdle",
                "organic: what yield without emissions must cover",
                organic_hurdle,
            )
            .heading("internal return against it")
            .percent("shortfall", "organic yield under the gross hurdle", shortfall)
            .flag(
                "pays_for_itself",
                "holders are paid without emissions",
                shortfall <= 0.0,
            )
            .percent(
                "excess",
                "advertised yield above the hurdle",
                self.advertised - self.hurdle,
            )
            .flag(
                "is_negative",
                "negative cost of capital: emissions pay more than is asked for",
                organic_hurdle < 0.0,
            ))
    }
}
