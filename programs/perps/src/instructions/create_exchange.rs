use crate::hurdle;
use crate::{EXCHANGE_SEED, Exchange};
use anchor_lang::prelude::*;
use hurdle_interface::{HurdleError, Market, ReadPolicy};

/// Accounts of `create_exchange`.
#[derive(Accounts)]
pub struct CreateExchange {
    /// Pays for the account and answers for what it decides.
    #[account(mut)]
    pub admin: Signer,
    /// The market of Hurdle's that the exchange trusts from here on. It need not have published yet.
    #[account(owner = hurdle::ID @ HurdleError::WrongAccountOwner)]
    pub market: UncheckedAccount,
    /// The exchange.
    #[account(init, payer = admin, seeds = [EXCHANGE_SEED, admin.address().as_ref(), market.address().as_ref()], bump)]
    pub exchange: Account<Exchange>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl CreateExchange {
    /// Writes the exchange, once the market is found to define the class and the policy to demand something.
    pub fn create_exchange(&mut self, class: u8, policy: ReadPolicy, bump: u8) -> Result<()> {
        Exchange::validate(&policy)?;
        Market::defines_class(&self.market.account().try_borrow()?, &hurdle::ID, class)?;
        let (admin, market) = (*self.admin.address(), *self.market.address());
        let exchange = &mut self.exchange;
        exchange.admin = admin;
        exchange.market = market;
        exchange.max_rate_age = policy.max_age;
        exchange.min_signers = policy.min_signers;
        exchange.class = class;
        exchange.bump = bump;
        Ok(())
    }
}
