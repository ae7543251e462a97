//! What a set of options may lose.

use super::reference::black;
use super::{YEAR, gap, kinds, terms};
use crate::error::HurdleError;
use crate::fixture::reference::of_ratio;
use crate::fixture::{bits, cases, ratio, scramble};
use crate::options::{Mix, OptionKind, OptionTerms, ScenarioGrid, Scenarios, Side};
use crate::quantity::{Amount, ONE, Ratio};
use proptest::prelude::*;
use std::boxed::Box;
use std::vec::Vec;

/// An option position.
#[derive(Clone, Copy, Debug)]
struct Leg {
    terms: OptionTerms,
    notional: Amount,
    side: Side,
}

impl Leg {
    /// The marks that an account carries it at: credit and debit.
    fn marks(&self) -> (Amount, Amount) {
        let mark = self.terms.value_down(Ratio::ONE, Ratio::ONE).unwrap();
        let value = self.notional.times_down(mark).unwrap();
        match self.side {
            Side::Long => (value, Amount::ZERO),
            Side::Short => (Amount::ZERO, value),
        }
    }
}

fn grids() -> impl Strategy<Value = ScenarioGrid> {
    let ranges = prop_oneof![
        4 => (ONE / 20..=ONE / 2, 0..=ONE / 2),
        1 => (1..ONE, 0..ONE),
        1 => proptest::sample::select(std::vec![(1, 0), (ONE - 1, ONE - 1), (1, ONE - 1), (ONE - 1, 0)]),
    ];
    ranges.prop_map(|(price, volatility)| ScenarioGrid::new(Ratio(price), Ratio(volatility)).unwrap())
}

fn notionals() -> impl Strategy<Value = Amount> {
    prop_oneof![
        4 => 0..=1_000_000_000_000u64,
        1 => 0..=100_000_000_000_000_000u64,
        1 => proptest::sample::select(std::vec![0, 1, 99_999_999, 100_000_000, 100_000_001]),
    ]
    .prop_map(Amount)
}

fn sides() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Long), Just(Side::Short)]
}

fn legs() -> impl Strategy<Value = Leg> {
    (terms(), notionals(), sides()).prop_map(|(terms, notional, side)| Leg {
        terms,
        notional,
        side,
    })
}

fn scenarios(grid: &ScenarioGrid, legs: &[Leg]) -> Scenarios<'static> {
    let mix = legs.iter().fold(Mix::default(), |mix, leg| {
        mix.with(Mix::of(leg.side, leg.terms.kind))
    });
    of_mix(grid, legs, mix)
}

fn empty(grid: &ScenarioGrid, mix: Mix) -> Result<Scenarios<'static>, HurdleError> {
    Scenarios::new(grid, mix, Box::leak(Box::default()))
}

fn of_mix(grid: &ScenarioGrid, legs: &[Leg], mix: Mix) -> Scenarios<'static> {
    let mut scenarios = empty(grid, mix).unwrap();
    for leg in legs {
        scenarios.add(&leg.terms, leg.notional, leg.side).unwrap();
    }
    scenarios
}

fn requirement(grid: &ScenarioGrid, legs: &[Leg], short_minimum: Ratio) -> u64 {
    let (credit, debit) = legs
        .iter()
        .map(Leg::marks)
        .fold((0, 0), |sum, marks| (sum.0 + marks.0.0, sum.1 + marks.1.0));
    scenarios(grid, legs)
        .requirement_up(Amount(credit), Amount(debit), short_minimum)
        .unwrap()
        .0
}

/// The totals in floating point, in the order of the grid.
fn exact(grid: &ScenarioGrid, legs: &[Leg]) -> Vec<f64> {
    let (range, volatility) = (of_ratio(grid.price_range), of_ratio(grid.volatility_range));
    // the grid halves its range in units of 1e-8
    let half = (grid.price_range.raw() / 2) as f64 / ONE as f64;
    let mut totals = Vec::new();
    for price in [1.0 - range, 1.0 - half, 1.0, 1.0 + half, 1.0 + range] {
        for factor in [1.0 - volatility, 1.0 + volatility] {
            totals.push(
                legs.iter()
                    .filter(|leg| leg.side == Side::Short || leg.terms.seconds_to_expiry > 0)
                    .map(|leg| {
                        let terms = &leg.terms;
                        let years = terms.seconds_to_expiry.max(0) as f64 / YEAR as f64;
                        let total = of_ratio(terms.volatility) * factor * years.sqrt();
                        let value = black(terms.kind, price, of_ratio(terms.strike), total);
                        let sign = if leg.side == Side::Long { 1.0 } else { -1.0 };
                        sign * leg.notional.0 as f64 * value
                    })
                    .sum(),
            );
        }
    }
    totals
}

