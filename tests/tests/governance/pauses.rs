//! Pauses.

use super::*;
use hurdle_interface::governance::MAX_PAUSE;
use hurdle_interface::margin::Portfolio;
use hurdle_interface::staleness::Action;
use hurdle_interface::{UnixTime, instruction};
use hurdle_tests::governance::REASON;
use hurdle_tests::world::key;
use solana_signer::Signer;

const DAY: i64 = 86_400;

#[test]
fn guardian_and_authority_pause_for_a_limited_time_and_nobody_else() {
    let mut world = World::published().unwrap();
    let market = world.market;
    let pause = |signer, seconds| instruction::pause_market(signer, market, seconds, REASON);
    let stranger = key(46);
    refused_to(
        &mut world,
        &[pause(stranger.pubkey(), 60)],
        &[&stranger],
        HurdleError::Unauthorized,
    );
    let (guardian, authority) = (world.guardian.pubkey(), world.authority.pubkey());
    for seconds in [0, -1, MAX_PAUSE + 1, i64::MAX] {
        refused(&mut world, pause(guardian, seconds), HurdleError::PauseTooLong);
    }
    for (by, seconds) in [(guardian, MAX_PAUSE), (authority, 60)] {
        world.accepted(&[pause(by, seconds)]).unwrap();
    }
    check(&mut world, Action::Open, Err(HurdleError::MarketPaused));
    check(&mut world, Action::Repay, Ok(()));
    world.warp(MAX_PAUSE - 1);
    check(&mut world, Action::Open, Err(HurdleError::MarketPaused));
    check(&mut world, Action::Close, Ok(()));
    // a pause ends by itself
    world.warp(1);
    let report = world.report().unwrap();
    let (publish, _) = world.publication(&report, &[0, 1]);
    world.accepted(&publish).unwrap();
    check(&mut world, Action::Open, Ok(()));
}

/// Enforces the margin of an account that has plenty.
fn check(world: &mut World, action: Action, expected: Result<(), HurdleError>) {
    let positions = fixture::positions();
    let portfolio = Portfolio::new(action, &positions).unwrap();
    let check = instruction::check_margin(world.market, &portfolio, true);
    let sent = world.send(&[check]);
    match expected {
        Ok(()) => assert!(sent.is_ok(), "{:?}", sent.err().map(|failed| failed.err)),
        Err(error) => assert_eq!(hurdle_error(&sent), Some(error)),
    }
}

#[test]
fn before_activation_only_what_removes_risk_goes_on() {
    let mut world = World::inactive(fixture::params()).unwrap();
    world.warp(60);
    let report = world.report().unwrap();
    let (publish, _) = world.publication(&report, &[0, 1]);
    world.accepted(&publish).unwrap();
    check(&mut world, Action::Open, Err(HurdleError::MarketInactive));
    check(&mut world, Action::Reduce, Ok(()));
    let (id, propose) = world.propose_market(&MarketChange::Activation).unwrap();
    world.accepted(&[propose]).unwrap();
    world.execute_market(id).unwrap();
    check(&mut world, Action::Open, Ok(()));
}

#[test]
fn a_fourth_pause_within_a_day_is_refused() {
    let mut world = World::published().unwrap();
    let guardian = world.guardian.pubkey();
    let pause = instruction::pause_market(guardian, world.market, MAX_PAUSE, REASON);
    for _ in 0..3 {
        world.accepted(std::slice::from_ref(&pause)).unwrap();
        world.warp(MAX_PAUSE);
    }
    refused(&mut world, pause.clone(), HurdleError::TooManyPauses);
    world.warp(DAY - 3 * MAX_PAUSE - 1);
    refused(&mut world, pause.clone(), HurdleError::TooManyPauses);
    world.warp(1);
    world.accepted(&[pause]).unwrap();
}

#[test]
fn the_authoritys_pauses_are_its_own() {
    let mut world = World::published().unwrap();
    let (guardian, authority, market) = (world.guardian.pubkey(), world.authority.pubkey(), world.market);
    let pause = |by| instruction::pause_market(by, market, 60, REASON);
    let too_long = instruction::pause_market(authority, market, MAX_PAUSE + 1, REASON);
    refused(&mut world, too_long, HurdleError::PauseTooLong);
    for _ in 0..2 {
        for _ in 0..4 {
            world.accepted(&[pause(authority)]).unwrap();
            world.warp(1);
        }
        // an authority that pauses leaves the guardian all of its three
        for _ in 0..3 {
            world.accepted(&[pause(guardian)]).unwrap();
            world.warp(1);
        }
        refused(&mut world, pause(guardian), HurdleError::TooManyPauses);
        world.warp(DAY);
    }
}

#[test]
fn publishing_goes_on_through_a_pause_and_the_authority_ends_it() {
    let mut world = World::published().unwrap();
    let (guardian, authority) = (world.guardian.pubkey(), world.authority.pubkey());
    let pause = instruction::pause_market(guardian, world.market, MAX_PAUSE, REASON);
    world.accepted(&[pause]).unwrap();
    world.warp(600);
    let report = world.report().unwrap();
    let (publish, _) = world.publication(&report, &[0, 1]);
    world.accepted(&publish).unwrap();
    let by_guardian = instruction::unpause_market(guardian, world.market, REASON);
    refused(&mut world, by_guardian, HurdleError::Unauthorized);
    let unpause = instruction::unpause_market(authority, world.market, REASON);
    world.accepted(&[unpause]).unwrap();
    let market = world.state().unwrap();
    assert!(!market.pauses.is_paused(UnixTime(world.time())));
}
