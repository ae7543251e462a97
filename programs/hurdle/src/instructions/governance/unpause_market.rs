use super::super::now;
use super::refuse_nonce;
use crate::{Config, Market, MarketUnpaused};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::AccountLayout;

/// Accounts of `unpause_market`.
#[derive(Accounts)]
pub struct UnpauseMarket {
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
    /// The market.
    #[account(mut, constraint = market.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub market: Account<Market>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl UnpauseMarket {
    /// Ends a pause before its time.
    pub fn unpause_market(&mut self, reason_hash: [u8; 32]) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        self.market.inner.pauses.end(now()?.time);
        emit!(MarketUnpaused {
            market: *self.market.address(),
            reason_hash,
        });
        Ok(())
    }
}
