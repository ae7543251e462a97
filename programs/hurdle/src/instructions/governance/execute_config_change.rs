use super::super::now;
use super::{emit_executed, refuse_nonce};
use crate::{Config, Proposal};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::governance::Change;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::AccountLayout;

/// Accounts of `execute_config_change`. Nobody signs: the proposal has waited for everyone to see.
#[derive(Accounts)]
pub struct ExecuteConfigChange {
    /// Paid for the proposal and gets its rent back.
    #[account(mut, address = proposal.inner.payer @ HurdleError::WrongProposalPayer)]
    pub payer: UncheckedAccount,
    /// The proposal, closed once executed.
    #[account(mut, close = payer, constraint = proposal.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub proposal: Account<Proposal>,
    /// The config.
    #[account(
        mut,
        seeds = [CONFIG_SEED],
        bump = config.inner.bump,
        constraint = config.inner.is_current() @ HurdleError::InvalidAccountData
    )]
    pub config: Account<Config>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl ExecuteConfigChange {
    /// Puts the change into force.
    pub fn execute_config_change(&mut self) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let proposal = &self.proposal.inner;
        let Change::Config(change) = proposal.change()? else {
            return Err(HurdleError::WrongProposal.into());
        };
        let applied = change.execute(proposal, &mut self.config.inner, now()?.time)?;
        emit_executed(&self.proposal, &applied);
        Ok(())
    }
}
