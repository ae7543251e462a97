//! What tightens at once, and what does not pass for it.

use super::*;
use hurdle_interface::governance::ConfigChange;
use hurdle_interface::state::ConfigState;
use hurdle_interface::{Ratio, instruction};
use hurdle_tests::fixture::{bp, permille};
use hurdle_tests::governance::{REASON, TIMELOCK};
use hurdle_tests::world::key;
use solana_address::Address;
use solana_signer::Signer;

#[test]
fn guardian_and_authority_tighten_at_once_and_nobody_else() {
    let stranger = key(44);
    for guardian in [false, true] {
        let mut world = World::new().unwrap();
        let by = if guardian {
            world.guardian.pubkey()
        } else {
            world.authority.pubkey()
        };
        let (market, committee) = (world.market, world.committee);
        let mut class = fixture::class();
        class.haircut = permille(30);
        let keys: Vec<Address> = world.keepers.iter().take(3).map(Signer::pubkey).collect();
        let all = |signer| {
            [
                instruction::tighten_params(signer, market, &tightening(), REASON),
                instruction::tighten_class(signer, market, 0, &class, REASON),
                instruction::tighten_committee(signer, committee, 3, &keys, REASON),
                instruction::tighten_timelock(signer, TIMELOCK + 1, REASON),
            ]
        };
        for instruction in all(stranger.pubkey()) {
            refused_to(
                &mut world,
                &[instruction],
                &[&stranger],
                HurdleError::Unauthorized,
            );
        }
        let before = world.state().unwrap();
        for instruction in all(by) {
            world.accepted(std::slice::from_ref(&instruction)).unwrap();
            // once more changes nothing, which is no tightening
            refused(&mut world, instruction, HurdleError::NotTightening);
        }
        let after = world.state().unwrap();
        assert_eq!((after.params, after.classes[0]), (tightening(), class));
        assert_eq!(after.param_epoch, before.param_epoch + 2);
        let committee = world.committee_state().unwrap();
        assert_eq!((committee.members(), committee.threshold), (&keys[..], 3));
        assert_eq!(committee.epoch, 2);
        assert_eq!(world.config().unwrap().timelock_seconds, TIMELOCK + 1);
    }
}

#[test]
fn loosening_through_a_tightening_instruction_is_refused() {
    let mut world = World::new().unwrap();
    let (guardian, market) = (world.guardian.pubkey(), world.market);
    let loosenings: [fn(&mut MarketParams); 7] = [
        |p| p.stressed_multiplier = permille(1_900),
        |p| p.composition.ceiling = bp(19_000),
        |p| p.composition.max_slope = permille(901),
        |p| p.bounds[0].high = bp(20_001),
        |p| p.limit.fall_per_day = bp(5_001),
        // one loosens, another tightens
        |p| (p.stressed_multiplier, p.composition.floor) = (permille(2_500), bp(-501)),
        // no direction: its component may be negative within its bounds
        |p| p.composition.weights.staking = permille(1_001),
    ];
    for change in loosenings {
        let loose = instruction::tighten_params(guardian, market, &params(change), REASON);
        refused(&mut world, loose, HurdleError::NotTightening);
    }
    let mut class = fixture::class();
    class.maintenance = permille(99);
    let loose = instruction::tighten_class(guardian, market, 0, &class, REASON);
    refused(&mut world, loose, HurdleError::NotTightening);
    let new = instruction::tighten_class(guardian, market, 1, &fixture::class(), REASON);
    refused(&mut world, new, HurdleError::NotTightening);
    let nowhere = instruction::tighten_class(guardian, market, 8, &class, REASON);
    refused(&mut world, nowhere, HurdleError::UnknownRiskClass);
    let shorter = instruction::tighten_timelock(guardian, TIMELOCK - 1, REASON);
    refused(&mut world, shorter, HurdleError::NotTightening);
    let too_long = ConfigState::MAX_TIMELOCK_SECONDS + 1;
    let too_long = instruction::tighten_timelock(guardian, too_long, REASON);
    refused(&mut world, too_long, HurdleError::InvalidParameter);
}

#[test]
fn a_committee_never_grows_or_eases_by_tightening() {
    let mut world = World::new().unwrap();
    let members: Vec<Address> = world.keepers.iter().map(Signer::pubkey).collect();
    let stranger = key(45).pubkey();
    let grown: Vec<Address> = members.iter().copied().chain([stranger]).collect();
    let swapped: Vec<Address> = members[1..].iter().copied().chain([stranger]).collect();
    for (threshold, keys, error) in [
        (2, &grown[..], HurdleError::NotTightening),
        (3, &grown[..], HurdleError::NotTightening),
        (2, &swapped[..], HurdleError::NotTightening),
        (1, &members[..], HurdleError::NotTightening),
        (1, &members[..3], HurdleError::NotTightening),
        (6, &members[..], HurdleError::InvalidCommittee),
        (0, &[], HurdleError::InvalidCommittee),
    ] {
        let (guardian, committee) = (world.guardian.pubkey(), world.committee);
        let change = instruction::tighten_committee(guardian, committee, threshold, keys, REASON);
        refused(&mut world, change, error);
    }
}

#[test]
fn tighter_parameters_that_break_their_invariant_are_refused() {
    let mut world = World::new().unwrap();
    let broken = params(|p| p.composition.multiplier.cap = Ratio::MAX);
    let change = instruction::tighten_params(world.guardian.pubkey(), world.market, &broken, REASON);
    refused(&mut world, change, HurdleError::InvalidParameter);
}

#[test]
fn a_shorter_timelock_waits_for_the_longer_one() {
    let mut world = World::new().unwrap();
    let (id, propose) = world.propose_config(&ConfigChange::Timelock(60)).unwrap();
    world.accepted(&[propose]).unwrap();
    let execute = instruction::execute_config_change(world.payer.pubkey(), id);
    world.warp(TIMELOCK - 1);
    refused(&mut world, execute.clone(), HurdleError::TimelockNotOver);
    world.warp(1);
    world.accepted(&[execute]).unwrap();
    assert_eq!(world.config().unwrap().timelock_seconds, 60);
}
