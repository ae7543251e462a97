use super::super::now;
use super::refuse_nonce;
use crate::{Proposal, ProposalClosed};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::state::AccountLayout;

/// Accounts of `close_proposal`. Nobody signs: the proposal has expired.
#[derive(Accounts)]
pub struct CloseProposal {
    /// Paid for the proposal and gets its rent back.
    #[account(mut, address = proposal.inner.payer @ HurdleError::WrongProposalPayer)]
    pub payer: UncheckedAccount,
    /// The proposal, closed.
    #[account(mut, close = payer, constraint = proposal.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub proposal: Account<Proposal>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl CloseProposal {
    /// Ends a proposal that has expired.
    pub fn close_proposal(&mut self) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let proposal = &self.proposal.inner;
        proposal.check_expired(now()?.time)?;
        emit!(ProposalClosed {
            proposal: *self.proposal.address(),
            target: proposal.target,
            id: proposal.id,
            kind: u64::from(proposal.kind),
        });
        Ok(())
    }
}
