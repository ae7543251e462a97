//! The timelock: none during set-up, an hour at least from then on.

use super::*;
use hurdle_interface::args::CreateConfigArgs;
use hurdle_interface::governance::ConfigChange;
use hurdle_interface::state::{AccountLayout, ConfigState};
use hurdle_interface::{Config, UnixTime, instruction};
use hurdle_tests::governance::{REASON, TIMELOCK};
use hurdle_tests::world::GENESIS;
use solana_signer::Signer;

const HOUR: i64 = 3_600;
/// Timelocks that no config has but the zero of set-up.
const UNSOUND: [i64; 7] = [i64::MIN, -1, 0, 1, HOUR - 1, 30 * 24 * HOUR + 1, i64::MAX];

/// What a consumer is told who demands an hour of notice.
fn read(world: &World) -> Result<i64, HurdleError> {
    let account = world.account(&pda::config().0).unwrap();
    let words: Vec<u64> = account
        .data
        .chunks_exact(8)
        .map(|word| u64::from_le_bytes(word.try_into().unwrap()))
        .collect();
    let data = &bytemuck::cast_slice(&words)[..ConfigState::ACCOUNT_LEN];
    let now = UnixTime(world.time());
    Config::read_checked(data, &account.owner, HOUR, now).map(|config| config.timelock_seconds())
}

#[test]
fn a_config_is_created_without_a_timelock_or_with_one_of_an_hour_to_thirty_days() {
    let created = |timelock_seconds| {
        let mut world = World::empty().unwrap();
        let args = CreateConfigArgs {
            authority: world.authority.pubkey(),
            guardian: world.guardian.pubkey(),
            genesis_hash: GENESIS,
            timelock_seconds,
        };
        let (payer, upgrade) = (world.payer.pubkey(), world.upgrade_authority.pubkey());
        let sent = world.send(&[instruction::create_config(payer, upgrade, &args)]);
        (world, sent)
    };
    for seconds in UNSOUND.into_iter().filter(|seconds| *seconds != 0) {
        let (world, sent) = created(seconds);
        assert_eq!(
            hurdle_error(&sent),
            Some(HurdleError::InvalidTimelock),
            "{seconds} s"
        );
        assert!(world.account(&pda::config().0).is_err());
    }
    for (seconds, told) in [
        (0, Err(HurdleError::TimelockTooShort)),
        (HOUR, Ok(HOUR)),
        (30 * 24 * HOUR, Ok(30 * 24 * HOUR)),
    ] {
        let (world, sent) = created(seconds);
        assert_eq!(hurdle_error(&sent), None);
        assert_eq!(world.config().unwrap().timelock_seconds, seconds);
        assert_eq!(read(&world), told);
    }
}

#[test]
fn no_way_leads_to_an_unsound_timelock_from_set_up_or_back_into_it() {
    for (mut world, standing) in [
        (World::inactive(fixture::params()).unwrap(), 0),
        (World::new().unwrap(), TIMELOCK),
    ] {
        for seconds in UNSOUND {
            let (_, propose) = world.propose_config(&ConfigChange::Timelock(seconds)).unwrap();
            refused(&mut world, propose, HurdleError::InvalidTimelock);
            let tighten = instruction::tighten_timelock(world.authority.pubkey(), seconds, REASON);
            let error = if seconds > standing {
                HurdleError::InvalidTimelock
            } else {
                HurdleError::NotTightening
            };
            refused(&mut world, tighten, error);
        }
        assert_eq!(world.config().unwrap().timelock_seconds, standing);
    }
}

#[test]
fn set_up_ends_at_once_and_for_good() {
    let mut world = World::inactive(fixture::params()).unwrap();
    assert_eq!(read(&world), Err(HurdleError::TimelockTooShort));
    let end = instruction::tighten_timelock(world.authority.pubkey(), HOUR, REASON);
    world.accepted(&[end]).unwrap();
    assert_eq!(world.config().unwrap().set_up_ended_at.0, world.time());
    // what was proposed in set-up may still be executed
    assert_eq!(read(&world), Err(HurdleError::TimelockTooShort));
    world.warp(HOUR - 1);
    assert_eq!(read(&world), Err(HurdleError::TimelockTooShort));
    world.warp(1);
    assert_eq!(read(&world), Ok(HOUR));
    let (_, propose) = world.propose_config(&ConfigChange::Timelock(0)).unwrap();
    refused(&mut world, propose, HurdleError::InvalidTimelock);
}

#[test]
fn what_was_proposed_in_set_up_is_over_an_hour_later() {
    let mut world = World::new().unwrap();
    // as in set-up, which ended with the activation of this world's market
    let mut config = world.account(&pda::config().0).unwrap();
    let timelock = std::mem::offset_of!(ConfigState, timelock_seconds) + 8;
    config.data[timelock..timelock + 8].fill(0);
    world.svm.set_account(pda::config().0, config).unwrap();
    let (id, propose) = world.propose_market(&loosening()).unwrap();
    let end = instruction::tighten_timelock(world.authority.pubkey(), TIMELOCK, REASON);
    world.accepted(&[propose, end]).unwrap();
    let proposal = world.proposal(id).unwrap();
    assert_eq!(
        (proposal.executable_at.0, proposal.expires_at.0),
        (world.time(), world.time() + HOUR)
    );
    world.warp(HOUR - 1);
    world.fork().execute_market(id).unwrap();
    world.warp(1);
    let execute = instruction::execute_market_change(world.payer.pubkey(), world.market, id);
    refused(&mut world, execute, HurdleError::ProposalExpired);
    let close = instruction::close_proposal(world.payer.pubkey(), id);
    world.accepted(&[close]).unwrap();
}

#[test]
fn a_shorter_timelock_waits_for_the_longer_one() {
    let mut world = World::new().unwrap();
    let (id, propose) = world.propose_config(&ConfigChange::Timelock(HOUR)).unwrap();
    world.accepted(&[propose]).unwrap();
    let execute = instruction::execute_config_change(world.payer.pubkey(), id);
    world.warp(TIMELOCK - 1);
    refused(&mut world, execute.clone(), HurdleError::TimelockNotOver);
    world.warp(1);
    world.accepted(&[execute]).unwrap();
    assert_eq!(world.config().unwrap().timelock_seconds, HOUR);
}
