//! Who signed what: the Ed25519 instruction and its offsets.

use super::{ready, refused};
use hurdle_interface::error::HurdleError;
use hurdle_interface::introspect::ED25519_PROGRAM;
use hurdle_interface::{UnixTime, instruction};
use hurdle_tests::fixture::bp;
use hurdle_tests::world::{key, sign};
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

#[test]
fn a_wrong_signature_fails_in_the_precompile() {
    let mut world = ready();
    let report = world.report().unwrap();
    let (_, mut signatures) = world.publication(&report, &[0, 1]);
    signatures[1].1[7] ^= 1;
    let verify = instruction::ed25519(report.as_bytes(), &signatures);
    let before = world.account(&world.market).unwrap();
    let sent = world.send(&[verify, instruction::publish(world.market, world.committee, 0)]);
    let error = sent.unwrap_err().err;
    // the precompile's InvalidSignature
    assert_eq!(
        error,
        TransactionError::InstructionError(0, InstructionError::Custom(2))
    );
    assert_eq!(world.account(&world.market).unwrap(), before);
}

#[test]
fn fewer_signers_than_the_threshold_are_refused() {
    let mut world = ready();
    let report = world.report().unwrap();
    let (instructions, _) = world.publication(&report, &[1]);
    refused(&mut world, &instructions, HurdleError::TooFewSigners);
}

#[test]
fn the_same_signer_counted_twice_is_refused() {
    let mut world = ready();
    let report = world.report().unwrap();
    let (instructions, _) = world.publication(&report, &[1, 1]);
    refused(&mut world, &instructions, HurdleError::DuplicateSigner);
}

#[test]
fn a_signer_outside_the_committee_is_refused() {
    let mut world = ready();
    let report = world.report().unwrap();
    let signatures = [
        sign(&world.keepers[0], report.as_bytes()),
        sign(&key(50), report.as_bytes()),
    ];
    let verify = instruction::ed25519(report.as_bytes(), &signatures);
    let publish = instruction::publish(world.market, world.committee, 0);
    refused(&mut world, &[verify, publish], HurdleError::UnknownSigner);
}

/// Whatever of a signature an offset takes from another instruction, the signature says nothing about this one. The
/// precompile passes each of them: what it reads is genuine.
#[test]
fn an_ed25519_instruction_with_offsets_into_another_instruction_is_refused() {
    // u16 at 2, 6 and 12 of each record: the instruction of the signature, of the key, of the message
    for field in [2, 6, 12] {
        let mut world = ready();
        let genuine = world.report().unwrap();
        let (_, signatures) = world.publication(&genuine, &[0, 1]);
        let mut forged = genuine;
        forged.components.staking = bp(5_000);
        let here = if field == 12 { forged } else { genuine };
        let mut verify = instruction::ed25519(here.as_bytes(), &signatures);
        let elsewhere = instruction::ed25519(genuine.as_bytes(), &signatures);
        for signature in 0..2 {
            let at = 2 + 14 * signature + field;
            verify.data[at..at + 2].copy_from_slice(&1u16.to_le_bytes());
        }
        let publish = instruction::publish(world.market, world.committee, 0);
        refused(
            &mut world,
            &[verify, elsewhere, publish],
            HurdleError::ForeignSignatureOffset,
        );
    }
}

#[test]
fn signatures_over_different_messages_are_refused() {
    let mut world = ready();
    let report = world.report().unwrap();
    let mut other = report;
    other.expires_at = UnixTime(report.expires_at.0 + 1);
    let signatures = [
        sign(&world.keepers[0], report.as_bytes()),
        sign(&world.keepers[1], other.as_bytes()),
    ];
    let mut verify = instruction::ed25519(report.as_bytes(), &signatures);
    let second = u16::try_from(verify.data.len()).unwrap();
    verify.data.extend_from_slice(other.as_bytes());
    verify.data[2 + 14 + 8..2 + 14 + 10].copy_from_slice(&second.to_le_bytes());
    let publish = instruction::publish(world.market, world.committee, 0);
    refused(&mut world, &[verify, publish], HurdleError::MessageMismatch);
}

#[test]
fn an_index_that_names_no_ed25519_instruction_is_refused() {
    let mut world = ready();
    let report = world.report().unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    for index in [1, 2, 255] {
        let publish = instruction::publish(world.market, world.committee, index);
        refused(
            &mut world,
            &[instructions[0].clone(), publish],
            HurdleError::NotEd25519Instruction,
        );
    }
}

#[test]
fn an_ed25519_instruction_without_signatures_is_refused() {
    let mut world = ready();
    let empty = Instruction {
        program_id: ED25519_PROGRAM,
        accounts: vec![],
        data: vec![0, 0],
    };
    let publish = instruction::publish(world.market, world.committee, 0);
    refused(&mut world, &[empty, publish], HurdleError::MalformedSignatures);
}

#[test]
fn a_truncated_or_extended_report_is_refused() {
    for change in [-1i64, -200, 1] {
        let mut world = ready();
        let report = world.report().unwrap();
        let mut bytes = report.as_bytes().to_vec();
        bytes.resize(
            usize::try_from(i64::try_from(bytes.len()).unwrap() + change).unwrap(),
            0,
        );
        let signatures = [sign(&world.keepers[0], &bytes), sign(&world.keepers[1], &bytes)];
        let verify = instruction::ed25519(&bytes, &signatures);
        let publish = instruction::publish(world.market, world.committee, 0);
        refused(&mut world, &[verify, publish], HurdleError::MessageMismatch);
    }
}
