use crate::hurdle;
use crate::{BOOK_SEED, Book};
use anchor_lang::prelude::*;

/// Accounts of `open_book`.
#[derive(Accounts)]
pub struct OpenBook {
    /// Pays for the account and owns the book.
    #[account(mut)]
    pub owner: Signer,
    /// The market of Hurdle's that the owner trusts; the book is bound to it from here on.
    #[account(owner = hurdle::ID)]
    pub market: UncheckedAccount,
    /// The book.
    #[account(init, payer = owner, seeds = [BOOK_SEED, owner.address().as_ref(), market.address().as_ref()], bump)]
    pub book: Account<Book>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl OpenBook {
    /// Writes an empty book.
    pub fn open_book(&mut self, class: u8, bump: u8) -> Result<()> {
        let (owner, market) = (*self.owner.address(), *self.market.address());
        let book = &mut self.book;
        book.owner = owner;
        book.market = market;
        book.class = class;
        book.bump = bump;
        Ok(())
    }
}
