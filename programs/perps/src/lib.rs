//! An example consumer in Anchor: a coin-margined book of one perpetual position that Hurdle gates, through the CPI
//! client that Anchor generates from the program.
//!
//! The exchange's admin decides once which market of Hurdle's it trusts, in which class its coin is margined and how young
//! and how widely signed a rate must be; traders open books at the exchange and choose none of it. Everything is in
//! lamports: the collateral is what the book's account holds above its rent, and the notional is the position's value at
//! the venue's mark. A venue would add orders, marks and funding; what is shown here is where the margin check belongs:
//! after the change, on the book as it would be left, and never in the way of `reduce`.
#![cfg_attr(target_os = "solana", no_std)]
#![allow(
    missing_docs,
    unused_variables,
    reason = "Anchor's derives generate undocumented items and unused bindings"
)]

#[cfg(target_os = "solana")]
use sbf_builtins as _;

extern crate alloc;

mod error;
mod gate;
mod instructions;
mod state;

pub use error::PerpsError;
pub use instructions::*;
pub use state::*;

use anchor_lang::prelude::*;
use hurdle_interface::ReadPolicy;

declare_program!(hurdle);
declare_id!("Perps11111111111111111111111111111111111111");

/// The instructions.
#[program]
pub mod perps {
    use super::*;

    /// Creates an exchange of the signer's on a market of Hurdle's.
    pub fn create_exchange(
        ctx: &mut Context<CreateExchange>,
        class: u8,
        max_rate_age: i64,
        min_signers: u8,
    ) -> Result<()> {
        let policy = ReadPolicy {
            max_age: max_rate_age,
            min_signers,
        };
        ctx.accounts.create_exchange(class, policy, ctx.bumps.exchange)
    }

    /// Opens an empty book of the signer's at an exchange.
    pub fn open_book(ctx: &mut Context<OpenBook>) -> Result<()> {
        ctx.accounts.open_book(ctx.bumps.book)
    }

    /// Pledges lamports.
    pub fn deposit(ctx: &mut Context<Deposit>, lamports: u64) -> Result<()> {
        ctx.accounts.deposit(lamports)
    }

    /// Makes the position larger, if Hurdle allows it.
    pub fn increase(ctx: &mut Context<Trade>, notional: u64) -> Result<()> {
        ctx.accounts.increase(notional)
    }

    /// Takes lamports out, if Hurdle allows it.
    pub fn withdraw(ctx: &mut Context<Trade>, lamports: u64) -> Result<()> {
        ctx.accounts.withdraw(lamports)
    }

    /// Makes the position smaller. Asks nobody: what removes risk must not wait for an oracle.
    pub fn reduce(ctx: &mut Context<Reduce>, notional: u64) -> Result<()> {
        ctx.accounts.reduce(notional)
    }
}
