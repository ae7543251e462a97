//! A program that reads the market in its one account as a consumer does: what it costs beyond a run that reads nothing
//! is what the read costs.
//!
//! The instruction's data are three words: which read, the time, and how many times a hundred atoms are owed.
#![cfg_attr(not(target_os = "solana"), allow(dead_code))]

#[cfg(target_os = "solana")]
use sbf_builtins as _;

#[cfg(target_os = "solana")]
mod entrypoint;

use core::hint::black_box;
use hurdle_interface::margin::{Portfolio, Position};
use hurdle_interface::staleness::Action;
use hurdle_interface::{Amount, Market, ReadPolicy, Result, UnixTime};
use solana_address::Address;

/// What a consumer of the market demands.
const POLICY: ReadPolicy = ReadPolicy {
    max_age: 86_400,
    min_signers: 2,
};

/// Does one read, and sums what it gave.
#[inline(always)]
fn read(which: u64, market: &[u8], owner: &Address, now: i64, owed: u64) -> Result<i64> {
    let now = UnixTime(now);
    match which {
        0 => Ok(0),
        1 => {
            let market = Market::read_checked(market, owner, POLICY, now)?;
            Ok(market.hurdle().raw())
        }
        2 => {
            let market = Market::read_checked(market, owner, POLICY, now)?;
            let multipliers = market.multipliers(now);
            let margins = multipliers
                .initial
                .raw()
                .wrapping_add(multipliers.maintenance.raw());
            Ok(market.hurdle().raw().wrapping_add(margins))
        }
        _ => {
            let positions = [
                Position::spot(0, Amount(owed.wrapping_mul(200))),
                Position::debt(0, Amount(owed.wrapping_mul(100))),
            ];
            let portfolio = Portfolio::new(Action::Open, black_box(&positions))?;
            let reply = Market::read_checked(market, owner, POLICY, now)?.check(&portfolio, now)?;
            reply.enforce()?;
            Ok(reply.initial.0.cast_signed())
        }
    }
}
