use super::{emit_tightened, refuse_nonce, tighten_market};
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
    /// Governance or, where the same reports stay welcome and three times a day, the guardian.
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
        let change = MarketChange::Params(*params);
        let applied = tighten_market(&self.config, &self.signer, &mut self.market, &change)?;
        let target = *self.market.address();
        emit_tightened(target, &self.signer, kind::PARAMS, &applied, reason_hash);
        Ok(())
    }
}
