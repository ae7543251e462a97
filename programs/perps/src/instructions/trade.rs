use crate::gate::require_margin;
use crate::hurdle::program::Hurdle;
use crate::{Book, Exchange, PerpsError};
use anchor_lang::prelude::*;
use hurdle_interface::staleness::Action;

/// Accounts of what may add risk: `increase` and `withdraw`.
#[derive(Accounts)]
pub struct Trade {
    /// The book's owner.
    #[account(mut)]
    pub owner: Signer,
    /// The book.
    #[account(mut, constraint = book.owner == *owner.address() @ PerpsError::WrongOwner)]
    pub book: Account<Book>,
    /// The book's exchange.
    #[account(address = book.exchange @ PerpsError::WrongExchange)]
    pub exchange: Account<Exchange>,
    /// The exchange's market: any other of the program would answer too.
    #[account(address = exchange.market @ PerpsError::WrongMarket)]
    pub market: UncheckedAccount,
    /// Hurdle.
    pub hurdle_program: Program<Hurdle>,
}

impl Trade {
    /// Makes the position larger and asks about the book that this leaves.
    pub fn increase(&mut self, notional: u64) -> Result<()> {
        self.book.increase(notional)?;
        let collateral = self.collateral()?;
        self.require(collateral, Action::Increase)
    }

    /// Takes lamports out and asks about the book that this leaves. Who has no position takes out what is theirs, and is
    /// not kept waiting for an oracle.
    pub fn withdraw(&mut self, lamports: u64) -> Result<()> {
        let left = self
            .collateral()?
            .checked_sub(lamports)
            .ok_or(PerpsError::Insufficient)?;
        if self.book.notional > 0 {
            self.require(left, Action::Withdraw)?;
        }
        let (mut book, mut owner) = (*self.book.account(), *self.owner.account());
        let paid = owner
            .lamports()
            .checked_add(lamports)
            .ok_or(PerpsError::Overflow)?;
        let kept = book
            .lamports()
            .checked_sub(lamports)
            .ok_or(PerpsError::Insufficient)?;
        book.set_lamports(kept);
        owner.set_lamports(paid);
        Ok(())
    }

    fn require(&self, collateral: u64, action: Action) -> Result<()> {
        require_margin(
            &self.exchange,
            &self.market,
            &self.hurdle_program,
            &self.book,
            collateral,
            action,
        )
    }

    /// Lamports of the book above its rent.
    fn collateral(&self) -> Result<u64> {
        let rent = self.book.min_lamports()?;
        Ok(self.book.account().lamports().saturating_sub(rent))
    }
}
