use super::super::now;
use super::refuse_nonce;
use crate::{Config, Market, ParamsSet};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::governance::MarketChange;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::{AccountLayout, MarketParams};

/// Accounts of `set_params`.
#[derive(Accounts)]
pub struct SetParams {
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
    /// The market, not active yet.
    #[account(mut, constraint = market.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub market: Account<Market>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl SetParams {
    /// Sets the parameters and opens a new parameter epoch.
    pub fn set_params(&mut self, params: &MarketParams, reason_hash: [u8; 32]) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let address = *self.market.address();
        let market = &mut self.market.inner;
        let applied = MarketChange::Params(*params).set_up(market, now()?.time)?;
        emit!(ParamsSet {
            market: address,
            replaced: applied.replaced,
            digest: applied.digest,
            reason_hash,
            param_epoch: u64::from(market.param_epoch),
        });
        Ok(())
    }
}
