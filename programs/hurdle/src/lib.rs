//! The Hurdle program: accounts, guards, one file per instruction.
//!
//! It has no arithmetic of its own: every rule is in `hurdle-interface`, which keepers and consumers run too.
#![cfg_attr(target_os = "solana", no_std)]
#![allow(
    missing_docs,
    unused_variables,
    reason = "Anchor's derives generate undocumented items and unused bindings"
)]

#[cfg(target_os = "solana")]
use sbf_builtins as _;

extern crate alloc;

mod events;
#[cfg(all(test, feature = "idl-build"))]
mod idl;
mod instructions;
mod state;

pub use events::*;
pub use instructions::*;
pub use state::*;

use alloc::vec::Vec;
use anchor_lang::prelude::*;
use hurdle_interface::args::{CreateConfigArgs, CreateMarketArgs};
use hurdle_interface::margin::{MarginReply, Position, RiskClass};

declare_id!("Hurd1e11111111111111111111111111111111111111");

/// The instructions.
#[program]
pub mod hurdle {
    use super::*;

    /// Creates the program's config. Signed by the program's upgrade authority, so that nobody comes first with another.
    pub fn create_config(ctx: &mut Context<CreateConfig>, args: CreateConfigArgs) -> Result<()> {
        ctx.accounts.create_config(&args, ctx.bumps.config)
    }

    /// Creates a committee of keepers under a number.
    pub fn create_committee(
        ctx: &mut Context<CreateCommittee>,
        id: u16,
        threshold: u8,
        keys: Vec<Address>,
    ) -> Result<()> {
        ctx.accounts
            .create_committee(id, threshold, &keys, ctx.bumps.committee)
    }

    /// Creates a market under a committee, and its history.
    pub fn create_market(ctx: &mut Context<CreateMarket>, args: CreateMarketArgs) -> Result<()> {
        ctx.accounts.create_market(&args, &ctx.bumps)
    }

    /// Sets a risk class of a market that is not active yet.
    pub fn set_risk_class(ctx: &mut Context<SetRiskClass>, index: u8, class: RiskClass) -> Result<()> {
        ctx.accounts.set_risk_class(index, class)
    }

    /// Publishes the report that an Ed25519 instruction of the same transaction has verified. Anyone may relay it.
    pub fn publish(ctx: &mut Context<Publish>, signatures_index: u8) -> Result<()> {
        ctx.accounts.publish(signatures_index)
    }

    /// Grows a market's history to some places. Anyone may, who pays the rent.
    pub fn grow_history(ctx: &mut Context<GrowHistory>, places: u32) -> Result<()> {
        ctx.accounts.grow_history(places)
    }

    /// Requirement and health of a position; fails where asked to enforce and the action is not allowed.
    pub fn check_margin(ctx: &mut Context<CheckMargin>, position: Position) -> Result<MarginReply> {
        ctx.accounts.check_margin(&position)
    }
}
