//! Random values that are plausible most of the time.

use hurdle_interface::composition::{Components, Responses};
use hurdle_interface::margin::{OptionContract, Position, RiskClass};
use hurdle_interface::options::{OptionKind, Side};
use hurdle_interface::staleness::Action;
use hurdle_interface::state::MarketParams;
use hurdle_interface::{Amount, Rate, Ratio, Sensitivity, UnixTime};
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;

use crate::fixture;

/// Whether something happens that happens once in some times.
pub fn once_in(random: &mut SmallRng, times: u32) -> bool {
    random.random_ratio(1, times)
}

/// One of some things.
pub fn one_of<T: Copy>(random: &mut SmallRng, things: &[T]) -> Option<T> {
    things.choose(random).copied()
}

/// Seconds to the next step: the same slot, a moment, or days.
pub fn seconds(random: &mut SmallRng) -> i64 {
    match random.random_range(0..100) {
        0..25 => 0,
        25..60 => random.random_range(1..60),
        60..85 => random.random_range(60..3_600),
        85..97 => random.random_range(3_600..30_000),
        _ => random.random_range(30_000..1_500_000),
    }
}

/// An amount; any order of magnitude is equally likely.
pub fn amount(random: &mut SmallRng) -> Amount {
    let bits = random.random_range(1..60);
    Amount(random.random_range(0..1 << bits))
}

/// A rate near another, or anywhere up to a magnitude.
fn rate(random: &mut SmallRng, near: Rate) -> Rate {
    let raw = if once_in(random, 12) {
        random.random_range(-20_500_000..205_000_000)
    } else {
        near.raw() + random.random_range(-3_000_000..3_000_000)
    };
    Rate::new(raw).unwrap_or(near)
}

fn ratio(random: &mut SmallRng, near: Ratio, most: i64) -> Ratio {
    let raw = if once_in(random, 12) {
        random.random_range(0..most)
    } else {
        near.raw() + random.random_range(-5_000_000..5_000_000)
    };
    Ratio::new(raw).unwrap_or(near)
}

/// Components of a report.
pub fn components(random: &mut SmallRng) -> Components {
    let calm = fixture::components();
    if once_in(random, 3) {
        return calm;
    }
    Components {
        staking: rate(random, calm.staking),
        contract: rate(random, calm.contract),
        systematic: rate(random, calm.systematic),
        debt: rate(random, calm.debt),
        liquidity: rate(random, calm.liquidity),
        latency: rate(random, calm.latency),
        tail: rate(random, calm.tail),
        emissions: rate(random, calm.emissions),
        equity_weight: ratio(random, calm.equity_weight, 105_000_000),
        utilisation: ratio(random, calm.utilisation, 105_000_000),
        coverage: ratio(random, calm.coverage, 300_000_000),
        volatility: ratio(random, calm.volatility, 850_000_000),
    }
}

/// Responses of a report.
pub fn responses(random: &mut SmallRng) -> Responses {
    let calm = fixture::responses();
    if !once_in(random, 6) {
        return calm;
    }
    let sensitivity = |raw: i64| Sensitivity::new(raw).unwrap_or_default();
    Responses {
        utilisation: sensitivity(random.random_range(-210_000_000..210_000_000)),
        tail: sensitivity(random.random_range(-105_000_000..105_000_000)),
    }
}

/// A risk class, mostly a valid one.
pub fn class(random: &mut SmallRng) -> RiskClass {
    let base = fixture::class();
    let maintenance = random.random_range(1_000_000..60_000_000);
    let magnitude = random.random_range(4..50);
    RiskClass {
        maintenance: Ratio::new(maintenance).unwrap_or(base.maintenance),
        initial: Ratio::new(maintenance + random.random_range(-200_000..40_000_000)).unwrap_or(base.initial),
        hurdle_sensitivity: ratio(random, base.hurdle_sensitivity, 200_000_000),
        volatility_sensitivity: ratio(random, base.volatility_sensitivity, 100_000_000),
        size_coefficient: ratio(random, base.size_coefficient, 50_000_000),
        haircut: ratio(random, base.haircut, 50_000_000),
        size_reference: Amount(random.random_range(1..1 << magnitude)),
        ..base
    }
}

/// A few positions of any kind and size, mostly of a class that there is.
pub fn positions(random: &mut SmallRng, now: i64) -> Vec<Position> {
    let number = random.random_range(0..5);
    (0..number).map(|_| position(random, now)).collect()
}

fn position(random: &mut SmallRng, now: i64) -> Position {
    let class = if once_in(random, 6) {
        random.random_range(1..9)
    } else {
        0
    };
    let side = if random.random() { Side::Long } else { Side::Short };
    let value = amount(random);
    let part = Amount(value.0 / random.random_range(1..20));
    match random.random_range(0..5) {
        0 | 1 => Position::spot(class, value),
        2 => Position::debt(class, part),
        3 => Position::perp(class, side, value, part, Amount::ZERO),
        _ => {
            let kind = if random.random() {
                OptionKind::Call
            } else {
                OptionKind::Put
            };
            let contract = OptionContract {
                kind,
                strike: fixture::permille(random.random_range(200..5_000)),
                expiry: UnixTime(now + random.random_range(-86_400..90 * 86_400)),
                volatility: fixture::permille(random.random_range(0..3_000)),
            };
            Position::option(class, side, contract, value, part)
        }
    }
}

/// What an account is about to do.
pub fn action(random: &mut SmallRng) -> Action {
    let actions = [
        Action::Open,
        Action::Increase,
        Action::Withdraw,
        Action::Reduce,
        Action::Repay,
        Action::Close,
    ];
    one_of(random, &actions).unwrap_or(Action::Open)
}

/// Parameters that differ in one or two fields from others, either way, within their domains or beyond.
pub fn params(random: &mut SmallRng, from: &MarketParams) -> MarketParams {
    let mut params = *from;
    for _ in 0..random.random_range(1..3) {
        let p = &mut params;
        let field = random.random_range(0..13);
        // loosening and tightening are equally likely
        let part = if random.random() { 1 } else { -1 } * random.random_range(2..20);
        let moved = |value: i64| value + value / part;
        let ratio = |value: Ratio| Ratio::new(moved(value.raw())).unwrap_or(value);
        let rate = |value: Rate| Rate::new(moved(value.raw())).unwrap_or(value);
        match field {
            0 => p.composition.weights.staking = ratio(p.composition.weights.staking),
            1 => p.composition.weights.tail = ratio(p.composition.weights.tail),
            2 => p.composition.multiplier.cap = ratio(p.composition.multiplier.cap),
            3 => p.stressed_multiplier = ratio(p.stressed_multiplier),
            4 => p.residual_tolerance = rate(p.residual_tolerance),
            5 => p.limit.rise_per_day = rate(p.limit.rise_per_day),
            6 => p.limit.window_fall = rate(p.limit.window_fall),
            7 => p.baseline_half_life = moved(p.baseline_half_life),
            8 => p.max_volatility = ratio(p.max_volatility),
            9 => p.max_observation_age = moved(p.max_observation_age),
            10 => p.staleness.hard_after = moved(p.staleness.hard_after),
            11 => p.composition.ceiling = rate(p.composition.ceiling),
            _ => p.ramp.loosening_half_life = moved(p.ramp.loosening_half_life),
        }
    }
    params
}
