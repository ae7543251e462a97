use super::class::{FINE_SIZES, MOST_CUT};
use super::*;
use crate::error::{HurdleError, Result};
use crate::fixture::{self, NOW, bits, cases, class, market, rate, ratio};
use crate::market::ReadPolicy;
use crate::options::{OptionKind, Side};
use crate::quantity::{Amount, DAY, ONE, Ratio, UnixTime};
use crate::ramp::{MarginRamps, Targets, Track};
use crate::staleness::{Action, Freshness};
use crate::state::MarketState;
use proptest::prelude::*;
use std::vec::Vec;

mod class_change;
mod collateral;
mod linear;
mod options;
mod preview;
mod reference;
mod strategies;

/// A million of quote units of six decimals.
const MILLION: Amount = Amount(1_000_000_000_000);

/// A market whose multipliers stand at `m` and stay there, without carry.
fn market_at(m: Ratio) -> MarketState {
    let mut market = market();
    market.published.ramps = MarginRamps::resting(
        Targets {
            multiplier: m,
            volatility: ratio(0.7),
            carry: Ratio::ZERO,
        },
        NOW.time,
    );
    market
}

/// The moment when the observation has this age.
fn aged(market: &MarketState, age: i64) -> UnixTime {
    UnixTime(market.published.observed_at.0 + age)
}

fn checked(
    market: &MarketState,
    action: Action,
    positions: &[Position],
    now: UnixTime,
) -> Result<MarginReply> {
    check_portfolio(market, &Portfolio::new(action, positions)?, now)
}

/// The answer to an opening account while the rate is fresh.
fn opening(market: &MarketState, positions: &[Position]) -> MarginReply {
    checked(market, Action::Open, positions, aged(market, 0)).unwrap()
}

fn assert_near(actual: Amount, exact: f64, above: f64) {
    let actual = actual.0 as f64;
    assert!(
        actual >= exact - 1e-3 && actual <= exact + above,
        "{actual} for {exact}"
    );
}

/// A call at the money that expires in a tenth of a year.
fn call(side: Side, notional: Amount, mark: Amount) -> Position {
    let contract = OptionContract {
        kind: OptionKind::Call,
        strike: Ratio::ONE,
        expiry: UnixTime(NOW.time.0 + 3_153_600),
        volatility: ratio(0.8),
    };
    Position::option(0, side, contract, notional, mark)
}

/// A class without factors beside the market's.
fn plain() -> RiskClass {
    RiskClass {
        size_coefficient: Ratio::ZERO,
        volatility_sensitivity: Ratio::ZERO,
        ..class()
    }
}

#[test]
fn a_requirement_is_the_number_computed_by_hand() {
    let market = market_at(ratio(1.5));
    let reply = opening(
        &market,
        &[
            Position::debt(0, Amount(600_000_000_000)),
            Position::perp(
                0,
                Side::Short,
                Amount(400_000_000_000),
                Amount(5_000_000),
                Amount(7_000_000),
            ),
            Position::spot(0, Amount(2 * MILLION.0 - 5_000_000)),
        ],
    );
    // size of the requirement 1 + 0.2·√1; volatility 1 + 0.5·(0.7 − 0.6); multiplier 1.5; base 0.1 and 0.05:
    // 1.2·1.05·1.5 = 1.89; the root and each product are rounded up by a unit of 1e-8 at most
    assert_near(reply.initial, 0.189 * 1e12, 20_000.0);
    assert_near(reply.maintenance, 0.0945 * 1e12, 10_000.0);
    assert_eq!(reply.liabilities, Amount(600_007_000_000));
    // size of the collateral 1 + 0.2·√2, so its haircut is 0.1·1.2828·1.05·1.5
    let counted = 2e12 * (1.0 - 0.1 * (1.0 + 0.2 * 2f64.sqrt()) * 1.05 * 1.5);
    assert!(
        (reply.initial_collateral.0 as f64 - counted).abs() < 50_000.0,
        "{reply:?}"
    );
    assert_eq!(reply.maintenance_collateral, reply.initial_collateral);
    assert_eq!(
        (reply.initial_shortfall, reply.maintenance_shortfall),
        (Amount::ZERO, Amount::ZERO)
    );
    assert_eq!(
        (reply.health, reply.freshness, reply.allowed, reply.flags),
        (0, 0, 1, 0)
    );
    assert_eq!((reply.hurdle, reply.sequence, reply.age), (rate(0.12), 1, 0));
    assert_eq!(
        (reply.initial_multiplier, reply.maintenance_multiplier),
        (ratio(1.5), ratio(1.5))
    );
}

