//! What the guardian tightens: three times a day.

use super::*;
use crate::fixture::class;
use crate::quantity::DAY;
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
    assert!(by_one(&market).tighten_by_guardian(&mut market, later(20)).is_ok());
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
    assert!(by_one(&market).tighten_by_guardian(&mut market, later(DAY)).is_ok());
    assert_eq!(market.guardian_tightened, [later(10), later(20), later(DAY)]);
}

#[test]
fn what_is_refused_is_not_counted_and_another_reports_bounds_are_not_the_guardians() {
    let mut market = fresh_market();
    let before = market;
    for (change, error) in [
        (with(&market, |_| ()), HurdleError::NotTightening),
        (with(&market, |p| p.stressed_multiplier.0 -= 1), HurdleError::NotTightening),
        (with(&market, |p| p.max_observation_age -= 1), HurdleError::Unauthorized),
        (MarketChange::Model([1; 32]), HurdleError::NotTightening),
        (MarketChange::Activation, HurdleError::NotTightening),
    ] {
        let refused = change.tighten_by_guardian(&mut market, NOW.time).err();
        assert_eq!(refused, Some(error), "{change:?}");
        assert_eq!(market, before);
    }
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
