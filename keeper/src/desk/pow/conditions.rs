//! Arguments that describe what a miner sells into, and what stands in his books.

use super::ChainName;
use crate::desk::DeskError;
use clap::{Args, ValueEnum};
use hurdle_model::pow::economics::{Books, Conditions, Depreciation};
use hurdle_model::pow::{BlockReward, Fleet};

/// A chain's state and price.
#[derive(Args, Clone, Debug)]
pub struct MarketArgs {
    /// The chain.
    #[arg(long, value_enum, default_value_t)]
    pub chain: ChainName,
    /// Difficulty.
    #[arg(long, value_name = "DIFFICULTY", requires_all = ["height", "price"])]
    pub difficulty: Option<f64>,
    /// Height of the next block, from which the subsidy follows.
    #[arg(long, value_name = "BLOCK")]
    pub height: Option<u64>,
    /// Fees of a block, coins.
    #[arg(long, value_name = "COINS", default_value_t = 0.0)]
    pub fees: f64,
    /// Price of a coin, quote.
    #[arg(long, value_name = "QUOTE")]
    pub price: Option<f64>,
}

/// How machines stand in the books.
#[derive(Args, Clone, Debug)]
pub struct BooksArgs {
    /// How machines are written off.
    #[arg(long, value_enum, default_value_t)]
    depreciation: Method,
    /// Multiple of the straight line's rate, for the declining balance.
    #[arg(long, value_name = "FACTOR", default_value_t = 2.0)]
    declining_factor: f64,
    /// Years since the machines were bought.
    #[arg(long, value_name = "YEARS", default_value_t = 0.0)]
    pub age: f64,
    /// Hurdle rate per year on the capital in machines.
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.15,
        allow_negative_numbers = true
    )]
    pub hurdle: f64,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
enum Method {
    /// In equal parts.
    #[default]
    StraightLine,
    /// At a share of the book value.
    DecliningBalance,
}

impl MarketArgs {
    /// The conditions, or none where no difficulty is given.
    ///
    /// # Errors
    /// [`DeskError::Model`] for a subsidy that is none; [`DeskError::Argument`] where height or price is missing.
    pub fn conditions(&self) -> Result<Option<Conditions>, DeskError> {
        let Some(difficulty) = self.difficulty else {
            return Ok(None);
        };
        let (Some(height), Some(price)) = (self.height, self.price) else {
            return Err(DeskError::Argument {
                argument: "--difficulty",
                reason: "needs --height, from which the subsidy follows, and --price".to_owned(),
            });
        };
        let chain = self.chain.rules();
        let reward = BlockReward {
            subsidy: chain.subsidy.at(height).map_err(DeskError::model("subsidy"))?,
            fees: self.fees,
        };
        Ok(Some(Conditions {
            chain,
            price,
            difficulty,
            reward,
        }))
    }
}

impl BooksArgs {
    /// How a machine is written off.
    pub fn method(&self) -> Depreciation {
        match self.depreciation {
            Method::StraightLine => Depreciation::StraightLine,
            Method::DecliningBalance => Depreciation::DecliningBalance {
                factor: self.declining_factor,
            },
        }
    }

    /// The books of a fleet of this age.
    ///
    /// # Errors
    /// [`DeskError::Model`] for an age or factor outside its domain.
    pub fn books(&self, fleet: &Fleet) -> Result<Books, DeskError> {
        Books::new(fleet, self.method(), vec![self.age; fleet.units().len()])
            .map_err(DeskError::model("books"))
    }
}
