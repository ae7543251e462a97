use super::super::now;
use super::{emit_executed, refuse_nonce};
use crate::{Committee, Proposal};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::governance::Change;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::state::AccountLayout;

/// Accounts of `execute_committee_change`. Nobody signs: the proposal has waited for everyone to see.
#[derive(Accounts)]
pub struct ExecuteCommitteeChange {
    /// Paid for the proposal and gets its rent back.
    #[account(mut, address = proposal.inner.payer @ HurdleError::WrongProposalPayer)]
    pub payer: UncheckedAccount,
    /// The proposal, closed once executed.
    #[account(mut, close = payer, constraint = proposal.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub proposal: Account<Proposal>,
    /// The committee.
    #[account(
        mut,
        address = proposal.inner.target @ HurdleError::WrongProposal,
        constraint = committee.inner.is_current() @ HurdleError::InvalidAccountData
    )]
    pub committee: Account<Committee>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl ExecuteCommitteeChange {
    /// Puts the change into force.
    pub fn execute_committee_change(&mut self) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let proposal = &self.proposal.inner;
        let Change::Committee(change) = proposal.change()? else {
            return Err(HurdleError::WrongProposal.into());
        };
        let applied = change.execute(proposal, &mut self.committee.inner, now()?.time)?;
        emit_executed(&self.proposal, &applied);
        Ok(())
    }
}
