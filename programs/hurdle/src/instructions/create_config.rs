use super::refuse_nonce;
use crate::{Config, ConfigCreated};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::args::CreateConfigArgs;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::loader::{self, UPGRADEABLE_LOADER};
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::{AccountLayout, ConfigState};

/// Accounts of `create_config`.
#[derive(Accounts)]
pub struct CreateConfig {
    /// Pays for the account. May be the upgrade authority.
    // SAFETY: nothing is kept in it. It signs, as no account of this program does, and only its lamports change, by CPI.
    #[account(unsafe(dup))]
    pub payer: Signer,
    /// The program's upgrade authority.
    pub upgrade_authority: Signer,
    /// The program's data account under the upgradeable loader, which names the upgrade authority.
    #[account(
        owner = UPGRADEABLE_LOADER @ HurdleError::NotUpgradeAuthority,
        seeds = [crate::ID.as_ref()],
        bump,
        seeds::program = UPGRADEABLE_LOADER
    )]
    pub program_data: UncheckedAccount,
    /// The config.
    #[account(init, payer = payer, seeds = [CONFIG_SEED], bump)]
    pub config: Account<Config>,
    /// Creates the account.
    pub system_program: Program<System>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl CreateConfig {
    fn validate(&self) -> Result<()> {
        let data = self.program_data.account().try_borrow()?;
        let authority = loader::upgrade_authority(&data);
        require!(
            authority.is_some_and(|key| self.upgrade_authority.address().as_array() == key),
            HurdleError::NotUpgradeAuthority
        );
        Ok(())
    }

    /// Writes the config.
    pub fn create_config(&mut self, args: &CreateConfigArgs, bump: u8) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        self.validate()?;
        let config = &mut self.config.inner;
        config.version = ConfigState::VERSION;
        config.bump = bump;
        config.authority = args.authority;
        config.guardian = args.guardian;
        config.genesis_hash = args.genesis_hash;
        config.timelock_seconds = args.timelock_seconds;
        config.invariant()?;
        emit!(ConfigCreated {
            authority: args.authority,
            guardian: args.guardian,
            genesis_hash: args.genesis_hash,
            timelock_seconds: args.timelock_seconds,
        });
        Ok(())
    }
}
