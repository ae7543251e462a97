//! What a good report leads to.

use super::{publish, ready, refused};
use base64::Engine;
use hurdle_interface::error::HurdleError;
use hurdle_interface::publication::{Now, next_publication};
use hurdle_interface::report::FLAG_NO_EQUILIBRIUM;
use hurdle_interface::state::{AccountLayout, CommitteeState, STATUS_LIMITED, STATUS_STRESSED};
use hurdle_interface::{Ratio, UnixTime};
use hurdle_tests::fixture::{self, bp};
use hurdle_tests::world::World;

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

/// Layout of the event: `sha256("event:RatePublished")[..8]`, then the fields in their order.
#[test]
fn the_event_tells_what_was_published() {
    let mut world = ready();
    let report = world.report().unwrap();
    let sent = publish(&mut world, &report, &[0, 2]).unwrap();
    let line = sent
        .logs
        .iter()
        .find_map(|line| line.strip_prefix("Program data: "))
        .unwrap();
    let event = base64::engine::general_purpose::STANDARD.decode(line).unwrap();
    let (discriminator, body) = event.split_at(8);
    let name = solana_sha256_hasher::hash(b"event:RatePublished").to_bytes();
    assert_eq!(discriminator, &name[..8]);

    let published = world.state().unwrap().published;
    assert_eq!(body[..32], world.market.to_bytes());
    let numbers: Vec<i64> = body[32..96]
        .chunks(8)
        .map(|bytes| i64::from_le_bytes(bytes.try_into().unwrap()))
        .collect();
    let expected = [
        1,
        published.observed_at.0,
        published.hurdle.raw(),
        published.raw_hurdle.raw(),
        published.baseline.raw(),
        published.ramps.multiplier.target.raw(),
        published.residual.raw(),
    ];
    assert_eq!(numbers[..7], expected);
    // status, then the bits of the signers
    assert_eq!(
        body[88..],
        [[published.status, 0, 0, 0], [0b101, 0, 0, 0]].concat()
    );
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
    assert!(market.published.ramps.multiplier.target >= fixture::params().stressed_multiplier);
    assert_eq!(
        market.published.ramps.multiplier.initial, market.published.ramps.multiplier.target,
        "initial margin tightens at once"
    );
    assert_eq!(
        market.published.ramps.multiplier.maintenance,
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
    let allowance = (fixture::params().limit.rise_per_day.raw() * 3_600 + before.limit.rise_rest) / 86_400;
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
fn publishing_with_three_signatures_stays_within_its_compute_budget() {
    let mut world = World::published().unwrap();
    world.warp(3_600);
    let report = world.report().unwrap();
    let sent = publish(&mut world, &report, &[0, 1, 2]).unwrap();
    assert!(
        sent.compute_units_consumed < 4_000,
        "{}",
        sent.compute_units_consumed
    );
}

#[test]
fn nothing_is_published_that_leaves_the_market_unsound() {
    let mut world = World::published().unwrap();
    // maintenance margin under its base, where no instruction leads, and which the next publication would carry on
    world
        .edit_market(|market| market.published.ramps.multiplier.maintenance = Ratio::ZERO)
        .unwrap();
    world.warp(60);
    let report = world.report().unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    refused(&mut world, &instructions, HurdleError::InvalidParameter);
}
