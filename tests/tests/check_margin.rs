//! `check_margin` on the compiled program: the answer in return data is the interface's, bit for bit, and enforcement
//! fails with exact errors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::error::HurdleError;
use hurdle_interface::margin::{Health, MarginReply, Position, check_position};
use hurdle_interface::staleness::{Action, Freshness};
use hurdle_interface::{Amount, UnixTime, instruction};
use hurdle_tests::fixture::{self, bp};
use hurdle_tests::world::{Sent, World, hurdle_error, instruction_error, key};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

fn check(world: &mut World, position: &Position) -> Sent {
    let instruction = instruction::check_margin(world.market, position);
    world.send(&[instruction])
}

fn reply(sent: &Sent) -> MarginReply {
    let data = &sent.as_ref().unwrap().return_data;
    assert_eq!(data.program_id, hurdle_interface::ID);
    bytemuck::pod_read_unaligned(&data.data)
}

/// Any order of magnitude is equally likely.
fn amount(random: &mut SmallRng) -> Amount {
    let bits = random.random_range(1..60);
    Amount(random.random_range(0..1 << bits))
}

#[test]
fn the_answer_is_the_interfaces_bit_for_bit() {
    let mut world = World::published().unwrap();
    let mut random = SmallRng::seed_from_u64(7);
    for _ in 0..200 {
        world.warp(random.random_range(0..1_200));
        let position = Position {
            exposure: amount(&mut random),
            liabilities: amount(&mut random),
            collateral: amount(&mut random),
            action: random.random_range(0..6),
            enforce: 0,
            ..fixture::position()
        };
        let sent = check(&mut world, &position);
        let market = world.state().unwrap();
        let expected = check_position(&market, &position, UnixTime(world.time())).unwrap();
        assert_eq!(reply(&sent), expected, "{position:?}");
    }
}

#[test]
fn a_position_that_meets_its_initial_margin_may_open() {
    let mut world = World::published().unwrap();
    let answer = reply(&check(&mut world, &fixture::position()));
    assert_eq!((answer.allowed, answer.health), (1, Health::Healthy.byte()));
    assert!(answer.initial > answer.maintenance);
    assert_eq!(answer.hurdle, world.state().unwrap().published.hurdle);
    assert_eq!(answer.sequence, 1);
}

#[test]
fn enforcement_fails_where_margin_is_missing_and_only_for_actions_that_add_risk() {
    let mut world = World::published().unwrap();
    for action in [Action::Open, Action::Increase, Action::Withdraw] {
        let thin = Position {
            collateral: Amount(100),
            action: action.byte(),
            ..fixture::position()
        };
        assert_eq!(
            hurdle_error(&check(&mut world, &thin)),
            Some(HurdleError::MarginInsufficient)
        );
        let asked = Position { enforce: 0, ..thin };
        let answer = reply(&check(&mut world, &asked));
        assert_eq!((answer.allowed, answer.health), (0, Health::Liquidatable.byte()));
    }
    for action in [Action::Reduce, Action::Repay, Action::Close] {
        let thin = Position {
            collateral: Amount(100),
            action: action.byte(),
            ..fixture::position()
        };
        assert_eq!(reply(&check(&mut world, &thin)).allowed, 1);
    }
}

#[test]
fn a_market_that_never_published_answers_nobody() {
    let mut world = World::new().unwrap();
    let sent = check(&mut world, &fixture::position());
    assert_eq!(hurdle_error(&sent), Some(HurdleError::OracleNeverPublished));
}

/// A stale oracle tightens, then refuses what adds risk; it never stands in the way of repayment.
#[test]
fn a_stale_oracle_does_not_block_repayment() {
    let mut world = World::published().unwrap();
    let fresh = reply(&check(&mut world, &fixture::position()));
    let staleness = fixture::params().staleness;

    world.warp(staleness.soft_after + 3_600);
    let soft = reply(&check(&mut world, &fixture::position()));
    assert_eq!(soft.freshness, Freshness::SoftStale.byte());
    assert!(soft.initial > fresh.initial && soft.maintenance > fresh.maintenance);

    world.warp(staleness.hard_after);
    for action in [Action::Open, Action::Increase, Action::Withdraw] {
        let position = Position {
            action: action.byte(),
            ..fixture::position()
        };
        assert_eq!(
            hurdle_error(&check(&mut world, &position)),
            Some(HurdleError::OracleStale)
        );
    }
    for action in [Action::Reduce, Action::Repay, Action::Close] {
        let position = Position {
            action: action.byte(),
            ..fixture::position()
        };
        let answer = reply(&check(&mut world, &position));
        assert_eq!(
            (answer.allowed, answer.freshness),
            (1, Freshness::HardStale.byte())
        );
    }
}

