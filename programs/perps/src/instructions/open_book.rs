use crate::{BOOK_SEED, Book, Exchange};
use anchor_lang::prelude::*;

/// Accounts of `open_book`.
#[derive(Accounts)]
pub struct OpenBook {
    /// Pays for the account and owns the book.
    #[account(mut)]
    pub owner: Signer,
    /// The exchange, which has decided on market, class and policy.
    pub exchange: Account<Exchange>,
    /// The book.
    #[account(init, payer = owner, seeds = [BOOK_SEED, exchange.address().as_ref(), owner.address().as_ref()], bump)]
    pub book: Account<Book>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl OpenBook {
    /// Writes an empty book.
    pub fn open_book(&mut self, bump: u8) -> Result<()> {
        let (owner, exchange) = (*self.owner.address(), *self.exchange.address());
        let book = &mut self.book;
        book.owner = owner;
        book.exchange = exchange;
        book.bump = bump;
        Ok(())
    }
}
