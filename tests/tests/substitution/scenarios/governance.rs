//! Governance.

use super::*;
use hurdle_interface::governance::{ConfigChange, IndexedClass, MarketChange};
use hurdle_interface::state::ProposalState;
use hurdle_tests::governance::{REASON, TIMELOCK};

pub fn nominate_authority() -> Scenario {
    let world = World::new().unwrap();
    let nominate = instruction::nominate_authority(world.authority.pubkey(), key(71).pubkey(), REASON);
    Scenario::new(world, nominate)
}

pub fn accept_authority() -> Scenario {
    let mut world = World::new().unwrap();
    let nominee = key(71);
    let nominate = instruction::nominate_authority(world.authority.pubkey(), nominee.pubkey(), REASON);
    world.accepted(&[nominate]).unwrap();
    Scenario {
        signers: vec![key(71)],
        ..Scenario::new(world, instruction::accept_authority(nominee.pubkey()))
    }
}

pub fn set_params() -> Scenario {
    let world = World::inactive(fixture::params()).unwrap();
    let set = instruction::set_params(world.authority.pubkey(), world.market, &fixture::params(), REASON);
    of_market(world, set)
}

/// A class that loosens nothing, in a place that is free.
fn new_class() -> MarketChange {
    MarketChange::Class(IndexedClass {
        index: 1,
        class: fixture::class(),
    })
}

pub fn propose_market_change() -> Scenario {
    let mut world = World::new().unwrap();
    let payer = funded(&mut world);
    let sibling = other_market(&mut world);
    let id = world.config().unwrap().proposals;
    let (authority, market) = (world.authority.pubkey(), world.market);
    let propose =
        instruction::propose_market_change(payer.pubkey(), authority, market, id, &new_class(), REASON);
    Scenario {
        signers: vec![payer],
        siblings: vec![("market", sibling)],
        free: &[ANY_PAYER, OWN_PAYER, ("market", "a genuine sibling", NAMED)],
        ..Scenario::new(world, propose)
    }
}

/// The proposal of a change of the committee, paid for by another than the transaction.
fn committee_proposal(world: &World, payer: &Keypair) -> Instruction {
    let keys = [key(20).pubkey(), key(21).pubkey()];
    instruction::propose_committee_change(
        payer.pubkey(),
        world.authority.pubkey(),
        world.committee,
        world.config().unwrap().proposals,
        2,
        &keys,
        REASON,
    )
}

/// The proposal of a change of the config, paid for by another than the transaction.
fn config_proposal(world: &World, payer: &Keypair) -> Instruction {
    let (authority, id) = (world.authority.pubkey(), world.config().unwrap().proposals);
    instruction::propose_config_change(
        payer.pubkey(),
        authority,
        id,
        &ConfigChange::Timelock(TIMELOCK / 2),
        REASON,
    )
}

pub fn propose_committee_change() -> Scenario {
    let mut world = World::new().unwrap();
    let payer = funded(&mut world);
    let sibling = other_committee(&mut world);
    let propose = committee_proposal(&world, &payer);
    Scenario {
        signers: vec![payer],
        siblings: vec![("committee", sibling)],
        free: &[ANY_PAYER, OWN_PAYER, ("committee", "a genuine sibling", NAMED)],
        ..Scenario::new(world, propose)
    }
}

pub fn propose_config_change() -> Scenario {
    let mut world = World::new().unwrap();
    let payer = funded(&mut world);
    let propose = config_proposal(&world, &payer);
    Scenario {
        signers: vec![payer],
        free: &[ANY_PAYER, OWN_PAYER],
        ..Scenario::new(world, propose)
    }
}

/// A world with three proposals of a payer, each past its timelock: for the market, the committee and the config.
fn proposed() -> (World, Keypair, [u64; 3]) {
    let mut world = World::new().unwrap();
    let payer = funded(&mut world);
    other_market(&mut world);
    other_committee(&mut world);
    let first = world.config().unwrap().proposals;
    let (authority, market) = (world.authority.pubkey(), world.market);
    let propose =
        instruction::propose_market_change(payer.pubkey(), authority, market, first, &new_class(), REASON);
    world.send_with(&[propose], &[&payer]).unwrap();
    let propose = committee_proposal(&world, &payer);
    world.send_with(&[propose], &[&payer]).unwrap();
    let propose = config_proposal(&world, &payer);
    world.send_with(&[propose], &[&payer]).unwrap();
    world.warp(TIMELOCK);
    (world, payer, [first, first + 1, first + 2])
}

