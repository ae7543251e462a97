//! The rules of Hurdle, in one place: quantities, the composition of the hurdle rate, the margin rule, account layouts,
//! addresses, instruction builders, the report's wire format and the errors.
//!
//! `no_std` and free of any framework: the on-chain program, the keeper, consumers and tests run this very code, so
//! anyone can replay a published number bit for bit.
//!
//! | to | use |
//! |---|---|
//! | read a market directly | [`Market::read_checked`], then [`Market::hurdle`] or [`Market::check`] |
//! | read a rate over time | [`History::read_checked`], then [`History::time_weighted_up`] |
//! | know how long governance must wait | [`Config::read_checked`] |
//! | ask by CPI | [`instruction::check_margin`], then [`margin::MarginReply`] from return data |
//! | recompute a hurdle rate | [`composition::Composition`] |
//! | build a report | [`report::Report`] |
//! | change a parameter | [`governance`] |
//!
//! A consumer sees nothing of an account's layout: what it can reach has been checked. The feature `raw` opens the layouts
//! and the rules on them to the program, its keepers and their tests.
#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "tests state what must hold; a panic is how they fail"
    )
)]
#![cfg_attr(
    not(feature = "raw"),
    allow(dead_code, unused_imports, reason = "a consumer reaches a part of it only")
)]

#[cfg(feature = "instructions")]
extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod args;
pub mod composition;
mod config;
pub mod curve;
mod decay;
pub mod error;
#[cfg(test)]
mod fixture;
pub mod governance;
#[cfg(feature = "instructions")]
pub mod instruction;
pub mod introspect;
pub mod limit;
pub mod loader;
pub mod margin;
pub mod market;
pub mod multiplier;
pub mod options;
pub mod pda;
#[cfg(feature = "raw")]
pub mod publication;
#[cfg(not(feature = "raw"))]
mod publication;
pub mod quantity;
pub mod ramp;
pub mod report;
pub mod staleness;
#[cfg(feature = "raw")]
pub mod state;
#[cfg(not(feature = "raw"))]
mod state;
mod words;

pub use config::Config;
pub use error::{HurdleError, Result};
pub use market::{Market, ReadPolicy};
pub use quantity::{Amount, Rate, Ratio, Sensitivity, Slot, UnixTime};
pub use state::History;

use solana_address::Address;

/// The address of the Hurdle program.
pub const ID: Address = Address::from_str_const("Hurd1e11111111111111111111111111111111111111");
