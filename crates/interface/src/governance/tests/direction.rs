//! Every parameter, raised and lowered, against a table that repeats the rule field by field.

use super::*;
use crate::fixture::{class, rate};
use crate::margin::RiskClass;
use crate::quantity::{ONE, Ratio};
use crate::state::MarketParams;
use Direction::{Looser, Neither, Same, Tighter};
use bytemuck::Pod;
use proptest::prelude::*;
use std::vec::Vec;

/// What raising each word of [`MarketParams`] is where bounds admit no negative value.
pub(super) const PARAMS: [(&str, Direction); 63] = [
    ("weight of staking", Tighter),
    ("weight of contract", Tighter),
    ("weight of systematic", Tighter),
    ("weight of debt", Neither),
    ("weight of liquidity", Tighter),
    ("weight of latency", Tighter),
    ("weight of tail", Tighter),
    ("kink", Neither),
    ("slope1", Neither),
    ("slope2", Neither),
    ("utilisation knee", Neither),
    ("utilisation slope", Neither),
    ("utilisation cap", Neither),
    ("coverage knee", Neither),
    ("coverage slope", Neither),
    ("coverage cap", Neither),
    ("deadband", Looser),
    ("multiplier slope", Tighter),
    ("multiplier cap", Tighter),
    ("baseline floor", Looser),
    ("floor", Tighter),
    ("ceiling", Neither),
    ("max slope", Looser),
    ("low of s", Tighter),
    ("high of s", Looser),
    ("low of p", Tighter),
    ("high of p", Looser),
    ("low of b", Tighter),
    ("high of b", Looser),
    ("low of d", Tighter),
    ("high of d", Looser),
    ("low of l", Tighter),
    ("high of l", Looser),
    ("low of o", Tighter),
    ("high of o", Looser),
    ("low of q", Tighter),
    ("high of q", Looser),
    ("low of e", Tighter),
    ("high of e", Looser),
    ("max utilisation response", Looser),
    ("max tail response", Looser),
    ("residual tolerance", Looser),
    ("rise per day", Tighter),
    ("fall per day", Looser),
    ("window rise", Tighter),
    ("window fall", Looser),
    ("window", Neither),
    ("baseline half-life", Neither),
    ("multiplier speed", Neither),
    ("volatility speed", Neither),
    ("carry speed", Neither),
    ("loosening half-life", Tighter),
    ("liquidation horizon", Tighter),
    ("class transition", Neither),
    ("weight per change", Looser),
    ("weight per window", Looser),
    ("weight window", Tighter),
    ("max volatility", Looser),
    ("stressed multiplier", Tighter),
    ("max observation age", Looser),
    ("soft after", Looser),
    ("hard after", Neither),
    ("growth per day", Tighter),
];

/// The weights that have no direction where the bounds of their component admit a negative value.
const SIGNED_WEIGHTS: [(usize, usize); 5] = [(0, 0), (1, 1), (2, 2), (4, 4), (5, 5)];

/// What raising each word of [`RiskClass`] is.
pub(super) const CLASS: [(&str, Direction); 14] = [
    ("initial", Tighter),
    ("maintenance", Tighter),
    ("hurdle sensitivity", Tighter),
    ("volatility sensitivity", Tighter),
    ("volatility reference", Looser),
    ("size coefficient", Tighter),
    ("size cap", Tighter),
    ("multiplier cap", Tighter),
    ("haircut", Tighter),
    ("bounty", Tighter),
    ("price range", Neither),
    ("volatility range", Neither),
    ("short minimum", Tighter),
    ("size reference", Looser),
];

fn opposite(direction: Direction) -> Direction {
    match direction {
        Tighter => Looser,
        Looser => Tighter,
        other => other,
    }
}

/// A struct with one of its words moved.
pub(super) fn moved<T: Pod>(value: &T, word: usize, by: i64) -> T {
    let mut value = *value;
    let words: &mut [i64] = bytemuck::cast_slice_mut(bytemuck::bytes_of_mut(&mut value));
    words[word] += by;
    value
}

/// Parameters whose components are never negative.
pub(super) fn positive() -> MarketParams {
    let mut params = params();
    for bounds in &mut params.bounds {
        bounds.low = rate(0.001);
    }
    params
}

/// A class that margins options.
pub(super) fn options_class() -> RiskClass {
    RiskClass {
        price_range: ratio(0.3),
        volatility_range: ratio(0.4),
        short_minimum: ratio(0.05),
        ..class()
    }
}

#[test]
fn every_parameter_has_its_direction_both_ways() {
    assert_eq!(size_of::<MarketParams>(), PARAMS.len() * 8);
    let from = positive();
    for (word, (name, direction)) in PARAMS.into_iter().enumerate() {
        for by in [1, 3 * ONE] {
            assert_eq!(from.direction(&moved(&from, word, by)), direction, "{name} up");
            let down = from.direction(&moved(&from, word, -by));
            assert_eq!(down, opposite(direction), "{name} down");
        }
    }
}

