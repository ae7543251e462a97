//! The rules of Hurdle, in one place: quantities, the composition of the hurdle rate, the margin rule, account layouts,
//! addresses, instruction builders, the report's wire format and the errors.
//!
//! `no_std` and free of any framework: the on-chain program, the keeper, consumers and tests run this very code, so
//! anyone can replay a published number bit for bit.
//!
//! | to | use |
//! |---|---|
//! | read a market directly | [`state::MarketState::read_checked`], then [`margin::check_position`] |
//! | read a rate over time | [`state::History::read_checked`], then [`state::History::time_weighted_up`] |
//! | ask by CPI | [`instruction::check_margin`], then [`margin::MarginReply`] from return data |
//! | recompute a hurdle rate | [`composition::Composition`] |
//! | build a report | [`report::Report`] |
//! | change a parameter | [`governance`] |
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

#[cfg(feature = "instructions")]
extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod args;
pub mod composition;
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
pub mod multiplier;
pub mod options;
pub mod pda;
pub mod publication;
pub mod quantity;
pub mod ramp;
pub mod report;
pub mod staleness;
pub mod state;
mod words;

pub use error::{HurdleError, Result};
pub use quantity::{Amount, Rate, Ratio, Sensitivity, Slot, UnixTime};

use solana_address::Address;

/// The address of the Hurdle program.
pub const ID: Address = Address::from_str_const("Hurd1e11111111111111111111111111111111111111");
