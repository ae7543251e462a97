//! Governance on the compiled program: every instruction's way and every refusal with its exact error and no change.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod authority;
mod committee;
mod events;
mod guardian;
mod nonce;
mod passing;
mod pauses;
mod payer;
mod proposals;
mod tightening;
mod timelock;
mod uniqueness;
mod vault;
mod weights;

use hurdle_interface::error::HurdleError;
use hurdle_interface::governance::MarketChange;
use hurdle_interface::pda;
use hurdle_interface::state::MarketParams;
use hurdle_tests::fixture;
use hurdle_tests::world::{World, hurdle_error};
use solana_instruction::Instruction;
use solana_keypair::Keypair;

/// Asserts that a transaction fails with an error of Hurdle and leaves config, committee and market as they were.
fn refused_to(world: &mut World, instructions: &[Instruction], others: &[&Keypair], error: HurdleError) {
    let accounts = [pda::config().0, world.committee, world.market];
    let standing = |world: &World| accounts.map(|address| world.account(&address).unwrap());
    let before = standing(world);
    let sent = world.send_with(instructions, others);
    assert_eq!(
        hurdle_error(&sent),
        Some(error),
        "{:?}",
        sent.err().map(|failed| failed.err)
    );
    assert_eq!(standing(world), before, "something changed");
}

/// The same, signed by those whom the world knows.
fn refused(world: &mut World, instruction: Instruction, error: HurdleError) {
    refused_to(world, &[instruction], &[], error);
}

/// The market's parameters with something changed.
fn params(change: impl FnOnce(&mut MarketParams)) -> MarketParams {
    let mut params = fixture::params();
    change(&mut params);
    params
}

/// A change that loosens: a lower multiplier of a stressed market.
fn loosening() -> MarketChange {
    MarketChange::Params(params(|p| p.stressed_multiplier = fixture::permille(1_500)))
}

/// A change that tightens: a higher one.
fn tightening() -> MarketParams {
    params(|p| p.stressed_multiplier = fixture::permille(2_500))
}
