//! The one question to Hurdle, and what makes its answer count: the market is the exchange's, the program that replies is
//! Hurdle, and the rate behind the reply is as young and as widely signed as the exchange demands.

use crate::hurdle::types::{Amount, MarginRequest, Position, Ratio, UnixTime};
use crate::hurdle::{self, program::Hurdle};
use crate::{Book, Exchange, PerpsError};
use anchor_lang::bytemuck;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::program::get_return_data;
use hurdle_interface::margin::{MarginReply, PositionKind};
use hurdle_interface::staleness::Action;

/// Fails with Hurdle's own error unless the book, as it stands now with `collateral` lamports behind it, allows the action,
/// and the rate that says so meets the exchange's policy.
pub fn require_margin(
    exchange: &Exchange,
    market: &UncheckedAccount,
    program: &Program<Hurdle>,
    book: &Book,
    collateral: u64,
    action: Action,
) -> Result<()> {
    // the accounts' constraint says the same; the gate does not lean on it
    if *market.address() != exchange.market {
        return Err(PerpsError::WrongMarket.into());
    }
    let request = MarginRequest {
        action: action.byte(),
        enforce: 1,
        padding: [0; 2],
    };
    let positions = [
        position(PositionKind::Spot, exchange.class, collateral),
        position(PositionKind::Perp, exchange.class, book.notional),
    ];
    let accounts = hurdle::cpi::accounts::CheckMargin {
        market: market.cpi_handle(),
    };
    hurdle::cpi::check_margin(
        CpiContext::new(program.address(), accounts),
        request,
        positions.to_vec(),
    )?;
    let (replier, data) = get_return_data().ok_or(PerpsError::NoReply)?;
    if replier != hurdle::ID {
        return Err(PerpsError::NoReply.into());
    }
    let reply: MarginReply = bytemuck::try_pod_read_unaligned(&data).map_err(|_| PerpsError::NoReply)?;
    reply.meets(exchange.read_policy())?;
    reply.enforce()?;
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
