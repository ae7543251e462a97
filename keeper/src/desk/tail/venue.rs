//! Arguments of the accounts, the margin rule, the market's depth and the fund.

use crate::desk::DeskError;
use crate::desk::table::Table;
use clap::{Args, ValueEnum};
use hurdle_model::liquidity::ImpactShape;
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::simulation::{Account, AccountBook, AccountMix, Depth, Venue};
use hurdle_model::tail::Side;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shape {
    /// In proportion to volume.
    Linear,
    /// With the root of volume.
    SquareRoot,
}

/// The accounts.
#[derive(Args, Clone, Debug)]
pub struct AccountArgs {
    /// Accounts, CSV with a header [default: drawn from the distributions below].
    #[arg(long, value_name = "CSV")]
    book: Option<PathBuf>,
    /// Title of the column with the side, long or short.
    #[arg(long, value_name = "TITLE", default_value = "side")]
    side_column: String,
    /// Title of the column with the notional.
    #[arg(long, value_name = "TITLE", default_value = "notional")]
    notional_column: String,
    /// Title of the column with the margin, equity ÷ notional.
    #[arg(long, value_name = "TITLE", default_value = "margin")]
    margin_column: String,
    /// Number of accounts.
    #[arg(long, value_name = "N", default_value_t = 100)]
    accounts: usize,
    /// Sum of their notionals.
    #[arg(long, value_name = "QUOTE", default_value_t = 1_000_000.0)]
    notional: f64,
    /// Share of the notional that is long.
    #[arg(long, value_name = "SHARE", default_value_t = 0.6)]
    long_share: f64,
    /// Median leverage.
    #[arg(long, value_name = "TIMES", default_value_t = 4.0)]
    median_leverage: f64,
    /// Standard deviation of its logarithm.
    #[arg(long, value_name = "LOG", default_value_t = 0.6)]
    leverage_dispersion: f64,
    /// Highest leverage that is granted.
    #[arg(long, value_name = "TIMES", default_value_t = 20.0)]
    most_leverage: f64,
    /// Standard deviation of the logarithm of an account's size.
    #[arg(long, value_name = "LOG", default_value_t = 1.0)]
    size_dispersion: f64,
}

impl AccountArgs {
    /// The accounts, by the seed of the run where they are drawn.
    pub fn book(&self, seed: u64) -> Result<AccountBook, DeskError> {
        let fault = DeskError::model("accounts");
        let Some(path) = &self.book else {
            let mix = AccountMix {
                accounts: self.accounts,
                notional: self.notional,
                long_share: self.long_share,
                median_leverage: self.median_leverage,
                leverage_dispersion: self.leverage_dispersion,
                most_leverage: self.most_leverage,
                size_dispersion: self.size_dispersion,
            };
            return mix.draw(seed).map_err(fault);
        };
        let table = Table::read(path)?;
        let sides = table.column(&self.side_column)?.map(|text| match text {
            "long" => Ok(Side::Long),
            "short" => Ok(Side::Short),
            other => Err(format!("`{other}` is no side; write long or short")),
        })?;
        let notionals = table.column(&self.notional_column)?.positive_numbers()?;
        let margins = table.column(&self.margin_column)?.positive_numbers()?;
        let accounts = sides.into_iter().zip(notionals).zip(margins);
        let accounts = accounts.map(|((side, notional), margin)| Account {
            side,
            notional,
            margin,
        });
        AccountBook::new(accounts.collect()).map_err(fault)
    }
}

/// Rules, depth and fund.
#[derive(Args, Clone, Debug)]
pub struct VenueArgs {
    /// Maintenance margin, share of a position's value.
    #[arg(long, value_name = "SHARE", default_value_t = 0.03)]
    maintenance: f64,
    /// By how much the oracle's price is late, seconds; rounded up to whole steps.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    oracle_delay: f64,
    /// From the breach to the execution, seconds; rounded up to whole steps.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    liquidator_latency: f64,
    /// Liquidator's share of the liquidated value.
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    bounty: f64,
    /// The fund's share of the liquidated value.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    fund_fee: f64,
    /// Insurance fund.
    #[arg(long, value_name = "QUOTE", default_value_t = 5_000.0)]
    fund: f64,
    /// Notional that moves the price by `--depth-distance` [default: no impact].
    #[arg(long, value_name = "QUOTE")]
    depth: Option<f64>,
    /// The displacement of the log-price that belongs to `--depth`.
    #[arg(long, value_name = "LOG", default_value_t = 0.02)]
    depth_distance: f64,
    /// How impact grows with volume.
    #[arg(long, value_enum, default_value_t = Shape::Linear)]
    impact: Shape,
    /// Half-life of a dent in the book, seconds [default: impact is permanent].
    #[arg(long, value_name = "SECONDS")]
    refill_half_life: Option<f64>,
}

impl VenueArgs {
    /// The venue at steps of `step` seconds.
    pub fn venue(&self, step: f64) -> Result<Venue, DeskError> {
        let shape = match self.impact {
            Shape::Linear => ImpactShape::Linear,
            Shape::SquareRoot => ImpactShape::SquareRoot,
        };
        if let Some(half_life) = self.refill_half_life {
            above_zero("--refill-half-life", half_life)?;
        }
        Ok(Venue {
            maintenance: self.maintenance,
            oracle_delay: steps("--oracle-delay", self.oracle_delay, step)?,
            liquidator_latency: steps("--liquidator-latency", self.liquidator_latency, step)?,
            bounty: self.bounty,
            fund_fee: self.fund_fee,
            fund: self.fund,
            depth: self.depth.map(|quantity| Depth {
                quantity,
                distance: self.depth_distance,
                shape,
                resilience: self.refill_half_life.map_or(0.0, |half_life| {
                    core::f64::consts::LN_2 * SECONDS_PER_YEAR / half_life
                }),
            }),
        })
    }
}

/// `value`, if it is a finite number above zero.
pub(super) fn above_zero(argument: &'static str, value: f64) -> Result<f64, DeskError> {
    if value.is_finite() && value > 0.0 {
        return Ok(value);
    }
    Err(DeskError::Argument {
        argument,
        reason: format!("`{value}` is no number above zero"),
    })
}

/// A time in whole steps, rounded up.
fn steps(argument: &'static str, seconds: f64, step: f64) -> Result<usize, DeskError> {
    let steps = (seconds / step).ceil();
    if seconds >= 0.0 && steps <= 1e6 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number between 0 and a million"
        )]
        let steps = steps as usize;
        return Ok(steps);
    }
    Err(DeskError::Argument {
        argument,
        reason: format!("`{seconds}` seconds are no time within a million steps of {step} seconds"),
    })
}
