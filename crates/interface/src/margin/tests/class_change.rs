//! A class that governance changes: initial margin at once, maintenance margin in a straight line.

use super::strategies::*;
use super::*;
use crate::state::ClassTransition;

/// A market whose class 0 changed `elapsed` seconds before [`NOW`].
fn changing(from: RiskClass, to: RiskClass, standing: &Standing, elapsed: i64) -> MarketState {
    let mut market = market_of(&[to], standing);
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
