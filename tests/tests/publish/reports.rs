//! Reports and accounts that are refused.

use super::{publish, ready, refused, refuses_report};
use hurdle_interface::composition::{Components, Responses};
use hurdle_interface::error::HurdleError;
use hurdle_interface::report::Report;
use hurdle_interface::{Rate, Ratio, Slot, UnixTime, instruction};
use hurdle_tests::fixture::{self, bp};
use hurdle_tests::world::{START, instruction_error, key};
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

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
fn a_market_or_committee_of_another_owner_kind_or_address_is_refused() {
    let mut world = ready();
    let report = world.report().unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    let genuine = world.account(&world.market).unwrap();

    let mut foreign = genuine.clone();
    foreign.owner = key(9).pubkey();
    world.svm.set_account(world.market, foreign).unwrap();
    let sent = world.send(&instructions);
    assert_eq!(instruction_error(&sent), Some(InstructionError::IllegalOwner));

    let mut other_kind = genuine.clone();
    other_kind.data[0] ^= 1;
    world.svm.set_account(world.market, other_kind.clone()).unwrap();
    let sent = world.send(&instructions);
    assert_eq!(
        instruction_error(&sent),
        Some(InstructionError::InvalidAccountData)
    );
    assert_eq!(world.account(&world.market).unwrap(), other_kind);
    world.svm.set_account(world.market, genuine).unwrap();

    // another committee of the program, signed for by the very same keepers
    let keys: Vec<_> = world.keepers.iter().map(|keeper| keeper.pubkey()).collect();
    let (payer, authority) = (world.payer.pubkey(), world.authority.pubkey());
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
