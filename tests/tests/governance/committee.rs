//! Rotation of the committee.

use super::*;
use hurdle_interface::report::Report;
use hurdle_interface::{Slot, UnixTime, instruction};
use hurdle_tests::governance::TIMELOCK;
use hurdle_tests::world::{key, sign};
use solana_address::Address;
use solana_signer::Signer;

/// The instructions that publish a report signed by some keys.
fn publication(world: &World, report: &Report, keys: &[Keypair]) -> [Instruction; 2] {
    let signatures: Vec<_> = keys.iter().map(|key| sign(key, report.as_bytes())).collect();
    [
        instruction::ed25519(report.as_bytes(), &signatures),
        instruction::publish(world.market, world.committee, 0),
    ]
}

#[test]
fn in_the_slot_of_the_switch_the_old_committee_is_out_and_the_new_one_is_in() {
    let mut world = World::published().unwrap();
    let incoming: Vec<Keypair> = (60..63).map(key).collect();
    let keys: Vec<Address> = incoming.iter().map(Keypair::pubkey).collect();
    let (id, propose) = world.propose_committee(2, &keys).unwrap();
    world.accepted(&[propose]).unwrap();
    world.warp(TIMELOCK);

    // right before the switch, in its very slot, the old committee publishes
    let mut last = world.report().unwrap();
    last.observed_at = UnixTime(last.observed_at.0 - 20);
    last.observed_slot = Slot(last.observed_slot.0 - 50);
    let (publish, _) = world.publication(&last, &[0, 1]);
    world.accepted(&publish).unwrap();

    // both committees have signed for the next sequence before the switch
    let old = world.report().unwrap();
    let mut new = old;
    new.committee_epoch = 2;
    let by_old = publication(&world, &old, &world.keepers[..2]);
    let by_new = publication(&world, &new, &incoming[..2]);
    let usurping = publication(&world, &new, &world.keepers[..2]);
    refused_to(&mut world, &by_new, &[], HurdleError::UnknownSigner);

    world.execute_committee(id).unwrap();
    let committee = world.committee_state().unwrap();
    assert_eq!((committee.members(), committee.epoch), (&keys[..], 2));
    refused_to(&mut world, &usurping, &[], HurdleError::UnknownSigner);
    // the epoch is refused even where the keys stand in both committees
    let old_epoch_by_new = publication(&world, &old, &incoming[..2]);
    refused_to(
        &mut world,
        &old_epoch_by_new,
        &[],
        HurdleError::WrongCommitteeEpoch,
    );
    refused_to(&mut world, &by_old, &[], HurdleError::UnknownSigner);
    world.accepted(&by_new).unwrap();
    assert_eq!(world.state().unwrap().published.committee_epoch, 2);
    assert_eq!(world.state().unwrap().published.sequence, new.sequence);
}

#[test]
fn a_key_is_added_and_the_threshold_raised_without_a_gap() {
    let mut world = World::published().unwrap();
    let added = key(64);
    let mut keys: Vec<Address> = world.keepers.iter().map(Keypair::pubkey).collect();
    keys.push(added.pubkey());
    let (id, propose) = world.propose_committee(3, &keys).unwrap();
    world.accepted(&[propose]).unwrap();
    world.warp(TIMELOCK);
    let old = world.report().unwrap();
    let (by_old, _) = world.publication(&old, &[0, 1]);
    let mut new = old;
    new.committee_epoch = 2;
    let by_two = publication(&world, &new, &world.keepers[..2]);
    let three = [
        world.keepers[0].insecure_clone(),
        world.keepers[4].insecure_clone(),
        added,
    ];
    let by_three = publication(&world, &new, &three);
    world.execute_committee(id).unwrap();
    // under the new threshold the old signatures are too few before their epoch is read
    refused_to(&mut world, &by_old, &[], HurdleError::TooFewSigners);
    refused_to(&mut world, &by_two, &[], HurdleError::TooFewSigners);
    let (by_old_three, _) = world.publication(&old, &[0, 1, 2]);
    refused_to(&mut world, &by_old_three, &[], HurdleError::WrongCommitteeEpoch);
    world.accepted(&by_three).unwrap();
}

#[test]
fn a_removed_key_signs_nothing_from_the_switch_on() {
    let mut world = World::published().unwrap();
    world.warp(600);
    let left: Vec<Address> = world.keepers[1..].iter().map(Keypair::pubkey).collect();
    let authority = world.authority.pubkey();
    let reason = hurdle_tests::governance::REASON;
    let remove = instruction::tighten_committee(authority, world.committee, 2, &left, reason);
    let old = world.report().unwrap();
    let mut new = old;
    new.committee_epoch = 2;
    let (with_removed, _) = world.publication(&new, &[0, 1]);
    let (by_left, _) = world.publication(&new, &[1, 2]);
    let (old_epoch, _) = world.publication(&old, &[1, 2]);
    world.accepted(&[remove]).unwrap();
    refused_to(&mut world, &with_removed, &[], HurdleError::UnknownSigner);
    refused_to(&mut world, &old_epoch, &[], HurdleError::WrongCommitteeEpoch);
    world.accepted(&by_left).unwrap();
}
