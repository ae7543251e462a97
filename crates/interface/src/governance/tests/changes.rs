//! Changes as bytes, and those of committee and config.

use super::*;
use crate::fixture::{class, committee, key, scramble};
use crate::state::{AccountLayout, ConfigState, MarketParams};
use Direction::{Looser, Neither, Same, Tighter};
use bytemuck::Zeroable;
use proptest::prelude::*;
use solana_address::Address;

fn members(seeds: &[u8], threshold: u8) -> Members {
    let keys: std::vec::Vec<Address> = seeds.iter().map(|seed| key(*seed)).collect();
    Members::new(&keys, threshold).unwrap()
}

pub fn config() -> ConfigState {
    let mut config = ConfigState::zeroed();
    config.version = ConfigState::VERSION;
    config.authority = key(1);
    config.guardian = key(2);
    config.genesis_hash = [3; 32];
    config.timelock_seconds = 86_400;
    config
}

pub fn all() -> [Change; 7] {
    [
        Change::Market(MarketChange::Params(params())),
        Change::Market(MarketChange::Class(IndexedClass {
            index: 3,
            class: class(),
        })),
        Change::Market(MarketChange::Model([7; 32])),
        Change::Market(MarketChange::Activation),
        Change::Committee(members(&[11, 12, 13], 2)),
        Change::Config(ConfigChange::Timelock(3_600)),
        Change::Config(ConfigChange::Guardian(key(9))),
    ]
}

fn payload(change: &Change) -> [u8; PAYLOAD_LEN] {
    let mut payload = [0xaa; PAYLOAD_LEN];
    change.write(&mut payload);
    payload
}

#[test]
fn every_change_reads_back_under_its_own_kind_only() {
    for (index, change) in all().into_iter().enumerate() {
        assert_eq!(usize::from(change.kind()), index + 1, "kinds are pinned");
        let payload = payload(&change);
        for kind in 0..=u8::MAX {
            match Change::parse(kind, &payload) {
                Ok(read) if kind == change.kind() => assert_eq!(read, change),
                Ok(read) => assert_ne!(read, change),
                Err(error) => {
                    assert_ne!(kind, change.kind());
                    assert_eq!(error, HurdleError::InvalidAccountData);
                }
            }
        }
    }
}

#[test]
fn a_payload_with_anything_beside_the_change_is_none() {
    for change in all() {
        let payload = payload(&change);
        let mut last = payload;
        last[PAYLOAD_LEN - 1] = 1;
        assert_eq!(
            Change::parse(change.kind(), &last),
            Err(HurdleError::InvalidAccountData)
        );
        if matches!(
            change,
            Change::Market(MarketChange::Class(_)) | Change::Committee(_)
        ) {
            let mut padding = payload;
            padding[7] = 1;
            assert_eq!(
                Change::parse(change.kind(), &padding),
                Err(HurdleError::InvalidAccountData)
            );
        }
    }
}

#[test]
fn committees_that_could_not_stand_are_no_members() {
    let zero = Address::default();
    let seventeen: std::vec::Vec<Address> = (1..18).map(key).collect();
    let many: std::vec::Vec<Address> = std::vec![key(1); 256];
    for (keys, threshold) in [
        (&[key(1), key(1)][..], 1),
        (&[key(1), zero], 1),
        (&[key(1), key(2)], 3),
        (&[key(1), key(2)], 0),
        (&[], 0),
        (&seventeen, 1),
        (&many, 1),
    ] {
        assert_eq!(Members::new(keys, threshold), Err(HurdleError::InvalidCommittee));
    }
    assert!(Members::new(&seventeen[..16], 16).is_ok());
}

#[test]
fn fewer_keys_and_a_higher_threshold_are_tighter() {
    let from = members(&[1, 2, 3], 2);
    for (to, direction) in [
        (members(&[1, 2, 3], 2), Same),
        (members(&[3, 1, 2], 2), Same),
        (members(&[1, 2, 3], 3), Tighter),
        (members(&[1, 3], 2), Tighter),
        (members(&[3, 1, 2], 3), Tighter),
        (members(&[1, 2, 3], 1), Looser),
        (members(&[1, 2, 3, 4], 2), Looser),
        (members(&[1, 2, 4], 2), Neither),
        (members(&[1, 2, 3, 4], 3), Neither),
        (members(&[1, 2], 1), Neither),
    ] {
        assert_eq!(from.direction(&to), direction, "{to:?}");
    }
}