#[test]
fn bounty_and_carry_are_part_of_both_requirements() {
    let mut market = market_at(Ratio::ONE);
    market.classes[0] = RiskClass {
        bounty: ratio(0.015),
        ..plain()
    };
    market.published.ramps.carry = Track {
        target: ratio(0.004),
        initial: ratio(0.004),
        maintenance: ratio(0.003),
    };
    market.published.ramps.since = aged(&market, 0);
    let reply = opening(&market, &[Position::debt(0, MILLION)]);
    assert_eq!(
        reply.initial,
        Amount(100_000_000_000 + 15_000_000_000 + 4_000_000_000)
    );
    assert_eq!(
        reply.maintenance,
        Amount(50_000_000_000 + 15_000_000_000 + 3_000_000_000)
    );
}

#[test]
fn health_changes_at_the_requirement_to_the_atom() {
    let market = market_at(Ratio::ONE);
    let now = aged(&market, 0);
    let at = |held: u64| {
        let positions = [Position::debt(0, MILLION), Position::spot(0, Amount(held))];
        let reply = checked(&market, Action::Open, &positions, now).unwrap();
        (reply.health, reply.allowed, reply)
    };
    // the least collateral that is enough, by bisection
    let least = |enough: fn(u8) -> bool| {
        let (mut low, mut high) = (0, 4 * MILLION.0);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if enough(at(middle).0) {
                high = middle
            } else {
                low = middle
            }
        }
        high
    };
    let healthy = least(|health| health == Health::Healthy.byte());
    let restricted = least(|health| health < Health::Liquidatable.byte());
    assert!(restricted < healthy);
    let (health, allowed, reply) = at(healthy);
    assert_eq!((health, allowed), (Health::Healthy.byte(), 1));
    assert_eq!(
        reply.initial_collateral,
        reply.liabilities.add(reply.initial).unwrap()
    );
    let (health, allowed, reply) = at(healthy - 1);
    assert_eq!((health, allowed), (Health::Restricted.byte(), 0));
    assert_eq!(
        (reply.initial_shortfall, reply.maintenance_shortfall),
        (Amount(1), Amount::ZERO)
    );
    let (health, allowed, reply) = at(restricted - 1);
    assert_eq!((health, allowed), (Health::Liquidatable.byte(), 0));
    assert_eq!(reply.maintenance_shortfall, Amount(1));
}

#[test]
fn an_account_without_positions_owes_nothing_and_may_do_anything() {
    let reply = opening(&market_at(ratio(2.0)), &[]);
    assert_eq!(
        (reply.initial, reply.maintenance, reply.liabilities),
        (Amount::ZERO, Amount::ZERO, Amount::ZERO)
    );
    assert_eq!((reply.health, reply.allowed), (Health::Healthy.byte(), 1));
}

#[test]
fn only_healthy_accounts_may_add_risk_and_everyone_may_remove_it() {
    let market = market_at(Ratio::ONE);
    for (held, healthy) in [(Amount(u64::MAX / 4), true), (Amount::ZERO, false)] {
        for byte in 0..6 {
            let action = Action::try_from(byte).unwrap();
            let positions = [Position::spot(0, held), Position::debt(0, MILLION)];
            let reply = checked(&market, action, &positions, aged(&market, 0)).unwrap();
            let allowed = healthy || !action.adds_risk();
            assert_eq!(reply.allowed == 1, allowed, "{action:?}");
            let expected = if allowed {
                Ok(())
            } else {
                Err(HurdleError::MarginInsufficient)
            };
            assert_eq!(reply.enforce(), expected, "{action:?}");
        }
    }
}

/// Everything that refuses, from the first that is reported to the last.
#[test]
fn of_several_refusals_the_gravest_is_reported_and_none_stops_what_removes_risk() {
    let mut market = market_at(Ratio::ONE);
    let hard = market.params.staleness.hard_after;
    let poor = [Position::debt(0, MILLION)];
    let now = aged(&market, hard + 1);
    market.active = 0;
    market.pauses.until = UnixTime(now.0 + 1);
    type Heal = fn(&mut MarketState, i64);
    let stages: [(HurdleError, u8, Heal); 4] = [
        (
            HurdleError::MarketInactive,
            FLAG_INACTIVE | FLAG_PAUSED,
            |market, _| market.active = 1,
        ),
        (HurdleError::MarketPaused, FLAG_PAUSED, |market, now| {
            market.pauses.until = UnixTime(now)
        }),
        (HurdleError::OracleStale, 0, |market, now| {
            market.published.observed_at = UnixTime(now)
        }),
        (HurdleError::MarginInsufficient, 0, |_, _| ()),
    ];
    for (error, flags, heal) in stages {
        for byte in 0..6 {
            let action = Action::try_from(byte).unwrap();
            let reply = checked(&market, action, &poor, now).unwrap();
            let expected = if action.adds_risk() { Err(error) } else { Ok(()) };
            assert_eq!((reply.flags, reply.enforce()), (flags, expected), "{action:?}");
            assert_eq!(reply.health, Health::Liquidatable.byte());
        }
        heal(&mut market, now.0);
    }
}

