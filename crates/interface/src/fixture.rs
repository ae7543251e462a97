//! What the tests share: a plausible market, its committee, a report for it, and how properties are run.

use crate::composition::{Anchor, Components, Composition, CompositionRule, Responses, Weights};
use crate::curve::{DebtCurve, SpreadMultiplier};
use crate::limit::{LimitState, RateLimit};
use crate::margin::RiskClass;
use crate::multiplier::MultiplierRule;
use crate::publication::Now;
use crate::quantity::{Amount, DAY, ONE, Rate, Ratio, Sensitivity, Slot, UnixTime};
use crate::ramp::{MarginRamps, RampRule, Targets, carry_up};
use crate::report::{Report, SCHEMA};
use crate::staleness::StalenessRule;
use crate::state::{
    AccountLayout, Bounds, CommitteeState, MarketParams, MarketState, Published, WeightLimit,
};
use bytemuck::{Pod, Zeroable};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use solana_address::Address;

pub mod reference;

/// The rule's properties run over this many cases, from a fixed seed.
pub fn cases() -> Config {
    Config {
        rng_seed: RngSeed::Fixed(0x4855_5244_4c45),
        failure_persistence: None,
        ..Config::with_cases(10_000)
    }
}

fn unit(value: f64) -> i64 {
    (value * ONE as f64).round() as i64
}

pub fn rate(value: f64) -> Rate {
    Rate::new(unit(value)).unwrap()
}

pub fn ratio(value: f64) -> Ratio {
    Ratio::new(unit(value)).unwrap()
}

pub fn sensitivity(value: f64) -> Sensitivity {
    Sensitivity::new(unit(value)).unwrap()
}

/// Raw values that rules meet at their edges, and bit patterns far outside every domain.
pub const EDGES: [i64; 18] = [
    i64::MIN,
    i64::MIN + 1,
    -4_000_000_001,
    -4_000_000_000,
    -1_000_000_001,
    -1_000_000_000,
    -ONE,
    -1,
    0,
    1,
    ONE - 1,
    ONE,
    ONE + 1,
    1_000_000_000,
    1_000_000_001,
    4_000_000_000,
    4_000_000_001,
    i64::MAX,
];

/// Any 64 bits, the edges and the domains more often than chance would have them.
pub fn bits() -> impl Strategy<Value = i64> {
    prop_oneof![
        proptest::sample::select(EDGES.as_slice()),
        any::<i64>(),
        -4_000_000_000i64..=4_000_000_000,
        -ONE..=ONE,
    ]
}

/// Overwrites about one in `one_in` of the 64-bit words of a struct with edges and random bits.
pub fn scramble<T: Pod>(value: &mut T, seed: u64, one_in: u64) {
    let mut state = seed;
    // splitmix64 (Steele, Lea and Flood 2014)
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    for word in bytemuck::bytes_of_mut(value).chunks_mut(8) {
        if next() % one_in == 0 {
            let random = next();
            let edge = EDGES[usize::try_from(random >> 32).unwrap() % EDGES.len()];
            let raw = if random % 2 == 0 {
                edge
            } else {
                random.cast_signed()
            };
            word.copy_from_slice(&raw.to_le_bytes()[..word.len()]);
        }
    }
}

pub fn composition_rule() -> CompositionRule {
    CompositionRule {
        weights: Weights {
            staking: Ratio::ONE,
            contract: Ratio::ONE,
            systematic: Ratio::ONE,
            debt: Ratio::ONE,
            liquidity: Ratio::ONE,
            latency: Ratio::ONE,
            tail: Ratio::ONE,
        },
        debt_curve: DebtCurve {
            kink: ratio(0.8),
            slope1: ratio(0.04),
            slope2: ratio(0.6),
        },
        utilisation: SpreadMultiplier {
            knee: ratio(0.8),
            slope: Ratio::ONE,
            cap: ratio(0.5),
        },
        coverage: SpreadMultiplier {
            knee: ratio(0.1),
            slope: Ratio::ONE,
            cap: ratio(0.5),
        },
        multiplier: MultiplierRule {
            deadband: ratio(0.25),
            slope: Ratio::ONE,
            cap: ratio(2.0),
            baseline_floor: rate(0.01),
        },
        floor: rate(-0.05),
        ceiling: rate(3.0),
        max_slope: ratio(0.9),
    }
}

pub fn components() -> Components {
    Components {
        staking: rate(0.065),
        contract: rate(0.02),
        systematic: rate(0.03),
        debt: rate(0.08),
        liquidity: rate(0.004),
        latency: rate(0.006),
        tail: rate(0.01),
        emissions: rate(0.015),
        equity_weight: ratio(0.6),
        utilisation: ratio(0.75),
        coverage: ratio(0.95),
        volatility: ratio(0.7),
    }
}

pub fn responses() -> Responses {
    Responses {
        utilisation: sensitivity(-0.3),
        tail: sensitivity(-0.02),
    }
}

pub fn anchor() -> Anchor {
    Anchor {
        hurdle: rate(0.12),
        baseline: rate(0.11),
    }
}

