//! Sizes, offsets and discriminators, pinned: a change here is a change of what stands on the chain.

use super::*;
use crate::composition::{Components, CompositionRule, Responses, Weights};
use crate::curve::{DebtCurve, SpreadMultiplier};
use crate::limit::{LimitState, RateLimit};
use crate::margin::{MarginReply, MarginRequest, Position, RiskClass};
use crate::multiplier::MultiplierRule;
use crate::ramp::{MarginRamps, RampRule, Track};
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
        timelock_seconds: 136, proposals: 144, set_up_ended_at: 152, reserved: 160,
    });
    layout!(MarketState, 4928, {
        version: 0, bump: 1, active: 2, padding: 3, param_epoch: 4, name: 8, config: 24, committee: 56, history: 88,
        domain: 120, model_hash: 152, params: 184, classes: 688, published: 1584, transitions: 1960, grids: 2920,
        weight_budget: 3304, pauses: 3424, earlier: 3456, guardian_tightened: 4416, reserved: 4440,
    });
    layout!(ClassTransition, 120, { from: 0, since: 112, });
    layout!(WeightBudget, 120, { since: 0, current: 8, previous: 64, });
    layout!(Pauses, 32, { until: 0, began: 8, });
    layout!(HistoryState, 112, {
        version: 0, bump: 1, padding: 2, used: 4, newest: 8, padding2: 12, market: 16, reserved: 48,
    });
    layout!(HistoryEntry, 32, { published_at: 0, hurdle: 8, cumulative: 16, sequence: 24, });
    assert_eq!(HistoryState::ACCOUNT_LEN, 120);
    layout!(ProposalState, 1384, {
        version: 0, bump: 1, kind: 2, padding: 3, id: 8, payer: 16, target: 48, replaces: 80, reason_hash: 112,
        proposed_at: 144, executable_at: 152, expires_at: 160, payload: 168, reserved: 1192,
    });
    assert_eq!(ProposalState::ACCOUNT_LEN, 1392);
    assert_eq!(ConfigState::ACCOUNT_LEN, 280);
    assert_eq!(MarketState::ACCOUNT_LEN, 4936);
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
    layout!(MarketParams, 504, {
        composition: 0, bounds: 184, max_utilisation_response: 312, max_tail_response: 320, residual_tolerance: 328,
        limit: 336, baseline_half_life: 376, ramp: 384, liquidation_horizon: 416, class_transition: 424,
        weight_limit: 432, max_volatility: 456, stressed_multiplier: 464, max_observation_age: 472, staleness: 480,
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
    layout!(RateLimit, 40, { rise_per_day: 0, fall_per_day: 8, window_rise: 16, window_fall: 24, window: 32, });
    layout!(WeightLimit, 24, { per_change: 0, per_window: 8, window: 16, });
    layout!(RampRule, 32, {
        multiplier_rise_per_day: 0, volatility_rise_per_day: 8, carry_rise_per_day: 16, loosening_half_life: 24,
    });
    layout!(StalenessRule, 24, { soft_after: 0, hard_after: 8, growth_per_day: 16, });
    layout!(RiskClass, 112, {
        initial: 0, maintenance: 8, hurdle_sensitivity: 16, volatility_sensitivity: 24, volatility_reference: 32,
        size_coefficient: 40, size_cap: 48, multiplier_cap: 56, haircut: 64, bounty: 72,
        price_range: 80, volatility_range: 88, short_minimum: 96, size_reference: 104,
    });
}

#[test]
fn the_published_state_has_its_pinned_layout() {
    layout!(Published, 376, {
        sequence: 0, observed_at: 8, observed_slot: 16, published_at: 24, published_slot: 32, hurdle: 40,
        raw_hurdle: 48, organic_hurdle: 56, baseline: 64, baseline_rest: 72, residual: 80, ramps: 88, limit: 168,
        components: 224, responses: 320, signers: 336, status: 338, signer_count: 339, committee_epoch: 340,
        observations_hash: 344,
    });
    layout!(MarginRamps, 80, { multiplier: 0, volatility: 24, carry: 48, since: 72, });
    layout!(Track, 24, { target: 0, initial: 8, maintenance: 16, });
    layout!(LimitState, 56, {
        since: 0, low: 8, high: 16, previous_low: 24, previous_high: 32, rise_rest: 40, fall_rest: 48,
    });
    layout!(Components, 96, {
        staking: 0, contract: 8, systematic: 16, debt: 24, liquidity: 32, latency: 40, tail: 48, emissions: 56,
        equity_weight: 64, utilisation: 72, coverage: 80, volatility: 88,
    });
    layout!(Responses, 16, { utilisation: 0, tail: 8, });
}

#[test]
fn question_and_answer_of_a_margin_check_have_their_pinned_layout() {
    layout!(Position, 56, {
        notional: 0, credit: 8, debit: 16, strike: 24, expiry: 32, volatility: 40, kind: 48, class: 49, side: 50,
        option: 51, padding: 52,
    });
    layout!(MarginReply, 104, {
        initial: 0, maintenance: 8, initial_collateral: 16, maintenance_collateral: 24, liabilities: 32,
        initial_shortfall: 40, maintenance_shortfall: 48, hurdle: 56, initial_multiplier: 64,
        maintenance_multiplier: 72, sequence: 80, age: 88, health: 96, freshness: 97, allowed: 98, signer_count: 99,
        status: 100, flags: 101, padding: 102,
    });
    let request = [
        offset_of!(MarginRequest, action),
        offset_of!(MarginRequest, enforce),
        offset_of!(MarginRequest, padding),
        size_of::<MarginRequest>(),
    ];
    assert_eq!(request, [0, 1, 2, 4]);
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
    assert_eq!(HistoryState::DISCRIMINATOR, head("History"));
    assert_eq!(ProposalState::DISCRIMINATOR, head("Proposal"));
}

#[test]
fn status_bits_are_pinned() {
    assert_eq!((STATUS_LIMITED, STATUS_STRESSED), (1, 2));
    assert_eq!((COMMITTEE_CAPACITY, MARKET_CLASSES), (16, 8));
}
