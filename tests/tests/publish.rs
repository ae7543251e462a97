//! Publishing on the compiled program: what a good report leads to, and every bad one refused with its exact error and
//! no change of state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::composition::{Components, Responses};
use hurdle_interface::error::HurdleError;
use hurdle_interface::introspect::ED25519_PROGRAM;
use hurdle_interface::publication::{Now, next_publication};
use hurdle_interface::report::{FLAG_NO_EQUILIBRIUM, Report};
use hurdle_interface::state::{AccountLayout, CommitteeState, STATUS_LIMITED, STATUS_STRESSED};
use hurdle_interface::{Rate, Ratio, Slot, UnixTime, instruction};
use hurdle_tests::fixture::{self, bp};
use hurdle_tests::world::{START, Sent, World, hurdle_error, instruction_error, key, sign};
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

/// A world ready for its first report.
fn ready() -> World {
    let mut world = World::new().unwrap();
    world.warp(60);
    world
}

fn publish(world: &mut World, report: &Report, signers: &[usize]) -> Sent {
    let (instructions, _) = world.publication(report, signers);
    world.send(&instructions)
}

/// Asserts that a transaction fails with an error of Hurdle and leaves the market byte for byte as it was.
fn refused(world: &mut World, instructions: &[Instruction], error: HurdleError) {
    let before = world.account(&world.market).unwrap();
    let sent = world.send(instructions);
    assert_eq!(
        hurdle_error(&sent),
        Some(error),
        "{:?}",
        sent.err().map(|failed| failed.err)
    );
    assert_eq!(
        world.account(&world.market).unwrap(),
        before,
        "the market changed"
    );
}

/// Changes one thing about a valid report, signs it properly and asserts the refusal.
fn refuses_report(change: impl FnOnce(&mut Report), error: HurdleError) {
    let mut world = ready();
    let mut report = world.report().unwrap();
    change(&mut report);
    let (instructions, _) = world.publication(&report, &[0, 1]);
    refused(&mut world, &instructions, error);
}

#[test]
fn a_report_signed_by_the_threshold_is_published_as_the_interface_computes_it() {
    let mut world = ready();
    let before = world.state().unwrap();
    let committee = world.account(&world.committee).unwrap();
    let committee = CommitteeState::copied_from_account(&committee.data).unwrap();
    let report = world.report().unwrap();
    let now = Now {
        time: UnixTime(world.time()),
        slot: report.observed_slot,
    };
    let expected = next_publication(&before, &committee, &report, 0b101, now).unwrap();

    publish(&mut world, &report, &[0, 2]).unwrap();

    let after = world.state().unwrap();
    assert_eq!(after.published, expected, "bit for bit");
    assert_eq!(
        (
            after.published.sequence,
            after.published.signers,
            after.published.signer_count
        ),
        (1, 0b101, 2)
    );
    assert!(after.published.residual <= after.params.residual_tolerance);
    assert_eq!(after.publication_invariant(), Ok(()));
}

#[test]
fn anyone_may_relay_a_report() {
    let mut world = ready();
    let report = world.report().unwrap();
    let (instructions, _) = world.publication(&report, &[1, 2]);
    // the payer is the only signer of the transaction and plays no part in the instruction
    assert!(instructions[1].accounts.iter().all(|account| !account.is_signer));
    world.accepted(&instructions).unwrap();
}

