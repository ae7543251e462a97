//! What has gone wrong elsewhere, each by its name, against the compiled program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::error::HurdleError;
use hurdle_interface::margin::{Portfolio, Position};
use hurdle_interface::report::{Report, domain_digest};
use hurdle_interface::staleness::Action;
use hurdle_interface::{Amount, Slot, instruction, pda};
use hurdle_tests::fixture::{self, bp};
use hurdle_tests::governance::{REASON, TIMELOCK};
use hurdle_tests::nonce;
use hurdle_tests::world::{GENESIS, World, hurdle_error, key, market_args};
use solana_instruction::Instruction;
use solana_signer::Signer;

const DAY: i64 = 86_400;

/// A world ready for a report.
fn ready() -> World {
    let mut world = World::published().unwrap();
    world.warp(60);
    world
}

/// Sends what must be refused with an error, and leave every account of the program as it was.
#[track_caller]
fn refused(world: &mut World, instructions: &[Instruction], error: HurdleError) {
    let before = world.program_accounts();
    let sent = world.send(instructions);
    assert_eq!(
        hurdle_error(&sent),
        Some(error),
        "{:?}",
        sent.err().map(|failed| failed.err)
    );
    assert!(world.program_accounts() == before, "a refusal changed an account");
}

fn publication(world: &World, report: &Report) -> [Instruction; 2] {
    world.publication(report, &[0, 1]).0
}

/// A report whose rate, time and slot were never true together.
#[test]
fn incident_ratio_and_timestamp_updated_inconsistently() {
    let mut world = ready();
    let last = world.state().unwrap().published;
    let genuine = world.report().unwrap();

    let mut older_slot = genuine;
    older_slot.observed_slot = Slot(last.observed_slot.0 - 1);
    let older_slot = publication(&world, &older_slot);
    refused(&mut world, &older_slot, HurdleError::ObservedNotNewer);
    let mut older_time = genuine;
    older_time.observed_at = last.observed_at;
    let older_time = publication(&world, &older_time);
    refused(&mut world, &older_time, HurdleError::ObservedNotNewer);
    // the rate of one observation beside the components of another
    let mut other_rate = genuine;
    other_rate.components.staking = bp(900);
    let other_rate = publication(&world, &other_rate);
    refused(&mut world, &other_rate, HurdleError::ResidualTooLarge);

    world.accepted(&publication(&world, &genuine)).unwrap();
}

/// The precompile verifies what its offsets point at; where that is another instruction, it says nothing about this one.
#[test]
fn incident_ed25519_offsets_into_another_instruction() {
    // the instruction of the signature, of the key, of the message, in each record of 14 bytes
    for field in [2, 6, 12] {
        let mut world = ready();
        let genuine = world.report().unwrap();
        let (_, signatures) = world.publication(&genuine, &[0, 1]);
        let mut forged = genuine;
        forged.components.staking = bp(5_000);
        let here = if field == 12 { forged } else { genuine };
        let mut verify = instruction::ed25519(here.as_bytes(), &signatures);
        for signature in 0..2 {
            let at = 2 + 14 * signature + field;
            verify.data[at..at + 2].copy_from_slice(&1u16.to_le_bytes());
        }
        let elsewhere = instruction::ed25519(genuine.as_bytes(), &signatures);
        let publish = instruction::publish(world.market, world.committee, 0);
        refused(
            &mut world,
            &[verify, elsewhere, publish],
            HurdleError::ForeignSignatureOffset,
        );
    }
}

#[test]
fn incident_the_same_signer_counted_twice() {
    let mut world = ready();
    let report = world.report().unwrap();
    for signers in [&[1, 1][..], &[0, 1, 0]] {
        let (instructions, _) = world.publication(&report, signers);
        refused(&mut world, &instructions, HurdleError::DuplicateSigner);
    }
}

#[test]
fn incident_replay_to_another_market_cluster_or_epoch() {
    let mut world = ready();
    let report = world.report().unwrap();
    let [verify, publish] = publication(&world, &report);

    // another market of the same committee, name aside the same
    let mut args = market_args();
    args.name = *b"OTHER\0\0\0\0\0\0\0\0\0\0\0";
    let (payer, authority, committee) = (world.payer.pubkey(), world.authority.pubkey(), world.committee);
    let create = instruction::create_market(payer, authority, committee, &args);
    world.accepted(&[create]).unwrap();
    let elsewhere = instruction::publish(pda::market(&args.name).0, committee, 0);
    refused(&mut world, &[verify.clone(), elsewhere], HurdleError::WrongDomain);

    // the same market of another cluster
    let mut abroad = report;
    let genesis = [GENESIS[0] ^ 1; 32];
    abroad.domain = domain_digest(&genesis, &hurdle_interface::ID, &world.market);
    let abroad = publication(&world, &abroad);
    refused(&mut world, &abroad, HurdleError::WrongDomain);

    // after a change of parameters
    let mut params = fixture::params();
    params.stressed_multiplier = fixture::permille(2_500);
    let tighten = instruction::tighten_params(authority, world.market, &params, REASON);
    world.accepted(&[tighten]).unwrap();
    refused(&mut world, &[verify, publish], HurdleError::WrongParamEpoch);

    // after a change of the committee, by keys that stand in both
    let report = world.report().unwrap();
    let early = publication(&world, &report);
    let keys: Vec<_> = world.keepers[..4].iter().map(Signer::pubkey).collect();
    let tighten = instruction::tighten_committee(authority, committee, 2, &keys, REASON);
    world.accepted(&[tighten]).unwrap();
    refused(&mut world, &early, HurdleError::WrongCommitteeEpoch);

    // and a second time
    let mut current = report;
    current.committee_epoch = 2;
    let current = publication(&world, &current);
    world.accepted(&current).unwrap();
    refused(&mut world, &current, HurdleError::WrongSequence);
}

