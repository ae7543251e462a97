//! The compiled program's answer and the interface's.

use super::*;

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