#[test]
fn a_stale_oracle_refuses_added_risk_and_never_blocks_repayment() {
    let market = market_at(Ratio::ONE);
    let hard = market.params.staleness.hard_after;
    let rich = [
        Position::spot(0, Amount(u64::MAX / 4)),
        Position::debt(0, MILLION),
    ];
    for byte in 0..6 {
        let action = Action::try_from(byte).unwrap();
        let soft = checked(&market, action, &rich, aged(&market, hard)).unwrap();
        assert_eq!(
            (soft.freshness, soft.enforce()),
            (Freshness::SoftStale.byte(), Ok(()))
        );
        for age in [hard + 1, 30 * DAY, 3_650 * DAY] {
            let stale = checked(&market, action, &rich, aged(&market, age)).unwrap();
            assert_eq!(stale.freshness, Freshness::HardStale.byte());
            let expected = if action.adds_risk() {
                Err(HurdleError::OracleStale)
            } else {
                Ok(())
            };
            assert_eq!(stale.enforce(), expected, "{action:?} at {age}");
        }
    }
}

#[test]
fn what_cannot_be_answered_is_refused_with_its_reason() {
    let market = market_at(Ratio::ONE);
    let check = |positions: &[Position]| checked(&market, Action::Open, positions, NOW.time).map(|_| ());
    for class in 1..=u8::MAX {
        let error = Err(HurdleError::UnknownRiskClass);
        assert_eq!(check(&[Position::spot(class, MILLION)]), error);
        assert_eq!(
            check(&[Position::spot(0, MILLION), Position::debt(class, MILLION)]),
            error
        );
    }
    let most = Amount(u64::MAX);
    assert_eq!(check(&[Position::debt(0, most)]), Err(HurdleError::Overflow));
    let halves = [Position::debt(0, Amount(1 << 63)); 2];
    assert_eq!(check(&halves), Err(HurdleError::Overflow));
    assert_eq!(check(&[Position::spot(0, MILLION); 16]), Ok(()));
    assert_eq!(
        check(&[Position::spot(0, MILLION); 17]),
        Err(HurdleError::TooManyPositions)
    );
    let mut silent = market;
    silent.published.sequence = 0;
    assert_eq!(
        checked(&silent, Action::Open, &[], NOW.time).map(|_| ()),
        Err(HurdleError::OracleNeverPublished)
    );
}

#[test]
fn a_request_names_its_action_and_has_no_other_bytes() {
    let request = |action, padding| MarginRequest {
        action,
        enforce: 1,
        padding,
    };
    for action in 6..=u8::MAX {
        let asked = Portfolio::asked(request(action, [0; 2]), &[]);
        assert_eq!(asked, Err(HurdleError::UnknownAction));
    }
    for padding in [[1, 0], [0, 1]] {
        let asked = Portfolio::asked(request(0, padding), &[]);
        assert_eq!(asked, Err(HurdleError::InvalidPosition));
    }
    assert!(Portfolio::asked(request(5, [0; 2]), &[]).is_ok());
}

/// A field that a kind does not use is zero, so that no asker believes it to count.
#[test]
fn fields_that_a_kind_does_not_use_are_refused() {
    type Change = fn(&mut Position);
    let changes: [(&str, Change); 9] = [
        ("credit", |p| p.credit = Amount(p.credit.0 + 1)),
        ("debit", |p| p.debit = Amount(p.debit.0 + 1)),
        ("strike", |p| p.strike = Ratio(p.strike.raw() + 1)),
        ("expiry", |p| p.expiry.0 += 1),
        ("volatility", |p| p.volatility = Ratio(p.volatility.raw() + 1)),
        ("side", |p| p.side += 1),
        ("side 2", |p| p.side = 2),
        ("option", |p| p.option += 1),
        ("padding", |p| p.padding[3] = 1),
    ];
    let kinds: [(Position, &[&str]); 5] = [
        (Position::spot(0, MILLION), &[]),
        (Position::debt(0, MILLION), &[]),
        (
            Position::perp(0, Side::Long, MILLION, Amount(3), Amount(4)),
            &["credit", "debit", "side"],
        ),
        (
            call(Side::Long, MILLION, Amount(9)),
            &["credit", "strike", "expiry", "volatility", "option"],
        ),
        (
            call(Side::Short, MILLION, Amount(9)),
            &["debit", "strike", "expiry", "volatility", "option"],
        ),
    ];
    let market = market_at(Ratio::ONE);
    let check = |position| checked(&market, Action::Open, &[position], NOW.time).map(|_| ());
    for (position, used) in kinds {
        assert_eq!(check(position), Ok(()));
        for (name, change) in changes {
            let mut changed = position;
            change(&mut changed);
            let expected = if used.contains(&name) {
                Ok(())
            } else {
                Err(HurdleError::InvalidPosition)
            };
            assert_eq!(check(changed), expected, "{name} of {position:?}");
        }
    }
    for kind in 4..=u8::MAX {
        let unknown = Position {
            kind,
            ..Position::spot(0, MILLION)
        };
        assert_eq!(check(unknown), Err(HurdleError::InvalidPosition), "kind {kind}");
    }
}

