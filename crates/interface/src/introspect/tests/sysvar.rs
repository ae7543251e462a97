//! The instructions sysvar, written by hand from Agave's layout.

use super::*;

/// Program, accounts with their flags, data.
type Entry = (Address, Vec<(u8, Address)>, Vec<u8>);

fn image(instructions: &[Entry], current: u16) -> Vec<u8> {
    let count = u16::try_from(instructions.len()).unwrap();
    let mut bodies = Vec::new();
    let mut offsets = Vec::new();
    let head = 2 + instructions.len() * 2;
    for (program, accounts, data) in instructions {
        offsets.extend(u16::try_from(head + bodies.len()).unwrap().to_le_bytes());
        bodies.extend(u16::try_from(accounts.len()).unwrap().to_le_bytes());
        for (flags, address) in accounts {
            bodies.push(*flags);
            bodies.extend(address.as_ref());
        }
        bodies.extend(program.as_ref());
        bodies.extend(u16::try_from(data.len()).unwrap().to_le_bytes());
        bodies.extend(data);
    }
    [
        &count.to_le_bytes()[..],
        &offsets,
        &bodies,
        &current.to_le_bytes(),
    ]
    .concat()
}

/// A compute-budget instruction, the signatures, a transfer with accounts, other signatures.
fn transaction() -> Vec<Entry> {
    std::vec![
        (key(1), std::vec![], std::vec![2, 0, 0, 0, 0]),
        (ED25519_PROGRAM, std::vec![], ed25519_data(&message(), &[11, 12])),
        (
            key(2),
            std::vec![(3, key(3)), (1, key(4)), (0, key(5))],
            std::vec![9; 40]
        ),
        (ED25519_PROGRAM, std::vec![(0, key(6))], std::vec![]),
    ]
}

#[test]
fn the_instruction_at_the_index_is_found() {
    let image = image(&transaction(), 2);
    let expected = ed25519_data(&message(), &[11, 12]);
    assert_eq!(ed25519_instruction(&image, 1), Ok(expected.as_slice()));
    assert_eq!(ed25519_instruction(&image, 3), Ok(&[][..]));
}

#[test]
fn instructions_of_other_programs_are_refused() {
    let image = image(&transaction(), 2);
    for index in [0, 2] {
        assert_eq!(
            ed25519_instruction(&image, index),
            Err(HurdleError::NotEd25519Instruction)
        );
    }
}

#[test]
fn an_index_out_of_range_is_refused() {
    let whole = image(&transaction(), 2);
    for index in 4..=u8::MAX {
        assert_eq!(
            ed25519_instruction(&whole, index),
            Err(HurdleError::NotEd25519Instruction)
        );
    }
    // the bytes of a second instruction, and a number that says that there is one
    let mut one = image(&transaction()[..2], 0);
    assert!(ed25519_instruction(&one, 1).is_ok());
    one[..2].copy_from_slice(&1u16.to_le_bytes());
    assert_eq!(
        ed25519_instruction(&one, 1),
        Err(HurdleError::NotEd25519Instruction)
    );
    assert_eq!(
        ed25519_instruction(&image(&[], 0), 0),
        Err(HurdleError::NotEd25519Instruction)
    );
}

#[test]
fn an_image_cut_inside_the_instruction_is_refused() {
    let image = image(&transaction()[..2], 0);
    // all but the last two bytes, the index of the current instruction, belong to it or stand before it
    for length in 0..image.len() - 2 {
        assert_eq!(
            ed25519_instruction(&image[..length], 1),
            Err(HurdleError::NotEd25519Instruction),
            "{length} bytes"
        );
    }
    assert!(ed25519_instruction(&image[..image.len() - 2], 1).is_ok());
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), index in any::<u8>()) {
        let _ = ed25519_instruction(&bytes, index);
    }

    #[test]
    fn changed_images_never_panic(
        changes in proptest::collection::vec((0usize..40, any::<u8>()), 0..6), index in 0u8..6,
    ) {
        let mut image = image(&transaction(), 2);
        for (at, byte) in changes {
            image[at] = byte;
        }
        if let Ok(data) = ed25519_instruction(&image, index) {
            let range = image.as_ptr_range();
            prop_assert!(data.is_empty() || range.contains(&data.as_ptr()));
        }
    }
}
