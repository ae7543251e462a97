//! Health of an account and what it may do.

use super::*;

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
