//! What must hold whatever happens, on the compiled program: two hundred random cases and more each. The same properties
//! run over ten thousand cases on the host, in `hurdle-interface`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::margin::{Health, MarginReply, OptionContract, Portfolio, Position};
use hurdle_interface::options::{OptionKind, Side};
use hurdle_interface::ramp::{MarginRamps, Targets, Track};
use hurdle_interface::staleness::Action;
use hurdle_interface::state::MarketState;
use hurdle_interface::{Amount, Rate, Ratio, UnixTime, instruction};
use hurdle_tests::fixture::{self, bp, opening, permille};
use hurdle_tests::world::{World, instruction_error};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use solana_instruction::error::InstructionError;

const CASES: usize = 200;

fn ask(world: &mut World, positions: &[Position]) -> MarginReply {
    let check = instruction::check_margin(world.market, &opening(positions), false);
    let sent = world.accepted(&[check]).unwrap();
    bytemuck::pod_read_unaligned(&sent.return_data.data)
}

/// Any order of magnitude is equally likely.
fn amount(random: &mut SmallRng) -> Amount {
    let bits = random.random_range(8..48);
    Amount(random.random_range(1..1 << bits))
}

/// A position of any kind.
fn position(random: &mut SmallRng, class: u8, now: i64) -> Position {
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
                strike: permille(random.random_range(500..2_000)),
                expiry: UnixTime(now + random.random_range(3_600..90 * 86_400)),
                volatility: permille(random.random_range(100..2_000)),
            };
            Position::option(class, side, contract, amount(random), amount(random))
        }
    }
}

/// One to sixteen positions of any kind, at least one of which is margined.
fn account(random: &mut SmallRng, now: i64) -> Vec<Position> {
    let mut positions = vec![Position::debt(0, amount(random))];
    for _ in 0..random.random_range(0..16) {
        positions.push(position(random, 0, now));
    }
    positions
}

/// One to sixteen positions of any kind and of four classes. Where they fall short, the last is collateral that just brings the
/// account over the edge of its maintenance margin, and the second value is true.
fn account_at_the_edge(world: &mut World, random: &mut SmallRng) -> (Vec<Position>, bool) {
    let now = world.time();
    let drawn = random.random_range(1..16);
    let mut positions: Vec<Position> = (0..drawn).map(|index| position(random, index % 4, now)).collect();
    let mut short = ask(world, &positions).maintenance_shortfall;
    if short == Amount::ZERO {
        return (positions, false);
    }
    let mut value = Amount::ZERO;
    // a haircut takes part of what is added
    while short > Amount::ZERO {
        value = Amount(value.0 + short.0 + short.0.div_ceil(64));
        positions.truncate(usize::from(drawn));
        positions.push(Position::spot(0, value));
        short = ask(world, &positions).maintenance_shortfall;
    }
    (positions, true)
}

/// What the market stands at: multiplier, volatility and carry.
fn stand(market: &mut MarketState, targets: Targets) {
    market.published.ramps = MarginRamps::resting(targets, market.published.ramps.since);
}

fn targets(random: &mut SmallRng) -> Targets {
    Targets {
        multiplier: permille(random.random_range(1_000..3_000)),
        volatility: permille(random.random_range(0..3_000)),
        carry: permille(random.random_range(0..300)),
    }
}

/// Neither requirement is lower and no collateral counts for more.
fn assert_no_looser(before: &MarginReply, after: &MarginReply, what: &str) {
    assert!(after.initial >= before.initial, "{what}: {before:?} {after:?}");
    assert!(
        after.maintenance >= before.maintenance,
        "{what}: {before:?} {after:?}"
    );
    assert!(
        after.initial_collateral <= before.initial_collateral,
        "{what}: {before:?} {after:?}"
    );
    assert!(
        after.maintenance_collateral <= before.maintenance_collateral,
        "{what}: {before:?} {after:?}"
    );
}

