//! `hurdle model staking …`: the risk-free leg, from a token's exchange rate, from a chain's own rules, carried to one
//! numeraire, and put together across chains.

mod aggregate;
mod chains;

use super::table::Table;
use super::{Command, DeskError, Figures, SeriesArgs};
use clap::{Args, Subcommand};
use hurdle_model::staking::{
    HedgedCarry, annualise_funding, realised_funding, robust_growth, two_point_growth,
};
use std::path::PathBuf;

/// The seconds of so many days; of more than u32 holds, which is 136 years, all that it holds.
fn seconds(days: u16) -> u32 {
    u32::from(days).saturating_mul(86_400)
}

/// The ways to a staking yield.
#[derive(Debug, Subcommand)]
pub enum Staking {
    /// Yield of a liquid staking token as the growth of its exchange rate.
    Growth(Growth),
    /// Solana: inflation schedule, stake and commission, tips.
    Solana(chains::Solana),
    /// Ethereum: issuance curve, participation, fees and burn.
    Ethereum(chains::Ethereum),
    /// A Cosmos chain: mint rule, community tax and commission.
    Cosmos(chains::Cosmos),
    /// A yield hedged with a perpetual: yield + funding on all capital tied up.
    Carry(Carry),
    /// The yields of several chains as one, with its confidence.
    Aggregate(aggregate::Aggregate),
}

impl Command for Staking {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        match self {
            Self::Growth(command) => command.answer(),
            Self::Solana(command) => command.answer(),
            Self::Ethereum(command) => command.answer(),
            Self::Cosmos(command) => command.answer(),
            Self::Carry(command) => command.answer(),
            Self::Aggregate(command) => command.answer(),
        }
    }
}

/// Arguments of `growth`; the prices are exchange rates.
#[derive(Args, Clone, Debug)]
pub struct Growth {
    #[command(flatten)]
    series: SeriesArgs,
    /// Days before the last rate that count.
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    window_days: u16,
    /// Period over which the simple yield is stated, days.
    #[arg(long, value_name = "DAYS", default_value_t = 365.0)]
    holding_days: f64,
}

impl Growth {
    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("growth of the exchange rate");
        let rates = self.series.read()?;
        let window = seconds(self.window_days);
        let robust = robust_growth(&rates, window).map_err(&fault)?;
        let plain = two_point_growth(&rates, window).map_err(&fault)?;
        let period = self.holding_days / 365.0;
        Ok(Figures::new("growth of the exchange rate, per year")
            .percent(
                "simple_yield",
                "simple yield over the holding period",
                robust.simple(period).map_err(&fault)?,
            )
            .percent("continuous", "continuous growth, Theil–Sen", robust.continuous)
            .percent("half_width", "  half of its 95 % interval", robust.half_width)
            .percent("two_point", "continuous growth, first to last", plain.continuous)
            .number("span_years", "years covered", robust.span_years)
            .count("samples", "rates used", robust.samples))
    }
}

/// Arguments of `carry`.
#[derive(Args, Clone, Debug)]
pub struct Carry {
    /// Staking yield per year, 0.07 for 7 %.
    #[arg(long = "yield", value_name = "RATE", allow_negative_numbers = true)]
    staking_yield: f64,
    /// Funding per interval, positive where longs pay shorts.
    #[arg(
        long,
        value_name = "RATE",
        allow_negative_numbers = true,
        required_unless_present = "payments"
    )]
    funding: Option<f64>,
    /// Recorded funding payments instead: CSV with a time and a rate per interval.
    #[arg(long, value_name = "CSV", conflicts_with = "funding")]
    payments: Option<PathBuf>,
    /// Title of the column with the times of the payments.
    #[arg(long, value_name = "TITLE", default_value = "time")]
    time_column: String,
    /// Title of the column with the rates paid.
    #[arg(long, value_name = "TITLE", default_value = "funding")]
    funding_column: String,
    /// Days before the last payment that count.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    window_days: u16,
    /// Funding interval, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 28_800.0)]
    interval: f64,
    /// Margin of the short as a share of its notional.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2)]
    margin_share: f64,
    /// What the margin earns per year.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    margin_yield: f64,
}

impl Carry {
    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("hedged carry");
        let funding = match (&self.payments, self.funding) {
            (Some(path), _) => {
                let payments = Table::read(path)?.series(&self.time_column, &self.funding_column)?;
                let window = seconds(self.window_days);
                realised_funding(&payments, window, self.interval)
            }
            (None, rate) => annualise_funding(rate.unwrap_or(0.0), self.interval),
        }
        .map_err(&fault)?;
        let carry = HedgedCarry {
            staking_yield: self.staking_yield,
            funding,
            margin_share: self.margin_share,
            margin_yield: self.margin_yield,
        };
        Ok(Figures::new("hedged carry, per year")
            .percent("funding", "funding received", funding)
            .percent(
                "rate",
                "return on all capital tied up",
                carry.rate().map_err(&fault)?,
            ))
    }
}
