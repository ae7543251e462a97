//! `check_margin` and `preview_margin` on the compiled program: the answer in return data is the interface's, bit for bit,
//! and enforcement fails with exact errors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::error::HurdleError;
use hurdle_interface::margin::{
    FLAG_PAUSED, Health, MarginReply, OptionContract, Portfolio, Position, check_portfolio, preview_portfolio,
};
use hurdle_interface::options::{OptionKind, Side};
use hurdle_interface::staleness::{Action, Freshness};
use hurdle_interface::state::ClassTransition;
use hurdle_interface::{Amount, Ratio, UnixTime, instruction};
use hurdle_tests::fixture::{self, bp, opening, permille};
use hurdle_tests::world::{Sent, World, hurdle_error, instruction_error, key};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

const RISKY: [Action; 3] = [Action::Open, Action::Increase, Action::Withdraw];
const SAFE: [Action; 3] = [Action::Reduce, Action::Repay, Action::Close];

fn check(world: &mut World, portfolio: &Portfolio<'_>, enforce: bool) -> Sent {
    let instruction = instruction::check_margin(world.market, portfolio, enforce);
    world.send(&[instruction])
}

/// Asks about an opening without enforcing.
fn asked(world: &mut World, positions: &[Position]) -> MarginReply {
    reply(&check(world, &opening(positions), false))
}

fn reply(sent: &Sent) -> MarginReply {
    let data = &sent.as_ref().unwrap().return_data;
    assert_eq!(data.program_id, hurdle_interface::ID);
    bytemuck::pod_read_unaligned(&data.data)
}

/// Debt without collateral.
fn thin() -> [Position; 1] {
    [Position::debt(0, Amount(1_000_000_000))]
}

/// Any order of magnitude is equally likely.
fn amount(random: &mut SmallRng) -> Amount {
    let bits = random.random_range(1..52);
    Amount(random.random_range(0..1 << bits))
}

fn position(random: &mut SmallRng, now: i64) -> Position {
    let class = random.random_range(0..3);
    let side = if random.random() { Side::Long } else { Side::Short };
    match random.random_range(0..4) {
        0 => Position::spot(class, amount(random)),
        1 => Position::debt(class, amount(random)),
        2 => Position::perp(class, side, amount(random), amount(random), amount(random)),
        _ => {
            let contract = OptionContract {
                kind: if random.random() {
                    OptionKind::Call
                } else {
                    OptionKind::Put
                },
                strike: permille(random.random_range(200..5_000)),
                expiry: UnixTime(now + random.random_range(-86_400..90 * 86_400)),
                volatility: permille(random.random_range(0..3_000)),
            };
            Position::option(class, side, contract, amount(random), amount(random))
        }
    }
}

/// Three classes of different parameters, one of them changing.
fn varied(world: &mut World, random: &mut SmallRng) {
    let now = world.time();
    let parts: Vec<i64> = (0..30).map(|_| random.random_range(0..1_000)).collect();
    world
        .edit_market(|market| {
            for (index, part) in parts.chunks(10).enumerate() {
                let mut class = fixture::class();
                class.initial = permille(100 + part[0] / 2);
                class.maintenance = permille(50 + part[1] / 20);
                class.haircut = permille(part[2]);
                class.bounty = permille(part[3] / 20);
                class.size_coefficient = permille(part[4]);
                class.price_range = permille(100 + part[5] / 2);
                class.volatility_range = permille(part[6] / 2);
                class.short_minimum = permille(1 + part[7] / 10);
                class.multiplier_cap = permille(1_000 + part[8] * 3);
                class.size_reference = Amount(1 << (part[9] % 40));
                market.classes[index] = class;
                market.grids[index] = class.scenario_grid().unwrap();
            }
            market.transitions[1] = ClassTransition {
                from: fixture::class(),
                since: UnixTime(now - parts[0] * 172),
            };
            market.pauses.until = UnixTime(now + parts[1] - 900);
        })
        .unwrap();
}

