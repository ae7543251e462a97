use super::super::now;
use super::{refuse_nonce, require_may_tighten};
use crate::{Config, Market, MarketPaused};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::AccountLayout;

/// Accounts of `pause_market`.
#[derive(Accounts)]
pub struct PauseMarket {
    /// Governance or, three times a day, the guardian.
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

impl PauseMarket {
    /// Refuses actions that add risk for some seconds. Publishing and what reduces risk go on.
    pub fn pause_market(&mut self, seconds: i64, reason_hash: [u8; 32]) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        require_may_tighten(&self.config, &self.signer)?;
        let now = now()?.time;
        let pauses = &mut self.market.inner.pauses;
        if self.config.inner.authority == *self.signer.address() {
            pauses.begin_by_authority(seconds, now)?;
        } else {
            pauses.begin_by_guardian(seconds, now)?;
        }
        let until = pauses.until.0;
        emit!(MarketPaused {
            market: *self.market.address(),
            by: *self.signer.address(),
            reason_hash,
            until,
        });
        Ok(())
    }
}
