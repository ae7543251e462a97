//! Creating config, committee and market: what is accepted, and every refusal with its exact error.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::args::CreateConfigArgs;
use hurdle_interface::error::HurdleError;
use hurdle_interface::instruction;
use hurdle_interface::report::domain_digest;
use hurdle_interface::state::{AccountLayout, CommitteeState, ConfigState};
use hurdle_interface::{Rate, pda};
use hurdle_tests::fixture;
use hurdle_tests::world::{GENESIS, START, World, hurdle_error, instruction_error, key, market_args};
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

#[test]
fn set_up_writes_what_it_was_given() {
    let world = World::new().unwrap();
    let config = world.account(&pda::config().0).unwrap();
    let config = ConfigState::copied_from_account(&config.data).unwrap();
    assert_eq!(config.authority, world.authority.pubkey());
    assert_eq!(config.genesis_hash, GENESIS);
    assert_eq!(config.bump, pda::config().1);
    assert_eq!(config.invariant(), Ok(()));

    let committee = world.account(&world.committee).unwrap();
    let committee = CommitteeState::copied_from_account(&committee.data).unwrap();
    assert_eq!((committee.count, committee.threshold, committee.epoch), (5, 2, 1));
    assert_eq!(committee.members()[2], world.keepers[2].pubkey());

    let market = world.state().unwrap();
    assert_eq!(market.params, fixture::params());
    assert_eq!(
        market.domain,
        domain_digest(&GENESIS, &hurdle_interface::ID, &world.market)
    );
    assert_eq!(
        market.param_epoch, 2,
        "one for the market, one for its risk class"
    );
    assert_eq!(market.published.sequence, 0);
    assert_eq!(market.published.hurdle, fixture::bp(1_000));
    assert_eq!(market.published.published_at.0, START);
    assert_eq!(market.invariant(), Ok(()));
}

#[test]
fn only_the_upgrade_authority_creates_the_config() {
    let mut world = World::empty().unwrap();
    let stranger = key(9);
    let mut create = world.create_config();
    create.accounts[1].pubkey = stranger.pubkey();
    let sent = world.send_with(&[create], &[&stranger]);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::NotUpgradeAuthority));
    assert!(world.account(&pda::config().0).is_err());
}

#[test]
fn a_program_data_account_of_another_owner_is_refused() {
    let mut world = World::empty().unwrap();
    let create = world.create_config();
    let program_data = create.accounts[2].pubkey;
    let mut account = world.account(&program_data).unwrap();
    account.owner = key(9).pubkey();
    world.svm.set_account(program_data, account).unwrap();
    assert_eq!(
        hurdle_error(&world.send(&[create])),
        Some(HurdleError::NotUpgradeAuthority)
    );
}

#[test]
fn a_config_without_authority_or_genesis_is_refused() {
    let mut world = World::empty().unwrap();
    let sound = CreateConfigArgs {
        authority: world.authority.pubkey(),
        guardian: world.guardian.pubkey(),
        genesis_hash: GENESIS,
        timelock_seconds: 0,
    };
    let breaks: [fn(&mut CreateConfigArgs); 2] = [
        |args| args.authority = Default::default(),
        |args| args.genesis_hash = [0; 32],
    ];
    let (payer, upgrade_authority) = (world.payer.pubkey(), world.upgrade_authority.pubkey());
    for break_one in breaks {
        let mut args = sound;
        break_one(&mut args);
        let sent = world.send(&[instruction::create_config(payer, upgrade_authority, &args)]);
        assert_eq!(hurdle_error(&sent), Some(HurdleError::InvalidParameter));
        assert!(world.account(&pda::config().0).is_err());
    }
}

#[test]
fn the_config_is_created_once() {
    let mut world = World::new().unwrap();
    let create = world.create_config();
    let before = world.account(&pda::config().0).unwrap();
    let sent = world.send(&[create]);
    assert_eq!(
        instruction_error(&sent),
        Some(InstructionError::Custom(0)),
        "the system program's AccountAlreadyInUse"
    );
    assert_eq!(world.account(&pda::config().0).unwrap(), before);
}

