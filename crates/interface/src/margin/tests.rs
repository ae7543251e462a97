use super::*;
use crate::fixture::{self, NOW, bits, cases, class, market, rate, ratio};
use crate::quantity::DAY;
use crate::ramp::{MarginRamps, Targets, Track};
use proptest::prelude::*;

mod rule;

/// A position of a million quote units of six decimals, opened under class 0.
fn position() -> Position {
    Position {
        exposure: Amount(1_000_000_000_000),
        liabilities: Amount(500_000_000_000),
        collateral: Amount(1_000_000_000_000),
        ..Position::default()
    }
}

/// A market whose multipliers stand at `m` and stay there.
fn market_at(m: Ratio) -> MarketState {
    let mut market = market();
    market.published.ramps.multiplier = Track::resting(m);
    market.published.ramps.since = NOW.time;
    market
}

/// The moment when the observation has this age.
fn aged(market: &MarketState, age: i64) -> UnixTime {
    UnixTime(market.published.observed_at.0 + age)
}

#[test]
fn a_requirement_is_the_number_computed_by_hand() {
    let market = market_at(ratio(1.5));
    let reply = check_position(&market, &position(), aged(&market, 0)).unwrap();
    // size: exposure = reference, 1 + 0.2; volatility: 1 + 0.5·(0.7 − 0.6); multiplier: 1.5; base 0.1 and 0.05
    // 1.2·1.05·1.5 = 1.89; the root and each product are rounded up by a unit of 1e-8 at most
    assert!(
        (189_000_000_000..=189_000_020_000).contains(&reply.initial.0),
        "{reply:?}"
    );
    assert!(
        (94_500_000_000..=94_500_010_000).contains(&reply.maintenance.0),
        "{reply:?}"
    );
    assert_eq!(reply.collateral, Amount(900_000_000_000));
    assert_eq!(
        (reply.initial_shortfall, reply.maintenance_shortfall),
        (Amount::ZERO, Amount::ZERO)
    );
    assert_eq!((reply.health, reply.freshness, reply.allowed), (0, 0, 1));
    assert_eq!((reply.hurdle, reply.sequence, reply.age), (rate(0.12), 1, 0));
    assert_eq!(
        (reply.initial_multiplier, reply.maintenance_multiplier),
        (ratio(1.5), ratio(1.5))
    );
}

/// The least collateral that covers an amount after the haircut of a tenth.
fn collateral_for(amount: u64) -> Amount {
    let mut collateral = amount / 9 * 10;
    while Amount(collateral).times_down(ratio(0.9)).unwrap().0 < amount {
        collateral += 1;
    }
    Amount(collateral)
}

#[test]
fn health_changes_at_the_requirement_to_the_atom() {
    let market = market_at(Ratio::ONE);
    let now = aged(&market, 0);
    let at = |collateral| {
        let reply = check_position(
            &market,
            &Position {
                collateral,
                ..position()
            },
            now,
        )
        .unwrap();
        (reply.health, reply.allowed)
    };
    let reply = check_position(&market, &position(), now).unwrap();
    let liabilities = position().liabilities.0;
    let healthy = collateral_for(liabilities + reply.initial.0);
    let restricted = collateral_for(liabilities + reply.maintenance.0);
    assert_eq!(at(healthy), (Health::Healthy.byte(), 1));
    assert_eq!(at(Amount(healthy.0 - 1)), (Health::Restricted.byte(), 0));
    assert_eq!(at(restricted), (Health::Restricted.byte(), 0));
    assert_eq!(at(Amount(restricted.0 - 1)), (Health::Liquidatable.byte(), 0));
}

#[test]
fn only_healthy_accounts_may_add_risk_and_everyone_may_remove_it() {
    let market = market_at(Ratio::ONE);
    let now = aged(&market, 0);
    for (collateral, healthy) in [(Amount(u64::MAX / 2), true), (Amount::ZERO, false)] {
        for action in 0..6 {
            let asked = Position {
                collateral,
                action,
                ..position()
            };
            let reply = check_position(&market, &asked, now).unwrap();
            let allowed = action >= Action::Reduce.byte() || healthy;
            assert_eq!(reply.allowed == 1, allowed, "action {action}");
            let expected = if allowed {
                Ok(())
            } else {
                Err(HurdleError::MarginInsufficient)
            };
            assert_eq!(reply.enforce(), expected, "action {action}");
        }
    }
}

