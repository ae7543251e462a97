//! An authority that is a program's address and signs by CPI, as a multisig's vault does.

use super::*;
use hurdle_interface::instruction;
use hurdle_tests::governance::{REASON, TIMELOCK};
use hurdle_tests::programs::compiled;
use solana_address::Address;
use solana_instruction::AccountMeta;
use solana_signer::Signer;

/// Where the vault program stands.
const PROGRAM: Address = Address::from_str_const("Vau1t11111111111111111111111111111111111111");

fn vault() -> Address {
    Address::find_program_address(&[b"vault"], &PROGRAM).0
}

/// The instruction as the vault program forwards it: the vault signs inside, not outside.
fn forwarded(instruction: Instruction) -> Instruction {
    let mut accounts = vec![AccountMeta::new_readonly(instruction.program_id, false)];
    accounts.extend(instruction.accounts.into_iter().map(|meta| AccountMeta {
        is_signer: meta.is_signer && meta.pubkey != vault(),
        ..meta
    }));
    Instruction {
        program_id: PROGRAM,
        accounts,
        data: instruction.data,
    }
}

#[test]
fn a_vault_takes_over_and_governs() {
    let mut world = World::published().unwrap();
    world
        .svm
        .add_program_from_file(PROGRAM, compiled("vault").unwrap())
        .unwrap();
    let nominate = instruction::nominate_authority(world.authority.pubkey(), vault(), REASON);
    let accept = forwarded(instruction::accept_authority(vault()));
    world.accepted(&[nominate]).unwrap();
    world.accepted(&[accept]).unwrap();
    assert_eq!(world.config().unwrap().authority, vault());

    let id = world.config().unwrap().proposals;
    let payer = world.payer.pubkey();
    let propose = instruction::propose_market_change(payer, vault(), world.market, id, &loosening(), REASON);
    world.accepted(&[forwarded(propose)]).unwrap();
    let execute = instruction::execute_market_change(payer, world.market, id);
    refused(&mut world, execute.clone(), HurdleError::TimelockNotOver);
    world.warp(TIMELOCK);
    // whoever is at hand: by CPI or not
    world.accepted(&[forwarded(execute)]).unwrap();
    assert_eq!(
        world.state().unwrap().params.stressed_multiplier,
        fixture::permille(1_500)
    );
    let tighten = instruction::tighten_params(vault(), world.market, &tightening(), REASON);
    world.accepted(&[forwarded(tighten)]).unwrap();
    let pause = instruction::pause_market(vault(), world.market, 60, REASON);
    world.accepted(&[forwarded(pause)]).unwrap();
}
