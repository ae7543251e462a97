use crate::{History, HistoryGrown};
use anchor_lang::AccountRealloc;
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::state::{AccountLayout, HistoryState};

/// Accounts of `grow_history`.
#[derive(Accounts)]
pub struct GrowHistory {
    /// Pays for the places.
    #[account(mut)]
    pub payer: Signer,
    /// The history.
    #[account(mut, constraint = history.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub history: Account<History>,
    /// Moves the rent.
    pub system_program: Program<System>,
}

impl GrowHistory {
    /// Lengthens the account; the ring takes the new places when it reaches its end.
    pub fn grow_history(&mut self, places: u32) -> Result<()> {
        let length = self.history.current_space();
        let grown = HistoryState::grown_len(length, places)?;
        let payer = *self.payer.account();
        self.history.realloc_account(grown, payer, false)?;
        emit!(HistoryGrown {
            market: self.history.inner.market,
            payer: *self.payer.address(),
            before: HistoryState::places(length),
            places,
        });
        Ok(())
    }
}
