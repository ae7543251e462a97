use crate::gate::require_margin;
use crate::hurdle::program::Hurdle;
use crate::{Book, PerpsError};
use anchor_lang::prelude::*;
use hurdle_interface::staleness::Action;

/// Accounts of what adds risk: `increase` and `withdraw`.
#[derive(Accounts)]
pub struct Trade {
    /// The book's owner.
    #[account(mut)]
    pub owner: Signer,
    /// The book.
    #[account(mut, constraint = book.owner == *owner.address() @ PerpsError::WrongOwner)]
    pub book: Account<Book>,
    /// The book's market: any other of the program would answer too.
    #[account(address = book.market @ PerpsError::WrongMarket)]
    pub market: UncheckedAccount,
    /// Hurdle.
    pub hurdle_program: Program<Hurdle>,
}

impl Trade {
    /// Makes the position larger and asks about the book that this leaves.
    pub fn increase(&mut self, notional: u64) -> Result<()> {
        self.book.increase(notional)?;
        let collateral = self.collateral()?;
        require_margin(
            &self.market,
            &self.hurdle_program,
            &self.book,
            collateral,
            Action::Increase,
        )
    }

    /// Takes lamports out and asks about the book that this leaves.
    pub fn withdraw(&mut self, lamports: u64) -> Result<()> {
        let left = self
            .collateral()?
            .checked_sub(lamports)
            .ok_or(PerpsError::Insufficient)?;
        require_margin(
            &self.market,
            &self.hurdle_program,
            &self.book,
            left,
            Action::Withdraw,
        )?;
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

    /// Lamports of the book above its rent.
    fn collateral(&self) -> Result<u64> {
        let rent = self.book.min_lamports()?;
        Ok(self.book.account().lamports().saturating_sub(rent))
    }
}