pub fn params() -> MarketParams {
    MarketParams {
        composition: composition_rule(),
        bounds: [Bounds {
            low: rate(-0.5),
            high: rate(5.0),
        }; 8],
        max_utilisation_response: Ratio::ONE,
        max_tail_response: Ratio::ONE,
        residual_tolerance: rate(1e-6),
        limit: RateLimit {
            rise_per_day: rate(2.0),
            fall_per_day: rate(0.5),
            window_rise: rate(4.0),
            window_fall: rate(4.0),
            window: 7 * DAY,
        },
        baseline_half_life: 7 * DAY,
        ramp: ramp_rule(),
        liquidation_horizon: DAY,
        class_transition: DAY,
        weight_limit: WeightLimit {
            per_change: ratio(0.25),
            per_window: ratio(0.5),
            window: 30 * DAY,
        },
        max_volatility: ratio(5.0),
        stressed_multiplier: ratio(1.5),
        max_observation_age: 300,
        staleness: StalenessRule {
            soft_after: 3_600,
            hard_after: 6 * 3_600,
            growth_per_day: ratio(0.5),
        },
    }
}

pub fn ramp_rule() -> RampRule {
    RampRule {
        multiplier_rise_per_day: ratio(0.5),
        volatility_rise_per_day: ratio(0.5),
        carry_rise_per_day: ratio(0.01),
        loosening_half_life: DAY,
    }
}

pub fn class() -> RiskClass {
    RiskClass {
        initial: ratio(0.1),
        maintenance: ratio(0.05),
        hurdle_sensitivity: Ratio::ONE,
        volatility_sensitivity: ratio(0.5),
        volatility_reference: ratio(0.6),
        size_coefficient: ratio(0.2),
        size_cap: ratio(2.0),
        multiplier_cap: ratio(8.0),
        haircut: ratio(0.1),
        bounty: Ratio::ZERO,
        price_range: ratio(0.3),
        volatility_range: ratio(0.3),
        short_minimum: ratio(0.02),
        size_reference: Amount(1_000_000_000_000),
    }
}

/// When the tests happen.
pub const NOW: Now = Now {
    time: UnixTime(1_760_000_000),
    slot: Slot(400_000_000),
};

/// A market that has published once, an hour before [`NOW`].
pub fn market() -> MarketState {
    let mut market = MarketState::zeroed();
    market.version = MarketState::VERSION;
    market.bump = 254;
    market.param_epoch = 3;
    market.name = *b"SOL-USDC\0\0\0\0\0\0\0\0";
    market.config = Address::new_from_array([1; 32]);
    market.committee = Address::new_from_array([2; 32]);
    market.history = Address::new_from_array([5; 32]);
    market.domain = [3; 32];
    market.model_hash = [4; 32];
    market.params = params();
    market.active = 1;
    market.classes[0] = class();
    market.grids[0] = class().scenario_grid().unwrap();
    let before = UnixTime(NOW.time.0 - 3_600);
    market.published = Published {
        sequence: 1,
        observed_at: before,
        observed_slot: Slot(NOW.slot.0 - 9_000),
        published_at: before,
        published_slot: Slot(NOW.slot.0 - 9_000),
        hurdle: anchor().hurdle,
        raw_hurdle: anchor().hurdle,
        organic_hurdle: rate(0.105),
        baseline: anchor().baseline,
        ramps: MarginRamps::resting(
            Targets {
                multiplier: Ratio::ONE,
                volatility: components().volatility,
                carry: carry_up(anchor().hurdle, params().liquidation_horizon).unwrap(),
            },
            before,
        ),
        limit: LimitState::opened(anchor().hurdle, before),
        components: components(),
        responses: responses(),
        signers: 0b11,
        signer_count: 2,
        committee_epoch: 5,
        ..Published::default()
    };
    market
}

pub fn key(seed: u8) -> Address {
    Address::new_from_array([seed; 32])
}

/// Three keepers, two of whom make a report.
pub fn committee() -> CommitteeState {
    let mut committee = CommitteeState::zeroed();
    committee.version = CommitteeState::VERSION;
    committee.epoch = 4;
    committee.set_members(&[key(11), key(12), key(13)], 2).unwrap();
    committee
}

/// The report that the market expects next, its rate solved, observed ten seconds before [`NOW`].
pub fn report(market: &MarketState, committee: &CommitteeState) -> Report {
    let mut report = Report::zeroed();
    report.domain = market.domain;
    report.schema = SCHEMA;
    report.param_epoch = market.param_epoch;
    report.committee_epoch = committee.epoch;
    report.sequence = market.published.sequence + 1;
    report.observed_slot = Slot(NOW.slot.0 - 25);
    report.observed_at = UnixTime(NOW.time.0 - 10);
    report.expires_at = UnixTime(NOW.time.0 + 120);
    report.components = components();
    report.responses = responses();
    report.model_hash = market.model_hash;
    report.observations_hash = [9; 32];
    report.hurdle = solved(market, &report.components, report.responses);
    report
}

/// The fixed point of Φ on a market, by bisection of Φ(h) − h, which falls where the fixed point is unique.
pub fn solved(market: &MarketState, components: &Components, responses: Responses) -> Rate {
    let rule = &market.params.composition;
    let composition = Composition::new(rule, components, responses, market.anchor()).unwrap();
    let (mut low, mut high) = (rule.floor.raw(), rule.ceiling.raw());
    while low < high {
        let middle = low + (high - low) / 2;
        if composition.phi(Rate(middle)).unwrap().raw() > middle {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Rate(high)
}

/// Account data of a layout: discriminator and body, at an alignment of eight.
pub fn account<T: AccountLayout>(state: &T) -> std::vec::Vec<u64> {
    let words = T::ACCOUNT_LEN.div_ceil(8);
    let mut data = std::vec![0u64; words];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut data);
    bytes[..8].copy_from_slice(&T::DISCRIMINATOR);
    bytes[8..T::ACCOUNT_LEN].copy_from_slice(bytemuck::bytes_of(state));
    data
}
