use super::{emit_tightened, refuse_nonce, tighten_market};
use crate::{Config, Market};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::governance::{IndexedClass, MarketChange, kind};
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::margin::RiskClass;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::AccountLayout;

/// Accounts of `tighten_class`.
#[derive(Accounts)]
pub struct TightenClass {
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

impl TightenClass {
    /// Puts a class into force that is equal or tighter in every field.
    pub fn tighten_class(&mut self, index: u8, class: RiskClass, reason_hash: [u8; 32]) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let change = MarketChange::Class(IndexedClass { index, class });
        let applied = tighten_market(&self.config, &self.signer, &mut self.market, &change)?;
        let target = *self.market.address();
        emit_tightened(target, &self.signer, kind::CLASS, &applied, reason_hash);
        Ok(())
    }
}
