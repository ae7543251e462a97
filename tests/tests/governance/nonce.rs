//! Governance signed in advance over a durable nonce.

use super::*;
use hurdle_interface::governance::ConfigChange;
use hurdle_interface::instruction;
use hurdle_tests::governance::REASON;
use hurdle_tests::nonce::{RENT, advancing};
use solana_address::Address;
use solana_signer::Signer;

#[test]
fn a_durable_nonce_is_refused_on_every_instruction_of_governance() {
    let mut world = World::new().unwrap();
    let advance = advancing(&mut world).unwrap();
    world.accepted(std::slice::from_ref(&advance)).unwrap();
    let (id, propose) = world.propose_market(&loosening()).unwrap();
    world.accepted(&[propose]).unwrap();
    let committee_id = id + 1;
    let keys: Vec<Address> = world.keepers.iter().take(3).map(Signer::pubkey).collect();
    let (_, propose) = world.propose_committee(2, &keys).unwrap();
    world.accepted(&[propose]).unwrap();
    let config_id = id + 2;
    let (_, propose) = world.propose_config(&ConfigChange::Timelock(3_600)).unwrap();
    world.accepted(&[propose]).unwrap();

    let (payer, authority, guardian) = (
        world.payer.pubkey(),
        world.authority.pubkey(),
        world.guardian.pubkey(),
    );
    let (market, committee) = (world.market, world.committee);
    let mut other = hurdle_tests::world::market_args();
    other.name = *b"OTHER\0\0\0\0\0\0\0\0\0\0\0";
    let class = fixture::class();
    let every = [
        instruction::create_committee(payer, authority, 2, 2, &keys),
        instruction::create_market(payer, authority, committee, &other),
        instruction::set_risk_class(authority, market, 0, &class),
        instruction::set_params(authority, market, &tightening(), REASON),
        instruction::nominate_authority(authority, guardian, REASON),
        instruction::accept_authority(guardian),
        world.propose_market(&loosening()).unwrap().1,
        world.propose_committee(2, &keys).unwrap().1,
        world.propose_config(&ConfigChange::Timelock(3_600)).unwrap().1,
        instruction::execute_market_change(payer, market, id),
        instruction::execute_committee_change(payer, committee, committee_id),
        instruction::execute_config_change(payer, config_id),
        instruction::veto_proposal(guardian, payer, id, REASON),
        instruction::close_proposal(payer, id),
        instruction::tighten_params(guardian, market, &tightening(), REASON),
        instruction::tighten_class(guardian, market, 0, &class, REASON),
        instruction::tighten_committee(authority, committee, 3, &keys, REASON),
        instruction::tighten_timelock(authority, 90_000, REASON),
        instruction::pause_market(guardian, market, 60, REASON),
        instruction::unpause_market(authority, market, REASON),
    ];
    for instruction in every {
        let instructions = [advance.clone(), instruction];
        refused_to(&mut world, &instructions, &[], HurdleError::DurableNonce);
    }
    // the same instruction anywhere else makes no durable nonce
    let pause = instruction::pause_market(guardian, market, 60, REASON);
    world.accepted(&[pause, advance]).unwrap();
}

#[test]
fn the_config_is_not_created_over_a_durable_nonce() {
    let mut world = World::empty().unwrap();
    let advance = advancing(&mut world).unwrap();
    let create = world.create_config();
    let sent = world.send(&[advance, create]);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::DurableNonce));
}

#[test]
fn another_account_in_the_place_of_the_instructions_sysvar_is_refused() {
    let mut world = World::new().unwrap();
    let mut pause = instruction::pause_market(world.guardian.pubkey(), world.market, 60, REASON);
    pause.accounts[3].pubkey = RENT;
    let sent = world.send(&[pause]);
    assert!(sent.is_err());
}
