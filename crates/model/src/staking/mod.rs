//! Component **s**, the staking opportunity cost: the risk-free leg of the hurdle rate.

mod blend;
mod carry;
mod growth;
mod issuance;

pub use blend::{Blend, BlendRule, WeightedValue, blend};
pub use carry::{HedgedCarry, annualise_funding};
pub use growth::{Growth, robust_growth, two_point_growth};
pub use issuance::{InflationSchedule, StakingYield, real_yield, staking_yield};
