//! Random classes, markets and portfolios.

use super::*;
use crate::fixture::composition_rule;
use crate::options::ScenarioGrid;
use crate::ramp::LARGEST_CARRY;
use bytemuck::Zeroable;

/// Classes of the random markets.
pub const CLASSES: usize = 3;

/// A class that keeps its invariant under a market's cap of two.
pub fn classes() -> impl Strategy<Value = RiskClass> {
    let base = (ONE..=10 * ONE, 0..=ONE / 2, any::<u32>(), 1..ONE);
    let sensitivities = (0..=4 * ONE, 0..=10 * ONE, 0..=3 * ONE);
    let size = (0..=2 * ONE, 0..=9 * ONE, 1u64..=u64::MAX, 0u32..64);
    let options = (ONE / 100..=ONE * 6 / 10, 0..=ONE / 2, 1..=ONE / 5);
    (base, sensitivities, size, options, 0..=ONE).prop_map(|(base, sensitivities, size, options, haircut)| {
        let (cap, bounty, initial, below) = base;
        // what the cap leaves to the base
        let most = (10 * ONE - LARGEST_CARRY.raw() - bounty - 1) * ONE / cap;
        let initial = 2 + i64::from(initial) % most.min(ONE);
        let class = RiskClass {
            initial: Ratio(initial),
            maintenance: Ratio(below % (initial - 1) + 1),
            hurdle_sensitivity: Ratio(sensitivities.0),
            volatility_sensitivity: Ratio(sensitivities.1),
            volatility_reference: Ratio(sensitivities.2),
            size_coefficient: Ratio(size.0),
            size_cap: Ratio(size.1),
            multiplier_cap: Ratio(cap),
            haircut: Ratio(haircut),
            bounty: Ratio(bounty),
            price_range: Ratio(options.0),
            volatility_range: Ratio(options.1),
            short_minimum: Ratio(options.2),
            size_reference: Amount((size.2 >> size.3).max(1)),
        };
        assert_eq!(class.invariant(&composition_rule().multiplier), Ok(()));
        class
    })
}

pub fn amounts() -> impl Strategy<Value = Amount> {
    (any::<u64>(), 12u32..64).prop_map(|(atoms, shift)| Amount(atoms >> shift))
}

fn sides() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Long), Just(Side::Short)]
}

pub fn linear() -> impl Strategy<Value = Position> {
    let class = 0u8..3;
    prop_oneof![
        (class.clone(), amounts()).prop_map(|(class, value)| Position::spot(class, value)),
        (class.clone(), amounts()).prop_map(|(class, owed)| Position::debt(class, owed)),
        (class, sides(), amounts(), amounts(), amounts())
            .prop_map(|(class, side, size, profit, loss)| Position::perp(class, side, size, profit, loss)),
    ]
}

pub fn options() -> impl Strategy<Value = Position> {
    let contract = (any::<bool>(), ONE / 4..=4 * ONE, -DAY..=700 * DAY, 0..=3 * ONE);
    (0u8..3, sides(), contract, amounts(), 0..=ONE / 2).prop_map(|(class, side, contract, notional, mark)| {
        let (call, strike, seconds, volatility) = contract;
        let contract = OptionContract {
            kind: if call { OptionKind::Call } else { OptionKind::Put },
            strike: Ratio(strike),
            expiry: UnixTime(NOW.time.0 + seconds),
            volatility: Ratio(volatility),
        };
        let notional = notional.max(Amount(1));
        let mark = notional.times_down(Ratio(mark)).unwrap();
        Position::option(class, side, contract, notional, mark)
    })
}

pub fn positions() -> impl Strategy<Value = Vec<Position>> {
    proptest::collection::vec(prop_oneof![3 => linear(), 1 => options()], 1..=8)
}

/// What the market has at a moment: for initial margin at least what it has for maintenance margin.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub multiplier: [i64; 2],
    pub volatility: [i64; 2],
    pub carry: [i64; 2],
    pub age: i64,
}

pub fn standings() -> impl Strategy<Value = Standing> {
    let pair = |range: core::ops::RangeInclusive<i64>| {
        (range.clone(), range).prop_map(|(a, b): (i64, i64)| [a.min(b), a.max(b)])
    };
    (
        pair(ONE..=3 * ONE),
        pair(0..=10 * ONE),
        pair(0..=LARGEST_CARRY.raw()),
        0..DAY,
    )
        .prop_map(|(multiplier, volatility, carry, age)| Standing {
            multiplier,
            volatility,
            carry,
            age,
        })
}

/// A market of some classes, as it stands at [`NOW`].
pub fn market_of(classes: &[RiskClass], standing: &Standing) -> MarketState {
    let mut market = market();
    market.classes = [RiskClass::zeroed(); 8];
    market.grids = [ScenarioGrid::zeroed(); 8];
    for (index, class) in classes.iter().enumerate() {
        market.classes[index] = *class;
        market.grids[index] = class.scenario_grid().unwrap();
    }
    let track = |[maintenance, initial]: [i64; 2]| Track {
        target: Ratio(initial),
        initial: Ratio(initial),
        maintenance: Ratio(maintenance),
    };
    market.published.ramps = MarginRamps {
        multiplier: track(standing.multiplier),
        volatility: track(standing.volatility),
        carry: track(standing.carry),
        since: NOW.time,
    };
    market.published.observed_at = UnixTime(NOW.time.0 - standing.age);
    market
}

pub fn markets() -> impl Strategy<Value = (Vec<RiskClass>, Standing)> {
    (proptest::collection::vec(classes(), CLASSES), standings())
}

/// The answer at [`NOW`].
pub fn answer(market: &MarketState, positions: &[Position]) -> MarginReply {
    checked(market, Action::Open, positions, NOW.time).unwrap()
}