fn option(kind: OptionKind, strike: f64, days: i64) -> OptionTerms {
    OptionTerms {
        strike: ratio(strike),
        seconds_to_expiry: days * 86_400,
        volatility: ratio(0.8),
        kind,
    }
}

#[test]
fn no_options_need_no_margin() {
    let grid = ScenarioGrid::new(ratio(0.2), ratio(0.3)).unwrap();
    let empty = scenarios(&grid, &[]);
    assert_eq!(empty.worst(), 0);
    assert_eq!(
        empty.requirement_up(Amount::ZERO, Amount::ZERO, Ratio::ONE),
        Ok(Amount::ZERO)
    );
}

#[test]
fn a_held_option_can_lose_its_mark_and_no_more() {
    let grid = ScenarioGrid::new(ratio(0.3), ratio(0.5)).unwrap();
    let long = Leg {
        terms: option(OptionKind::Call, 1.5, 1),
        notional: Amount(1_000_000_000),
        side: Side::Long,
    };
    let (credit, _) = long.marks();
    assert_eq!(scenarios(&grid, &[long]).worst(), 0);
    assert_eq!(requirement(&grid, &[long], Ratio::ONE), credit.0);
}

/// An option beyond its expiry pays what it pays, whatever the price does next.
#[test]
fn an_option_held_beyond_its_expiry_hedges_nothing() {
    let grid = ScenarioGrid::new(ratio(0.3), ratio(0.5)).unwrap();
    let leg = |days, side| Leg {
        terms: option(OptionKind::Call, 0.9, days),
        notional: Amount(1_000_000_000),
        side,
    };
    for days in [0, -1, -365] {
        let expired = leg(days, Side::Long);
        let (credit, _) = expired.marks();
        assert_eq!(credit, Amount(100_000_000));
        assert_eq!(requirement(&grid, &[expired], Ratio::ONE), credit.0);
        for written in [leg(30, Side::Short), leg(days, Side::Short)] {
            let naked = requirement(&grid, &[written], Ratio::ZERO);
            assert_eq!(
                requirement(&grid, &[written, expired], Ratio::ZERO),
                naked + credit.0
            );
        }
        // what is written stays at its intrinsic value over the moves
        assert_eq!(scenarios(&grid, &[leg(days, Side::Short)]).worst(), -400_000_000);
    }
}

#[test]
fn the_short_minimum_binds_far_out_of_the_money() {
    let grid = ScenarioGrid::new(ratio(0.1), ratio(0.2)).unwrap();
    for (kind, strike) in [(OptionKind::Call, 8.0), (OptionKind::Put, 0.1)] {
        let short = Leg {
            terms: option(kind, strike, 1),
            notional: Amount(1_000_000_000_000),
            side: Side::Short,
        };
        assert_eq!(requirement(&grid, &[short], ratio(0.05)), 50_000_000_000);
        let near = Leg {
            terms: option(kind, 1.0, 1),
            ..short
        };
        assert!(requirement(&grid, &[near], ratio(0.05)) > 50_000_000_000);
    }
}