pub fn execute_market_change() -> Scenario {
    let (world, payer, [market, committee, _]) = proposed();
    let execute = instruction::execute_market_change(payer.pubkey(), world.market, market);
    Scenario {
        siblings: vec![
            ("proposal", pda::proposal(committee).0),
            ("market", pda::market(&other_market_args().name).0),
        ],
        ..Scenario::new(world, execute)
    }
}

pub fn execute_committee_change() -> Scenario {
    let (world, payer, [market, committee, _]) = proposed();
    let execute = instruction::execute_committee_change(payer.pubkey(), world.committee, committee);
    Scenario {
        siblings: vec![
            ("proposal", pda::proposal(market).0),
            ("committee", pda::committee(2).0),
        ],
        ..Scenario::new(world, execute)
    }
}

pub fn execute_config_change() -> Scenario {
    let (world, payer, [market, _, config]) = proposed();
    let execute = instruction::execute_config_change(payer.pubkey(), config);
    Scenario {
        siblings: vec![("proposal", pda::proposal(market).0)],
        ..Scenario::new(world, execute)
    }
}

pub fn veto_proposal() -> Scenario {
    let (world, payer, [market, committee, _]) = proposed();
    let veto = instruction::veto_proposal(world.guardian.pubkey(), payer.pubkey(), market, REASON);
    Scenario {
        siblings: vec![("proposal", pda::proposal(committee).0)],
        free: &[("proposal", "a genuine sibling", "who may veto names the proposal")],
        ..Scenario::new(world, veto)
    }
}

pub fn close_proposal() -> Scenario {
    let (mut world, payer, [market, committee, _]) = proposed();
    world.warp(ProposalState::LIFETIME);
    let close = instruction::close_proposal(payer.pubkey(), market);
    Scenario {
        siblings: vec![("proposal", pda::proposal(committee).0)],
        free: &[(
            "proposal",
            "a genuine sibling",
            "anyone may close what has expired",
        )],
        ..Scenario::new(world, close)
    }
}

pub fn tighten_params() -> Scenario {
    let world = World::new().unwrap();
    let mut params = fixture::params();
    params.stressed_multiplier = fixture::permille(2_500);
    let tighten = instruction::tighten_params(world.guardian.pubkey(), world.market, &params, REASON);
    of_market(world, tighten)
}

pub fn tighten_class() -> Scenario {
    let world = World::new().unwrap();
    let mut class = fixture::class();
    class.haircut = fixture::permille(25);
    let tighten = instruction::tighten_class(world.guardian.pubkey(), world.market, 0, &class, REASON);
    Scenario {
        free: &[],
        ..of_market(world, tighten)
    }
}

pub fn tighten_committee() -> Scenario {
    let mut world = World::new().unwrap();
    let sibling = other_committee(&mut world);
    let keys: Vec<Address> = world.keepers.iter().map(Keypair::pubkey).collect();
    let tighten = instruction::tighten_committee(world.authority.pubkey(), world.committee, 3, &keys, REASON);
    Scenario {
        siblings: vec![("committee", sibling)],
        free: &[("committee", "a genuine sibling", NAMED)],
        ..Scenario::new(world, tighten)
    }
}

pub fn tighten_timelock() -> Scenario {
    let world = World::new().unwrap();
    let tighten = instruction::tighten_timelock(world.authority.pubkey(), TIMELOCK * 2, REASON);
    Scenario::new(world, tighten)
}

pub fn pause_market() -> Scenario {
    let world = World::new().unwrap();
    let pause = instruction::pause_market(world.guardian.pubkey(), world.market, 600, REASON);
    of_market(world, pause)
}

pub fn unpause_market() -> Scenario {
    let world = World::new().unwrap();
    let unpause = instruction::unpause_market(world.authority.pubkey(), world.market, REASON);
    of_market(world, unpause)
}
