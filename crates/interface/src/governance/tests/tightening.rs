//! What tightens at once where something stands in its way: a class that still passes over, a proof of uniqueness.

use super::*;
use crate::composition::Composition;
use crate::fixture::{class, components, rate, sensitivity};
use crate::margin::RiskClass;
use crate::quantity::Ratio;
use crate::state::{ClassTransition, MarketParams, MarketState};
use proptest::prelude::*;

fn class_of(maintenance: f64) -> MarketChange {
    let class = RiskClass {
        maintenance: ratio(maintenance),
        ..class()
    };
    MarketChange::Class(IndexedClass { index: 0, class })
}

/// A market whose class 0 has passed over from 5 % of maintenance margin to another for some seconds.
fn passing(maintenance: f64, seconds: i64) -> (MarketState, UnixTime) {
    let mut market = fresh_market();
    assert_eq!(class_of(maintenance).apply(&mut market, NOW.time), Ok(()));
    (market, later(seconds))
}

#[test]
fn a_class_that_passes_over_is_tightened_once_more_and_remembers_where_it_was_going() {
    let tighter = class_of(0.08);
    for first in [0.06, 0.04] {
        let (mut market, now) = passing(first, 600);
        let (on_its_way, epoch) = (market, market.param_epoch);
        assert!(tighter.tighten(&mut market, now).is_ok());
        assert_eq!(market.param_epoch, epoch + 1);
        assert_eq!(market.earlier[0], on_its_way.transitions[0]);
        let second = ClassTransition {
            from: on_its_way.classes[0],
            since: now,
        };
        assert_eq!(market.transitions[0], second);
        assert_eq!(market.classes[0].maintenance, ratio(0.08));
        assert_eq!(market.invariant(), Ok(()));
        // as a proposal that has waited, too
        let mut proposed = on_its_way;
        assert_eq!(tighter.apply(&mut proposed, now), Ok(()));
        assert_eq!(proposed, market);
    }
}

#[test]
fn what_does_not_tighten_waits_until_the_passage_is_over() {
    for first in [0.06, 0.04] {
        let mut wider = class();
        (wider.maintenance, wider.price_range) = (ratio(0.08), ratio(0.4));
        let undirected = MarketChange::Class(IndexedClass {
            index: 0,
            class: wider,
        });
        for change in [class_of(0.03), undirected] {
            let (mut market, now) = passing(first, 600);
            let before = market;
            let refused = Err(HurdleError::ClassInTransition);
            assert_eq!(change.apply(&mut market, now), refused);
            assert_eq!(market.classes, before.classes);
            assert_eq!(
                change.tighten(&mut market, now).err(),
                Some(HurdleError::NotTightening)
            );
        }
    }
}

#[test]
fn a_third_change_waits_for_the_first_passage_and_a_loosening_for_both() {
    let (mut market, now) = passing(0.06, 600);
    let length = market.params.class_transition;
    assert_eq!(class_of(0.07).apply(&mut market, now), Ok(()));
    let third = class_of(0.08);
    for (at, expected) in [
        (later(601), Err(HurdleError::ClassInTransition)),
        (later(length - 1), Err(HurdleError::ClassInTransition)),
        (later(length), Ok(())),
    ] {
        let mut market = market;
        assert_eq!(third.tighten(&mut market, at).map(|_| ()), expected, "{at:?}");
    }
    for (at, expected) in [
        (later(length), Err(HurdleError::ClassInTransition)),
        (later(599 + length), Err(HurdleError::ClassInTransition)),
        (later(600 + length), Ok(())),
    ] {
        let mut market = market;
        assert_eq!(class_of(0.05).apply(&mut market, at), expected, "{at:?}");
        if expected.is_ok() {
            assert_eq!(
                market.earlier[0],
                ClassTransition::default(),
                "what is over is forgotten"
            );
        }
    }
    // nor is the time of transitions changed under either
    let mut params = market.params;
    params.class_transition = 2 * length;
    let slower = MarketChange::Params(params);
    for (at, expected) in [
        (later(600 + 2 * length - 1), Err(HurdleError::ClassInTransition)),
        (later(600 + 2 * length), Ok(())),
    ] {
        assert_eq!(slower.apply(&mut market.clone(), at), expected);
    }
}

