//! The transfer of the authority.

use super::*;
use hurdle_interface::instruction;
use hurdle_tests::governance::REASON;
use hurdle_tests::world::key;
use solana_address::Address;
use solana_signer::Signer;

#[test]
fn the_authority_is_transferred_in_two_steps() {
    let mut world = World::new().unwrap();
    let (authority, new, stranger) = (world.authority.pubkey(), key(50), key(51));
    let nominate = |nominee| instruction::nominate_authority(authority, nominee, REASON);
    let accept = |key: &Keypair| instruction::accept_authority(key.pubkey());
    refused_to(&mut world, &[accept(&new)], &[&new], HurdleError::NotNominated);
    world.accepted(&[nominate(new.pubkey())]).unwrap();
    assert_eq!(world.config().unwrap().authority, authority);
    refused_to(
        &mut world,
        &[accept(&stranger)],
        &[&stranger],
        HurdleError::NotNominated,
    );
    world.send_with(&[accept(&new)], &[&new]).unwrap();
    let config = world.config().unwrap();
    assert_eq!(
        (config.authority, config.pending_authority),
        (new.pubkey(), Address::default())
    );
    // the old one is nobody now
    let late = nominate(authority);
    refused(&mut world, late, HurdleError::Unauthorized);
    let (_, propose) = world.propose_market(&loosening()).unwrap();
    refused(&mut world, propose, HurdleError::Unauthorized);
}

#[test]
fn a_nomination_is_made_and_taken_back_by_the_authority_only() {
    let mut world = World::new().unwrap();
    let (authority, guardian, new) = (world.authority.pubkey(), world.guardian.pubkey(), key(52));
    let by_guardian = instruction::nominate_authority(guardian, guardian, REASON);
    refused(&mut world, by_guardian, HurdleError::Unauthorized);
    for nominee in [new.pubkey(), Address::default()] {
        world
            .accepted(&[instruction::nominate_authority(authority, nominee, REASON)])
            .unwrap();
    }
    let accept = instruction::accept_authority(new.pubkey());
    refused_to(&mut world, &[accept], &[&new], HurdleError::NotNominated);
}

#[test]
fn an_unsound_config_is_left_as_it_is() {
    let mut world = World::new().unwrap();
    let (authority, new) = (world.authority.pubkey(), key(53));
    let nominate = instruction::nominate_authority(authority, new.pubkey(), REASON);
    let accept = instruction::accept_authority(new.pubkey());
    world.accepted(std::slice::from_ref(&nominate)).unwrap();
    world.edit_config(|config| config.timelock_seconds = 1).unwrap();
    refused(&mut world, nominate, HurdleError::InvalidTimelock);
    refused_to(&mut world, &[accept], &[&new], HurdleError::InvalidTimelock);
}
