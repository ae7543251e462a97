//! A class that governance changes: initial margin at once, maintenance margin in a straight line.

use super::strategies::*;
use super::*;
use crate::governance::{Direction, IndexedClass, MarketChange};
use crate::state::ClassTransition;

/// A market whose class 0 changed `elapsed` seconds before [`NOW`].
fn changing(from: RiskClass, to: RiskClass, standing: &Standing, elapsed: i64) -> MarketState {
    let mut market = market_of(&[to], standing);
    market.published.published_at = NOW.time;
    market.transitions[0] = ClassTransition {
        from,
        since: UnixTime(NOW.time.0 - elapsed),
    };
    market
}

fn of_class_0() -> impl Strategy<Value = Vec<Position>> {
    positions().prop_map(|mut positions| {
        for position in &mut positions {
            position.class = 0;
        }
        positions
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_change_starts_exactly_at_the_old_maintenance_and_ends_at_the_new(
        from in classes(), to in classes(), standing in standings(), positions in of_class_0(),
    ) {
        let old = answer(&market_of(&[from], &standing), &positions);
        let new = answer(&market_of(&[to], &standing), &positions);
        let maintenance = |reply: MarginReply| (reply.maintenance, reply.maintenance_collateral, reply.maintenance_shortfall);
        let length = market().params.class_transition;
        for elapsed in [0, -1] {
            let start = answer(&changing(from, to, &standing, elapsed), &positions);
            prop_assert_eq!(maintenance(start), maintenance(old));
        }
        for elapsed in [length, length + 1] {
            prop_assert_eq!(answer(&changing(from, to, &standing, elapsed), &positions), new);
        }
    }

    /// There is nothing to move away from, and maintenance margin must not begin at nothing.
    #[test]
    fn a_class_that_was_not_defined_before_is_in_force_at_once(
        to in classes(), standing in standings(), positions in of_class_0(),
    ) {
        let first = answer(&changing(bytemuck::Zeroable::zeroed(), to, &standing, 0), &positions);
        prop_assert_eq!(first, answer(&market_of(&[to], &standing), &positions));
    }

    #[test]
    fn on_its_way_maintenance_lies_between_and_initial_is_there(
        from in classes(), to in classes(), standing in standings(), positions in of_class_0(), elapsed in 0..DAY, later in 0..DAY,
    ) {
        let old = answer(&market_of(&[from], &standing), &positions);
        let new = answer(&market_of(&[to], &standing), &positions);
        let (elapsed, later) = (elapsed.min(later), elapsed.max(later));
        let now = answer(&changing(from, to, &standing, elapsed), &positions);
        let then = answer(&changing(from, to, &standing, later), &positions);
        let (low, high) = (old.maintenance.min(new.maintenance), old.maintenance.max(new.maintenance));
        prop_assert!(low <= now.maintenance && now.maintenance <= high);
        let rises = new.maintenance >= old.maintenance;
        let (less, more) = if rises { (now, then) } else { (then, now) };
        prop_assert!(less.maintenance <= more.maintenance);
        let exact = new.maintenance.0 as f64
            + (old.maintenance.0 as f64 - new.maintenance.0 as f64) * (DAY - elapsed) as f64 / DAY as f64;
        let float = 1e-14 * (old.maintenance.0 as f64 + new.maintenance.0 as f64) + 1e-6;
        prop_assert!(now.maintenance.0 as f64 >= exact - float, "rounded for the account");
        prop_assert!(now.maintenance.0 as f64 <= exact + 1.0 + float);
        let exact = new.maintenance_collateral.0 as f64
            + (old.maintenance_collateral.0 as f64 - new.maintenance_collateral.0 as f64) * (DAY - elapsed) as f64 / DAY as f64;
        let float = 1e-14 * (old.maintenance_collateral.0 as f64 + new.maintenance_collateral.0 as f64) + 1e-6;
        prop_assert!(now.maintenance_collateral.0 as f64 <= exact + float, "rounded for the account");
        prop_assert!(now.maintenance_collateral.0 as f64 >= exact - 1.0 - float);
        // initial margin is that of the new class, unless maintenance margin still stands above it
        prop_assert!(now.initial == new.initial || now.initial == now.maintenance.add(Amount(1)).unwrap());
        prop_assert_eq!(now.initial_collateral, new.initial_collateral.min(now.maintenance_collateral));
        let exposed = positions.iter().any(|p| p.kind != 0 && p.notional > Amount::ZERO);
        prop_assert!(!exposed || now.initial > now.maintenance);
    }
}

/// A class may gain options that it did not have: there is nothing to move away from.
#[test]
fn options_of_a_class_that_had_none_are_valued_over_the_new_grid() {
    let standing = Standing {
        multiplier: [ONE, ONE],
        volatility: [0, 0],
        carry: [0, 0],
        age: 0,
    };
    let from = RiskClass {
        price_range: Ratio::ZERO,
        volatility_range: Ratio::ZERO,
        short_minimum: Ratio::ZERO,
        ..class()
    };
    let held = [call(Side::Long, MILLION, Amount(100_000_000_000))];
    let start = answer(&changing(from, class(), &standing, 0), &held);
    let new = answer(&market_of(&[class()], &standing), &held);
    assert_eq!(start.maintenance, new.maintenance);
}

/// A class and one that is tighter: higher margins, more of every factor, a deeper haircut, over the same grid.
fn tightened() -> impl Strategy<Value = (RiskClass, RiskClass)> {
    let raises = (1i64..=10, 0i64..=10, 0i64..=10, 0i64..=10, 0i64..=10);
    (classes(), raises).prop_filter_map("the tighter one leaves its domain", |(class, raises)| {
        let (maintenance, sensitivity, size, haircut, bounty) = raises;
        let mut to = class;
        // initial margin as much as maintenance margin, so that options keep their share
        let part = |whole: Ratio, tenths: i64| Ratio(whole.raw() + whole.raw() / 10 * tenths);
        to.maintenance = part(class.maintenance, maintenance);
        let share = to.maintenance.raw() * class.initial.raw() / class.maintenance.raw();
        to.initial = class.initial.max(Ratio(share));
        to.hurdle_sensitivity = part(class.hurdle_sensitivity, sensitivity);
        to.size_coefficient = part(class.size_coefficient, size);
        to.haircut = part(class.haircut, haircut).min(Ratio::ONE);
        to.bounty = part(class.bounty, bounty);
        let sound = to.invariant(&market().params.composition.multiplier).is_ok();
        (sound && class.direction(&to) == Direction::Tighter).then_some((class, to))
    })
}

/// From 10 % toward 4 % within a day, tightened on the way to a hair more than 4 %: in the middle 7 % is asked, no matter that
/// the tightening came.
#[test]
fn a_tightening_does_not_hurry_a_loosening() {
    let standing = Standing {
        multiplier: [ONE, ONE],
        volatility: [0, 0],
        carry: [0, 0],
        age: 0,
    };
    let of = |maintenance: i64| RiskClass {
        initial: Ratio(ONE / 5),
        maintenance: Ratio(maintenance),
        size_coefficient: Ratio::ZERO,
        ..class()
    };
    let mut market = changing(of(ONE / 10), of(ONE / 25), &standing, 0);
    let to = of(ONE / 25 + 1);
    let change = MarketChange::Class(IndexedClass { index: 0, class: to });
    change.tighten(&mut market, NOW.time).unwrap();
    let owed = [Position::debt(0, Amount(100_000_000))];
    for (elapsed, asked) in [(0, 10_000_000), (DAY / 2, 7_000_000), (DAY, 4_000_001)] {
        let now = UnixTime(NOW.time.0 + elapsed);
        market.published.observed_at = now;
        let reply = checked(&market, Action::Reduce, &owed, now).unwrap();
        assert_eq!(reply.maintenance, Amount(asked), "after {elapsed} s");
    }
}

/// The answers at a moment: before and after the class was tightened in it.
fn around(passing: &MarketState, to: RiskClass, positions: &[Position], now: UnixTime) -> [MarginReply; 2] {
    let change = MarketChange::Class(IndexedClass { index: 0, class: to });
    let mut tightened = *passing;
    change.tighten(&mut tightened, now).unwrap();
    [passing, &tightened].map(|market| checked(market, Action::Open, positions, now).unwrap())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn to_tighten_on_the_way_moves_no_maintenance_at_once_and_lowers_no_initial_margin(
        from in classes(), (via, to) in tightened(), standing in standings(), positions in of_class_0(), elapsed in 0..DAY,
    ) {
        let passing = changing(from, via, &standing, elapsed);
        let [before, after] = around(&passing, to, &positions, NOW.time);
        let maintenance = |reply: MarginReply| (reply.maintenance, reply.maintenance_collateral, reply.maintenance_shortfall);
        prop_assert_eq!(maintenance(after), maintenance(before));
        prop_assert!(after.initial >= before.initial);
        prop_assert!(after.initial_collateral <= before.initial_collateral);
        prop_assert!(after.initial_shortfall >= before.initial_shortfall);
    }

    /// Not in its slot and not later.
    #[test]
    fn to_tighten_on_the_way_lowers_no_later_margin(
        from in classes(), (via, to) in tightened(), standing in standings(), positions in of_class_0(),
        first in 0..DAY, after in 0..2 * DAY,
    ) {
        let passing = changing(from, via, &standing, first);
        let change = MarketChange::Class(IndexedClass { index: 0, class: to });
        let mut tightened = passing;
        change.tighten(&mut tightened, NOW.time).unwrap();
        let now = UnixTime(NOW.time.0 + after);
        let [untouched, tightened] = [passing, tightened].map(|market| checked(&market, Action::Reduce, &positions, now).unwrap());
        prop_assert!(tightened.maintenance >= untouched.maintenance, "{tightened:?} {untouched:?}");
        prop_assert!(tightened.maintenance_collateral <= untouched.maintenance_collateral);
        prop_assert!(tightened.maintenance_shortfall >= untouched.maintenance_shortfall);
    }

    /// The reference: the straight line from the first class to the second, and from there to the third, in f64; never below
    /// the first line.
    #[test]
    fn from_where_it_was_going_maintenance_goes_on_to_the_tighter_class(
        from in classes(), (via, to) in tightened(), standing in standings(), positions in of_class_0(),
        first in 0..DAY, after in 0..2 * DAY,
    ) {
        // nothing else moves: the ramps rest, the observation is new and there are no options, which come closer to expiry
        let standing = Standing {
            multiplier: [standing.multiplier[0]; 2],
            volatility: [standing.volatility[0]; 2],
            carry: [standing.carry[0]; 2],
            age: 0,
        };
        let mut passing = changing(from, via, &standing, first);
        let change = MarketChange::Class(IndexedClass { index: 0, class: to });
        let linear: Vec<Position> = positions.into_iter().filter(|position| position.kind != PositionKind::Option.byte()).collect();
        change.tighten(&mut passing, NOW.time).unwrap();
        let now = UnixTime(NOW.time.0 + after);
        passing.published.observed_at = now;
        let reply = checked(&passing, Action::Open, &linear, now).unwrap();
        let [from, via, to] = [from, via, to].map(|class| answer(&market_of(&[class], &standing), &linear));
        let left = |elapsed: i64| (DAY - elapsed).max(0) as f64 / DAY as f64;
        let exact = |of: fn(&MarginReply) -> Amount| {
            let [from, via, to] = [&from, &via, &to].map(|reply| of(reply).0 as f64);
            let untouched = via + (from - via) * left(first + after);
            let blend = to + (untouched - to) * left(after);
            (untouched, blend, 1e-14 * (from + via + to) + 1e-6)
        };
        // while it would still be under way the first passage is followed at least
        let passes = first + after < DAY;
        let (untouched, blend, float) = exact(|reply| reply.maintenance);
        let requirement = if passes { blend.max(untouched) } else { blend };
        let actual = reply.maintenance.0 as f64;
        prop_assert!(actual >= requirement - float && actual <= requirement + 2.0 + float, "{actual} for {requirement}");
        let (untouched, blend, float) = exact(|reply| reply.maintenance_collateral);
        let collateral = if passes { blend.min(untouched) } else { blend };
        let actual = reply.maintenance_collateral.0 as f64;
        prop_assert!(actual <= collateral + float && actual >= collateral - 2.0 - float, "{actual} for {collateral}");
        if after >= DAY {
            prop_assert_eq!(reply.maintenance, to.maintenance);
        }
    }
}