/// A transaction over a durable nonce may be sent long after it was signed, whatever has changed since.
#[test]
fn incident_presigned_governance_through_a_durable_nonce() {
    let mut world = ready();
    let advance = nonce::advancing(&mut world).unwrap();
    let (authority, market) = (world.authority.pubkey(), world.market);
    let stranger = key(46).pubkey();
    for signed in [
        instruction::nominate_authority(authority, stranger, REASON),
        instruction::pause_market(authority, market, 60, REASON),
        instruction::tighten_timelock(authority, TIMELOCK * 2, REASON),
    ] {
        world.warp(7 * DAY);
        refused(&mut world, &[advance.clone(), signed], HurdleError::DurableNonce);
    }
}

/// A band around the last value must widen with time, or a value outside of it can never be published again.
#[test]
fn incident_deadlock_of_the_deviation_band_after_a_long_outage() {
    for days in [1, 30, 3_650] {
        let mut world = ready();
        world.warp(days * DAY);
        let mut components = fixture::components();
        components.tail = bp(8_000);
        let mut publications = 0;
        loop {
            let report = world.report_over(components, fixture::responses()).unwrap();
            world.accepted(&publication(&world, &report)).unwrap();
            publications += 1;
            let published = world.state().unwrap().published;
            if published.hurdle == report.hurdle {
                break;
            }
            assert!(publications < 5, "{days} days: still held back");
            world.warp(DAY);
        }
        assert!(
            days == 1 || publications == 1,
            "{days} days: {publications} publications"
        );
    }
}

/// Many publications move the rate no further than one, whatever they are cut into.
#[test]
fn incident_many_small_steps_around_a_per_update_limit() {
    let mut components = fixture::components();
    components.tail = bp(15_000);
    let moved = |steps: i64| {
        let mut world = ready();
        let before = world.state().unwrap().published.hurdle.raw();
        for _ in 0..steps {
            world.warp(3_600 / steps);
            let report = world.report_over(components, fixture::responses()).unwrap();
            world.accepted(&publication(&world, &report)).unwrap();
        }
        world.state().unwrap().published.hurdle.raw() - before
    };
    let at_once = moved(1);
    assert!(at_once > 0);
    for steps in [2, 60, 240] {
        assert_eq!(moved(steps), at_once, "{steps} steps");
    }
}

/// Observations that were published already make no news under a new sequence, however fresh they claim to be.
#[test]
fn incident_silent_republication_of_cached_data() {
    let mut world = ready();
    let first = world.report().unwrap();
    world.accepted(&publication(&world, &first)).unwrap();
    world.warp(30);
    let mut cached = world.report().unwrap();
    cached.observations_hash = first.observations_hash;
    let redated = publication(&world, &cached);
    refused(&mut world, &redated, HurdleError::ObservationsRepeated);
    (cached.observed_at, cached.observed_slot) = (first.observed_at, first.observed_slot);
    let as_it_was = publication(&world, &cached);
    refused(&mut world, &as_it_was, HurdleError::ObservedNotNewer);
}

/// However old the rate, what removes risk goes on; what adds risk does not.
#[test]
fn incident_a_stale_oracle_blocking_repayment() {
    let mut world = ready();
    let sound = fixture::positions();
    let owing = [
        Position::spot(0, Amount(1_000_000)),
        Position::debt(0, Amount(999_999_999)),
    ];
    for days in [1, 30, 3_650] {
        world.warp(days * DAY);
        for action in [Action::Reduce, Action::Repay, Action::Close] {
            let portfolio = Portfolio::new(action, &owing).unwrap();
            world
                .accepted(&[instruction::check_margin(world.market, &portfolio, true)])
                .unwrap();
        }
        for action in [Action::Open, Action::Increase, Action::Withdraw] {
            let portfolio = Portfolio::new(action, &sound).unwrap();
            let check = instruction::check_margin(world.market, &portfolio, true);
            refused(&mut world, &[check], HurdleError::OracleStale);
        }
    }
}
