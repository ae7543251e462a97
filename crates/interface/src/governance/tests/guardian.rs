//! What the guardian tightens: three times a day, each field by at most a quarter.

use super::direction::{CLASS, PARAMS, moved};
use super::*;
use crate::fixture::class;
use crate::margin::RiskClass;
use crate::quantity::{Amount, DAY, Ratio};
use crate::state::{MarketParams, MarketState};
use proptest::prelude::*;
use std::vec::Vec;

fn with(market: &MarketState, change: impl FnOnce(&mut MarketParams)) -> MarketChange {
    let mut params = market.params;
    change(&mut params);
    MarketChange::Params(params)
}

/// The least that tightens parameters.
fn by_one(market: &MarketState) -> MarketChange {
    with(market, |p| p.stressed_multiplier.0 += 1)
}

#[test]
fn a_fourth_tightening_of_parameters_or_classes_waits_until_a_day_after_the_first() {
    let mut market = fresh_market();
    let mut haircut = class();
    haircut.haircut.0 += 1;
    let raised = MarketChange::Class(IndexedClass {
        index: 0,
        class: haircut,
    });
    assert!(by_one(&market).tighten_by_guardian(&mut market, later(0)).is_ok());
    assert!(raised.tighten_by_guardian(&mut market, later(10)).is_ok());
    assert!(
        by_one(&market)
            .tighten_by_guardian(&mut market, later(20))
            .is_ok()
    );
    assert_eq!(market.guardian_tightened, [later(0), later(10), later(20)]);
    let mut again = haircut;
    again.haircut.0 += 1;
    let again = MarketChange::Class(IndexedClass {
        index: 0,
        class: again,
    });
    let before = market;
    for at in [later(20), later(DAY - 1)] {
        for fourth in [by_one(&market), again] {
            let refused = fourth.tighten_by_guardian(&mut market, at).err();
            assert_eq!(refused, Some(HurdleError::TooManyTightenings));
            assert_eq!(market, before, "a refusal leaves it as it was");
        }
    }
    // the authority's are not counted
    let mut other = market;
    for at in 0..5 {
        assert!(by_one(&other).tighten(&mut other, later(30 + at)).is_ok());
    }
    assert_eq!(other.guardian_tightened, before.guardian_tightened);
    assert!(
        by_one(&market)
            .tighten_by_guardian(&mut market, later(DAY))
            .is_ok()
    );
    assert_eq!(market.guardian_tightened, [later(10), later(20), later(DAY)]);
}

#[test]
fn what_is_refused_is_not_counted_and_another_reports_bounds_are_not_the_guardians() {
    let mut market = fresh_market();
    let before = market;
    for (change, error) in [
        (with(&market, |_| ()), HurdleError::NotTightening),
        (
            with(&market, |p| p.stressed_multiplier.0 -= 1),
            HurdleError::NotTightening,
        ),
        (
            with(&market, |p| p.max_observation_age -= 1),
            HurdleError::Unauthorized,
        ),
        (MarketChange::Model([1; 32]), HurdleError::NotTightening),
        (MarketChange::Activation, HurdleError::NotTightening),
    ] {
        let refused = change.tighten_by_guardian(&mut market, NOW.time).err();
        assert_eq!(refused, Some(error), "{change:?}");
        assert_eq!(market, before);
    }
}

/// How far the guardian may move a word either way, by what raising it is.
fn furthest(word: i64, direction: Direction) -> Option<i64> {
    match direction {
        Direction::Tighter => Some(word / 4),
        Direction::Looser => Some(-(word / 5)),
        _ => None,
    }
}

/// A struct whose words are all far from zero and no multiple of anything.
fn filled<T: bytemuck::Pod>() -> T {
    let mut value = T::zeroed();
    let words: &mut [i64] = bytemuck::cast_slice_mut(bytemuck::bytes_of_mut(&mut value));
    for (word, at) in words.iter_mut().zip(1_000_003i64..) {
        *word = at * 7;
    }
    value
}

