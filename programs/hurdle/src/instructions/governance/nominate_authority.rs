use super::refuse_nonce;
use crate::{AuthorityNominated, Config};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::AccountLayout;

/// Accounts of `nominate_authority`.
#[derive(Accounts)]
pub struct NominateAuthority {
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
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl NominateAuthority {
    /// Names the nominee; the zero address takes a nomination back.
    pub fn nominate_authority(&mut self, nominee: Address, reason_hash: [u8; 32]) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let config = &mut self.config.inner;
        config.nominate(nominee);
        config.invariant()?;
        emit!(AuthorityNominated {
            authority: config.authority,
            nominee,
            reason_hash,
        });
        Ok(())
    }
}
