//! `hurdle pow hashprice`: what a unit of hash rate earns.

use super::ChainName;
use crate::desk::{Command, DeskError, Figures};
use clap::Args;
use hurdle_model::pow::{BlockReward, MiningMarket};

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Hashprice {
    /// The chain.
    #[arg(long, value_enum, default_value_t)]
    chain: ChainName,
    /// Difficulty.
    #[arg(long, value_name = "DIFFICULTY")]
    difficulty: f64,
    /// Height of the next block, from which the subsidy follows.
    #[arg(long, value_name = "BLOCK")]
    height: u64,
    /// Fees of a block, coins.
    #[arg(long, value_name = "COINS", default_value_t = 0.0)]
    fees: f64,
    /// Price of a coin, quote.
    #[arg(long, value_name = "QUOTE")]
    price: f64,
}

impl Command for Hashprice {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("hashprice");
        let chain = self.chain.rules();
        let reward = BlockReward {
            subsidy: chain.subsidy.at(self.height).map_err(&fault)?,
            fees: self.fees,
        };
        let market =
            MiningMarket::at_difficulty(&chain, self.difficulty, reward, self.price).map_err(&fault)?;
        Ok(Figures::new("hashprice")
            .number(
                "hashprice",
                "hashprice, quote per PH/s and day",
                market.hashprice(),
            )
            .number("coins", "coins per PH/s and day", market.coins)
            .number("subsidy", "subsidy of a block, coins", reward.subsidy)
            .number(
                "hash_rate",
                "hash rate on target, TH/s",
                chain.hash_rate_on_target(self.difficulty).map_err(&fault)?,
            ))
    }
}