#[test]
fn a_stale_oracle_refuses_added_risk_and_never_blocks_repayment() {
    let market = market_at(Ratio::ONE);
    let hard = market.params.staleness.hard_after;
    let rich = Position {
        collateral: Amount(u64::MAX / 2),
        ..position()
    };
    for action in 0..6 {
        let asked = Position { action, ..rich };
        let soft = check_position(&market, &asked, aged(&market, hard)).unwrap();
        assert_eq!(
            (soft.freshness, soft.enforce()),
            (Freshness::SoftStale.byte(), Ok(()))
        );
        for age in [hard + 1, 30 * DAY, 3_650 * DAY] {
            let stale = check_position(&market, &asked, aged(&market, age)).unwrap();
            assert_eq!(stale.freshness, Freshness::HardStale.byte());
            let expected = if action < Action::Reduce.byte() {
                Err(HurdleError::OracleStale)
            } else {
                Ok(())
            };
            assert_eq!(stale.enforce(), expected, "action {action} at {age}");
        }
    }
    // nor does it block an account under water
    let repay = Position {
        collateral: Amount::ZERO,
        action: Action::Repay.byte(),
        ..position()
    };
    let stale = check_position(&market, &repay, aged(&market, 30 * DAY)).unwrap();
    assert_eq!(
        (stale.health, stale.enforce()),
        (Health::Liquidatable.byte(), Ok(()))
    );
}

#[test]
fn what_cannot_be_answered_is_refused_with_its_reason() {
    let market = market();
    let check = |position: &Position| check_position(&market, position, NOW.time).map(|_| ());
    for class in 1..=u8::MAX {
        assert_eq!(
            check(&Position { class, ..position() }),
            Err(HurdleError::UnknownRiskClass)
        );
    }
    for action in 6..=u8::MAX {
        assert_eq!(
            check(&Position { action, ..position() }),
            Err(HurdleError::UnknownAction)
        );
    }
    let owing = Position {
        liabilities: Amount(u64::MAX),
        ..position()
    };
    assert_eq!(check(&owing), Err(HurdleError::Overflow));
    let mut silent = market;
    silent.published.sequence = 0;
    assert_eq!(
        check_position(&silent, &position(), NOW.time).map(|_| ()),
        Err(HurdleError::OracleNeverPublished)
    );
}

#[test]
fn maintenance_follows_its_ramp_while_initial_is_there_at_once() {
    let mut market = market();
    market.classes[0].multiplier_cap = Ratio::MAX;
    let ramp_rule = market.params.ramp;
    let targets = Targets {
        multiplier: ratio(2.0),
        volatility: Ratio::ZERO,
        carry: Ratio::ZERO,
    };
    market.published.ramps = MarginRamps::neutral(NOW.time).retargeted(&ramp_rule, NOW.time, targets);
    market.published.observed_at = UnixTime(NOW.time.0 + 2 * DAY);
    let at = |seconds| check_position(&market, &position(), UnixTime(NOW.time.0 + seconds)).unwrap();
    assert_eq!(at(0).initial_multiplier, ratio(2.0));
    assert_eq!(at(DAY).initial_multiplier, ratio(2.0));
    assert_eq!(at(0).maintenance_multiplier, Ratio::ONE);
    assert_eq!(at(DAY).maintenance_multiplier, ratio(1.5));
    assert_eq!(at(2 * DAY).maintenance_multiplier, ratio(2.0));
    assert!(at(0).maintenance < at(DAY).maintenance && at(DAY).maintenance < at(2 * DAY).maintenance);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bytes_of_market_or_position_make_the_check_panic(seed in any::<u64>(), one_in in 1u64..200, now in bits()) {
        let (mut market, mut position) = (market(), position());
        fixture::scramble(&mut market, seed, one_in);
        fixture::scramble(&mut position, seed ^ 1, 3);
        if seed % 2 == 0 {
            position.class = 0;
            position.action = u8::try_from(seed % 6).unwrap();
        }
        if let Ok(reply) = check_position(&market, &position, UnixTime(now)) {
            let _ = reply.enforce();
        }
    }
}

#[test]
fn an_answer_is_held_to_the_readers_policy() {
    let market = market_at(Ratio::ONE);
    let reply = check_position(&market, &position(), aged(&market, 100)).unwrap();
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
