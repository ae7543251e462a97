//! The lender on the compiled programs: both gates give the same verdict, what adds risk is gated and what removes it is
//! not, and every wrong account is refused with its exact error and no change.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod creation;
mod flow;
mod ledger;
mod staleness;
mod verdict;

use hurdle_tests::lender::{Lending, Refusal};
use hurdle_tests::world::{World, key};
use lender_interface::args::Gate;
use solana_account::Account;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

const GATES: [Gate; 2] = [Gate::Cpi, Gate::Direct];

/// One whole token of collateral.
const TOKEN: u64 = 1_000_000_000;
/// One whole quote unit.
const UNIT: u64 = 1_000_000;

fn refused<T>(error: impl Into<Refusal>) -> Result<T, Refusal> {
    Err(error.into())
}

/// Runs an instruction that must be refused for a reason, and leaves everything as it was.
#[track_caller]
fn assert_refused(lending: &mut Lending, instruction: Instruction, error: impl Into<Refusal>) {
    let before = lending.snapshot();
    assert_eq!(lending.run(instruction), refused(error));
    assert!(lending.snapshot() == before, "a refusal changed an account");
}

/// Alice with ten tokens pledged and a debt.
fn indebted(debt: u64) -> Lending {
    let mut lending = Lending::new().unwrap();
    for step in [lending.deposit(10 * TOKEN), lending.borrow(debt, Gate::Direct)] {
        lending.accepted(step).unwrap();
    }
    lending
}

/// A copy of an account at another address.
fn copied(world: &mut World, from: &Address, change: impl FnOnce(&mut Account)) -> Address {
    let mut account = world.account(from).unwrap();
    change(&mut account);
    let address = key(90).pubkey();
    world.svm.set_account(address, account).unwrap();
    address
}