#[test]
fn requirements_rise_with_hurdle_volatility_carry_and_age_and_never_fall_below_their_base() {
    let mut world = World::published().unwrap();
    let mut random = SmallRng::seed_from_u64(1);
    for _ in 0..CASES {
        let positions = account(&mut random, world.time());
        let calm = targets(&mut random);
        world.edit_market(|market| stand(market, calm)).unwrap();
        let before = ask(&mut world, &positions);
        assert!(before.initial > before.maintenance, "{before:?}");

        let more =
            |random: &mut SmallRng, ratio: Ratio| ratio.add(permille(random.random_range(0..500))).unwrap();
        let raised = [
            Targets {
                multiplier: more(&mut random, calm.multiplier),
                ..calm
            },
            Targets {
                volatility: more(&mut random, calm.volatility),
                ..calm
            },
            Targets {
                carry: more(&mut random, calm.carry),
                ..calm
            },
        ];
        for raised in raised {
            world.edit_market(|market| stand(market, raised)).unwrap();
            assert_no_looser(&before, &ask(&mut world, &positions), "a rise");
        }

        world.edit_market(|market| stand(market, calm)).unwrap();
        let observed = world.state().unwrap().published.observed_at;
        let older = UnixTime(observed.0 - random.random_range(0..86_400));
        world
            .edit_market(|market| market.published.observed_at = older)
            .unwrap();
        assert_no_looser(&before, &ask(&mut world, &positions), "age");

        let neutral = Targets {
            multiplier: Ratio::ONE,
            volatility: Ratio::ZERO,
            carry: Ratio::ZERO,
        };
        world
            .edit_market(|market| {
                market.published.observed_at = observed;
                stand(market, neutral);
            })
            .unwrap();
        assert_no_looser(&ask(&mut world, &positions), &before, "base");
    }
}

#[test]
fn requirements_rise_with_size_and_splitting_a_position_gains_nothing() {
    let mut world = World::published().unwrap();
    let mut random = SmallRng::seed_from_u64(2);
    for _ in 0..CASES {
        let calm = targets(&mut random);
        world.edit_market(|market| stand(market, calm)).unwrap();
        let (small, more) = (amount(&mut random), amount(&mut random));
        let large = Amount(small.0 + more.0);
        let perp = |notional| Position::perp(0, Side::Long, notional, Amount::ZERO, Amount::ZERO);
        for kind in [|notional| Position::debt(0, notional), perp] {
            let part = ask(&mut world, &[kind(small)]);
            let whole = ask(&mut world, &[kind(large)]);
            let split = ask(&mut world, &[kind(small), kind(more)]);
            assert!(whole.initial >= part.initial && whole.maintenance >= part.maintenance);
            assert_eq!(
                (split.initial, split.maintenance),
                (whole.initial, whole.maintenance)
            );
        }
        let held = |value| ask_collateral(&mut world, value);
        let [less, all] = [small, large].map(held);
        assert!(
            all.0 >= less.0 && all.1 >= less.1,
            "more collateral never counts for less"
        );
    }
}

fn ask_collateral(world: &mut World, value: Amount) -> (Amount, Amount) {
    let reply = ask(world, &[Position::spot(0, value)]);
    (reply.initial_collateral, reply.maintenance_collateral)
}

/// Whatever is published: in its slot and at unchanged prices an account that was not liquidatable does not become so.
#[test]
fn no_publication_makes_an_account_liquidatable_in_its_slot() {
    let mut random = SmallRng::seed_from_u64(3);
    let mut world = World::published().unwrap();
    world
        .edit_market(|market| {
            for index in 1..4 {
                market.classes[index] = market.classes[0];
                market.grids[index] = market.grids[0];
            }
        })
        .unwrap();
    let (mut published, mut at_the_edge) = (0, 0);
    while published < CASES {
        world.warp(random.random_range(10..6_000));
        let mut components = fixture::components();
        components.tail = bp(random.random_range(0..15_000));
        components.liquidity = bp(random.random_range(0..10_000));
        components.volatility = permille(random.random_range(0..8_000));
        let report = world.report_over(components, fixture::responses()).unwrap();
        let (instructions, _) = world.publication(&report, &[0, 1]);
        let (positions, edge) = account_at_the_edge(&mut world, &mut random);
        let before = ask(&mut world, &positions);
        assert_ne!(before.health, Health::Liquidatable.byte());
        if world.send(&instructions).is_err() {
            continue;
        }
        published += 1;
        at_the_edge += usize::from(edge);
        let after = ask(&mut world, &positions);
        assert_ne!(after.health, Health::Liquidatable.byte(), "{before:?} {after:?}");
    }
    assert!(at_the_edge >= CASES / 2, "{at_the_edge} accounts at the edge");
}

