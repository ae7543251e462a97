//! Durable nonces, over the instructions sysvar written by hand from Agave's layout.

use super::*;
use proptest::prelude::*;
use std::vec::Vec;

/// Number of accounts, program, data.
type Entry<'a> = (usize, [u8; 32], &'a [u8]);

fn image(instructions: &[Entry<'_>]) -> Vec<u8> {
    let head = 2 + instructions.len() * 2;
    let (mut offsets, mut bodies) = (Vec::new(), Vec::new());
    for (accounts, program, data) in instructions {
        offsets.extend(u16::try_from(head + bodies.len()).unwrap().to_le_bytes());
        bodies.extend(u16::try_from(*accounts).unwrap().to_le_bytes());
        bodies.extend(std::vec![7; accounts * 33]);
        bodies.extend(program);
        bodies.extend(u16::try_from(data.len()).unwrap().to_le_bytes());
        bodies.extend(*data);
    }
    let count = u16::try_from(instructions.len()).unwrap();
    [&count.to_le_bytes()[..], &offsets, &bodies, &[0; 2]].concat()
}

const SYSTEM: [u8; 32] = [0; 32];
const OTHER: [u8; 32] = [1; 32];
const ADVANCE: Entry<'static> = (3, SYSTEM, &[4, 0, 0, 0]);

#[test]
fn a_transaction_that_begins_by_advancing_a_nonce_is_refused() {
    for instructions in [
        &[ADVANCE][..],
        &[ADVANCE, (2, OTHER, &[1, 2, 3])],
        &[(0, SYSTEM, &[4, 0, 0, 0, 9, 9])],
    ] {
        assert_eq!(
            refuse_durable_nonce(&image(instructions)),
            Err(HurdleError::DurableNonce)
        );
    }
}

#[test]
fn the_same_bytes_elsewhere_or_of_another_program_make_no_durable_nonce() {
    for instructions in [
        &[(3, OTHER, &[4, 0, 0, 0][..])][..],
        &[(2, OTHER, &[]), ADVANCE],
        &[(2, SYSTEM, &[2, 0, 0, 0, 1])],
        &[(2, SYSTEM, &[4, 0, 0])],
        &[(2, SYSTEM, &[4, 1, 0, 0])],
        &[(0, SYSTEM, &[])],
    ] {
        assert_eq!(refuse_durable_nonce(&image(instructions)), Ok(()));
    }
}

#[test]
fn bytes_that_are_no_sysvar_are_refused_at_any_length() {
    let whole = image(&[ADVANCE]);
    // all but the last two bytes, the index of the current instruction
    for length in 0..whole.len() - 2 {
        assert_eq!(
            refuse_durable_nonce(&whole[..length]),
            Err(HurdleError::InvalidAccountData),
            "{length} bytes"
        );
    }
    // the bytes of an instruction, and a number that says that there is none
    let mut none = whole;
    none[..2].copy_from_slice(&[0, 0]);
    assert_eq!(refuse_durable_nonce(&none), Err(HurdleError::InvalidAccountData));
    assert_eq!(
        refuse_durable_nonce(&image(&[])),
        Err(HurdleError::InvalidAccountData)
    );
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..160)) {
        let _ = refuse_durable_nonce(&bytes);
    }
}
