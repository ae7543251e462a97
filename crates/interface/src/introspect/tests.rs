use super::*;
use crate::fixture::{cases, key};
use proptest::prelude::*;
use std::vec::Vec;

mod sysvar;

/// Bytes of the tables and keys before the message.
fn message_at(signers: usize) -> usize {
    HEADER_LEN + signers * (OFFSETS_LEN + 96)
}

/// Data of an Ed25519 instruction, written from the precompile's documentation: each signature's key and signature, then
/// the message once.
fn ed25519_data(message: &[u8], signers: &[u8]) -> Vec<u8> {
    let mut data = std::vec![u8::try_from(signers.len()).unwrap(), 0];
    for index in 0..signers.len() {
        let pair = HEADER_LEN + signers.len() * OFFSETS_LEN + index * 96;
        let this = usize::from(u16::MAX);
        // signature, its instruction, key, its instruction, message, its size, its instruction
        for field in [
            pair + 32,
            this,
            pair,
            this,
            message_at(signers.len()),
            message.len(),
            this,
        ] {
            data.extend(u16::try_from(field).unwrap().to_le_bytes());
        }
    }
    for signer in signers {
        data.extend([*signer; 32]);
        data.extend([0xa5; 64]);
    }
    data.extend(message);
    data
}

fn message() -> [u8; REPORT_LEN] {
    core::array::from_fn(|index| u8::try_from(index % 251).unwrap())
}

fn keys(verified: &VerifiedMessage<'_>) -> Result<Vec<[u8; 32]>> {
    verified.keys().map(|key| key.copied()).collect()
}

/// Writes one of the seven fields of a signature's offsets.
fn set(data: &mut [u8], signature: usize, field: usize, value: u16) {
    let at = HEADER_LEN + signature * OFFSETS_LEN + field * 2;
    data[at..at + 2].copy_from_slice(&value.to_le_bytes());
}

#[test]
fn a_well_formed_instruction_gives_its_message_and_keys() {
    for signers in [&[11u8][..], &[11, 12, 13], &[5; 16]] {
        let data = ed25519_data(&message(), signers);
        let verified = VerifiedMessage::parse(&data).unwrap();
        assert_eq!(verified.message(), message());
        let expected: Vec<[u8; 32]> = signers.iter().map(|signer| *key(*signer).as_array()).collect();
        assert_eq!(keys(&verified), Ok(expected));
    }
}

#[cfg(feature = "instructions")]
#[test]
fn the_builder_writes_the_same_bytes() {
    let signers = [11u8, 12, 13];
    let signatures: Vec<([u8; 32], [u8; 64])> =
        signers.iter().map(|signer| ([*signer; 32], [0xa5; 64])).collect();
    let built = crate::instruction::ed25519(&message(), &signatures);
    assert_eq!(built.program_id, ED25519_PROGRAM);
    assert!(built.accounts.is_empty());
    assert_eq!(built.data, ed25519_data(&message(), &signers));
}

#[test]
fn an_offset_into_another_instruction_is_foreign() {
    let data = ed25519_data(&message(), &[11, 12, 13]);
    for signature in 0..3 {
        for field in [1, 3, 6] {
            for foreign in [0, 1, 2, u16::MAX - 1] {
                let mut data = data.clone();
                set(&mut data, signature, field, foreign);
                let parsed = VerifiedMessage::parse(&data).map(|_| ());
                assert_eq!(
                    parsed,
                    Err(HurdleError::ForeignSignatureOffset),
                    "{signature} {field}"
                );
            }
        }
    }
}

#[test]
fn signatures_over_different_messages_do_not_match() {
    for signature in 0..3 {
        let mut data = ed25519_data(&message(), &[11, 12, 13]);
        let elsewhere = u16::try_from(message_at(3) - 1).unwrap();
        set(&mut data, signature, 4, elsewhere);
        assert_eq!(
            VerifiedMessage::parse(&data).map(|_| ()),
            Err(HurdleError::MessageMismatch)
        );
    }
}

#[test]
fn a_message_of_another_size_does_not_match() {
    let expected = u16::try_from(REPORT_LEN).unwrap();
    for size in [0, 1, expected - 1, expected + 1, u16::MAX] {
        for signature in 0..3 {
            let mut data = ed25519_data(&message(), &[11, 12, 13]);
            data.extend([0; 8]);
            set(&mut data, signature, 5, size);
            assert_eq!(
                VerifiedMessage::parse(&data).map(|_| ()),
                Err(HurdleError::MessageMismatch)
            );
        }
    }
}

#[test]
fn no_signature_is_malformed() {
    assert_eq!(
        VerifiedMessage::parse(&[]).map(|_| ()),
        Err(HurdleError::MalformedSignatures)
    );
    let mut data = ed25519_data(&message(), &[11]);
    data[0] = 0;
    assert_eq!(
        VerifiedMessage::parse(&data).map(|_| ()),
        Err(HurdleError::MalformedSignatures)
    );
}

#[test]
fn data_cut_at_any_length_is_malformed() {
    let data = ed25519_data(&message(), &[11, 12, 13]);
    for length in 0..data.len() {
        let parsed = VerifiedMessage::parse(&data[..length]).map(|_| ());
        assert_eq!(parsed, Err(HurdleError::MalformedSignatures), "{length} bytes");
    }
}

#[test]
fn a_key_beyond_the_data_is_malformed() {
    let mut data = ed25519_data(&message(), &[11, 12]);
    let beyond = u16::try_from(data.len() - 31).unwrap();
    set(&mut data, 1, 2, beyond);
    let verified = VerifiedMessage::parse(&data).unwrap();
    assert_eq!(keys(&verified), Err(HurdleError::MalformedSignatures));
}

#[test]
fn more_signatures_announced_than_written_are_refused() {
    let mut data = ed25519_data(&message(), &[11, 12]);
    let mut parsed = |signatures: u8| {
        data[0] = signatures;
        VerifiedMessage::parse(&data).map(|_| ())
    };
    // the third "signature" is read out of the first key
    assert_eq!(parsed(3), Err(HurdleError::ForeignSignatureOffset));
    assert_eq!(parsed(255), Err(HurdleError::MalformedSignatures));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(verified) = VerifiedMessage::parse(&bytes) {
            let _ = keys(&verified);
        }
    }

    #[test]
    fn changed_bytes_never_panic_and_what_parses_lies_in_the_data(
        changes in proptest::collection::vec((0usize..700, any::<u8>()), 0..6), cut in 0usize..700,
    ) {
        let mut data = ed25519_data(&message(), &[11, 12, 13]);
        for (at, byte) in changes {
            let at = at % data.len();
            data[at] = byte;
        }
        data.truncate(cut.max(300));
        if let Ok(verified) = VerifiedMessage::parse(&data) {
            prop_assert_eq!(verified.message().len(), REPORT_LEN);
            let range = data.as_ptr_range();
            prop_assert!(range.contains(&verified.message().as_ptr()));
            let _ = keys(&verified);
        }
    }
}
