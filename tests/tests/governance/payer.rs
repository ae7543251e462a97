//! Whoever signs may pay too: one key is enough to govern with.

use super::*;
use hurdle_interface::governance::ConfigChange;
use hurdle_interface::instruction;
use hurdle_interface::state::ConfigState;
use hurdle_tests::governance::REASON;
use hurdle_tests::world::market_args;
use solana_address::Address;
use solana_signer::Signer;

/// What an account holds.
fn lamports(world: &World, address: &Address) -> u64 {
    world.account(address).map_or(0, |account| account.lamports)
}

/// Gives the keys of governance something to pay with.
fn funded(mut world: World) -> World {
    for key in [&world.upgrade_authority, &world.authority, &world.guardian].map(Signer::pubkey) {
        world.svm.airdrop(&key, 1_000_000_000).unwrap();
    }
    world
}

/// Asserts that an instruction is accepted and that it is its own signer who pays for the accounts that it creates.
fn pays(world: &mut World, by: Address, instruction: Instruction, created: &[Address]) {
    let before = lamports(world, &by);
    world.accepted(&[instruction]).unwrap();
    let rent: u64 = created.iter().map(|address| lamports(world, address)).sum();
    assert!(rent > 0);
    assert_eq!(lamports(world, &by), before - rent);
}

#[test]
fn governance_pays_for_config_committee_and_market_itself() {
    let mut world = funded(World::empty().unwrap());
    let (upgrade, authority) = (world.upgrade_authority.pubkey(), world.authority.pubkey());
    let paid_by = |by: Address, mut instruction: Instruction| {
        instruction.accounts[0].pubkey = by;
        instruction
    };
    let config = paid_by(upgrade, world.create_config());
    pays(&mut world, upgrade, config, &[pda::config().0]);
    let committee = paid_by(authority, world.create_committee());
    let created = [world.committee];
    pays(&mut world, authority, committee, &created);
    let market = instruction::create_market(authority, authority, world.committee, &market_args());
    let created = [world.market, pda::history(&world.market).0];
    pays(&mut world, authority, market, &created);
}

#[test]
fn the_authority_pays_for_its_proposals_and_gets_the_rent_back_when_it_vetoes_them() {
    let mut world = funded(World::new().unwrap());
    let (authority, committee, market) = (world.authority.pubkey(), world.committee, world.market);
    let keys: Vec<Address> = world.keepers.iter().map(Signer::pubkey).collect();
    let before = lamports(&world, &authority);
    let first = world.config().unwrap().proposals;
    let timelock = ConfigChange::Timelock(ConfigState::MAX_TIMELOCK_SECONDS);
    let proposed = [
        instruction::propose_market_change(authority, authority, market, first, &loosening(), REASON),
        instruction::propose_committee_change(authority, authority, committee, first + 1, 1, &keys, REASON),
        instruction::propose_config_change(authority, authority, first + 2, &timelock, REASON),
    ];
    for (id, propose) in (first..).zip(proposed) {
        pays(&mut world, authority, propose, &[pda::proposal(id).0]);
        assert_eq!(world.proposal(id).unwrap().payer, authority);
    }
    for id in first..first + 3 {
        let veto = instruction::veto_proposal(authority, authority, id, REASON);
        world.accepted(&[veto]).unwrap();
        assert!(world.proposal(id).is_err());
    }
    assert_eq!(lamports(&world, &authority), before);
}

#[test]
fn the_guardian_vetoes_a_proposal_that_it_paid_for() {
    let mut world = funded(World::new().unwrap());
    let (guardian, authority, market) = (world.guardian.pubkey(), world.authority.pubkey(), world.market);
    let before = lamports(&world, &guardian);
    let id = world.config().unwrap().proposals;
    let propose = instruction::propose_market_change(guardian, authority, market, id, &loosening(), REASON);
    pays(&mut world, guardian, propose, &[pda::proposal(id).0]);
    let veto = instruction::veto_proposal(guardian, guardian, id, REASON);
    world.accepted(&[veto]).unwrap();
    assert!(world.proposal(id).is_err());
    assert_eq!(lamports(&world, &guardian), before);
}
