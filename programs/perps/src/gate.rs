//! The one question to Hurdle.

use crate::Book;
use crate::hurdle::types::{Amount, MarginRequest, Position, Ratio, UnixTime};
use crate::hurdle::{self, program::Hurdle};
use anchor_lang::prelude::*;
use hurdle_interface::margin::PositionKind;
use hurdle_interface::staleness::Action;

/// Fails with Hurdle's own error unless the book, as it stands now with `collateral` lamports behind it, allows the action.
pub fn require_margin(
    market: &UncheckedAccount,
    program: &Program<Hurdle>,
    book: &Book,
    collateral: u64,
    action: Action,
) -> Result<()> {
    let request = MarginRequest {
        action: action.byte(),
        enforce: 1,
        padding: [0; 2],
    };
    let positions = [
        position(PositionKind::Spot, book.class, collateral),
        position(PositionKind::Perp, book.class, book.notional),
    ];
    let accounts = hurdle::cpi::accounts::CheckMargin {
        market: market.cpi_handle(),
    };
    hurdle::cpi::check_margin(
        CpiContext::new(program.address(), accounts),
        request,
        positions.to_vec(),
    )?;
    Ok(())
}

/// A position at the market, long where it has a side, that closing neither pays nor costs.
fn position(kind: PositionKind, class: u8, value: u64) -> Position {
    Position {
        notional: Amount(value),
        credit: Amount(0),
        debit: Amount(0),
        strike: Ratio(0),
        expiry: UnixTime(0),
        volatility: Ratio(0),
        kind: kind.byte(),
        class,
        side: 0,
        option: 0,
        padding: [0; 4],
    }
}
