//! Component **s**, the staking opportunity cost: the risk-free leg of the hurdle rate.
//!
//! A yield is read in two independent ways, from the growth of a liquid staking token's exchange rate and from the
//! protocol's own issuance rule; it is carried to one numeraire by the hedged carry and aggregated across chains.

mod aggregate;
mod blend;
mod carry;
mod chain;
mod cosmos;
mod ethereum;
mod growth;
mod issuance;
mod solana;

pub use aggregate::{Aggregate, AggregateRule, ChainSource, Reading, aggregate};
pub use blend::{Blend, BlendRule, WeightedValue, blend};
pub use carry::{HedgedCarry, annualise_funding, realised_funding};
pub use chain::{ChainYield, compounded, supply_growth};
pub use cosmos::{CosmosStaking, MintRule};
pub use ethereum::{EthereumStaking, base_reward_rate};
pub use growth::{Growth, robust_growth, two_point_growth};
pub use issuance::{InflationSchedule, StakingYield, real_yield, staking_yield};
pub use solana::{SLOTS_PER_EPOCH, SLOTS_PER_YEAR, SolanaStaking};
