use super::{now, refuse_nonce};
use crate::{Committee, Config, History, Market, MarketCreated};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::args::CreateMarketArgs;
use hurdle_interface::introspect::INSTRUCTIONS_SYSVAR;
use hurdle_interface::pda::{CONFIG_SEED, HISTORY_SEED, MARKET_SEED};
use hurdle_interface::report::domain_digest;
use hurdle_interface::state::{AccountLayout, HistoryState, MarketState};

/// Accounts of `create_market`.
#[derive(Accounts)]
#[instruction(args: CreateMarketArgs)]
pub struct CreateMarket {
    /// Pays for the accounts. May be the authority.
    // SAFETY: nothing is kept in it. It signs, as no account of this program does, and only its lamports change, by CPI.
    #[account(unsafe(dup))]
    pub payer: Signer,
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
    /// The committee that signs for the market.
    #[account(constraint = committee.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub committee: Account<Committee>,
    /// The market.
    #[account(init, payer = payer, seeds = [MARKET_SEED, &args.name], bump)]
    pub market: Account<Market>,
    /// Its history.
    #[account(
        init,
        payer = payer,
        space = HistoryState::created_len(args.history_length)?,
        seeds = [HISTORY_SEED, market],
        bump
    )]
    pub history: Account<History>,
    /// Creates the accounts.
    pub system_program: Program<System>,
    /// The transaction's instructions, to refuse a durable nonce.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
}

impl CreateMarket {
    /// Writes the market with no risk class and nothing published, and its empty history.
    pub fn create_market(&mut self, args: &CreateMarketArgs, bumps: &CreateMarketBumps) -> Result<()> {
        refuse_nonce(&self.instructions)?;
        let now = now()?;
        let address = *self.market.address();
        let committee = *self.committee.address();
        let market = &mut self.market.inner;
        market.version = MarketState::VERSION;
        market.bump = bumps.market;
        market.param_epoch = 1;
        market.name = args.name;
        market.config = *self.config.address();
        market.committee = committee;
        market.history = *self.history.address();
        market.domain = domain_digest(&self.config.inner.genesis_hash, &crate::ID, &address);
        market.model_hash = args.model_hash;
        market.params = args.params;
        market.published = MarketState::opened(&args.params, args.first_rate, now.time, now.slot)?;
        market.invariant()?;
        self.history.inner = HistoryState::opened(address, bumps.history);
        emit!(MarketCreated {
            market: address,
            committee,
            name: args.name,
            first_rate: args.first_rate.raw(),
        });
        Ok(())
    }
}
