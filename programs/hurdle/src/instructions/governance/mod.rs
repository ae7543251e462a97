//! What governance may do: proposals, what tightens at once, pauses, the transfer of authority.

mod accept_authority;
mod close_proposal;
mod execute_committee_change;
mod execute_config_change;
mod execute_market_change;
mod nominate_authority;
mod pause_market;
mod propose_committee_change;
mod propose_config_change;
mod propose_market_change;
mod set_params;
mod tighten_class;
mod tighten_committee;
mod tighten_params;
mod tighten_timelock;
mod unpause_market;
mod veto_proposal;

pub use accept_authority::*;
pub use close_proposal::*;
pub use execute_committee_change::*;
pub use execute_config_change::*;
pub use execute_market_change::*;
pub use nominate_authority::*;
pub use pause_market::*;
pub use propose_committee_change::*;
pub use propose_config_change::*;
pub use propose_market_change::*;
pub use set_params::*;
pub use tighten_class::*;
pub use tighten_committee::*;
pub use tighten_params::*;
pub use tighten_timelock::*;
pub use unpause_market::*;
pub use veto_proposal::*;

use super::now;
use crate::{ChangeExecuted, ChangeProposed, ChangeTightened, Config, Market, Proposal};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::governance::{Applied, Change, MarketChange, refuse_durable_nonce};
use hurdle_interface::state::Proposing;

/// Refuses a transaction over a durable nonce.
#[inline(never)]
pub(super) fn refuse_nonce(instructions: &UncheckedAccount) -> Result<()> {
    refuse_durable_nonce(&instructions.account().try_borrow()?)?;
    Ok(())
}

/// Requires the authority or the guardian.
fn require_may_tighten(config: &Account<Config>, signer: &Signer) -> Result<()> {
    require!(
        config.inner.may_tighten(signer.address()),
        HurdleError::Unauthorized
    );
    Ok(())
}

/// Requires the authority.
fn require_authority(config: &Account<Config>, signer: &Signer) -> Result<()> {
    require!(
        config.inner.authority == *signer.address(),
        HurdleError::Unauthorized
    );
    Ok(())
}

/// Tightens a market: the authority as it must, the guardian within its limits.
#[inline(never)]
fn tighten_market(
    config: &Account<Config>,
    signer: &Signer,
    market: &mut Account<Market>,
    change: &MarketChange,
) -> Result<Applied> {
    require_may_tighten(config, signer)?;
    let now = now()?.time;
    Ok(if config.inner.authority == *signer.address() {
        change.tighten(&mut market.inner, now)?
    } else {
        change.tighten_by_guardian(&mut market.inner, now)?
    })
}

/// What a proposal is about.
struct Subject {
    /// The account that the change is for.
    target: Address,
    /// Digest of what the change replaces.
    replaced: [u8; 32],
    /// Digest of what it puts in its place.
    digest: [u8; 32],
    /// Hash of the text that gives the reason.
    reason_hash: [u8; 32],
}

/// Writes a proposal and says so.
#[inline(never)]
fn propose(
    config: &mut Account<Config>,
    proposal: &mut Account<Proposal>,
    payer: &Signer,
    bump: u8,
    change: &Change,
    subject: &Subject,
) -> Result<()> {
    let address = *proposal.address();
    let proposing = Proposing {
        id: config.inner.take_proposal_id()?,
        bump,
        payer: *payer.address(),
        target: subject.target,
        replaces: subject.replaced,
        reason_hash: subject.reason_hash,
        timelock_seconds: config.inner.timelock_seconds,
    };
    let state = &mut proposal.inner;
    state.propose(change, &proposing, now()?.time)?;
    emit!(ChangeProposed {
        proposal: address,
        target: subject.target,
        replaced: subject.replaced,
        digest: subject.digest,
        reason_hash: subject.reason_hash,
        id: state.id,
        executable_at: state.executable_at.0,
        expires_at: state.expires_at.0,
        kind: u64::from(state.kind),
    });
    Ok(())
}

/// Says that a proposal was executed.
#[inline(never)]
fn emit_executed(proposal: &Account<Proposal>, applied: &Applied) {
    let state = &proposal.inner;
    emit!(ChangeExecuted {
        proposal: *proposal.address(),
        target: state.target,
        replaced: applied.replaced,
        digest: applied.digest,
        reason_hash: state.reason_hash,
        id: state.id,
        kind: u64::from(state.kind),
    });
}

/// Says that something was tightened.
#[inline(never)]
fn emit_tightened(target: Address, by: &Signer, kind: u8, applied: &Applied, reason_hash: [u8; 32]) {
    emit!(ChangeTightened {
        target,
        by: *by.address(),
        replaced: applied.replaced,
        digest: applied.digest,
        reason_hash,
        kind: u64::from(kind),
    });
}
