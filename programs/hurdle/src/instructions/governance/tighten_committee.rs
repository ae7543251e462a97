use super::{emit_tightened, refuse_nonce, require_authority};
use crate::{Committee, Config};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::governance::{Members, kind};
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::AccountLayout;

/// Accounts of `tighten_committee`.
#[derive(Accounts)]
pub struct TightenCommittee {
    /// Governance. Not the guardian: a committee that can hardly sign any more would be a pause without end.
    pub signer: Signer,
    /// The config.
    #[account(
        seeds = [CONFIG_SEED],
        bump = config.inner.bump,
        constraint = config.inner.is_current() @ HurdleError::InvalidAccountData
    )]
    pub config: Account<Config>,
    /// The committee.
    #[account(mut, constraint = committee.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub committee: Account<Committee>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl TightenCommittee {
    /// Removes keys, raises the threshold, or both.
    pub fn tighten_committee(
        &mut self,
        threshold: u8,
        keys: &[Address],
        reason_hash: [u8; 32],
    ) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        require_authority(&self.config, &self.signer)?;
        let applied = Members::new(keys, threshold)?.tighten(&mut self.committee.inner)?;
        let target = *self.committee.address();
        emit_tightened(target, &self.signer, kind::MEMBERS, &applied, reason_hash);
        Ok(())
    }
}
