use super::{Subject, propose, refuse_nonce};
use crate::{Config, Proposal};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::governance::{Change, ConfigChange};
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::{CONFIG_SEED, PROPOSAL_SEED};
use hurdle_interface::state::AccountLayout;

/// Accounts of `propose_config_change`.
#[derive(Accounts)]
pub struct ProposeConfigChange {
    /// Pays for the proposal and gets its rent back. May be the authority.
    // SAFETY: nothing is kept in it. It signs, as no account of this program does, and only its lamports change, by CPI.
    #[account(unsafe(dup))]
    pub payer: Signer,
    /// Governance.
    #[account(address = config.inner.authority @ HurdleError::Unauthorized)]
    pub authority: Signer,
    /// The config.
    #[account(
        mut,
        seeds = [CONFIG_SEED],
        bump = config.inner.bump,
        constraint = config.inner.is_current() @ HurdleError::InvalidAccountData
    )]
    pub config: Account<Config>,
    /// The proposal, under the next number of the config.
    #[account(
        init,
        payer = payer,
        seeds = [PROPOSAL_SEED, &config.inner.proposals.to_le_bytes()],
        bump
    )]
    pub proposal: Account<Proposal>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl ProposeConfigChange {
    /// Checks the change and writes the proposal.
    pub fn propose_config_change(
        &mut self,
        change: ConfigChange,
        reason_hash: [u8; 32],
        bump: u8,
    ) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        change.validate()?;
        let (replaced, digest) = (change.replaced(&self.config.inner), change.digest());
        let subject = Subject {
            target: *self.config.address(),
            replaced,
            digest,
            reason_hash,
        };
        propose(
            &mut self.config,
            &mut self.proposal,
            &self.payer,
            bump,
            &Change::Config(change),
            &subject,
        )
    }
}
