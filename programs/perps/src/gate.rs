//! The one question to Hurdle.

use crate::Book;
use crate::hurdle::types::{Amount, Position};
use crate::hurdle::{self, program::Hurdle};
use anchor_lang::prelude::*;
use hurdle_interface::staleness::Action;

/// Fails with Hurdle's own error unless the book, as it stands now with `collateral` lamports behind it, allows the action.
pub fn require_margin(
    market: &UncheckedAccount,
    program: &Program<Hurdle>,
    book: &Book,
    collateral: u64,
    action: Action,
) -> Result<()> {
    let position = Position {
        exposure: Amount(book.notional),
        collateral: Amount(collateral),
        class: book.class,
        action: action.byte(),
        enforce: 1,
        liabilities: Amount(0),
        padding: [0; 5],
    };
    let accounts = hurdle::cpi::accounts::CheckMargin {
        market: market.cpi_handle(),
    };
    hurdle::cpi::check_margin(CpiContext::new(program.address(), accounts), position)?;
    Ok(())
}