#[test]
fn the_event_tells_what_was_published() {
    let mut world = ready();
    let report = world.report().unwrap();
    let sent = publish(&mut world, &report, &[0, 1]).unwrap();
    assert!(
        sent.logs.iter().any(|line| line.starts_with("Program data: ")),
        "{:?}",
        sent.logs
    );
}

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
    assert!(
        matches!(
            error,
            TransactionError::InstructionError(0, InstructionError::Custom(_))
        ),
        "{error:?}"
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

/// The bytes that the precompile verifies stand in an instruction of a keeper's own; the one that `publish` is pointed at
/// holds a forged report with the offsets of the genuine one.
#[test]
fn an_ed25519_instruction_with_offsets_into_another_instruction_is_refused() {
    for field in 0..3 {
        let mut world = ready();
        let genuine = world.report().unwrap();
        let (_, signatures) = world.publication(&genuine, &[0, 1]);
        let mut forged = genuine;
        forged.components.staking = bp(5_000);
        let mut verify = instruction::ed25519(forged.as_bytes(), &signatures);
        let source = instruction::ed25519(genuine.as_bytes(), &signatures);
        for signature in 0..2 {
            // u16 at 2, 6 and 12 of each record: instruction of the signature, of the key, of the message
            let at = 2 + 14 * signature + [2, 6, 12][field];
            verify.data[at..at + 2].copy_from_slice(&1u16.to_le_bytes());
        }
        let publish = instruction::publish(world.market, world.committee, 0);
        if field == 2 {
            // the precompile passes: it verified the genuine bytes, which nobody publishes
            refused(
                &mut world,
                &[verify, source, publish],
                HurdleError::ForeignSignatureOffset,
            );
        } else {
            let before = world.account(&world.market).unwrap();
            assert!(world.send(&[verify, source, publish]).is_err());
            assert_eq!(world.account(&world.market).unwrap(), before);
        }
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

#[test]
fn a_report_for_another_market_cluster_or_program_is_refused() {
    use hurdle_interface::report::domain_digest;
    let world = ready();
    let (market, genesis) = (world.market, hurdle_tests::world::GENESIS);
    for domain in [
        domain_digest(&genesis, &hurdle_interface::ID, &world.committee),
        domain_digest(&[0x43; 32], &hurdle_interface::ID, &market),
        domain_digest(&genesis, &world.committee, &market),
    ] {
        refuses_report(|report| report.domain = domain, HurdleError::WrongDomain);
    }
}

#[test]
fn a_report_under_another_epoch_schema_or_model_is_refused() {
    refuses_report(|report| report.param_epoch -= 1, HurdleError::WrongParamEpoch);
    refuses_report(|report| report.param_epoch += 1, HurdleError::WrongParamEpoch);
    refuses_report(
        |report| report.committee_epoch = 0,
        HurdleError::WrongCommitteeEpoch,
    );
    refuses_report(
        |report| report.committee_epoch = 2,
        HurdleError::WrongCommitteeEpoch,
    );
    refuses_report(|report| report.schema = 2, HurdleError::WrongSchema);
    refuses_report(|report| report.flags = 2, HurdleError::MalformedReport);
    refuses_report(|report| report.reserved = 1, HurdleError::MalformedReport);
    refuses_report(|report| report.model_hash[0] ^= 1, HurdleError::ModelMismatch);
}

#[test]
fn a_replayed_or_skipped_sequence_is_refused() {
    refuses_report(|report| report.sequence = 0, HurdleError::WrongSequence);
    refuses_report(|report| report.sequence = 2, HurdleError::WrongSequence);
    refuses_report(|report| report.sequence = u64::MAX, HurdleError::WrongSequence);

    let mut world = ready();
    let report = world.report().unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    world.accepted(&instructions).unwrap();
    refused(&mut world, &instructions, HurdleError::WrongSequence);
}

/// A cached observation under a new sequence is not news.
#[test]
fn silent_republication_of_cached_data_is_refused() {
    let mut world = ready();
    let first = world.report().unwrap();
    publish(&mut world, &first, &[0, 1]).unwrap();
    world.warp(30);
    let mut cached = world.report().unwrap();
    cached.observed_at = first.observed_at;
    cached.observed_slot = first.observed_slot;
    let (instructions, _) = world.publication(&cached, &[0, 1]);
    refused(&mut world, &instructions, HurdleError::ObservedNotNewer);
}

#[test]
fn future_stale_and_expired_observations_are_refused() {
    refuses_report(|report| report.observed_at.0 += 1, HurdleError::ObservedInFuture);
    refuses_report(
        |report| report.observed_slot.0 += 1,
        HurdleError::ObservedInFuture,
    );
    refuses_report(
        |report| report.expires_at = report.observed_at,
        HurdleError::ReportExpired,
    );

    let mut world = ready();
    let mut report = world.report().unwrap();
    report.expires_at = UnixTime(START + 86_400);
    world.warp(fixture::params().max_observation_age);
    let (in_time, _) = world.publication(&report, &[0, 1]);
    world.warp(1);
    refused(&mut world, &in_time, HurdleError::ObservedTooOld);
    world.warp(-1);
    world.accepted(&in_time).unwrap();
}

/// Ratio and timestamp of one report must have been true together: an older slot under a newer time is not accepted.
#[test]
fn a_time_and_a_slot_that_moved_inconsistently_are_refused() {
    let mut world = ready();
    let first = world.report().unwrap();
    publish(&mut world, &first, &[0, 1]).unwrap();
    world.warp(30);
    let mut report = world.report().unwrap();
    report.observed_slot = Slot(first.observed_slot.0 - 1);
    let (instructions, _) = world.publication(&report, &[0, 1]);
    refused(&mut world, &instructions, HurdleError::ObservedNotNewer);
}

#[test]
fn each_component_and_response_out_of_bounds_is_refused() {
    let low = Rate::new(bp(-2_000).raw() - 1).unwrap();
    let high = Rate::new(bp(20_000).raw() + 1).unwrap();
    let fields: [fn(&mut Report, Rate); 8] = [
        |report, rate| report.components.staking = rate,
        |report, rate| report.components.contract = rate,
        |report, rate| report.components.systematic = rate,
        |report, rate| report.components.debt = rate,
        |report, rate| report.components.liquidity = rate,
        |report, rate| report.components.latency = rate,
        |report, rate| report.components.tail = rate,
        |report, rate| report.components.emissions = rate,
    ];
    for field in fields {
        for rate in [low, high] {
            refuses_report(|report| field(report, rate), HurdleError::ComponentOutOfBounds);
        }
    }
    let above_one = Ratio::new(100_000_001).unwrap();
    refuses_report(
        |report| report.components.utilisation = above_one,
        HurdleError::ComponentOutOfBounds,
    );
    refuses_report(
        |report| report.components.equity_weight = above_one,
        HurdleError::ComponentOutOfBounds,
    );
    refuses_report(
        |r| r.responses.utilisation = fixture::response(2_001),
        HurdleError::ResponseOutOfBounds,
    );
    refuses_report(
        |r| r.responses.tail = fixture::response(-1_001),
        HurdleError::ResponseOutOfBounds,
    );
}

#[test]
fn a_rate_that_is_no_fixed_point_is_refused() {
    let tolerance = fixture::params().residual_tolerance.raw();
    for offset in [2 * tolerance, -2 * tolerance, 100_000_000] {
        refuses_report(
            |report| report.hurdle = Rate::new(report.hurdle.raw() + offset).unwrap(),
            HurdleError::ResidualTooLarge,
        );
    }
}

#[test]
fn a_run_that_is_not_flagged_is_refused() {
    let mut world = ready();
    let components = Components {
        liquidity: bp(20_000),
        ..fixture::components()
    };
    let report = world.report_over(components, fixture::responses()).unwrap();
    assert_eq!(report.hurdle, fixture::params().composition.ceiling);
    let (instructions, _) = world.publication(&report, &[0, 1]);
    refused(&mut world, &instructions, HurdleError::UnflaggedRun);
}

#[test]
fn a_fixed_point_that_is_not_proved_unique_is_refused() {
    let mut world = ready();
    let mut components = fixture::components();
    components.utilisation = fixture::permille(950);
    // capital that flees fast on the steep leg of the debt curve: a solution, and no proof that it is the only one
    let responses = Responses {
        utilisation: fixture::response(2_000),
        ..fixture::responses()
    };
    let report = world.report_over(components, responses).unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    refused(&mut world, &instructions, HurdleError::NotUnique);
}

#[test]
fn a_report_without_equilibrium_stresses_the_market() {
    let mut world = ready();
    let mut report = world.report().unwrap();
    report.flags = FLAG_NO_EQUILIBRIUM;
    let (instructions, _) = world.publication(&report, &[0, 1]);
    refused(&mut world, &instructions, HurdleError::NotStressedRate);

    report.hurdle = fixture::params().composition.ceiling;
    publish(&mut world, &report, &[0, 1]).unwrap();
    let market = world.state().unwrap();
    assert_eq!(market.published.status, STATUS_STRESSED | STATUS_LIMITED);
    assert!(market.published.ramp.target >= fixture::params().stressed_multiplier);
    assert_eq!(
        market.published.ramp.initial, market.published.ramp.target,
        "initial margin tightens at once"
    );
    assert_eq!(
        market.published.ramp.maintenance,
        Ratio::ONE,
        "maintenance margin ramps"
    );
}

#[test]
fn a_rate_beyond_the_limit_is_published_limited_and_flagged() {
    let mut world = World::published().unwrap();
    let before = world.state().unwrap().published;
    let mut components = fixture::components();
    components.tail = bp(5_000);
    world.warp(3_600);
    let report = world.report_over(components, fixture::responses()).unwrap();
    publish(&mut world, &report, &[0, 1]).unwrap();
    let after = world.state().unwrap().published;
    let allowance = fixture::params().limit.rise_per_day.raw() * 3_600 / 86_400;
    assert_eq!(after.hurdle.raw(), before.hurdle.raw() + allowance);
    assert_eq!(after.raw_hurdle, report.hurdle);
    assert_eq!(after.status, STATUS_LIMITED);
}

#[test]
fn a_long_outage_does_not_deadlock_the_limit() {
    let mut world = World::published().unwrap();
    world.warp(30 * 86_400);
    let mut components = fixture::components();
    components.tail = bp(8_000);
    let report = world.report_over(components, fixture::responses()).unwrap();
    publish(&mut world, &report, &[0, 1]).unwrap();
    let after = world.state().unwrap().published;
    assert_eq!(after.hurdle, report.hurdle);
    assert_eq!(after.status, 0);
}

#[test]
fn a_market_or_committee_of_another_owner_kind_or_address_is_refused() {
    let mut world = ready();
    let report = world.report().unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    let genuine = world.account(&world.market).unwrap();

    let mut foreign = genuine.clone();
    foreign.owner = key(9).address();
    world.svm.set_account(world.market, foreign).unwrap();
    let sent = world.send(&instructions);
    assert_eq!(instruction_error(&sent), Some(InstructionError::IllegalOwner));

    let mut other_kind = genuine.clone();
    other_kind.data[0] ^= 1;
    world.svm.set_account(world.market, other_kind).unwrap();
    assert!(world.send(&instructions).is_err());
    world.svm.set_account(world.market, genuine).unwrap();

    // another committee of the program, signed for by the very same keepers
    let keys: Vec<_> = world.keepers.iter().map(|keeper| keeper.address()).collect();
    let (payer, authority) = (world.payer.address(), world.authority.address());
    world
        .accepted(&[instruction::create_committee(payer, authority, 2, 2, &keys)])
        .unwrap();
    let other = hurdle_interface::pda::committee(2).0;
    let publish = instruction::publish(world.market, other, 0);
    refused(
        &mut world,
        &[instructions[0].clone(), publish],
        HurdleError::WrongCommittee,
    );

    // a look-alike of the instructions sysvar
    let mut publish = instructions[1].clone();
    publish.accounts[2].pubkey = world.committee;
    let before = world.account(&world.market).unwrap();
    let sent = world.send(&[instructions[0].clone(), publish]);
    assert_eq!(
        instruction_error(&sent),
        Some(InstructionError::Custom(2012)),
        "Anchor's ConstraintAddress"
    );
    assert_eq!(world.account(&world.market).unwrap(), before);

    world.accepted(&instructions).unwrap();
}

#[test]
fn publishing_stays_within_its_compute_budget() {
    let mut world = World::published().unwrap();
    world.warp(3_600);
    let report = world.report().unwrap();
    let sent = publish(&mut world, &report, &[0, 1]).unwrap();
    println!("publish, 2 signatures: {} CU", sent.compute_units_consumed);
    assert!(
        sent.compute_units_consumed < 10_000,
        "{}",
        sent.compute_units_consumed
    );
}

trait HasAddress {
    fn address(&self) -> solana_address::Address;
}

impl HasAddress for solana_keypair::Keypair {
    fn address(&self) -> solana_address::Address {
        solana_signer::Signer::pubkey(self)
    }
}
