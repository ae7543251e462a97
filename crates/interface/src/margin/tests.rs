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
mod refusals;
mod strategies;
mod verdict;

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