/// Many small steps toward a far rate lead exactly where one step over the same time does, and a cap over the window holds
/// them however they are cut.
#[test]
fn the_rate_limit_cannot_be_walked_around_by_splitting() {
    let mut random = SmallRng::seed_from_u64(4);
    let start = World::published().unwrap();
    let mut components = fixture::components();
    components.tail = bp(8_000);
    for _ in 0..CASES {
        let steps: Vec<i64> = (0..4).map(|_| random.random_range(10..7_200)).collect();
        let mut by_steps = start.fork();
        for step in &steps {
            by_steps.warp(*step);
            let report = by_steps.report_over(components, fixture::responses()).unwrap();
            let (instructions, _) = by_steps.publication(&report, &[0, 1]);
            by_steps.accepted(&instructions).unwrap();
        }
        let mut at_once = start.fork();
        at_once.warp(steps.iter().sum());
        let report = at_once.report_over(components, fixture::responses()).unwrap();
        let (instructions, _) = at_once.publication(&report, &[0, 1]);
        at_once.accepted(&instructions).unwrap();
        let [by_steps, at_once] = [by_steps, at_once].map(|world| world.state().unwrap().published);
        assert_eq!(by_steps.hurdle, at_once.hurdle);
        let window = Rate::new(
            start.state().unwrap().published.hurdle.raw() + fixture::params().limit.window_rise.raw(),
        );
        assert!(by_steps.hurdle <= window.unwrap());
    }
}

#[test]
fn the_multiplier_is_between_one_and_its_cap_whatever_is_published() {
    let mut random = SmallRng::seed_from_u64(5);
    let mut world = World::published().unwrap();
    let rule = fixture::params().composition.multiplier;
    let most = rule
        .cap
        .add(Ratio::ONE)
        .unwrap()
        .max(fixture::params().stressed_multiplier);
    let mut published = 0;
    for _ in 0..2 * CASES {
        world.warp(random.random_range(10..20_000));
        let mut components = fixture::components();
        components.staking = bp(random.random_range(-2_000..10_000));
        components.tail = bp(random.random_range(0..20_000));
        let Ok(report) = world.report_over(components, fixture::responses()) else {
            continue;
        };
        let (instructions, _) = world.publication(&report, &[0, 1]);
        if world.send(&instructions).is_err() {
            continue;
        }
        published += 1;
        let Track {
            target,
            initial,
            maintenance,
        } = world.state().unwrap().published.ramps.multiplier;
        for multiplier in [target, initial, maintenance] {
            assert!(Ratio::ONE <= multiplier && multiplier <= most, "{multiplier:?}");
        }
    }
    assert!(published >= CASES, "{published}");
}

/// Whatever bytes come in, the program answers or refuses with an error of its own: it never panics.
#[test]
fn no_bytes_make_the_program_panic() {
    let mut random = SmallRng::seed_from_u64(6);
    let mut world = World::published().unwrap();
    let positions = account(&mut random, world.time());
    let portfolio = Portfolio::new(Action::Open, &positions[..1]).unwrap();
    for round in 0..4 * CASES {
        let mut check = instruction::check_margin(world.market, &portfolio, true);
        match round % 3 {
            0 => {
                for byte in check.data.iter_mut().skip(8) {
                    *byte = random.random();
                }
            }
            1 => {
                let at = random.random_range(8..check.data.len());
                check.data[at] = random.random();
            }
            _ => check.data.truncate(random.random_range(0..check.data.len())),
        }
        let sent = world.send(&[check]);
        assert_ne!(
            instruction_error(&sent),
            Some(InstructionError::ProgramFailedToComplete),
            "round {round}"
        );
    }
}