#[test]
fn only_the_authority_creates_committees_markets_and_classes() {
    let mut world = World::inactive(fixture::params()).unwrap();
    let stranger = key(9);
    let keys = [stranger.pubkey()];
    let attempts = [
        instruction::create_committee(world.payer.pubkey(), stranger.pubkey(), 2, 1, &keys),
        instruction::create_market(world.payer.pubkey(), stranger.pubkey(), world.committee, &{
            let mut args = market_args();
            args.name = *b"OTHER\0\0\0\0\0\0\0\0\0\0\0";
            args
        }),
        instruction::set_risk_class(stranger.pubkey(), world.market, 1, &fixture::class()),
    ];
    for attempt in attempts {
        let sent = world.send_with(&[attempt], &[&stranger]);
        assert_eq!(hurdle_error(&sent), Some(HurdleError::Unauthorized));
    }
}

#[test]
fn a_committee_with_equal_zero_or_too_few_keys_is_refused() {
    let mut world = World::empty().unwrap();
    world.accepted(&[world.create_config()]).unwrap();
    let (payer, authority) = (world.payer.pubkey(), world.authority.pubkey());
    let [a, b] = [key(20).pubkey(), key(21).pubkey()];
    let zero = solana_address::Address::default();
    let seventeen: Vec<_> = (20..37).map(|seed| key(seed).pubkey()).collect();
    for (threshold, keys) in [
        (2, vec![a, a]),
        (1, vec![a, zero]),
        (3, vec![a, b]),
        (0, vec![a, b]),
        (1, seventeen),
    ] {
        let sent = world.send(&[instruction::create_committee(
            payer, authority, 5, threshold, &keys,
        )]);
        assert_eq!(
            hurdle_error(&sent),
            Some(HurdleError::InvalidCommittee),
            "{threshold} of {keys:?}"
        );
        assert!(world.account(&pda::committee(5).0).is_err());
    }
}

#[test]
fn a_market_with_broken_parameters_or_a_first_rate_out_of_range_is_refused() {
    let mut world = World::new().unwrap();
    let (payer, authority, committee) = (world.payer.pubkey(), world.authority.pubkey(), world.committee);
    let mut args = market_args();
    args.name = *b"BROKEN\0\0\0\0\0\0\0\0\0\0";
    let mut out_of_range = args;
    out_of_range.first_rate = Rate::MAX;
    let mut flat = args;
    flat.params.composition.ceiling = flat.params.composition.floor;
    let mut never_stale = args;
    never_stale.params.staleness.hard_after = i64::MAX;
    for broken in [out_of_range, flat, never_stale] {
        let sent = world.send(&[instruction::create_market(payer, authority, committee, &broken)]);
        assert_eq!(hurdle_error(&sent), Some(HurdleError::InvalidParameter));
        assert!(world.account(&pda::market(&args.name).0).is_err());
    }
}

#[test]
fn a_risk_class_is_set_only_whole_and_in_its_place() {
    let mut world = World::inactive(fixture::params()).unwrap();
    let authority = world.authority.pubkey();
    let mut inverted = fixture::class();
    inverted.maintenance = inverted.initial;
    for (index, class, error) in [
        (0, Default::default(), HurdleError::InvalidParameter),
        (8, fixture::class(), HurdleError::UnknownRiskClass),
        (1, inverted, HurdleError::InvalidParameter),
        (1, Default::default(), HurdleError::InvalidParameter),
    ] {
        let before = world.account(&world.market).unwrap();
        let sent = world.send(&[instruction::set_risk_class(
            authority,
            world.market,
            index,
            &class,
        )]);
        assert_eq!(hurdle_error(&sent), Some(error));
        assert_eq!(world.account(&world.market).unwrap(), before);
    }
}