/// A market whose published responses amplify: Φ′ is at most 0.08/0.11 = 0.73, of 0.9.
fn amplifying() -> MarketState {
    let mut market = fresh_market();
    market.published.responses.tail = sensitivity(0.08);
    market
}

fn with(change: impl FnOnce(&mut MarketParams)) -> MarketChange {
    let mut params = params();
    change(&mut params);
    MarketChange::Params(params)
}

#[test]
fn tightening_does_not_take_the_proof_of_uniqueness_from_what_is_published() {
    let steeper: [fn(&mut MarketParams); 3] = [
        |p| p.composition.weights.tail = ratio(1.25),
        |p| p.composition.multiplier.slope = ratio(1.25),
        |p| p.composition.max_slope = ratio(0.7),
    ];
    for change in steeper.map(with) {
        let mut market = amplifying();
        let before = market;
        assert_eq!(change.direction(&market), Ok(Direction::Tighter));
        assert_eq!(
            change.tighten(&mut market, NOW.time).err(),
            Some(HurdleError::NotUnique)
        );
        assert_eq!(market, before, "a refusal leaves it as it was");
        // under a timelock, where it can be vetoed, it may
        assert_eq!(change.apply(&mut market, NOW.time), Ok(()));
        // where nothing amplifies, it may at once
        assert!(change.tighten(&mut fresh_market(), NOW.time).is_ok());
    }
    let mild = with(|p| p.composition.weights.tail = ratio(1.2));
    assert!(mild.tighten(&mut amplifying(), NOW.time).is_ok());
}

#[test]
fn a_market_without_a_proof_of_uniqueness_is_tightened_all_the_same() {
    let mut market = amplifying();
    market.published.responses.tail = sensitivity(0.2);
    let change = with(|p| p.composition.weights.tail = ratio(1.25));
    assert!(change.tighten(&mut market, NOW.time).is_ok());
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_tightens_what_was_unique_stays_so(
        responses in (-100_000_000i64..100_000_000, -20_000_000i64..20_000_000), utilisation in 0i64..100_000_000,
        baseline in 1_000_000i64..50_000_000, tail in 0i64..25_000_000, slope in 0i64..100_000_000,
    ) {
        let mut market = fresh_market();
        market.published.components.utilisation = Ratio(utilisation);
        market.published.responses.utilisation.0 = responses.0;
        market.published.responses.tail.0 = responses.1;
        market.published.baseline.0 = baseline;
        let unique = |market: &MarketState| {
            let published = &market.published;
            let rule = &market.params.composition;
            Composition::new(rule, &published.components, published.responses, market.anchor()).unwrap().is_unique()
        };
        let before = unique(&market);
        let change = with(|p| {
            p.composition.weights.tail.0 += tail;
            p.composition.multiplier.slope.0 += slope;
        });
        match change.tighten(&mut market, NOW.time) {
            Ok(_) => prop_assert!(before != Ok(true) || unique(&market) == Ok(true)),
            Err(HurdleError::NotUnique) => {
                prop_assert_eq!(before, Ok(true));
                change.apply(&mut market, NOW.time).unwrap();
                prop_assert_ne!(unique(&market), Ok(true));
            }
            Err(error) => prop_assert_eq!(error, HurdleError::NotTightening),
        }
    }
}

#[test]
fn a_market_that_has_published_nothing_amplifies_nothing() {
    let mut market = fresh_market();
    market.published = MarketState::opened(&market.params, rate(0.1), NOW.time, NOW.slot).unwrap();
    assert_ne!(market.published.components, components());
    let change = with(|p| p.composition.weights.tail = ratio(1.25));
    assert!(change.tighten(&mut market, NOW.time).is_ok());
}
