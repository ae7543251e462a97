//! One file per instruction: accounts, `validate`, handler.

mod check_margin;
mod create_committee;
mod create_config;
mod create_market;
mod governance;
mod grow_history;
mod preview_margin;
mod publish;
mod set_risk_class;

pub use check_margin::*;
pub use create_committee::*;
pub use create_config::*;
pub use create_market::*;
pub use governance::*;
pub use grow_history::*;
pub use preview_margin::*;
pub use publish::*;
pub use set_risk_class::*;

use anchor_lang::prelude::*;
#[cfg(not(feature = "idl-build"))]
use anchor_lang::{bytemuck, pinocchio::cpi::set_return_data};
use governance::refuse_nonce;
use hurdle_interface::margin::{MarginReply, Portfolio, preview_portfolio};
use hurdle_interface::publication::Now;
use hurdle_interface::quantity::{Slot, UnixTime};
use hurdle_interface::state::MarketState;

/// The margin rule, compiled once for the two instructions that ask it: a check is a preview of now.
#[inline(never)]
fn answer(
    market: &MarketState,
    portfolio: &Portfolio<'_>,
    now: UnixTime,
    at: UnixTime,
) -> hurdle_interface::Result<MarginReply> {
    preview_portfolio(market, portfolio, now, at)
}

/// Puts a reply into return data, byte for byte as it stands in memory.
#[cfg(not(feature = "idl-build"))]
pub(crate) fn return_reply(reply: &MarginReply) {
    set_return_data(bytemuck::bytes_of(reply));
}

/// The cluster's clock.
fn now() -> Result<Now> {
    let clock = Clock::get()?;
    Ok(Now {
        time: UnixTime(clock.unix_timestamp),
        slot: Slot(clock.slot),
    })
}
