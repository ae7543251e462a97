//! Sizes, offsets and discriminators, pinned: a change here is a change of what stands on the chain.

use super::*;
use crate::composition::{Components, CompositionRule, Responses, Weights};
use crate::curve::{DebtCurve, SpreadMultiplier};
use crate::limit::RateLimit;
use crate::margin::{MarginReply, Position, RiskClass};
use crate::multiplier::{MarginRamp, MultiplierRule, RampRule};
use crate::staleness::StalenessRule;
use core::mem::offset_of;

/// The size of a field, by a pointer to it.
fn size<T, F>(_: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

/// Asserts every offset and the size, and that the fields follow one another without a gap.
macro_rules! layout {
    ($layout:ty, $size:literal, { $($field:ident: $offset:literal,)* }) => {{
        let fields = [$((stringify!($field), offset_of!($layout, $field), $offset, size(|it: &$layout| &it.$field))),*];
        let mut end = 0;
        for (name, actual, pinned, size) in fields {
            assert_eq!(actual, pinned, "{}.{name}", stringify!($layout));
            assert_eq!(actual, end, "a gap before {}.{name}", stringify!($layout));
            end = actual + size;
        }
        assert_eq!((end, size_of::<$layout>()), ($size, $size), "{}", stringify!($layout));
        assert_eq!(align_of::<$layout>(), 8, "{}", stringify!($layout));
    }};
}

#[test]
fn accounts_have_their_pinned_layout() {
    layout!(ConfigState, 272, {
        version: 0, bump: 1, padding: 2, authority: 8, pending_authority: 40, guardian: 72, genesis_hash: 104,
        timelock_seconds: 136, reserved: 144,
    });
    layout!(MarketState, 2048, {
        version: 0, bump: 1, padding: 2, param_epoch: 4, name: 8, config: 24, committee: 56, domain: 88,
        model_hash: 120, params: 152, classes: 592, published: 1232, reserved: 1536,
    });
    assert_eq!(ConfigState::ACCOUNT_LEN, 280);
    assert_eq!(MarketState::ACCOUNT_LEN, 2056);
}

#[test]
fn the_committee_has_its_pinned_layout() {
    let offsets = [
        (offset_of!(CommitteeState, version), 0),
        (offset_of!(CommitteeState, bump), 1),
        (offset_of!(CommitteeState, threshold), 2),
        (offset_of!(CommitteeState, count), 3),
        (offset_of!(CommitteeState, id), 4),
        (offset_of!(CommitteeState, padding), 6),
        (offset_of!(CommitteeState, epoch), 8),
        (offset_of!(CommitteeState, padding2), 12),
        (offset_of!(CommitteeState, keys), 16),
        (offset_of!(CommitteeState, reserved), 528),
    ];
    for (index, (actual, pinned)) in offsets.into_iter().enumerate() {
        assert_eq!(actual, pinned, "field {index}");
    }
    assert_eq!(size_of::<CommitteeState>(), 592);
    assert_eq!(CommitteeState::ACCOUNT_LEN, 600);
}

#[test]
fn parameters_have_their_pinned_layout() {
    layout!(MarketParams, 440, {
        composition: 0, bounds: 184, max_utilisation_response: 312, max_tail_response: 320, residual_tolerance: 328,
        limit: 336, baseline_half_life: 352, ramp: 360, volatility_ramp: 376, max_volatility: 392,
        stressed_multiplier: 400, max_observation_age: 408, staleness: 416,
    });
    layout!(CompositionRule, 184, {
        weights: 0, debt_curve: 56, utilisation: 80, coverage: 104, multiplier: 128, floor: 160, ceiling: 168,
        max_slope: 176,
    });
    layout!(Weights, 56, {
        staking: 0, contract: 8, systematic: 16, debt: 24, liquidity: 32, latency: 40, tail: 48,
    });
    layout!(DebtCurve, 24, { kink: 0, slope1: 8, slope2: 16, });
    layout!(SpreadMultiplier, 24, { knee: 0, slope: 8, cap: 16, });
    layout!(MultiplierRule, 32, { deadband: 0, slope: 8, cap: 16, baseline_floor: 24, });
    layout!(Bounds, 16, { low: 0, high: 8, });
    layout!(RateLimit, 16, { rise_per_day: 0, fall_per_day: 8, });
    layout!(RampRule, 16, { maintenance_rise_per_day: 0, loosening_half_life: 8, });
    layout!(StalenessRule, 24, { soft_after: 0, hard_after: 8, growth_per_day: 16, });
    layout!(RiskClass, 80, {
        initial: 0, maintenance: 8, hurdle_sensitivity: 16, volatility_sensitivity: 24, volatility_reference: 32,
        size_coefficient: 40, size_cap: 48, multiplier_cap: 56, haircut: 64, size_reference: 72,
    });
}

#[test]
fn the_published_state_has_its_pinned_layout() {
    layout!(Published, 304, {
        sequence: 0, observed_at: 8, observed_slot: 16, published_at: 24, published_slot: 32, hurdle: 40,
        raw_hurdle: 48, organic_hurdle: 56, baseline: 64, baseline_rest: 72, residual: 80, ramp: 88, volatility: 120,
        components: 152, responses: 248, signers: 264, status: 266, signer_count: 267, committee_epoch: 268,
        observations_hash: 272,
    });
    layout!(MarginRamp, 32, { target: 0, initial: 8, maintenance: 16, since: 24, });
    layout!(Components, 96, {
        staking: 0, contract: 8, systematic: 16, debt: 24, liquidity: 32, latency: 40, tail: 48, emissions: 56,
        equity_weight: 64, utilisation: 72, coverage: 80, volatility: 88,
    });
    layout!(Responses, 16, { utilisation: 0, tail: 8, });
}

#[test]
fn question_and_answer_of_a_margin_check_have_their_pinned_layout() {
    layout!(Position, 32, {
        exposure: 0, liabilities: 8, collateral: 16, class: 24, action: 25, enforce: 26, padding: 27,
    });
    layout!(MarginReply, 88, {
        initial: 0, maintenance: 8, collateral: 16, initial_shortfall: 24, maintenance_shortfall: 32, hurdle: 40,
        initial_multiplier: 48, maintenance_multiplier: 56, sequence: 64, age: 72, health: 80, freshness: 81,
        allowed: 82, signer_count: 83, status: 84, padding: 85,
    });
}

#[test]
fn discriminators_are_the_hashes_of_the_wrappers_names() {
    let head = |name: &str| -> [u8; 8] {
        let hash = solana_sha256_hasher::hash(format!("account:{name}").as_bytes());
        hash.to_bytes()[..8].try_into().unwrap()
    };
    assert_eq!(ConfigState::DISCRIMINATOR, head("Config"));
    assert_eq!(CommitteeState::DISCRIMINATOR, head("Committee"));
    assert_eq!(MarketState::DISCRIMINATOR, head("Market"));
}

#[test]
fn status_bits_are_pinned() {
    assert_eq!((STATUS_LIMITED, STATUS_STRESSED), (1, 2));
    assert_eq!((COMMITTEE_CAPACITY, MARKET_CLASSES), (16, 8));
}