#[test]
fn new_members_open_a_new_epoch() {
    let mut committee = committee();
    let epoch = committee.epoch;
    let before = Members::of(&committee);
    let new = members(&[21, 22], 2);
    assert_eq!(new.apply(&mut committee), Ok(()));
    assert_eq!(committee.epoch, epoch + 1);
    assert_eq!(committee.members(), new.keys());
    assert_eq!(committee.threshold, new.threshold());
    assert_eq!(committee.invariant(), Ok(()));
    assert_eq!(Members::of(&committee), new);
    assert_ne!(before.digest(), new.digest());
    committee.epoch = u32::MAX;
    assert_eq!(before.apply(&mut committee), Err(HurdleError::InvalidCommittee));
}

#[test]
fn a_longer_timelock_is_tighter_and_another_guardian_is_neither() {
    let config = config();
    for (change, direction) in [
        (ConfigChange::Timelock(86_400), Same),
        (ConfigChange::Timelock(86_401), Tighter),
        (ConfigChange::Timelock(86_399), Looser),
        (ConfigChange::Guardian(key(2)), Same),
        (ConfigChange::Guardian(key(3)), Neither),
    ] {
        assert_eq!(change.direction(&config), direction, "{change:?}");
        assert_eq!(change.replaced(&config) == change.digest(), direction == Same);
    }
    let mut changed = config;
    assert_eq!(
        ConfigChange::Timelock(7_200).apply(&mut changed, NOW.time),
        Ok(())
    );
    assert_eq!(
        ConfigChange::Guardian(key(3)).apply(&mut changed, NOW.time),
        Ok(())
    );
    assert_eq!((changed.timelock_seconds, changed.guardian), (7_200, key(3)));
}

#[test]
fn only_the_nominee_becomes_the_authority() {
    let mut config = config();
    let zero = Address::default();
    assert_eq!(config.accept(&zero), Err(HurdleError::NotNominated));
    config.nominate(key(5));
    assert_eq!(config.authority, key(1), "a nomination alone transfers nothing");
    assert_eq!(config.accept(&key(6)), Err(HurdleError::NotNominated));
    config.nominate(zero);
    assert_eq!(config.accept(&key(5)), Err(HurdleError::NotNominated));
    config.nominate(key(5));
    assert_eq!(config.accept(&key(5)), Ok(()));
    assert_eq!((config.authority, config.pending_authority), (key(5), zero));
    assert_eq!(config.accept(&key(5)), Err(HurdleError::NotNominated));
}

#[test]
fn the_guardian_vetoes_everything_but_its_own_change() {
    let config = config();
    for change in all() {
        assert_eq!(config.check_veto(&key(1), &change), Ok(()));
        let expected = match change {
            Change::Config(ConfigChange::Guardian(_)) => Err(HurdleError::GuardianVeto),
            _ => Ok(()),
        };
        assert_eq!(config.check_veto(&key(2), &change), expected);
        assert_eq!(
            config.check_veto(&key(3), &change),
            Err(HurdleError::Unauthorized)
        );
    }
    assert!(config.may_tighten(&key(1)) && config.may_tighten(&key(2)));
    assert!(!config.may_tighten(&key(3)));
}

#[test]
fn proposals_are_numbered() {
    let mut config = config();
    assert_eq!(
        (config.take_proposal_id(), config.take_proposal_id()),
        (Ok(0), Ok(1))
    );
    config.proposals = u64::MAX;
    assert_eq!(config.take_proposal_id(), Err(HurdleError::Overflow));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bytes_make_a_change_panic(kind in 0u8..10, bytes in proptest::collection::vec(any::<u8>(), 0..64), at in 0usize..560) {
        let mut payload = [0; PAYLOAD_LEN];
        payload[at..at + bytes.len()].copy_from_slice(&bytes);
        if let Ok(change) = Change::parse(kind, &payload) {
            let mut written = [1; PAYLOAD_LEN];
            change.write(&mut written);
            prop_assert_eq!(written, payload);
            let mut market = market();
            match change {
                Change::Market(change) => {
                    let _ = (change.validate(&market), change.direction(&market), change.replaced(&market));
                    let _ = change.apply(&mut market, NOW.time);
                }
                Change::Committee(members) => {
                    let mut committee = committee();
                    let _ = (members.validate(), members.direction(&Members::of(&committee)));
                    let _ = members.apply(&mut committee);
                }
                Change::Config(change) => {
                    let mut config = config();
                    let _ = (change.validate(), change.direction(&config));
                    let _ = change.apply(&mut config, NOW.time);
                }
            }
        }
    }

    #[test]
    fn no_parameters_panic_and_none_that_break_the_invariant_get_in(seed in any::<u64>(), one_in in 1u64..30) {
        let mut params: MarketParams = params();
        scramble(&mut params, seed, one_in);
        let mut market = fresh_market();
        let _ = market.params.direction(&params);
        if MarketChange::Params(params).apply(&mut market, NOW.time).is_ok() {
            prop_assert_eq!(market.invariant(), Ok(()));
        }
    }
}