#[test]
fn the_answer_is_the_interfaces_bit_for_bit() {
    let mut world = World::published().unwrap();
    let mut random = SmallRng::seed_from_u64(7);
    let mut answered = 0;
    for round in 0..300 {
        world.warp(random.random_range(0..120));
        varied(&mut world, &mut random);
        let now = world.time();
        let count = random.random_range(0..=16);
        let positions: Vec<Position> = (0..count).map(|_| position(&mut random, now)).collect();
        let action = Action::try_from(random.random_range(0..6)).unwrap();
        let portfolio = Portfolio::new(action, &positions).unwrap();
        let market = world.state().unwrap();
        let expected = check_portfolio(&market, &portfolio, UnixTime(now));
        let sent = check(&mut world, &portfolio, false);
        match expected {
            Ok(expected) => {
                assert_eq!(reply(&sent), expected, "round {round}");
                answered += 1;
            }
            Err(error) => assert_eq!(hurdle_error(&sent), Some(error), "round {round}"),
        }
        let enforced = check(&mut world, &portfolio, true);
        let verdict = expected.and_then(|reply| reply.enforce());
        assert_eq!(hurdle_error(&enforced), verdict.err(), "round {round}");

        let at = UnixTime(now + random.random_range(0..100 * 86_400));
        let ahead = world.send(&[instruction::preview_margin(world.market, &portfolio, at)]);
        match preview_portfolio(&market, &portfolio, UnixTime(now), at) {
            Ok(expected) => assert_eq!(reply(&ahead), expected, "round {round}"),
            Err(error) => assert_eq!(hurdle_error(&ahead), Some(error), "round {round}"),
        }
    }
    assert!(answered >= 200, "{answered}");
}

#[test]
fn an_account_that_meets_its_initial_margin_may_open() {
    let mut world = World::published().unwrap();
    let answer = reply(&check(&mut world, &opening(&fixture::positions()), true));
    assert_eq!((answer.allowed, answer.health), (1, Health::Healthy.byte()));
    assert!(answer.initial > answer.maintenance);
    assert_eq!(answer.hurdle, world.state().unwrap().published.hurdle);
    assert_eq!(answer.sequence, 1);
}

#[test]
fn enforcement_fails_where_margin_is_missing_and_only_for_actions_that_add_risk() {
    let mut world = World::published().unwrap();
    let thin = thin();
    for action in RISKY {
        let portfolio = Portfolio::new(action, &thin).unwrap();
        let refused = check(&mut world, &portfolio, true);
        assert_eq!(hurdle_error(&refused), Some(HurdleError::MarginInsufficient));
        let answer = reply(&check(&mut world, &portfolio, false));
        assert_eq!((answer.allowed, answer.health), (0, Health::Liquidatable.byte()));
    }
    for action in SAFE {
        let portfolio = Portfolio::new(action, &thin).unwrap();
        assert_eq!(reply(&check(&mut world, &portfolio, true)).allowed, 1);
    }
}

#[test]
fn a_market_that_never_published_answers_nobody() {
    let mut world = World::new().unwrap();
    let sent = check(&mut world, &opening(&fixture::positions()), true);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::OracleNeverPublished));
}

/// Nobody adds risk on a market that is paused or not active yet, and nobody is kept from removing it.
#[test]
fn a_pause_or_an_inactive_market_stops_what_adds_risk_only() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    let now = UnixTime(world.time());
    world
        .edit_market(|market| market.pauses.until = UnixTime(now.0 + 1))
        .unwrap();
    let verdict = |world: &mut World, action| {
        let portfolio = Portfolio::new(action, &positions).unwrap();
        hurdle_error(&check(world, &portfolio, true))
    };
    for action in RISKY {
        assert_eq!(verdict(&mut world, action), Some(HurdleError::MarketPaused));
    }
    for action in SAFE {
        assert_eq!(verdict(&mut world, action), None);
    }
    assert_eq!(asked(&mut world, &positions).flags, FLAG_PAUSED);
    world.warp(1);
    assert_eq!(
        verdict(&mut world, Action::Open),
        None,
        "a pause expires by itself"
    );
    world.edit_market(|market| market.active = 0).unwrap();
    for action in RISKY {
        assert_eq!(verdict(&mut world, action), Some(HurdleError::MarketInactive));
    }
    for action in SAFE {
        assert_eq!(verdict(&mut world, action), None);
    }
}

