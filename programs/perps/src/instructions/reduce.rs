use crate::{Book, PerpsError};
use anchor_lang::prelude::*;

/// Accounts of `reduce`. No market and no oracle among them.
#[derive(Accounts)]
pub struct Reduce {
    /// The book's owner.
    pub owner: Signer,
    /// The book.
    #[account(mut, constraint = book.owner == *owner.address() @ PerpsError::WrongOwner)]
    pub book: Account<Book>,
}

impl Reduce {
    /// Makes the position smaller.
    pub fn reduce(&mut self, notional: u64) -> Result<()> {
        self.book.reduce(notional)
    }
}
