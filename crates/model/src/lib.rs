//! Hurdle's quantitative models: pure functions from observations to the components of the hurdle rate.
//!
//! No input or output, no clock, no random numbers but those that follow from a seed ([`simulation`]). Everything is
//! f64; rates and volatilities are annual (a year has 365 days), times are unix seconds, shares and ratios are plain
//! numbers (0.05 is 5 %). Every function checks its input and returns a [`ModelError`] that names the quantity; none
//! panics. The integer composition that is run on-chain lives in `hurdle-interface`; [`composition`] is its independent
//! reference.
//!
//! | symbol | component | module | function |
//! |---|---|---|---|
//! | s | staking opportunity cost | [`staking`] | [`staking::robust_growth`], [`staking::SolanaStaking`], [`staking::EthereumStaking`], [`staking::CosmosStaking`], [`staking::HedgedCarry::rate`], [`staking::aggregate()`] |
//! | p | smart-contract premium | [`hazard`] | [`hazard::Hazard::proportional`], [`hazard::any_failure`], [`hazard::contract_premium`]; fitted: [`hazard::training::train`], [`hazard::premium::ContractModel::quote`] |
//! | b | systematic premium β·λ | [`systematic`] | [`systematic::factor_table`], [`systematic::fit_factors_with`], [`systematic::rolling_factors`], [`systematic::shrink`], [`systematic::systematic_premium`] |
//! | l | liquidity spread (LACC) | [`liquidity`] | [`liquidity::BookDepth::walk`], [`liquidity::optimal_split`], [`liquidity::Execution::best`], [`liquidity::liquidity_premium`] |
//! | o | oracle-latency premium | [`latency`] | [`latency::LatencyExposure::premium`], [`latency::OracleUpdates::premium`], [`latency::PoolArbitrage::profit_rate`] |
//! | q | liquidation tail premium | [`tail`] | [`tail::TailPremium::rate`], [`tail::InsuranceFund::ruin_loading`], [`tail::tail_risk`] |
//! | q | the same, simulated | [`simulation`] | [`simulation::MarginEngine::simulate`], [`simulation::MarginEngine::margin_response`], [`simulation::Surplus::ruin`], [`simulation::first_passage`] |
//! | d | cost of debt | [`debt`] | [`debt::fit_kinked_curve`], [`debt::fit_regimes`], [`debt::KinkedCurve::rate`] |
//! | e | emissions | [`emissions`], [`flight`] | [`emissions::split_yield`], [`emissions::organic_hurdle`], [`flight::liquidity_flight`] |
//! | w | equity weight, WACC | [`mod@wacc`] | [`wacc::equity_weight`], [`wacc::wacc`] |
//! | σ | volatility | [`volatility`] | [`volatility::realised_over`], [`volatility::yang_zhang`], [`volatility::jump_test`], [`volatility::har::fit`], [`volatility::garch::fit`], [`volatility::term_structure`] |
//! | λ, m, δ | jumps | [`jumps`] | [`jumps::threshold_jumps`] |
//! | ρ_u, ρ_q | responses | [`response`] | [`response::utilisation_response`], [`response::tail_response`] |
//! | M_u, M_c | multipliers | [`composition`] | [`composition::fit_multiplier`], [`composition::lockup_samples`], [`composition::uncovered_samples`] |
//! | Φ(h) | composition | [`composition`] | [`composition::Composition::phi`], [`composition::Composition::partial`], [`composition::Composition::slope_range`] |
//! | h = Φ(h) | equilibrium | [`equilibrium`] | [`equilibrium::solve`], [`equilibrium::solve_integer`], [`equilibrium::analyse`], [`equilibrium::effects`] |
//! | h over time | stability | [`equilibrium::dynamics`], [`equilibrium::stability`] | [`equilibrium::dynamics::FeedbackLoop::simulate`], [`equilibrium::dynamics::FeedbackLoop::stable_ball`] |
//! | i | policy rate (optional) | [`policy`] | [`policy::PolicyRule::next`] |
//! | margin | risk classes | [`margin`] | [`margin::calibrate`], [`margin::fit_tail`], [`margin::quantile_limit`], [`simulation::adverse_log_moves`], [`margin::coverage`] |
//! | | walk-forward test | [`backtest`] | [`backtest::run`] |
//!
//! Beside them, what a desk asks next: [`options`] (greeks, implied volatility), [`trade_costs`] (the liquidator's bounty,
//! the arbitrageur's band), [`mod@carry`] (cost of carry) and [`performance`] (volatility-adjusted return).
//!
//! Beneath them: [`series`] (validated observations), [`normal`], [`robust`] (Theil–Sen), [`linear`] (least squares),
//! [`hac`] (its errors' bandwidth).
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)
)]

pub mod backtest;
pub mod carry;
pub mod composition;
pub mod debt;
pub mod emissions;
pub mod equilibrium;
mod error;
pub mod flight;
pub mod hac;
pub mod hazard;
pub mod jumps;
pub mod latency;
pub mod linear;
pub mod liquidity;
pub mod margin;
pub mod normal;
pub mod options;
pub mod performance;
pub mod policy;
pub mod pow;
mod quadratic;
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
pub mod trade_costs;
mod vector;
pub mod volatility;
pub mod wacc;

pub use error::{ModelError, Result};
