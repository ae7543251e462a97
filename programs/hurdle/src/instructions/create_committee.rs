use super::refuse_nonce;
use crate::{Committee, CommitteeCreated, Config};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::{COMMITTEE_SEED, CONFIG_SEED};
use hurdle_interface::state::{AccountLayout, CommitteeState};

/// Accounts of `create_committee`.
#[derive(Accounts)]
#[instruction(id: u16)]
pub struct CreateCommittee {
    /// Pays for the account. May be the authority.
    // SAFETY: nothing is kept in it. It signs, as no account of this program does, and only its lamports change, by CPI.
    #[account(unsafe(dup))]
    pub payer: Signer,
    /// Governance.
    #[account(address = config.inner.authority @ HurdleError::Unauthorized)]
    pub authority: Signer,
    /// The config.
    #[account(
        seeds = [CONFIG_SEED],
        bump = config.inner.bump,
        constraint = config.inner.is_current() @ HurdleError::InvalidAccountData
    )]
    pub config: Account<Config>,
    /// The committee.
    #[account(init, payer = payer, seeds = [COMMITTEE_SEED, &id.to_le_bytes()], bump)]
    pub committee: Account<Committee>,
    /// Creates the account.
    pub system_program: Program<System>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl CreateCommittee {
    /// Writes the committee at its first epoch.
    pub fn create_committee(&mut self, id: u16, threshold: u8, keys: &[Address], bump: u8) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let address = *self.committee.address();
        let committee = &mut self.committee.inner;
        committee.version = CommitteeState::VERSION;
        committee.bump = bump;
        committee.id = id;
        committee.set_members(keys, threshold)?;
        committee.invariant()?;
        emit!(CommitteeCreated {
            committee: address,
            id,
            threshold,
            count: committee.count,
            epoch: committee.epoch,
        });
        Ok(())
    }
}