/// A stale oracle tightens, then refuses what adds risk; it never stands in the way of repayment.
#[test]
fn a_stale_oracle_does_not_block_repayment() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    let fresh = asked(&mut world, &positions);
    let staleness = fixture::params().staleness;

    world.warp(staleness.soft_after + 3_600);
    let soft = reply(&check(&mut world, &opening(&positions), true));
    assert_eq!(soft.freshness, Freshness::SoftStale.byte());
    assert!(soft.initial > fresh.initial && soft.maintenance > fresh.maintenance);
    assert!(soft.initial_collateral < fresh.initial_collateral);

    world.warp(staleness.hard_after);
    for action in RISKY {
        let portfolio = Portfolio::new(action, &positions).unwrap();
        let refused = check(&mut world, &portfolio, true);
        assert_eq!(hurdle_error(&refused), Some(HurdleError::OracleStale));
    }
    for action in SAFE {
        let portfolio = Portfolio::new(action, &positions).unwrap();
        let answer = reply(&check(&mut world, &portfolio, true));
        assert_eq!(
            (answer.allowed, answer.freshness),
            (1, Freshness::HardStale.byte())
        );
    }
}

#[test]
fn a_spike_raises_initial_margin_at_once_and_maintenance_margin_over_time() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    world.warp(6 * 3_600);
    let calm = asked(&mut world, &positions);
    let mut components = fixture::components();
    components.tail = bp(3_000);
    let report = world.report_over(components, fixture::responses()).unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    world.accepted(&instructions).unwrap();

    let at_once = asked(&mut world, &positions);
    assert!(at_once.initial_multiplier > calm.initial_multiplier);
    assert!(at_once.initial > calm.initial || calm.freshness > 0);
    assert!(at_once.maintenance <= calm.maintenance);
    assert!(at_once.maintenance_collateral >= calm.maintenance_collateral);
    world.warp(1_800);
    let later = asked(&mut world, &positions);
    assert!(later.maintenance > at_once.maintenance);
    assert!(later.maintenance_collateral < at_once.maintenance_collateral);
    let rise = later.maintenance_multiplier.raw() - at_once.maintenance_multiplier.raw();
    assert!(rise <= fixture::params().ramp.multiplier_rise_per_day.raw() / 48);
}

/// One report of an extreme volatility, within its bounds, makes nobody liquidatable in its slot.
#[test]
fn a_volatility_spike_raises_maintenance_margin_over_time_only() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    world.warp(3_600);
    let calm = asked(&mut world, &positions);
    let mut components = fixture::components();
    components.volatility = permille(8_000);
    let report = world.report_over(components, fixture::responses()).unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    world.accepted(&instructions).unwrap();
    let at_once = asked(&mut world, &positions);
    assert!(at_once.initial > calm.initial && at_once.initial_collateral < calm.initial_collateral);
    assert!(at_once.maintenance <= calm.maintenance);
    assert!(at_once.maintenance_collateral >= calm.maintenance_collateral);
    world.warp(86_400);
    assert!(asked(&mut world, &positions).maintenance > at_once.maintenance);
}

#[test]
fn undefined_classes_and_actions_and_truncated_portfolios_are_refused() {
    let mut world = World::published().unwrap();
    for class in [1, 7, 8, 255] {
        let sent = check(&mut world, &opening(&[Position::spot(class, Amount(1))]), true);
        assert_eq!(hurdle_error(&sent), Some(HurdleError::UnknownRiskClass));
    }
    let whole = instruction::check_margin(world.market, &opening(&fixture::positions()), true);
    let with = |at: usize, byte: u8| {
        let mut changed = whole.clone();
        changed.data[at] = byte;
        changed
    };
    // after the discriminator: action, enforce, two of padding, four of count
    let refused = [
        (with(8, 6), HurdleError::UnknownAction),
        (with(10, 1), HurdleError::InvalidPosition),
        (with(11, 1), HurdleError::InvalidPosition),
        (with(16 + 48, 4), HurdleError::InvalidPosition),
        (with(16 + 55, 1), HurdleError::InvalidPosition),
        (with(16 + 8, 1), HurdleError::InvalidPosition),
    ];
    for (instruction, error) in refused {
        assert_eq!(hurdle_error(&world.send(&[instruction])), Some(error));
    }
    for length in (0..whole.data.len()).step_by(7).chain([whole.data.len() - 1]) {
        let mut truncated = whole.clone();
        truncated.data.truncate(length);
        let sent = world.send(&[truncated]);
        assert_eq!(
            instruction_error(&sent),
            Some(InstructionError::InvalidInstructionData),
            "{length} bytes"
        );
    }
    for count in [3, 255] {
        let sent = world.send(&[with(12, count)]);
        assert_eq!(
            instruction_error(&sent),
            Some(InstructionError::InvalidInstructionData),
            "{count} positions announced"
        );
    }
}

