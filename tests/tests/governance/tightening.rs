//! What tightens at once, and what does not pass for it.

use super::*;
use hurdle_interface::state::ConfigState;
use hurdle_interface::{Ratio, instruction};
use hurdle_tests::fixture::{bp, permille};
use hurdle_tests::governance::{REASON, TIMELOCK};
use hurdle_tests::world::key;
use solana_address::Address;
use solana_signer::Signer;

#[test]
fn margin_is_tightened_by_guardian_and_authority_and_who_may_sign_and_how_long_by_the_authority_alone() {
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
        class.haircut = permille(25);
        let keys: Vec<Address> = world.keepers.iter().take(3).map(Signer::pubkey).collect();
        let margin = |signer| {
            [
                instruction::tighten_params(signer, market, &tightening(), REASON),
                instruction::tighten_class(signer, market, 0, &class, REASON),
            ]
        };
        let signing = |signer| {
            [
                instruction::tighten_committee(signer, committee, 3, &keys, REASON),
                instruction::tighten_timelock(signer, TIMELOCK + 1, REASON),
            ]
        };
        let strangers = stranger.pubkey();
        for instruction in margin(strangers).into_iter().chain(signing(strangers)) {
            refused_to(
                &mut world,
                &[instruction],
                &[&stranger],
                HurdleError::Unauthorized,
            );
        }
        let before = world.state().unwrap();
        for instruction in margin(by) {
            world.accepted(std::slice::from_ref(&instruction)).unwrap();
            // once more changes nothing, which is no tightening
            refused(&mut world, instruction, HurdleError::NotTightening);
        }
        let after = world.state().unwrap();
        assert_eq!((after.params, after.classes[0]), (tightening(), class));
        assert_eq!(after.param_epoch, before.param_epoch + 2);
        for instruction in signing(by) {
            if guardian {
                refused(&mut world, instruction, HurdleError::Unauthorized);
                continue;
            }
            world.accepted(std::slice::from_ref(&instruction)).unwrap();
            refused(&mut world, instruction, HurdleError::NotTightening);
        }
        if !guardian {
            let committee = world.committee_state().unwrap();
            assert_eq!((committee.members(), committee.threshold), (&keys[..], 3));
            assert_eq!(committee.epoch, 2);
            assert_eq!(world.config().unwrap().timelock_seconds, TIMELOCK + 1);
        }
    }
}

/// Refusing every report would be a pause without end, and pauses are short and few.
#[test]
fn the_guardian_refuses_no_reports() {
    let refusals: [fn(&mut MarketParams); 8] = [
        |p| p.bounds[0].high = p.bounds[0].low,
        |p| p.max_utilisation_response = Ratio::ZERO,
        |p| p.max_tail_response = Ratio::ZERO,
        |p| p.residual_tolerance = bp(0),
        |p| p.max_volatility = Ratio::ZERO,
        |p| p.max_observation_age = 1,
        |p| p.composition.max_slope = Ratio::ZERO,
        |p| p.composition.floor = p.composition.ceiling,
    ];
    for change in &refusals[..7] {
        let mut world = World::new().unwrap();
        let (guardian, authority, market) = (world.guardian.pubkey(), world.authority.pubkey(), world.market);
        let by = |signer| instruction::tighten_params(signer, market, &params(change), REASON);
        refused(&mut world, by(guardian), HurdleError::Unauthorized);
        world.accepted(&[by(authority)]).unwrap();
    }
    let mut world = World::new().unwrap();
    let flat = instruction::tighten_params(
        world.guardian.pubkey(),
        world.market,
        &params(refusals[7]),
        REASON,
    );
    refused(&mut world, flat, HurdleError::Unauthorized);
}

/// A floor far above the rate that stands: margin never falls for it, and the rate goes there no faster than its limit.
#[test]
fn a_higher_floor_lowers_no_margin_and_moves_no_rate_at_once() {
    let mut world = World::published().unwrap();
    let before = world.state().unwrap().published;
    let floor = params(|p| p.composition.floor = bp(15_000));
    let raise = instruction::tighten_params(world.authority.pubkey(), world.market, &floor, REASON);
    world.accepted(&[raise]).unwrap();
    let stands = world.state().unwrap().published;
    assert_eq!((stands.hurdle, stands.baseline), (before.hurdle, before.baseline));
    let mut last = stands;
    for _ in 0..40 {
        world.warp(6 * 3_600);
        let report = world.report().unwrap();
        assert!(report.hurdle >= bp(15_000));
        let (publish, _) = world.publication(&report, &[0, 1]);
        world.accepted(&publish).unwrap();
        let published = world.state().unwrap().published;
        let allowed = fixture::params().limit.rise_per_day.raw() / 4 + 1;
        assert!(published.hurdle >= last.hurdle && published.hurdle.raw() - last.hurdle.raw() <= allowed);
        assert!(published.ramps.multiplier.target >= before.ramps.multiplier.target);
        last = published;
    }
    assert!(last.hurdle >= bp(15_000), "the rate arrives in the new range");
}

#[test]
fn loosening_through_a_tightening_instruction_is_refused() {
    let mut world = World::new().unwrap();
    let (authority, market) = (world.authority.pubkey(), world.market);
    let loosenings: [fn(&mut MarketParams); 8] = [
        |p| p.stressed_multiplier = permille(1_900),
        |p| p.composition.ceiling = bp(19_000),
        // a higher one ends the stressed state
        |p| p.composition.ceiling = bp(21_000),
        |p| p.composition.max_slope = permille(901),
        |p| p.bounds[0].high = bp(20_001),
        |p| p.limit.fall_per_day = bp(5_001),
        // one loosens, another tightens
        |p| (p.stressed_multiplier, p.composition.floor) = (permille(2_500), bp(-501)),
        // no direction: its component may be negative within its bounds
        |p| p.composition.weights.staking = permille(1_001),
    ];
    for change in loosenings {
        let loose = instruction::tighten_params(authority, market, &params(change), REASON);
        refused(&mut world, loose, HurdleError::NotTightening);
    }
    let mut class = fixture::class();
    class.maintenance = permille(99);
    let loose = instruction::tighten_class(authority, market, 0, &class, REASON);
    refused(&mut world, loose, HurdleError::NotTightening);
    let new = instruction::tighten_class(authority, market, 1, &fixture::class(), REASON);
    refused(&mut world, new, HurdleError::NotTightening);
    let nowhere = instruction::tighten_class(authority, market, 8, &class, REASON);
    refused(&mut world, nowhere, HurdleError::UnknownRiskClass);
    let shorter = instruction::tighten_timelock(authority, TIMELOCK - 1, REASON);
    refused(&mut world, shorter, HurdleError::NotTightening);
    let too_long = ConfigState::MAX_TIMELOCK_SECONDS + 1;
    let too_long = instruction::tighten_timelock(authority, too_long, REASON);
    refused(&mut world, too_long, HurdleError::InvalidTimelock);
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
        let (authority, committee) = (world.authority.pubkey(), world.committee);
        let change = instruction::tighten_committee(authority, committee, threshold, keys, REASON);
        refused(&mut world, change, error);
    }
}

#[test]
fn tighter_parameters_that_break_their_invariant_are_refused() {
    let mut world = World::new().unwrap();
    let broken = params(|p| p.composition.multiplier.cap = Ratio::MAX);
    let change = instruction::tighten_params(world.authority.pubkey(), world.market, &broken, REASON);
    refused(&mut world, change, HurdleError::InvalidParameter);
}
