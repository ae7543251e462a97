//! Component **p**, the smart-contract premium: hazard × loss given failure × risk aversion.
//!
//! Two ways lead to it. Where governance states the hazards and coefficients, [`Hazard::proportional`] and
//! [`contract_premium`] combine them. Where they are to come from the record of failures, [`training::train`] fits a
//! discrete-time hazard model on a cohort of protocols, [`severity`] the losses, [`frequency`] the dispersion of
//! their number, and [`premium::ContractModel::quote`] turns the three into p with its interval.
//!
//! | step | module |
//! |---|---|
//! | which listed protocol an event befell | [`matching`], [`joining`] |
//! | cohort to person-periods, without look-ahead | [`cohort`] |
//! | traits to a standardised design | [`design`] |
//! | penalised logistic or complementary log–log regression | [`binary`] |
//! | losses and calibration out of sample | [`scoring`] |
//! | penalty by cross-validation, time split, choice of the shipped model | [`training`] |
//! | loss amounts beyond a threshold | [`pareto`], [`goodness`], [`severity`] |
//! | number of events | [`frequency`] |

pub mod binary;
mod cholesky;
pub mod cohort;
pub mod design;
pub mod frequency;
pub mod goodness;
pub mod joining;
pub mod matching;
pub mod pareto;
pub mod premium;
mod rate;
pub mod scoring;
pub mod severity;
pub mod training;

pub use rate::{Covariate, Hazard, actuarially_fair_spread, any_failure, contract_premium};
