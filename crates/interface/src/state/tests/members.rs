//! The committee: who is in it, and who signed.

use super::*;
use crate::fixture::key;
use crate::introspect::VerifiedMessage;
use crate::report::REPORT_LEN;
use solana_address::Address;

/// Data of an Ed25519 instruction under some keys over one message, all pointing into itself.
fn signed(signers: &[Address]) -> Vec<u8> {
    let table = 2 + signers.len() * 14;
    let mut data = std::vec![u8::try_from(signers.len()).unwrap(), 0];
    for index in 0..signers.len() {
        let message_at = table + signers.len() * 32;
        for field in [
            0,
            0xffff,
            table + index * 32,
            0xffff,
            message_at,
            REPORT_LEN,
            0xffff,
        ] {
            data.extend(u16::try_from(field).unwrap().to_le_bytes());
        }
    }
    for signer in signers {
        data.extend(signer.as_ref());
    }
    data.extend([0; REPORT_LEN]);
    data
}

fn verify(committee: &CommitteeState, signers: &[Address]) -> Result<u16> {
    let data = signed(signers);
    committee.verify(&VerifiedMessage::parse(&data)?)
}

#[test]
fn members_that_sign_are_counted_by_their_place() {
    let committee = committee();
    assert_eq!(verify(&committee, &[key(11), key(12)]), Ok(0b011));
    assert_eq!(verify(&committee, &[key(13), key(11)]), Ok(0b101));
    assert_eq!(verify(&committee, &[key(12), key(13), key(11)]), Ok(0b111));
}

#[test]
fn all_sixteen_members_of_a_full_committee_are_counted() {
    let keys: Vec<Address> = (1..=16).map(key).collect();
    let mut full = CommitteeState::zeroed();
    full.version = CommitteeState::VERSION;
    full.set_members(&keys, 16).unwrap();
    assert_eq!(full.invariant(), Ok(()));
    assert_eq!(verify(&full, &keys), Ok(u16::MAX));
    assert_eq!(verify(&full, &keys[1..]), Err(HurdleError::TooFewSigners));
}

#[test]
fn fewer_signers_than_the_threshold_are_too_few() {
    for signer in [11, 12, 13] {
        assert_eq!(
            verify(&committee(), &[key(signer)]),
            Err(HurdleError::TooFewSigners)
        );
    }
}

#[test]
fn one_signer_twice_is_a_duplicate_even_beyond_the_threshold() {
    assert_eq!(
        verify(&committee(), &[key(11), key(11)]),
        Err(HurdleError::DuplicateSigner)
    );
    assert_eq!(
        verify(&committee(), &[key(11), key(12), key(11)]),
        Err(HurdleError::DuplicateSigner)
    );
}

#[test]
fn a_stranger_is_unknown_even_beyond_the_threshold() {
    assert_eq!(
        verify(&committee(), &[key(11), key(12), key(14)]),
        Err(HurdleError::UnknownSigner)
    );
    // an unused place of the committee is no member
    assert_eq!(
        verify(&committee(), &[key(11), key(12), key(0)]),
        Err(HurdleError::UnknownSigner)
    );
}

#[test]
fn a_key_that_differs_in_one_byte_is_unknown() {
    for byte in 0..32 {
        let mut other = [12u8; 32];
        other[byte] ^= 1;
        let other = Address::new_from_array(other);
        assert_eq!(
            verify(&committee(), &[key(11), other]),
            Err(HurdleError::UnknownSigner),
            "byte {byte}"
        );
    }
}

#[test]
fn setting_members_opens_an_epoch_and_clears_unused_places() {
    let mut committee = committee();
    let epoch = committee.epoch;
    committee.set_members(&[key(21)], 1).unwrap();
    assert_eq!(
        (committee.epoch, committee.members()),
        (epoch + 1, &[key(21)][..])
    );
    assert!(committee.keys[1..].iter().all(|key| *key == Address::default()));
    assert_eq!(
        committee.set_members(&[key(1); 17], 1),
        Err(HurdleError::InvalidCommittee)
    );
    committee.epoch = u32::MAX;
    assert_eq!(
        committee.set_members(&[key(1)], 1),
        Err(HurdleError::InvalidCommittee)
    );
}

#[test]
fn each_broken_committee_is_invalid() {
    assert_eq!(committee().invariant(), Ok(()));
    let breaks: [fn(&mut CommitteeState); 9] = [
        |committee| committee.version = 2,
        |committee| committee.threshold = 0,
        |committee| committee.threshold = 4,
        |committee| committee.count = 0,
        |committee| committee.count = 17,
        |committee| committee.count = 2,
        |committee| committee.count = 4,
        |committee| committee.keys[2] = committee.keys[0],
        |committee| committee.keys[1] = Address::default(),
    ];
    for (index, break_one) in breaks.iter().enumerate() {
        let mut broken = committee();
        break_one(&mut broken);
        assert_eq!(
            broken.invariant(),
            Err(HurdleError::InvalidCommittee),
            "break {index}"
        );
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_list_of_signers_is_judged_by_the_rule(signers in proptest::collection::vec(9u8..15, 1..6)) {
        let committee = committee();
        let keys: Vec<Address> = signers.iter().copied().map(key).collect();
        let mut seen = 0u16;
        let mut expected = Ok(());
        for signer in &signers {
            let Some(place) = signer.checked_sub(11).filter(|place| *place < 3) else {
                expected = Err(HurdleError::UnknownSigner);
                break;
            };
            if seen & (1 << place) != 0 {
                expected = Err(HurdleError::DuplicateSigner);
                break;
            }
            seen |= 1 << place;
        }
        let enough = if seen.count_ones() >= 2 { Ok(seen) } else { Err(HurdleError::TooFewSigners) };
        prop_assert_eq!(verify(&committee, &keys), expected.and(enough));
    }
}
