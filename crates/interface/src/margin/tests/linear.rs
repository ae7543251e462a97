//! The rule as a function of everything that it depends on.

use super::reference::{exact, size_factor};
use super::strategies::*;
use super::*;
use crate::fixture::reference::of_ratio;
use crate::ramp::LARGEST_CARRY;

/// A position in two parts.
fn split(position: &Position, share: u64) -> [Position; 2] {
    let part = |amount: Amount| Amount(amount.0 / 100 * share);
    let first = Position {
        notional: part(position.notional),
        credit: part(position.credit),
        debit: part(position.debit),
        ..*position
    };
    let second = Position {
        notional: position.notional.sub(first.notional).unwrap(),
        credit: position.credit.sub(first.credit).unwrap(),
        debit: position.debit.sub(first.debit).unwrap(),
        ..*position
    };
    [first, second]
}

fn times(position: &Position, factor: u64) -> Position {
    Position {
        notional: Amount(position.notional.0 * factor),
        credit: Amount(position.credit.0 * factor),
        debit: Amount(position.debit.0 * factor),
        ..*position
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_answer_is_the_rule_and_never_rounded_for_the_account(
        (classes, standing) in markets(), positions in positions(),
    ) {
        let market = market_of(&classes, &standing);
        let reply = answer(&market, &positions);
        let exact = exact(&market, &positions, NOW.time);
        // floating point itself is exact to about 1e-15, and a difference of option values to their size
        let float = 1e-12 * (1.0 + positions.iter().map(|p| 20.0 * (p.notional.0 as f64 + p.credit.0 as f64 + p.debit.0 as f64)).sum::<f64>());
        for (actual, least) in [(reply.initial, exact.initial), (reply.maintenance, exact.maintenance)] {
            prop_assert!(actual.0 as f64 >= least - float, "{reply:?} below {exact:?}");
        }
        // one atom more where rounding would join initial and maintenance
        let apart = exact.initial.max(exact.maintenance + 1.0) + exact.slack + float;
        prop_assert!(reply.initial.0 as f64 <= apart + 1.0, "{reply:?} above {exact:?}");
        prop_assert!(reply.maintenance.0 as f64 <= exact.maintenance + exact.slack + float, "{reply:?} above {exact:?}");
        for (actual, most) in [
            (reply.initial_collateral, exact.initial_collateral),
            (reply.maintenance_collateral, exact.maintenance_collateral),
        ] {
            prop_assert!(actual.0 as f64 <= most + float, "{reply:?} above {exact:?}");
            prop_assert!(actual.0 as f64 >= most - exact.collateral_slack - float, "{reply:?} below {exact:?}");
        }
        prop_assert!((reply.liabilities.0 as f64 - exact.liabilities).abs() <= float);
    }

    #[test]
    fn requirements_are_never_below_base_nor_above_the_cap(
        (classes, standing) in markets(), positions in proptest::collection::vec(linear(), 1..=8),
    ) {
        let market = market_of(&classes, &standing);
        let reply = answer(&market, &positions);
        let bound = |of: fn(&RiskClass) -> Ratio| -> u128 {
            (0u8..).zip(&classes).map(|(index, class)| {
                let of_class = positions.iter().filter(|p| p.class == index && p.kind != 0);
                let notional: u128 = of_class.map(|p| u128::from(p.notional.0)).sum();
                (notional * u128::from(of(class).raw().unsigned_abs())).div_ceil(u128::from(ONE.unsigned_abs()))
            }).sum()
        };
        prop_assert!(u128::from(reply.initial.0) >= bound(|class| class.initial));
        prop_assert!(u128::from(reply.maintenance.0) >= bound(|class| class.maintenance));
        let dearest = bound(|class| {
            let capped = class.initial.times_up(class.multiplier_cap).unwrap();
            capped.add(class.bounty).unwrap().add(LARGEST_CARRY).unwrap()
        });
        prop_assert!(u128::from(reply.initial.0) <= dearest + 1);
    }

    #[test]
    fn initial_is_above_maintenance_for_every_exposure(
        (classes, standing) in markets(), positions in positions(), atoms in 0u64..50,
    ) {
        let market = market_of(&classes, &standing);
        let dust: Vec<Position> = positions.iter().map(|position| Position {
            notional: Amount(position.notional.0.min(if position.kind == 3 { atoms.max(1) } else { atoms })),
            ..*position
        }).collect();
        for positions in [positions, dust] {
            let reply = answer(&market, &positions);
            let exposed = positions.iter().any(|p| p.kind != 0 && p.notional > Amount::ZERO);
            prop_assert!(reply.initial >= reply.maintenance);
            prop_assert!(!exposed || reply.initial > reply.maintenance, "{reply:?}");
            prop_assert!(reply.initial_collateral <= reply.maintenance_collateral);
        }
    }

    #[test]
    fn requirements_rise_and_collateral_falls_with_everything_that_is_a_risk(
        (classes, standing) in markets(), positions in positions(), riskier in standings(),
    ) {
        let above = |a: [i64; 2], b: [i64; 2]| [a[0].max(b[0]), a[1].max(b[1])];
        let base = answer(&market_of(&classes, &standing), &positions);
        for more in [
            Standing { multiplier: above(standing.multiplier, riskier.multiplier), ..standing },
            Standing { volatility: above(standing.volatility, riskier.volatility), ..standing },
            Standing { carry: above(standing.carry, riskier.carry), ..standing },
            Standing { age: standing.age.max(riskier.age), ..standing },
        ] {
            let reply = answer(&market_of(&classes, &more), &positions);
            prop_assert!(reply.initial >= base.initial && reply.maintenance >= base.maintenance, "{more:?}");
            prop_assert!(reply.initial_collateral <= base.initial_collateral, "{more:?}");
            prop_assert!(reply.maintenance_collateral <= base.maintenance_collateral, "{more:?}");
        }
    }

    #[test]
    fn requirements_rise_with_size(
        (classes, standing) in markets(), positions in positions(), factor in 2u64..20, optional in any::<bool>(),
    ) {
        let market = market_of(&classes, &standing);
        let positions: Vec<Position> =
            positions.into_iter().filter(|position| optional || position.kind != 3).collect();
        let larger: Vec<Position> = positions.iter().map(|position| times(position, factor)).collect();
        let (small, large) = (answer(&market, &positions), answer(&market, &larger));
        // the value of each option is rounded by an atom at each point of the grid, and multiplied by the factors
        let options = positions.iter().filter(|position| position.kind == 3).count();
        let rounding = u64::try_from(options).unwrap() * 10 * factor + u64::from(options > 0);
        prop_assert!(large.initial.0 + rounding >= small.initial.0);
        prop_assert!(large.maintenance.0 + rounding >= small.maintenance.0);
    }

    #[test]
    fn splitting_a_position_never_lowers_what_it_needs(
        (classes, standing) in markets(), positions in positions(), which in any::<usize>(), share in 0u64..=100,
    ) {
        let market = market_of(&classes, &standing);
        let (at, whole) = (which % positions.len(), answer(&market, &positions));
        let mut parts = positions.clone();
        parts.splice(at..=at, split(&positions[at], share));
        prop_assume!(parts.iter().all(|part| part.kind != 3 || part.notional > Amount::ZERO));
        let apart = answer(&market, &parts);
        if positions[at].kind == 3 {
            prop_assert!(apart.initial >= whole.initial && apart.maintenance >= whole.maintenance);
            prop_assert_eq!(apart.liabilities, whole.liabilities);
            prop_assert_eq!(apart.initial_collateral, whole.initial_collateral);
        } else {
            prop_assert_eq!(apart, whole);
        }
    }

    #[test]
    fn the_order_of_positions_does_not_matter(
        (classes, standing) in markets(), positions in positions(), by in any::<usize>(),
    ) {
        let market = market_of(&classes, &standing);
        let mut turned = positions.clone();
        turned.rotate_left(by % positions.len());
        prop_assert_eq!(answer(&market, &turned), answer(&market, &positions));
    }

    #[test]
    fn the_size_factor_is_the_square_root_rounded_up(class in classes(), size in amounts()) {
        let factor = of_ratio(class.size_factor(size).unwrap());
        let exact = size_factor(&class, size.0 as f64);
        prop_assert!(factor >= exact - 1e-12, "{factor} below {exact}");
        let relative = size.0 as f64 / class.size_reference.0 as f64;
        let off = if relative < FINE_SIZES as f64 {
            (relative + 1.1e-8).sqrt() - relative.sqrt() + 3e-8
        } else if relative < 1e11 {
            2.1e-4
        } else {
            1.1
        };
        prop_assert!(factor <= exact + off * of_ratio(class.size_coefficient) + 2e-8, "{factor} above {exact}");
    }

    #[test]
    fn the_size_factor_never_falls_with_size(class in classes(), a in amounts(), b in amounts(), step in 0u64..3) {
        let (small, large) = (a.min(b), a.max(b));
        prop_assert!(class.size_factor(small).unwrap() <= class.size_factor(large).unwrap());
        let next = Amount(small.0 + step);
        prop_assert!(class.size_factor(small).unwrap() <= class.size_factor(next).unwrap());
    }

    #[test]
    fn shortfalls_and_health_are_those_of_the_inequality((classes, standing) in markets(), positions in positions()) {
        let reply = answer(&market_of(&classes, &standing), &positions);
        let missing = |requirement: Amount, collateral: Amount| {
            (u128::from(reply.liabilities.0) + u128::from(requirement.0)).saturating_sub(u128::from(collateral.0))
        };
        let initial = missing(reply.initial, reply.initial_collateral);
        let maintenance = missing(reply.maintenance, reply.maintenance_collateral);
        prop_assert_eq!(u128::from(reply.initial_shortfall.0), initial);
        prop_assert_eq!(u128::from(reply.maintenance_shortfall.0), maintenance);
        let health = match (initial, maintenance) {
            (0, _) => Health::Healthy,
            (_, 0) => Health::Restricted,
            _ => Health::Liquidatable,
        };
        prop_assert_eq!(reply.health, health.byte());
        let fresh = reply.freshness < Freshness::HardStale.byte();
        prop_assert_eq!(reply.allowed == 1, fresh && health == Health::Healthy);
    }
}

/// Dust must not round its size away: the root of a small ratio is far larger than the ratio.
#[test]
fn the_size_of_dust_is_rounded_up_before_its_root() {
    let class = RiskClass {
        size_coefficient: Ratio::ONE,
        ..class()
    };
    // 9,000 atoms of a reference of 1e12: ratio 9e-9, root 9.4868e-5
    let factor = class.size_factor(Amount(9_000)).unwrap();
    assert!(factor >= Ratio(100_009_487), "{factor:?}");
}
