//! A class that passes over to another can be tightened on its way: initial margin at once, maintenance margin from where it
//! stands.

use super::*;
use hurdle_interface::governance::IndexedClass;
use hurdle_interface::instruction;
use hurdle_interface::margin::{MarginReply, RiskClass};
use hurdle_tests::fixture::{opening, permille, positions};
use hurdle_tests::governance::{REASON, TIMELOCK};
use solana_signer::Signer;

/// Seconds that a transition takes.
const DAY: i64 = 86_400;

/// The class with another maintenance and initial margin, in thousandths.
fn class(maintenance: i64, initial: i64) -> RiskClass {
    RiskClass {
        maintenance: permille(maintenance),
        initial: permille(initial),
        ..fixture::class()
    }
}

fn change(maintenance: i64, initial: i64) -> MarketChange {
    let class = class(maintenance, initial);
    MarketChange::Class(IndexedClass { index: 0, class })
}

/// What the program answers.
fn answer(world: &mut World) -> MarginReply {
    let check = instruction::check_margin(world.market, &opening(&positions()), false);
    let sent = world.accepted(&[check]).unwrap();
    bytemuck::pod_read_unaligned(&sent.return_data.data)
}

/// Lets a class be tightened by a signer, and tells the answers just before and just after it, in one slot.
fn tightened(world: &mut World, guardian: bool, to: RiskClass) -> [MarginReply; 2] {
    let by = if guardian {
        &world.guardian
    } else {
        &world.authority
    };
    let tighten = instruction::tighten_class(by.pubkey(), world.market, 0, &to, REASON);
    let before = answer(world);
    world.accepted(&[tighten]).unwrap();
    [before, answer(world)]
}

#[test]
fn guardian_and_authority_tighten_a_class_on_its_way_to_a_tighter_one() {
    for guardian in [false, true] {
        let mut world = World::published().unwrap();
        tightened(&mut world, guardian, class(120, 240));
        world.warp(DAY / 4);
        let [before, after] = tightened(&mut world, guardian, class(150, 300));
        assert_eq!(after.maintenance, before.maintenance, "not in its slot");
        assert_eq!(after.maintenance_collateral, before.maintenance_collateral);
        assert!(after.initial > before.initial, "at once");

        world.warp(DAY / 2);
        let state = world.state().unwrap();
        assert_eq!(state.classes[0], class(150, 300));
        assert_eq!(state.transitions[0].from, class(120, 240));
        assert_eq!(state.earlier[0].from, fixture::class());
        let middle = answer(&mut world);
        world.warp(DAY);
        let end = answer(&mut world);
        assert!(before.maintenance < middle.maintenance && middle.maintenance < end.maintenance);
    }
}

#[test]
fn a_class_on_its_way_to_a_looser_one_is_tightened_without_falling_or_jumping() {
    let mut world = World::published().unwrap();
    let id = world.wait_for_market(&change(50, 100)).unwrap();
    world.execute_market(id).unwrap();
    world.warp(DAY / 4);
    let began = world.time();
    let mut untouched = world.fork();
    let [before, after] = tightened(&mut world, true, class(51, 102));
    assert_eq!(after.maintenance, before.maintenance);
    assert!(after.initial >= before.initial);
    // nor does a class that hardly differs from where it was going anyway shorten the way there
    let left = DAY - DAY / 4;
    for passed in [1, 3_600, left / 2, left - 1, left, DAY] {
        for world in [&mut world, &mut untouched] {
            world.warp(began + passed - world.time());
        }
        let [would_be, stands] = [&mut untouched, &mut world].map(|world| answer(world).maintenance);
        assert!(stands >= would_be, "after {passed} s");
        if passed <= left / 2 {
            assert_eq!(stands, would_be, "the way that it would have gone lies above");
        }
    }
}

#[test]
fn what_loosens_waits_for_both_ways_and_a_third_tightening_for_the_first() {
    let mut world = World::published().unwrap();
    let (id, propose) = world.propose_market(&change(140, 300)).unwrap();
    let again =
        instruction::tighten_class(world.guardian.pubkey(), world.market, 0, &class(160, 320), REASON);
    let by = world.authority.pubkey();
    let first = instruction::tighten_class(by, world.market, 0, &class(120, 240), REASON);
    let second = instruction::tighten_class(by, world.market, 0, &class(150, 300), REASON);
    world.accepted(&[first]).unwrap();
    world.accepted(&[propose]).unwrap();
    world.warp(600);
    world.accepted(&[second]).unwrap();
    refused(&mut world, again.clone(), HurdleError::ClassInTransition);
    world.warp(DAY - 601);
    refused(&mut world, again.clone(), HurdleError::ClassInTransition);
    world.warp(1);
    assert_eq!(world.time(), world.state().unwrap().earlier[0].since.0 + DAY);
    world.fork().accepted(&[again]).unwrap();
    // what was proposed replaces another class
    let execute = instruction::execute_market_change(world.payer.pubkey(), world.market, id);
    refused(&mut world, execute, HurdleError::StaleProposal);
    let (id, propose) = world.propose_market(&change(140, 300)).unwrap();
    world.accepted(&[propose]).unwrap();
    world
        .edit_market(|market| market.transitions[0].since.0 += TIMELOCK)
        .unwrap();
    world.warp(TIMELOCK);
    let execute = instruction::execute_market_change(world.payer.pubkey(), world.market, id);
    refused(&mut world, execute.clone(), HurdleError::ClassInTransition);
    world.warp(600);
    world.accepted(&[execute]).unwrap();
}
