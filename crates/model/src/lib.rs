//! Hurdle's quantitative models: pure functions from observations to the components of the hurdle rate.
//!
//! No input or output, no clock, no random numbers but those that follow from a seed ([`simulation`]). Everything is f64; rates and volatilities are annual (a year has
//! 365 days), times are unix seconds, shares and ratios are plain numbers (0.05 is 5 %). Every function checks its
//! input and returns a [`ModelError`] that names the quantity; none panics. The integer composition that is run
//! on-chain lives in `hurdle-interface`; [`composition`] is its independent reference.
//!
//! | symbol | component | module | function |
//! |---|---|---|---|
//! | s | staking opportunity cost | [`staking`] | [`staking::robust_growth`], [`staking::staking_yield`], [`staking::real_yield`], [`staking::HedgedCarry::rate`], [`staking::blend`] |
//! | p | smart-contract premium | [`hazard`] | [`hazard::Hazard::proportional`], [`hazard::any_failure`], [`hazard::contract_premium`] |
//! | b | systematic premium β·λ | [`systematic`] | [`systematic::fit_factors`], [`systematic::shrink`], [`systematic::systematic_premium`] |
//! | l | liquidity spread (LACC) | [`liquidity`] | [`liquidity::BookDepth::walk`], [`liquidity::depth_slippage`], [`liquidity::liquidity_premium`] |
//! | o | oracle-latency premium | [`latency`] | [`latency::LatencyExposure::premium`], [`latency::lvr_rate`] |
//! | q | liquidation tail premium | [`tail`] | [`tail::TailPremium::rate`], [`tail::InsuranceFund::ruin_loading`], [`tail::tail_risk`] |
//! | q | the same, simulated | [`simulation`] | [`simulation::MarginEngine::simulate`], [`simulation::MarginEngine::margin_response`] |
//! | d | cost of debt | [`debt`] | [`debt::fit_kinked_curve`], [`debt::KinkedCurve::rate`] |
//! | e | emissions | [`emissions`] | [`emissions::split_yield`], [`emissions::organic_hurdle`] |
//! | w | equity weight, WACC | [`mod@wacc`] | [`wacc::equity_weight`], [`wacc::wacc`] |
//! | σ | volatility | [`volatility`] | [`volatility::realised_over`], [`volatility::exponentially_weighted`], [`volatility::bipower`], [`volatility::combine`] |
//! | λ, m, δ | jumps | [`jumps`] | [`jumps::threshold_jumps`] |
//! | ρ_u, ρ_q | responses | [`response`] | [`response::utilisation_response`], [`response::tail_response`] |
//! | Φ(h) | composition | [`composition`] | [`composition::Composition::phi`], [`composition::Composition::slope_range`] |
//! | h = Φ(h) | equilibrium | [`equilibrium`] | [`equilibrium::solve`], [`equilibrium::solve_integer`], [`equilibrium::comparative_statics`] |
//!
//! Beneath them: [`series`] (validated observations), [`normal`], [`robust`] (Theil–Sen), [`linear`] (least squares).
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)
)]

pub mod composition;
pub mod debt;
pub mod emissions;
pub mod equilibrium;
mod error;
pub mod hazard;
pub mod jumps;
pub mod latency;
pub mod linear;
pub mod liquidity;
pub mod normal;
pub mod response;
pub mod robust;
mod roots;
pub mod series;
pub mod simulation;
pub mod staking;
pub mod systematic;
pub mod tail;
#[cfg(test)]
mod testing;
pub mod volatility;
pub mod wacc;

pub use error::{ModelError, Result};
