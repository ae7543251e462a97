use super::{now, refuse_nonce};
use crate::{Config, Market, RiskClassSet};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::governance::{IndexedClass, MarketChange};
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::margin::RiskClass;
use hurdle_interface::pda::CONFIG_SEED;
use hurdle_interface::state::AccountLayout;

/// Accounts of `set_risk_class`.
#[derive(Accounts)]
pub struct SetRiskClass {
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

impl SetRiskClass {
    /// Sets the class and opens a new parameter epoch. No reason is given for it: before its activation nobody rests money
    /// on a market, and the proposal that activates it names all its classes by digest, with a reason.
    pub fn set_risk_class(&mut self, index: u8, class: RiskClass) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let address = *self.market.address();
        let market = &mut self.market.inner;
        MarketChange::Class(IndexedClass { index, class }).set_up(market, now()?.time)?;
        emit!(RiskClassSet {
            market: address,
            initial: class.initial.raw(),
            maintenance: class.maintenance.raw(),
            index: u32::from(index),
            param_epoch: market.param_epoch,
        });
        Ok(())
    }
}