#[test]
fn maintenance_follows_its_ramps_while_initial_is_there_at_once() {
    let mut market = market();
    market.classes[0].multiplier_cap = Ratio::MAX;
    market.classes[0].initial = ratio(0.05);
    market.classes[0].maintenance = ratio(0.025);
    let ramp_rule = market.params.ramp;
    let targets = Targets {
        multiplier: ratio(2.0),
        volatility: Ratio::ZERO,
        carry: ratio(0.02),
    };
    market.published.ramps = MarginRamps::neutral(NOW.time).retargeted(&ramp_rule, NOW.time, targets);
    market.published.observed_at = UnixTime(NOW.time.0 + 2 * DAY);
    let positions = [Position::debt(0, MILLION), Position::spot(0, MILLION)];
    let at = |seconds| checked(&market, Action::Open, &positions, UnixTime(NOW.time.0 + seconds)).unwrap();
    let replies = [at(0), at(DAY), at(2 * DAY)];
    let [start, day, end] = replies;
    for reply in replies {
        assert_eq!(
            (reply.initial_multiplier, reply.initial),
            (ratio(2.0), start.initial)
        );
        assert_eq!(reply.initial_collateral, start.initial_collateral);
    }
    assert_eq!(
        replies.map(|reply| reply.maintenance_multiplier),
        [1.0, 1.5, 2.0].map(ratio)
    );
    assert!(start.maintenance < day.maintenance && day.maintenance < end.maintenance);
    assert!(start.maintenance_collateral > day.maintenance_collateral);
    assert!(day.maintenance_collateral > end.maintenance_collateral);
    assert_eq!(end.maintenance_collateral, end.initial_collateral);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bytes_of_market_or_portfolio_make_the_check_panic(
        seed in any::<u64>(), one_in in 1u64..200, now in bits(), at in bits(), count in 0usize..=16, request in any::<[u8; 4]>(),
    ) {
        let mut market = market();
        fixture::scramble(&mut market, seed, one_in);
        let mut positions = [Position::default(); 16];
        for (index, position) in positions.iter_mut().enumerate() {
            *position = match index % 5 {
                0 => Position::spot(0, MILLION),
                1 => Position::debt(0, MILLION),
                2 => Position::perp(0, Side::Long, MILLION, Amount(1), Amount(2)),
                3 => call(Side::Long, MILLION, Amount(9)),
                _ => call(Side::Short, MILLION, Amount(9)),
            };
        }
        fixture::scramble(&mut positions, seed ^ 1, one_in);
        if seed % 2 == 0 {
            for position in &mut positions {
                (position.class, position.side, position.option) = (position.class % 2, position.side % 2, position.option % 2);
                (position.kind, position.padding) = (position.kind % 4, [0; 4]);
            }
        }
        let request: MarginRequest = bytemuck::cast(request);
        if let Ok(portfolio) = Portfolio::asked(request, &positions[..count]) {
            let _ = check_portfolio(&market, &portfolio, UnixTime(now)).map(|reply| reply.enforce());
        }
        let portfolio = Portfolio::new(Action::Open, &positions[..count]).unwrap();
        let _ = check_portfolio(&market, &portfolio, UnixTime(now)).map(|reply| reply.enforce());
        let _ = preview_portfolio(&market, &portfolio, UnixTime(now), UnixTime(at));
        let _ = market.invariant();
    }
}

#[test]
fn an_answer_is_held_to_the_readers_policy() {
    let market = market_at(Ratio::ONE);
    let reply = checked(&market, Action::Open, &[], aged(&market, 100)).unwrap();
    let policy = |max_age, min_signers| ReadPolicy { max_age, min_signers };
    let signers = market.published.signer_count;
    assert_eq!(reply.signer_count, signers);
    assert_eq!(reply.meets(policy(100, signers)), Ok(()));
    assert_eq!(reply.meets(policy(99, signers)), Err(HurdleError::OracleStale));
    assert_eq!(
        reply.meets(policy(100, signers + 1)),
        Err(HurdleError::TooFewReportSigners)
    );
}