#[test]
fn seventeen_positions_are_refused() {
    let mut world = World::published().unwrap();
    let sixteen = [Position::spot(0, Amount(1)); 16];
    let mut instruction = instruction::check_margin(world.market, &opening(&sixteen), true);
    world.accepted(std::slice::from_ref(&instruction)).unwrap();
    instruction.data[12] = 17;
    instruction
        .data
        .extend_from_slice(bytemuck::bytes_of(&sixteen[0]));
    let sent = world.send(&[instruction]);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::TooManyPositions));
}

#[test]
fn a_preview_of_the_past_is_refused() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    let past = UnixTime(world.time() - 1);
    let sent = world.send(&[instruction::preview_margin(
        world.market,
        &opening(&positions),
        past,
    )]);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::PreviewInPast));
}

#[test]
fn amounts_that_overflow_are_refused_and_never_wrap() {
    let mut world = World::published().unwrap();
    let most = Amount(u64::MAX);
    for positions in [
        [Position::debt(0, most), Position::debt(0, Amount(1))],
        [Position::spot(0, most), Position::spot(0, Amount(1))],
        [
            Position::perp(0, Side::Long, most, most, most),
            Position::spot(0, most),
        ],
    ] {
        let sent = check(&mut world, &opening(&positions), true);
        assert_eq!(hurdle_error(&sent), Some(HurdleError::Overflow));
    }
}

#[test]
fn a_market_of_another_owner_or_kind_is_refused() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    let genuine = world.account(&world.market).unwrap();
    let look_alike = key(60).pubkey();
    let mut foreign = genuine.clone();
    foreign.owner = key(61).pubkey();
    world.svm.set_account(look_alike, foreign).unwrap();
    let asks = |market| {
        let portfolio = opening(&positions);
        [
            instruction::check_margin(market, &portfolio, true),
            instruction::preview_margin(market, &portfolio, UnixTime(i64::MAX)),
        ]
    };
    for ask in asks(look_alike) {
        let sent = world.send(&[ask]);
        assert_eq!(instruction_error(&sent), Some(InstructionError::IllegalOwner));
    }
    for ask in asks(world.committee) {
        let sent = world.send(&[ask]);
        assert!(matches!(
            instruction_error(&sent),
            Some(InstructionError::InvalidAccountData | InstructionError::AccountDataTooSmall)
        ));
    }
}

/// A changed class: at once for who adds risk, and nobody is liquidated in its slot.
#[test]
fn a_tightened_class_reaches_maintenance_margin_over_its_transition() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    let before = asked(&mut world, &positions);
    let now = world.time();
    world
        .edit_market(|market| {
            market.transitions[0] = ClassTransition {
                from: market.classes[0],
                since: UnixTime(now),
            };
            market.classes[0].initial = permille(400);
            market.classes[0].maintenance = permille(300);
            market.classes[0].haircut = permille(100);
        })
        .unwrap();
    let changed = asked(&mut world, &positions);
    assert!(changed.initial > before.initial && changed.initial_collateral < before.initial_collateral);
    assert_eq!(
        (changed.maintenance, changed.maintenance_collateral),
        (before.maintenance, before.maintenance_collateral)
    );
    world.warp(fixture::params().class_transition / 2);
    let half = asked(&mut world, &positions);
    assert!(half.maintenance > changed.maintenance && half.maintenance < half.initial);
    assert!(half.maintenance_collateral < changed.maintenance_collateral);
    assert_eq!(half.initial_multiplier, Ratio::ONE.max(half.initial_multiplier));
}

#[test]
fn checking_margin_stays_within_its_compute_budget() {
    let mut world = World::published().unwrap();
    let sent = check(&mut world, &opening(&thin()), false).unwrap();
    assert!(
        sent.compute_units_consumed < 1_500,
        "{}",
        sent.compute_units_consumed
    );
}
