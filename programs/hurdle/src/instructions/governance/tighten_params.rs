use super::super::now;
use super::{emit_tightened, refuse_nonce, require_authority, require_may_tighten};
use crate::{Config, Market};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::governance::{MarketChange, kind};
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::{AccountLayout, MarketParams};

/// Accounts of `tighten_params`.
#[derive(Accounts)]
pub struct TightenParams {
    /// Governance or, where the same reports stay welcome, the guardian.
    pub signer: Signer,
    /// The config.
    #[account(
        seeds = [CONFIG_SEED],
        bump = config.inner.bump,
        constraint = config.inner.is_current() @ HurdleError::InvalidAccountData
    )]
    pub config: Account<Config>,
    /// The market.
    #[account(mut, constraint = market.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub market: Account<Market>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl TightenParams {
    /// Puts parameters into force that are equal or tighter in every field.
    pub fn tighten_params(&mut self, params: &MarketParams, reason_hash: [u8; 32]) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        if self.market.inner.params.keeps_reports(params) {
            require_may_tighten(&self.config, &self.signer)?;
        } else {
            require_authority(&self.config, &self.signer)?;
        }
        let change = MarketChange::Params(*params);
        let applied = change.tighten(&mut self.market.inner, now()?.time)?;
        let target = *self.market.address();
        emit_tightened(target, &self.signer, kind::PARAMS, &applied, reason_hash);
        Ok(())
    }
}
