//! The stages together, on the built-in episode.

use super::testing::{CRASH_DAY, committee, config, history_until, market};
use super::*;
use crate::convert::{from_raw, rate_up, sensitivity_up};
use hurdle_interface::publication::{Now, next_publication};
use hurdle_interface::state::{MarketState, STATUS_STRESSED};
use hurdle_interface::{HurdleError, Ratio, Slot, UnixTime};
use hurdle_model::ModelError;

fn modelled(history: &History) -> Modelled {
    let market = market();
    model(history, &MarketView::of(&market, 0).unwrap(), &config().model).unwrap()
}

fn published(
    market: &MarketState,
    modelled: &Modelled,
) -> Result<hurdle_interface::state::Published, HurdleError> {
    let keys = [[1; 32].into(), [2; 32].into(), [3; 32].into()];
    let committee = committee(&keys);
    let solution = solve(&market.params.composition, modelled, market.anchor()).unwrap();
    let input = ReportInput {
        modelled,
        solution: &solution,
        observed_at: UnixTime(CRASH_DAY),
        observed_slot: Slot(5),
        expires_at: UnixTime(CRASH_DAY + 1800),
        observations_hash: [4; 32],
        model_hash: config().model_hash().unwrap(),
    };
    let now = Now {
        time: UnixTime(CRASH_DAY + 1),
        slot: Slot(6),
    };
    next_publication(market, &committee, &report(market, &committee, &input), 0b11, now)
}

#[test]
fn the_crash_raises_every_premium_that_rests_on_volatility() {
    let calm = modelled(&history_until(CRASH_DAY - 8 * 86_400)).components;
    let crash = modelled(&history_until(CRASH_DAY + 15 * 3600)).components;
    assert!(crash.volatility > calm.volatility);
    assert!(crash.latency > calm.latency);
    assert!(crash.liquidity > calm.liquidity);
    assert!(crash.tail > calm.tail);
    assert!(crash.coverage < calm.coverage);
}

#[test]
fn volatility_is_the_largest_of_the_windows_by_an_independent_sum() {
    let history = history_until(CRASH_DAY + 15 * 3600);
    let prices: Vec<f64> = history.snapshots().iter().map(|s| s.price).collect();
    let over = |hours: usize| {
        let tail = &prices[prices.len() - hours - 1..];
        let sum: f64 = tail.windows(2).map(|p| (p[1] / p[0]).ln().powi(2)).sum();
        (sum / hours as f64 * 8760.0).sqrt()
    };
    let largest = [24, 72, 168].map(over).into_iter().fold(0.0, f64::max);
    assert!((modelled(&history).estimates.volatility.value / largest - 1.0).abs() < 1e-12);
}

#[test]
fn confidence_falls_where_inputs_are_assumed_or_errors_large() {
    let estimates = modelled(&history_until(CRASH_DAY)).estimates;
    assert!(estimates.contract.confidence <= 0.5);
    assert!(estimates.latency.confidence < estimates.volatility.confidence);
}

#[test]
fn too_short_a_history_says_how_much_is_needed() {
    let mut history = History::new(86_400);
    history.push(history::tests::snapshot(0, 30.0), [0; 32]).unwrap();
    let market = market();
    let fault = model(&history, &MarketView::of(&market, 0).unwrap(), &config().model).unwrap_err();
    let reason = ModelError::TooFew {
        what: "observations since the keeper started",
        needed: 48,
        got: 1,
    };
    assert_eq!(
        fault,
        ModelFault {
            component: "history",
            reason: FaultReason::Model(reason)
        }
    );
}

#[test]
fn a_component_beyond_its_on_chain_domain_is_named_not_clamped() {
    let mut config = config().model;
    config.tail.exposure = 1e7;
    let market = market();
    let history = history_until(CRASH_DAY + 15 * 3600);
    let fault = model(&history, &MarketView::of(&market, 0).unwrap(), &config).unwrap_err();
    assert_eq!(fault.component, "q, tail");
    assert!(matches!(fault.reason, FaultReason::Domain(_)), "{fault}");
}

#[test]
fn the_program_accepts_the_solution_and_finds_the_residual_that_the_keeper_states() {
    let market = market();
    let modelled = modelled(&history_until(CRASH_DAY));
    let solution = solve(&market.params.composition, &modelled, market.anchor()).unwrap();
    assert!(!solution.stressed && solution.residual.raw() <= 1);
    let published = published(&market, &modelled).unwrap();
    assert_eq!(published.residual, solution.residual);
    assert_eq!(published.raw_hurdle, solution.hurdle);
}

#[test]
fn a_run_is_published_as_the_stressed_ceiling() {
    let market = market();
    let mut modelled = modelled(&history_until(CRASH_DAY));
    modelled.components.tail = rate_up("q", 5.0).unwrap();
    modelled.responses.tail = sensitivity_up("ρ_q", 0.0).unwrap();
    let solution = solve(&market.params.composition, &modelled, market.anchor()).unwrap();
    assert!(solution.stressed);
    assert_eq!(solution.hurdle, market.params.composition.ceiling);
    let published = published(&market, &modelled).unwrap();
    assert_eq!(published.status & STATUS_STRESSED, STATUS_STRESSED);
    assert!(published.ramps.multiplier.initial >= market.params.stressed_multiplier);
}

/// The deepest runs leave the domain of a rate; they are published like any other.
#[test]
fn a_run_beyond_the_domain_is_a_run() {
    let mut rule = market().params.composition;
    rule.weights.staking = Ratio::MAX;
    rule.weights.liquidity = Ratio::MAX;
    let anchor = market().anchor();
    let calm = modelled(&history_until(CRASH_DAY));
    for deepen in [
        |m: &mut Modelled| m.components.liquidity = rate_up("l", 5.0).unwrap(),
        |m: &mut Modelled| {
            m.components.staking = rate_up("s", 5.0).unwrap();
        },
    ] {
        let mut modelled = calm;
        deepen(&mut modelled);
        assert!(solve(&rule, &modelled, anchor).unwrap().stressed);
    }
}

#[test]
fn a_fixed_point_that_is_not_proved_unique_is_none() {
    let market = market();
    let mut modelled = modelled(&history_until(CRASH_DAY));
    modelled.responses.utilisation = sensitivity_up("ρ_u", 1.0).unwrap();
    assert!(
        solve(&market.params.composition, &modelled, market.anchor())
            .unwrap()
            .stressed
    );
}

#[test]
fn responses_stay_within_what_governance_admits() {
    let market = market();
    for hours in [0, 15, 48] {
        let modelled = modelled(&history_until(CRASH_DAY + hours * 3600));
        market.params.check_responses(&modelled.responses).unwrap();
        market.params.check_components(&modelled.components).unwrap();
        assert!(modelled.components.equity_weight <= Ratio::ONE);
        assert!(from_raw(modelled.responses.tail.raw()) <= 0.0);
    }
}

#[test]
fn the_same_history_gives_the_same_bytes() {
    let one = modelled(&history_until(CRASH_DAY));
    let two = modelled(&history_until(CRASH_DAY));
    assert_eq!(one, two);
}
