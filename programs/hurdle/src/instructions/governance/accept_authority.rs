use super::refuse_nonce;
use crate::{AuthorityAccepted, Config};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::AccountLayout;

/// Accounts of `accept_authority`.
#[derive(Accounts)]
pub struct AcceptAuthority {
    /// Who was nominated.
    pub nominee: Signer,
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

impl AcceptAuthority {
    /// Makes the nominee the authority.
    pub fn accept_authority(&mut self) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let config = &mut self.config.inner;
        let before = config.authority;
        config.accept(self.nominee.address())?;
        config.invariant()?;
        emit!(AuthorityAccepted {
            before,
            authority: config.authority,
        });
        Ok(())
    }
}
