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
use hurdle_interface::UnixTime;
use hurdle_interface::args::{CreateConfigArgs, CreateMarketArgs};
use hurdle_interface::governance::{ConfigChange, MarketChange};
#[cfg(feature = "idl-build")]
use hurdle_interface::margin::MarginReply;
use hurdle_interface::margin::{MarginRequest, Position, RiskClass};
use hurdle_interface::state::MarketParams;

declare_id!("Hurd1e11111111111111111111111111111111111111");

/// The instructions.
///
/// `check_margin` and `preview_margin` return a [`MarginReply`], and to the IDL they say so. What is deployed returns its
/// bytes itself: Anchor would copy the reply twice and serialise it field by field, to the same bytes.
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

    /// Requirement and health of an account; fails where asked to enforce and the action is not allowed.
    #[cfg(not(feature = "idl-build"))]
    pub fn check_margin(
        ctx: &mut Context<CheckMargin>,
        request: MarginRequest,
        positions: &[Position],
    ) -> Result<()> {
        ctx.accounts.check_margin(request, positions, return_reply)
    }

    /// Requirement and health of an account; fails where asked to enforce and the action is not allowed.
    #[cfg(feature = "idl-build")]
    pub fn check_margin(
        ctx: &mut Context<CheckMargin>,
        request: MarginRequest,
        positions: &[Position],
    ) -> Result<MarginReply> {
        ctx.accounts.check_margin(request, positions, |reply| *reply)
    }

    /// Requirement and health of an account at a time from now on, if nothing is published until then.
    #[cfg(not(feature = "idl-build"))]
    pub fn preview_margin(
        ctx: &mut Context<PreviewMargin>,
        at: i64,
        request: MarginRequest,
        positions: &[Position],
    ) -> Result<()> {
        ctx.accounts
            .preview_margin(UnixTime(at), request, positions, return_reply)
    }

    /// Requirement and health of an account at a time from now on, if nothing is published until then.
    #[cfg(feature = "idl-build")]
    pub fn preview_margin(
        ctx: &mut Context<PreviewMargin>,
        at: i64,
        request: MarginRequest,
        positions: &[Position],
    ) -> Result<MarginReply> {
        ctx.accounts
            .preview_margin(UnixTime(at), request, positions, |reply| *reply)
    }

    /// Names who may become the authority; the zero address takes the nomination back. Signed by the authority.
    pub fn nominate_authority(
        ctx: &mut Context<NominateAuthority>,
        nominee: Address,
        reason_hash: [u8; 32],
    ) -> Result<()> {
        ctx.accounts.nominate_authority(nominee, reason_hash)
    }

    /// Makes the nominee the authority. Signed by the nominee.
    pub fn accept_authority(ctx: &mut Context<AcceptAuthority>) -> Result<()> {
        ctx.accounts.accept_authority()
    }

    /// Sets the parameters of a market that is not active yet. Signed by the authority.
    pub fn set_params(
        ctx: &mut Context<SetParams>,
        params: MarketParams,
        reason_hash: [u8; 32],
    ) -> Result<()> {
        ctx.accounts.set_params(&params, reason_hash)
    }

    /// Proposes a change of a market. Signed by the authority.
    pub fn propose_market_change(
        ctx: &mut Context<ProposeMarketChange>,
        change: MarketChange,
        reason_hash: [u8; 32],
    ) -> Result<()> {
        ctx.accounts
            .propose_market_change(change, reason_hash, ctx.bumps.proposal)
    }

    /// Proposes members and threshold of a committee. Signed by the authority.
    pub fn propose_committee_change(
        ctx: &mut Context<ProposeCommitteeChange>,
        threshold: u8,
        keys: Vec<Address>,
        reason_hash: [u8; 32],
    ) -> Result<()> {
        ctx.accounts
            .propose_committee_change(threshold, &keys, reason_hash, ctx.bumps.proposal)
    }

    /// Proposes another timelock or guardian. Signed by the authority.
    pub fn propose_config_change(
        ctx: &mut Context<ProposeConfigChange>,
        change: ConfigChange,
        reason_hash: [u8; 32],
    ) -> Result<()> {
        ctx.accounts
            .propose_config_change(change, reason_hash, ctx.bumps.proposal)
    }

    /// Puts a proposed change of a market into force once its timelock is over. Anyone may.
    pub fn execute_market_change(ctx: &mut Context<ExecuteMarketChange>) -> Result<()> {
        ctx.accounts.execute_market_change()
    }

    /// Puts a proposed committee into office once its timelock is over. Anyone may.
    pub fn execute_committee_change(ctx: &mut Context<ExecuteCommitteeChange>) -> Result<()> {
        ctx.accounts.execute_committee_change()
    }

    /// Puts a proposed timelock or guardian into force once the timelock is over. Anyone may.
    pub fn execute_config_change(ctx: &mut Context<ExecuteConfigChange>) -> Result<()> {
        ctx.accounts.execute_config_change()
    }

    /// Ends a proposal. Signed by the authority or, but for a change of the guardian, by the guardian.
    pub fn veto_proposal(ctx: &mut Context<VetoProposal>, reason_hash: [u8; 32]) -> Result<()> {
        ctx.accounts.veto_proposal(reason_hash)
    }

    /// Closes a proposal that has expired. Anyone may.
    pub fn close_proposal(ctx: &mut Context<CloseProposal>) -> Result<()> {
        ctx.accounts.close_proposal()
    }

    /// Puts parameters into force that are equal or tighter in every field. Signed by the authority or, where they refuse no
    /// report that was welcome and at most three times within a day, classes counted too, by the guardian, which moves no field by more than a
    /// quarter.
    pub fn tighten_params(
        ctx: &mut Context<TightenParams>,
        params: MarketParams,
        reason_hash: [u8; 32],
    ) -> Result<()> {
        ctx.accounts.tighten_params(&params, reason_hash)
    }

    /// Puts a risk class into force that is equal or tighter in every field. Signed by the authority or, at most three
    /// times within a day, parameters counted too, by the guardian, which moves no field by more than a quarter.
    pub fn tighten_class(
        ctx: &mut Context<TightenClass>,
        index: u8,
        class: RiskClass,
        reason_hash: [u8; 32],
    ) -> Result<()> {
        ctx.accounts.tighten_class(index, class, reason_hash)
    }

    /// Removes keys of a committee, raises its threshold, or both. Signed by the authority.
    pub fn tighten_committee(
        ctx: &mut Context<TightenCommittee>,
        threshold: u8,
        keys: Vec<Address>,
        reason_hash: [u8; 32],
    ) -> Result<()> {
        ctx.accounts.tighten_committee(threshold, &keys, reason_hash)
    }

    /// Makes the timelock longer. Signed by the authority.
    pub fn tighten_timelock(
        ctx: &mut Context<TightenTimelock>,
        seconds: i64,
        reason_hash: [u8; 32],
    ) -> Result<()> {
        ctx.accounts.tighten_timelock(seconds, reason_hash)
    }

    /// Refuses actions that add risk for at most six hours. Signed by the authority or, at most three times within a day,
    /// by the guardian.
    pub fn pause_market(ctx: &mut Context<PauseMarket>, seconds: i64, reason_hash: [u8; 32]) -> Result<()> {
        ctx.accounts.pause_market(seconds, reason_hash)
    }

    /// Ends a pause before its time. Signed by the authority.
    pub fn unpause_market(ctx: &mut Context<UnpauseMarket>, reason_hash: [u8; 32]) -> Result<()> {
        ctx.accounts.unpause_market(reason_hash)
    }
}