#[test]
fn every_field_of_a_class_has_its_direction_both_ways() {
    assert_eq!(size_of::<RiskClass>(), CLASS.len() * 8);
    let from = RiskClass {
        price_range: Ratio::ZERO,
        ..class()
    };
    for (word, (name, direction)) in CLASS.into_iter().enumerate() {
        if name == "price range" {
            continue; // zero is as low as it gets: see the test of what lets options in
        }
        assert_eq!(from.direction(&moved(&from, word, 1)), direction, "{name} up");
        assert_eq!(
            from.direction(&moved(&from, word, -1)),
            opposite(direction),
            "{name} down"
        );
    }
}

#[test]
fn a_weight_has_no_direction_where_its_component_may_be_negative_before_or_after() {
    let low = |word: usize| 23 + 2 * word;
    for (weight, component) in SIGNED_WEIGHTS {
        let positive = positive();
        let signed = moved(&positive, low(component), -ONE);
        for (from, to) in [(signed, signed), (signed, positive), (positive, signed)] {
            let (up, down) = (moved(&to, weight, 1), moved(&to, weight, -1));
            assert_eq!(from.direction(&up), Neither, "weight {weight}");
            assert_eq!(from.direction(&down), Neither, "weight {weight}");
        }
        // and has one still where only another component may be
        let other = moved(&positive, low((component + 1) % 8), -ONE);
        assert_eq!(other.direction(&moved(&other, weight, 1)), Tighter);
    }
}

#[test]
fn to_define_a_class_is_looser_and_options_are_neither_let_in_nor_out_by_tightening() {
    assert_eq!(RiskClass::default().direction(&class()), Looser);
    let opened = options_class();
    let without = RiskClass {
        price_range: Ratio::ZERO,
        ..opened
    };
    assert_eq!(without.direction(&opened), Neither);
    assert_eq!(opened.direction(&without), Neither);
}

/// Options are margined by maintenance ÷ initial of what they may lose.
#[test]
fn where_options_are_margined_a_higher_initial_margin_tightens_only_with_its_share_of_maintenance() {
    let from = options_class();
    let higher = |initial: i64, maintenance: i64| RiskClass {
        initial: Ratio(from.initial.raw() * initial),
        maintenance: Ratio(from.maintenance.raw() * maintenance),
        ..from
    };
    assert_eq!(from.direction(&higher(2, 1)), Neither);
    assert_eq!(from.direction(&higher(2, 2)), Tighter);
    let without = |class: RiskClass| RiskClass {
        price_range: Ratio::ZERO,
        ..class
    };
    assert_eq!(without(from).direction(&without(higher(2, 1))), Tighter);
}

#[test]
fn what_decides_which_reports_are_accepted_is_not_the_guardians() {
    let from = positive();
    let kept: Vec<&str> = PARAMS
        .into_iter()
        .enumerate()
        .filter(|(word, _)| from.keeps_reports(&moved(&from, *word, 1)))
        .map(|(_, (name, _))| name)
        .collect();
    assert_eq!(
        kept,
        [
            "weight of staking",
            "weight of contract",
            "weight of systematic",
            "weight of debt",
            "weight of liquidity",
            "weight of latency",
            "weight of tail",
            "kink",
            "slope1",
            "slope2",
            "utilisation knee",
            "utilisation slope",
            "utilisation cap",
            "coverage knee",
            "coverage slope",
            "coverage cap",
            "deadband",
            "multiplier slope",
            "multiplier cap",
            "baseline floor",
            "multiplier speed",
            "volatility speed",
            "carry speed",
            "loosening half-life",
            "liquidation horizon",
            "class transition",
            "stressed multiplier",
            "soft after",
            "hard after",
            "growth per day",
        ]
    );
}

#[test]
fn only_a_tighter_change_may_be_made_at_once() {
    assert_eq!(Tighter.require_tighter(), Ok(()));
    for other in [Same, Looser, Neither] {
        assert_eq!(other.require_tighter(), Err(HurdleError::NotTightening));
    }
}

#[test]
fn directions_combine() {
    for direction in [Same, Tighter, Looser, Neither] {
        assert_eq!(Same.and(direction), direction);
        assert_eq!(direction.and(Same), direction);
        assert_eq!(direction.and(direction), direction);
        assert_eq!(Neither.and(direction), Neither);
    }
    assert_eq!(Tighter.and(Looser), Neither);
    assert_eq!(Looser.and(Tighter), Neither);
}

proptest! {
    #![proptest_config(cases())]

    /// What a guardian may do at once it may never do back.
    #[test]
    fn a_change_that_tightens_loosens_on_the_way_back(words in proptest::collection::vec((0usize..63, -2i64..=2), 0..6)) {
        let from = positive();
        let mut to = from;
        for (word, by) in words {
            to = moved(&to, word, by);
        }
        prop_assert_eq!(from.direction(&to), opposite(to.direction(&from)));
        prop_assert_eq!(from.direction(&to) == Same, from == to);
    }

    /// Two tightenings are one.
    #[test]
    fn tightenings_add_up(first in 0usize..63, second in 0usize..63, by in -2i64..=2, then in -2i64..=2) {
        let from = positive();
        let middle = moved(&from, first, by);
        let to = moved(&middle, second, then);
        if from.direction(&middle) == Tighter && middle.direction(&to) == Tighter {
            prop_assert_eq!(from.direction(&to), Tighter);
        }
    }
}
