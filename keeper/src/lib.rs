//! The keeper of Hurdle: `observe → validate → model → solve → report → co-sign → submit → confirm → record`.
//!
//! Plain functions over plain data, one module per stage; I/O only at the two ends, behind [`source::Source`] and
//! [`chain::Chain`]. Nothing between them reads a clock or sleeps: time is an argument.
//!
//! | stage | where |
//! |---|---|
//! | observe | [`source`] |
//! | validate, model, solve, report | [`pipeline`] |
//! | co-sign | [`committee`] |
//! | submit, confirm | [`submit`], [`chain`] |
//! | record | [`record`] |
//! | one whole cycle | [`cycle`] |
//! | training of the smart-contract premium, ahead of all cycles | [`hazard`] |
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)
)]

pub mod chain;
pub mod clock;
pub mod committee;
pub mod config;
pub mod convert;
pub mod cycle;
pub mod demo;
pub mod desk;
pub mod hazard;
#[cfg(feature = "rpc")]
pub mod init;
#[cfg(feature = "rpc")]
pub mod keys;
pub mod observation;
pub mod page;
pub mod pipeline;
pub mod pow;
pub mod record;
#[cfg(feature = "rpc")]
pub mod run;
pub mod source;
pub mod submit;
pub mod timer;
