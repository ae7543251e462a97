//! A program that asks the market as a consumer does, by a direct read or by CPI: what it costs beyond a run that asks
//! nothing is what asking costs.
//!
//! Accounts: the market, Hurdle. The instruction's data are two words, which question and the time, and then the positions
//! that are asked about.
#![cfg_attr(not(target_os = "solana"), allow(dead_code))]

#[cfg(target_os = "solana")]
use sbf_builtins as _;

use core::hint::black_box;
use hurdle_interface::instruction::check_margin;
use hurdle_interface::margin::{MarginReply, Portfolio, Position};
use hurdle_interface::staleness::Action;
use hurdle_interface::{Market, ReadPolicy, UnixTime};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::program::{get_return_data, invoke};
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;

/// What a consumer of the market demands.
const POLICY: ReadPolicy = ReadPolicy {
    max_age: 86_400,
    min_signers: 2,
};

solana_program::entrypoint!(process);

/// Asks one question.
///
/// # Errors
/// Hurdle's own; [`ProgramError::InvalidInstructionData`] for data of another form; [`ProgramError::InvalidAccountData`]
/// where there is no reply of Hurdle's.
pub fn process(_: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let [market, program] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let ([which, now], positions) = asked(data).ok_or(ProgramError::InvalidInstructionData)?;
    let now = UnixTime(now);
    if black_box(which) == 4 {
        return by_cpi(market, program, positions);
    }
    let data = market.try_borrow_data()?;
    black_box(directly(which, &data, market.owner, positions, now)?);
    Ok(())
}

/// The two words and the positions, in place.
fn asked(data: &[u8]) -> Option<([i64; 2], &[Position])> {
    let (words, positions) = data.split_at_checked(16)?;
    let words = bytemuck::try_pod_read_unaligned(words).ok()?;
    Some((words, bytemuck::try_cast_slice(positions).ok()?))
}

/// One direct read, and the sum of what it gave.
fn directly(
    which: i64,
    market: &[u8],
    owner: &Pubkey,
    positions: &[Position],
    now: UnixTime,
) -> hurdle_interface::Result<i64> {
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
            let portfolio = Portfolio::new(Action::Open, positions)?;
            let reply = Market::read_checked(market, owner, POLICY, now)?.check(&portfolio, now)?;
            reply.enforce()?;
            Ok(reply.initial.0.cast_signed())
        }
    }
}

/// A call, and all that makes its reply count.
fn by_cpi<'a>(market: &AccountInfo<'a>, program: &AccountInfo<'a>, positions: &[Position]) -> ProgramResult {
    let portfolio = Portfolio::new(Action::Open, positions)?;
    let infos = [market.clone(), program.clone()];
    invoke(&check_margin(*market.key, &portfolio, true), &infos)?;
    let (replier, data) = get_return_data().ok_or(ProgramError::InvalidAccountData)?;
    if replier != hurdle_interface::ID {
        return Err(ProgramError::InvalidAccountData);
    }
    let reply: MarginReply =
        bytemuck::try_pod_read_unaligned(&data).map_err(|_| ProgramError::InvalidAccountData)?;
    reply.meets(POLICY)?;
    Ok(reply.enforce()?)
}
