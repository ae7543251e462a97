use super::refuse_nonce;
use crate::{Config, Proposal, ProposalVetoed};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::AccountLayout;

/// Accounts of `veto_proposal`.
#[derive(Accounts)]
pub struct VetoProposal {
    /// Governance or the guardian.
    pub signer: Signer,
    /// The config.
    #[account(
        seeds = [CONFIG_SEED],
        bump = config.inner.bump,
        constraint = config.inner.is_current() @ HurdleError::InvalidAccountData
    )]
    pub config: Account<Config>,
    /// Paid for the proposal and gets its rent back. May be the signer.
    // SAFETY: nothing is kept in it. It signed when it paid, as no account of this program does, and only its lamports
    // change.
    #[account(unsafe(dup), address = proposal.inner.payer @ HurdleError::WrongProposalPayer)]
    pub payer: UncheckedAccount,
    /// The proposal, closed.
    #[account(mut, close = payer, constraint = proposal.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub proposal: Account<Proposal>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl VetoProposal {
    /// Ends the proposal.
    pub fn veto_proposal(&mut self, reason_hash: [u8; 32]) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let proposal = &self.proposal.inner;
        let by = *self.signer.address();
        self.config.inner.check_veto(&by, &proposal.change()?)?;
        emit!(ProposalVetoed {
            proposal: *self.proposal.address(),
            target: proposal.target,
            by,
            reason_hash,
            id: proposal.id,
            kind: u64::from(proposal.kind),
        });
        Ok(())
    }
}