#[test]
fn each_parameter_of_the_guardians_moves_by_a_quarter_and_no_further() {
    let from: MarketParams = filled();
    let words: &[i64] = bytemuck::cast_slice(bytemuck::bytes_of(&from));
    let mut bounded = 0;
    for ((word, (name, direction)), at) in PARAMS.into_iter().enumerate().zip(words) {
        let guardians = from.keeps_reports(&moved(&from, word, 1));
        let Some(most) = furthest(*at, direction).filter(|_| guardians) else {
            // has no direction, or is the authority's
            assert!(from.moves_little(&moved(&from, word, 10 * at)), "{name}");
            continue;
        };
        bounded += 1;
        assert!(from.moves_little(&moved(&from, word, most)), "{name}");
        assert!(
            !from.moves_little(&moved(&from, word, most + most.signum())),
            "{name}"
        );
        let zero = moved(&from, word, -at);
        assert_eq!(
            zero.moves_little(&moved(&zero, word, 1)),
            direction == Direction::Looser,
            "{name}"
        );
    }
    assert_eq!(bounded, 15);
}

#[test]
fn each_field_of_a_class_moves_by_a_quarter_and_no_further() {
    let from: RiskClass = filled();
    let words: &[i64] = bytemuck::cast_slice(bytemuck::bytes_of(&from));
    for ((word, (name, direction)), at) in CLASS.into_iter().enumerate().zip(words) {
        let Some(most) = furthest(*at, direction) else {
            continue;
        };
        assert!(from.moves_little(&moved(&from, word, most)), "{name}");
        assert!(
            !from.moves_little(&moved(&from, word, most + most.signum())),
            "{name}"
        );
    }
    let largest = RiskClass {
        size_reference: Amount(u64::MAX),
        ..from
    };
    let lower = |by: u64| RiskClass {
        size_reference: Amount(u64::MAX - by),
        ..from
    };
    assert!(largest.moves_little(&lower(u64::MAX / 5)));
    assert!(!largest.moves_little(&lower(u64::MAX / 5 + 1)));
}

#[test]
fn a_step_too_far_is_refused_to_the_guardian_and_not_to_the_authority() {
    let market = fresh_market();
    let raised = |percent: i64| {
        let part = |whole: Ratio| Ratio(whole.raw() / 100 * (100 + percent));
        let class = RiskClass {
            initial: part(class().initial),
            maintenance: part(class().maintenance),
            ..class()
        };
        MarketChange::Class(IndexedClass { index: 0, class })
    };
    for (within, beyond) in [
        (raised(25), raised(26)),
        (
            with(&market, |p| {
                p.composition.multiplier.slope.0 = p.composition.multiplier.slope.0 / 4 * 5
            }),
            with(&market, |p| {
                p.composition.multiplier.slope.0 = p.composition.multiplier.slope.0 / 4 * 5 + 1
            }),
        ),
        (
            with(&market, |p| {
                p.composition.multiplier.deadband.0 = p.composition.multiplier.deadband.0 / 5 * 4
            }),
            with(&market, |p| p.composition.multiplier.deadband.0 = 0),
        ),
    ] {
        assert!(within.tighten_by_guardian(&mut market.clone(), NOW.time).is_ok());
        let mut refused = market;
        let error = beyond.tighten_by_guardian(&mut refused, NOW.time).err();
        assert_eq!(error, Some(HurdleError::TightenedTooFar));
        assert_eq!(refused, market);
        assert!(beyond.tighten(&mut market.clone(), NOW.time).is_ok());
    }
}

#[test]
fn within_a_day_the_guardian_less_than_doubles_a_margin() {
    let mut market = fresh_market();
    let first = market.params;
    for at in 0..TIGHTENINGS_PER_DAY {
        let change = with(&market, |p| {
            p.composition.multiplier.slope.0 += p.composition.multiplier.slope.0 / 4;
            p.stressed_multiplier.0 += p.stressed_multiplier.0 / 4;
        });
        let at = i64::try_from(at).unwrap();
        assert!(change.tighten_by_guardian(&mut market, later(at)).is_ok());
    }
    assert!(market.params.composition.multiplier.slope.0 < 2 * first.composition.multiplier.slope.0);
    assert!(market.params.stressed_multiplier.0 < 2 * first.stressed_multiplier.0);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_day_has_more_than_three_tightenings_of_the_guardian(waits in proptest::collection::vec(0i64..60_000, 1..40)) {
        let mut market = fresh_market();
        let (mut at, mut tightened) = (0, Vec::new());
        for wait in waits {
            at += wait;
            let within = tightened.iter().filter(|when| at - **when < DAY).count();
            let expected = if within < TIGHTENINGS_PER_DAY { None } else { Some(HurdleError::TooManyTightenings) };
            prop_assert_eq!(by_one(&market).tighten_by_guardian(&mut market, later(at)).err(), expected);
            if expected.is_none() {
                tightened.push(at);
            }
        }
    }
}
