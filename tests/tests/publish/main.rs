//! Publishing on the compiled program: what a good report leads to, and every bad one refused with its exact error and
//! no change of state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod reports;
mod rules;
mod signatures;

use hurdle_interface::error::HurdleError;
use hurdle_interface::report::Report;
use hurdle_tests::world::{Sent, World, hurdle_error};
use solana_instruction::Instruction;

/// A world ready for its first report.
fn ready() -> World {
    let mut world = World::new().unwrap();
    world.warp(60);
    world
}

fn publish(world: &mut World, report: &Report, signers: &[usize]) -> Sent {
    let (instructions, _) = world.publication(report, signers);
    world.send(&instructions)
}

/// Asserts that a transaction fails with an error of Hurdle and leaves the market byte for byte as it was.
fn refused(world: &mut World, instructions: &[Instruction], error: HurdleError) {
    let before = world.account(&world.market).unwrap();
    let sent = world.send(instructions);
    assert_eq!(
        hurdle_error(&sent),
        Some(error),
        "{:?}",
        sent.err().map(|failed| failed.err)
    );
    assert_eq!(
        world.account(&world.market).unwrap(),
        before,
        "the market changed"
    );
}

/// Changes one thing about a valid report, signs it properly and asserts the refusal.
fn refuses_report(change: impl FnOnce(&mut Report), error: HurdleError) {
    let mut world = ready();
    let mut report = world.report().unwrap();
    change(&mut report);
    let (instructions, _) = world.publication(&report, &[0, 1]);
    refused(&mut world, &instructions, error);
}
