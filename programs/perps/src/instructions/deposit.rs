use crate::{Book, PerpsError};
use anchor_lang::prelude::*;

/// Accounts of `deposit`.
#[derive(Accounts)]
pub struct Deposit {
    /// The book's owner, who pays.
    #[account(mut)]
    pub owner: Signer,
    /// The book.
    #[account(mut, constraint = book.owner == *owner.address() @ PerpsError::WrongOwner)]
    pub book: Account<Book>,
    /// Moves the lamports.
    pub system_program: Program<System>,
}

impl Deposit {
    /// Moves lamports from the owner into the book.
    pub fn deposit(&mut self, lamports: u64) -> Result<()> {
        let accounts = anchor_lang::system_program::Transfer {
            from: self.owner.cpi_handle_mut(),
            to: self.book.cpi_handle_mut(),
        };
        let context = CpiContext::new(self.system_program.address(), accounts);
        anchor_lang::system_program::transfer(context, lamports)
    }
}
