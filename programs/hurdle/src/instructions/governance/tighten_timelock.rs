use super::super::now;
use super::{emit_tightened, refuse_nonce, require_authority};
use crate::Config;
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::governance::{ConfigChange, kind};
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::AccountLayout;

/// Accounts of `tighten_timelock`.
#[derive(Accounts)]
pub struct TightenTimelock {
    /// Governance. Not the guardian, which could hold every change of rules, its own removal too, for the longest timelock.
    pub signer: Signer,
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

impl TightenTimelock {
    /// Makes the timelock longer.
    pub fn tighten_timelock(&mut self, seconds: i64, reason_hash: [u8; 32]) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        require_authority(&self.config, &self.signer)?;
        let applied = ConfigChange::Timelock(seconds).tighten(&mut self.config.inner, now()?.time)?;
        let target = *self.config.address();
        emit_tightened(target, &self.signer, kind::TIMELOCK, &applied, reason_hash);
        Ok(())
    }
}
