//! Component **q**, the liquidation tail premium: expected shortfall beyond the margin, and the ruin of the fund that
//! should have paid for it.

mod cramer_lundberg;
mod jump_diffusion;
mod premium;
mod risk;
mod ruin;

pub use cramer_lundberg::ExponentialClaims;
pub use jump_diffusion::JumpDiffusion;
pub use premium::TailPremium;
pub use risk::{TailRisk, tail_risk};
pub use ruin::InsuranceFund;

/// Which way a position loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Loses when the price falls: 1 − S_T/S₀ per unit of notional.
    Long,
    /// Loses when the price rises: S_T/S₀ − 1 per unit of notional.
    Short,
}
