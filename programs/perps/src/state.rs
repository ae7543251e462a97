use crate::PerpsError;
use anchor_lang::prelude::*;

/// Seed of a book; the others are its owner and its market.
pub const BOOK_SEED: &[u8] = b"book";

/// One owner's long position at one market, and the collateral behind it: the account's lamports above its rent.
#[account]
pub struct Book {
    /// The owner; part of the PDA.
    pub owner: Address,
    /// The market of Hurdle's that gates it; part of the PDA.
    pub market: Address,
    /// Value of the position, lamports.
    pub notional: u64,
    /// Risk class of position and collateral.
    pub class: u8,
    /// Bump of the account's PDA.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 6],
}

impl Book {
    /// Makes the position larger.
    pub fn increase(&mut self, notional: u64) -> Result<()> {
        self.notional = self.notional.checked_add(notional).ok_or(PerpsError::Overflow)?;
        Ok(())
    }

    /// Makes the position smaller, at most to nothing.
    pub fn reduce(&mut self, notional: u64) -> Result<()> {
        self.notional = self
            .notional
            .checked_sub(notional)
            .ok_or(PerpsError::Insufficient)?;
        Ok(())
    }
}