#[test]
fn a_spike_raises_initial_margin_at_once_and_maintenance_margin_over_time() {
    let mut world = World::published().unwrap();
    let calm = reply(&check(&mut world, &fixture::position()));
    world.warp(6 * 3_600);
    let mut components = fixture::components();
    components.tail = bp(3_000);
    let report = world.report_over(components, fixture::responses()).unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    world.accepted(&instructions).unwrap();

    let at_once = reply(&check(
        &mut world,
        &Position {
            enforce: 0,
            ..fixture::position()
        },
    ));
    assert!(at_once.initial > calm.initial);
    assert_eq!(
        at_once.maintenance, calm.maintenance,
        "no account becomes liquidatable in the slot of the spike"
    );
    world.warp(1_800);
    let later = reply(&check(
        &mut world,
        &Position {
            enforce: 0,
            ..fixture::position()
        },
    ));
    assert!(later.maintenance > at_once.maintenance);
    let rise = later.maintenance_multiplier.raw() - at_once.maintenance_multiplier.raw();
    assert!(rise <= fixture::params().ramp.multiplier_rise_per_day.raw() / 48);
}

/// One report of an extreme volatility, within its bounds, makes nobody liquidatable in its slot.
#[test]
fn a_volatility_spike_raises_maintenance_margin_over_time_only() {
    let mut world = World::published().unwrap();
    let asked = Position {
        enforce: 0,
        ..fixture::position()
    };
    world.warp(3_600);
    let calm = reply(&check(&mut world, &asked));
    let mut components = fixture::components();
    components.volatility = fixture::permille(8_000);
    let report = world.report_over(components, fixture::responses()).unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    world.accepted(&instructions).unwrap();
    let at_once = reply(&check(&mut world, &asked));
    assert!(at_once.initial > calm.initial);
    assert_eq!(at_once.maintenance, calm.maintenance);
    world.warp(86_400);
    assert!(reply(&check(&mut world, &asked)).maintenance > at_once.maintenance);
}

#[test]
fn undefined_classes_and_actions_and_truncated_positions_are_refused() {
    let mut world = World::published().unwrap();
    for class in [1, 7, 8, 255] {
        let position = Position {
            class,
            ..fixture::position()
        };
        assert_eq!(
            hurdle_error(&check(&mut world, &position)),
            Some(HurdleError::UnknownRiskClass)
        );
    }
    let position = Position {
        action: 6,
        ..fixture::position()
    };
    assert_eq!(
        hurdle_error(&check(&mut world, &position)),
        Some(HurdleError::UnknownAction)
    );

    let whole = instruction::check_margin(world.market, &fixture::position());
    for length in [0, 7, 8, 20, whole.data.len() - 1] {
        let mut truncated = whole.clone();
        truncated.data.truncate(length);
        let sent = world.send(&[truncated]);
        assert_eq!(
            instruction_error(&sent),
            Some(InstructionError::InvalidInstructionData),
            "{length} bytes"
        );
    }
}

#[test]
fn amounts_that_overflow_are_refused_and_never_wrap() {
    let mut world = World::published().unwrap();
    let most = Amount(u64::MAX);
    let position = Position {
        exposure: most,
        liabilities: most,
        collateral: most,
        ..fixture::position()
    };
    assert_eq!(
        hurdle_error(&check(&mut world, &position)),
        Some(HurdleError::Overflow)
    );
}

#[test]
fn a_market_of_another_owner_or_kind_is_refused() {
    let mut world = World::published().unwrap();
    let genuine = world.account(&world.market).unwrap();
    let look_alike = key(60).pubkey();
    let mut foreign = genuine.clone();
    foreign.owner = key(61).pubkey();
    world.svm.set_account(look_alike, foreign).unwrap();
    let sent = world.send(&[instruction::check_margin(look_alike, &fixture::position())]);
    assert_eq!(instruction_error(&sent), Some(InstructionError::IllegalOwner));

    let sent = world.send(&[instruction::check_margin(world.committee, &fixture::position())]);
    assert!(matches!(
        instruction_error(&sent),
        Some(InstructionError::InvalidAccountData | InstructionError::AccountDataTooSmall)
    ));
}

#[test]
fn checking_margin_stays_within_its_compute_budget() {
    let mut world = World::published().unwrap();
    let sent = check(&mut world, &fixture::position()).unwrap();
    assert!(
        sent.compute_units_consumed < 2_000,
        "{}",
        sent.compute_units_consumed
    );
}