#[test]
fn options_worth_more_than_64_bits_are_refused_and_change_nothing() {
    let grid = ScenarioGrid::new(ratio(0.5), ratio(0.2)).unwrap();
    let put = option(OptionKind::Put, 10.0, 30);
    let call = option(OptionKind::Call, 1.0, 30);
    for side in [Side::Long, Side::Short] {
        let mut scenarios = empty(&grid, Mix::ANY).unwrap();
        scenarios
            .add(&put, Amount(900_000_000_000_000_000), side)
            .unwrap();
        let mut before = empty(&grid, Mix::ANY).unwrap();
        before.add(&put, Amount(900_000_000_000_000_000), side).unwrap();
        for (terms, notional) in [
            (put, 30_000_000_000_000_000),
            (call, 150_000_000_000_000_000),
            (put, 922_337_203_600_000_000),
            (call, 922_337_203_600_000_000),
            (call, u64::MAX / 2),
            (call, u64::MAX),
        ] {
            let added = scenarios.add(&terms, Amount(notional), side);
            assert_eq!(added, Err(HurdleError::Overflow));
            assert_eq!(scenarios, before);
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_worst_total_is_the_exact_one_rounded_against_the_account(
        grid in grids(), legs in proptest::collection::vec(legs(), 1..4),
    ) {
        let worst = scenarios(&grid, &legs).worst() as f64;
        let exact = exact(&grid, &legs).into_iter().fold(f64::INFINITY, f64::min);
        let (mut slack, mut tolerance) = (0.0, 0.0);
        for leg in &legs {
            let size = leg.notional.0 as f64 * (2.0 + of_ratio(leg.terms.strike));
            slack += 1.2e-7 * size + 1.0 + 5e-8 * leg.notional.0 as f64;
            tolerance += 1e-13 * size + 1e-9;
        }
        prop_assert!(worst <= exact + tolerance, "{worst} {exact}");
        prop_assert!(worst >= exact - tolerance - slack, "{worst} {exact} {slack}");
    }

    #[test]
    fn the_grid_values_an_option_at_its_worst_point_as_a_single_valuation_does(
        grid in grids(), terms in terms(), side in sides(),
    ) {
        let leg = Leg { terms, notional: Amount(100_000_000), side };
        let (range, half) = (grid.price_range.raw(), grid.price_range.raw() / 2);
        let spread = grid.volatility_range.raw();
        let value = |price: i64, factor: i64| match side {
            Side::Long if terms.seconds_to_expiry <= 0 => 0,
            Side::Long => terms.value_down(Ratio(price), Ratio(factor)).unwrap().raw(),
            Side::Short => -terms.value_up(Ratio(price), Ratio(factor)).unwrap().raw(),
        };
        let held = side == Side::Long;
        let worst = value(
            if held == (terms.kind == OptionKind::Call) { ONE - range } else { ONE + range },
            if held { ONE - spread } else { ONE + spread },
        );
        prop_assert_eq!(scenarios(&grid, &[leg]).worst(), worst);
        // whatever else the account might have had
        prop_assert_eq!(of_mix(&grid, &[leg], Mix::ANY).worst(), worst);
        // and no other point is worse, but for what the bounds are apart
        for price in [ONE - range, ONE - half, ONE, ONE + half, ONE + range] {
            for factor in [ONE - spread, ONE + spread] {
                prop_assert!(value(price, factor) + gap(&terms, Ratio(price), Ratio(factor)) >= worst);
            }
        }
    }

    /// The points that a set of options leaves out are none that could be the worst.
    #[test]
    fn the_points_left_out_change_nothing_but_the_distance_of_the_bounds(
        grid in grids(), legs in proptest::collection::vec(legs(), 1..5), pick in 0usize..9,
    ) {
        let sorts = [(Side::Long, OptionKind::Call), (Side::Long, OptionKind::Put),
            (Side::Short, OptionKind::Call), (Side::Short, OptionKind::Put)];
        // all four, each alone, or one of the pairs that leave something out
        let allowed: &[usize] = [
            &[0, 1, 2, 3][..], &[0], &[1], &[2], &[3], &[0, 3], &[1, 2], &[2, 3], &[0, 1],
        ][pick];
        let legs: Vec<Leg> = legs.into_iter().enumerate().map(|(index, leg)| {
            let (side, kind) = sorts[allowed[index % allowed.len()]];
            Leg { side, terms: OptionTerms { kind, ..leg.terms }, ..leg }
        }).collect();
        let fewer = scenarios(&grid, &legs).worst() as f64;
        let all = of_mix(&grid, &legs, Mix::ANY).worst() as f64;
        let exact = exact(&grid, &legs).into_iter().fold(f64::INFINITY, f64::min);
        let tolerance: f64 = legs.iter().map(|leg| {
            1e-13 * leg.notional.0 as f64 * (2.0 + of_ratio(leg.terms.strike)) + 1e-9
        }).sum();
        // tighter than the whole grid, and still no better than the exact value
        prop_assert!(all <= fewer && fewer <= exact + tolerance, "{all} {fewer} {exact}");
    }

    #[test]
    fn an_option_outside_the_mix_is_refused(grid in grids(), leg in legs()) {
        let mine = Mix::of(leg.side, leg.terms.kind);
        for side in [Side::Long, Side::Short] {
            for kind in [OptionKind::Call, OptionKind::Put] {
                let mix = Mix::of(side, kind);
                let mut scenarios = empty(&grid, mix).unwrap();
                let added = scenarios.add(&leg.terms, leg.notional, leg.side);
                prop_assert_eq!(added == Err(HurdleError::InvalidPosition), mix != mine);
            }
        }
    }

    #[test]
    fn written_options_need_at_least_what_held_ones_do_where_volatility_stands(
        grid in grids(), terms in terms(), notional in notionals(),
    ) {
        // by convexity in the price, up to the bounds' distance
        let terms = OptionTerms { seconds_to_expiry: terms.seconds_to_expiry.max(1), ..terms };
        let grid = ScenarioGrid::new(grid.price_range, Ratio::ZERO).unwrap();
        let needs = |side| requirement(&grid, &[Leg { terms, notional, side }], Ratio::ZERO);
        let slack = notional.times_up(Ratio(3 * gap(&terms, ratio(2.0), Ratio::ONE))).unwrap().0 + 4;
        prop_assert!(needs(Side::Short) + slack >= needs(Side::Long));
    }

    #[test]
    fn a_requirement_rises_with_the_notional(
        grid in grids(), leg in legs(), more in notionals(), minimum in 0..=ONE,
    ) {
        let larger = Leg { notional: leg.notional.add(more).unwrap(), ..leg };
        let needs = |leg: Leg| {
            let (credit, debit) = leg.marks();
            let scenarios = scenarios(&grid, &[leg]);
            (scenarios.worst(), scenarios.requirement_up(credit, debit, Ratio(minimum)).unwrap())
        };
        let ((worst, before), (larger_worst, after)) = (needs(leg), needs(larger));
        match leg.side {
            Side::Long => prop_assert!(worst <= larger_worst),
            Side::Short => prop_assert!(larger_worst <= worst),
        }
        // mark and worst value are each rounded to an atom
        prop_assert!(before.0 <= after.0 + 2, "{before:?} {after:?}");
    }

    #[test]
    fn a_spread_needs_no_more_than_its_legs(
        grid in grids(), legs in proptest::collection::vec(legs(), 2..6), minimum in 0..=ONE,
    ) {
        let minimum = Ratio(minimum);
        let together = requirement(&grid, &legs, minimum);
        let apart: u64 = legs.iter().map(|leg| requirement(&grid, core::slice::from_ref(leg), minimum)).sum();
        prop_assert!(together <= apart);
    }

    #[test]
    fn a_bought_vertical_or_calendar_spread_needs_no_more_than_its_debit(
        grid in grids(), kind in kinds(), volatility in ONE / 10..=2 * ONE, days in 1..=365i64, later in 0..=365i64,
        strike in ONE / 2..=2 * ONE, distance in 0..=ONE / 4, notional in notionals(),
    ) {
        // what is bought dominates what is written at every point: the same right, longer or nearer the money
        let bought = OptionTerms {
            strike: Ratio(strike),
            seconds_to_expiry: (days + later) * 86_400,
            volatility: Ratio(volatility),
            kind,
        };
        let further = if kind == OptionKind::Call { strike + distance } else { strike - distance };
        let written = OptionTerms { strike: Ratio(further), seconds_to_expiry: days * 86_400, ..bought };
        let spread = [
            Leg { terms: bought, notional, side: Side::Long },
            Leg { terms: written, notional, side: Side::Short },
        ];
        let ((credit, _), (_, debit)) = (spread[0].marks(), spread[1].marks());
        let slack = notional.times_up(Ratio(2 * gap(&bought, ratio(2.0), ratio(2.0)))).unwrap().0 + 4;
        prop_assert!(requirement(&grid, &spread, Ratio::ZERO) <= credit.0.saturating_sub(debit.0) + slack);
    }

    #[test]
    fn no_bits_panic(
        strike in bits(), seconds_to_expiry in bits(), volatility in bits(), kind in kinds(), side in sides(),
        notional in bits(), credit in bits(), debit in bits(), minimum in bits(), seed in any::<u64>(),
    ) {
        let mut grid = ScenarioGrid::new(ratio(0.2), ratio(0.3)).unwrap();
        scramble(&mut grid, seed, 3);
        let held = grid.invariant().is_ok();
        prop_assert!(!held || !grid.is_defined() || (1..ONE).contains(&grid.price_range.raw()));
        let Ok(mut scenarios) = empty(&grid, Mix::ANY) else { return Ok(()) };
        let terms = OptionTerms { strike: Ratio(strike), seconds_to_expiry, volatility: Ratio(volatility), kind };
        let terms = [terms, OptionTerms { strike: Ratio::ONE, ..terms }, option(kind, 1.0, 30)];
        for terms in terms {
            let added = scenarios.add(&terms, Amount(notional.cast_unsigned()), side);
            prop_assert_eq!(added == Err(HurdleError::InvalidPosition), terms.validate().is_err());
        }
        if let Ok(minimum) = Ratio::new(minimum) {
            let _ = scenarios.requirement_up(Amount(credit.cast_unsigned()), Amount(debit.cast_unsigned()), minimum);
        }
    }
}
