//! The requirement as a function of everything that it depends on.

use super::*;
use crate::fixture::reference::of_ratio;

/// A class that keeps its invariant under a market's cap of two.
fn classes() -> impl Strategy<Value = RiskClass> {
    let base = (2..=ONE, 1..ONE).prop_map(|(initial, below)| (initial, below % (initial - 1) + 1));
    let sensitivities = (0..=4 * ONE, 0..=10 * ONE, 0..=3 * ONE);
    let size = (0..=2 * ONE, 0..=9 * ONE, 1u64..=u64::MAX, 0u32..64);
    (base, sensitivities, size, ONE..=10 * ONE, 0..=ONE).prop_map(
        |(base, sensitivities, size, cap, haircut)| {
            let class = RiskClass {
                initial: Ratio(base.0),
                maintenance: Ratio(base.1),
                hurdle_sensitivity: Ratio(sensitivities.0),
                volatility_sensitivity: Ratio(sensitivities.1),
                volatility_reference: Ratio(sensitivities.2),
                size_coefficient: Ratio(size.0),
                size_cap: Ratio(size.1),
                multiplier_cap: Ratio(cap),
                haircut: Ratio(haircut),
                size_reference: Amount((size.2 >> size.3).max(1)),
                ..RiskClass::default()
            };
            assert_eq!(class.invariant(&fixture::composition_rule().multiplier), Ok(()));
            class
        },
    )
}

fn amounts() -> impl Strategy<Value = Amount> {
    (any::<u64>(), 8u32..64).prop_map(|(atoms, shift)| Amount(atoms >> shift))
}

fn multipliers() -> impl Strategy<Value = Ratio> {
    (ONE..=3 * ONE).prop_map(Ratio)
}

/// What a requirement depends on.
#[derive(Clone, Copy, Debug)]
struct Asked {
    class: RiskClass,
    exposure: Amount,
    multiplier: Ratio,
    volatility: Ratio,
    age: i64,
}

fn asked() -> impl Strategy<Value = Asked> {
    (classes(), amounts(), multipliers(), 0..=10 * ONE, 0..DAY).prop_map(
        |(class, exposure, multiplier, volatility, age)| Asked {
            class,
            exposure,
            multiplier,
            volatility: Ratio(volatility),
            age,
        },
    )
}

impl Asked {
    fn reply(&self) -> MarginReply {
        let mut market = market_at(self.multiplier);
        market.classes[0] = self.class;
        market.published.ramps.volatility = Track::resting(self.volatility);
        let position = Position {
            exposure: self.exposure,
            ..Position::default()
        };
        check_position(&market, &position, aged(&market, self.age)).unwrap()
    }

    /// The capped product of factors, in floating point.
    fn factor(&self) -> f64 {
        let class = &self.class;
        let size = self.exposure.0 as f64 / class.size_reference.0 as f64;
        let rise = of_ratio(class.size_coefficient) * size.sqrt();
        let size = 1.0 + rise.min(of_ratio(class.size_cap));
        let above = (of_ratio(self.volatility) - of_ratio(class.volatility_reference)).max(0.0);
        let volatility = 1.0 + of_ratio(class.volatility_sensitivity) * above;
        let rule = fixture::params().staleness;
        let stale = (self.age.min(rule.hard_after) - rule.soft_after).max(0) as f64;
        let growth = 1.0 + of_ratio(rule.growth_per_day) * stale / 86_400.0;
        let hurdle = 1.0 + of_ratio(class.hurdle_sensitivity) * (of_ratio(self.multiplier) - 1.0);
        (size * volatility * growth * hurdle).min(of_ratio(class.multiplier_cap))
    }

    /// Whether the square root is past the size from which it is coarser.
    fn oversized(&self) -> bool {
        self.exposure.0 / self.class.size_reference.0 >= LARGEST_SIZE
    }
}

/// What rounding the ratio of sizes up in 1e-8 may add to the size factor: the root of a small one magnifies it.
fn magnified(class: &RiskClass, exposure: Amount) -> f64 {
    let size = exposure.0 as f64 / class.size_reference.0 as f64;
    of_ratio(class.size_coefficient) * ((size + 1.1e-8).sqrt() - size.sqrt())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn requirements_are_the_rule_and_never_rounded_for_the_account(asked in asked()) {
        let reply = asked.reply();
        let exposure = asked.exposure.0 as f64;
        for (base, actual) in [(asked.class.initial, reply.initial), (asked.class.maintenance, reply.maintenance)] {
            let exact = exposure * of_ratio(base) * asked.factor();
            // floating point itself is exact to about 1e-15
            prop_assert!(actual.0 as f64 >= exact * (1.0 - 1e-13), "{actual:?} below {exact}");
            if !asked.oversized() {
                // the factors, each rounded by some 1e-8 and multiplied by the others; then the base by another
                let factors = 10.0 * (magnified(&asked.class, asked.exposure) + 1e-6);
                let most = exact + exposure * (of_ratio(base) * factors + 2e-8) + 2.0;
                prop_assert!(actual.0 as f64 <= most, "{actual:?} above {most}");
            }
        }
    }

    #[test]
    fn requirements_are_never_below_base_nor_above_the_cap(asked in asked()) {
        let reply = asked.reply();
        let class = &asked.class;
        for (base, actual) in [(class.initial, reply.initial), (class.maintenance, reply.maintenance)] {
            prop_assert!(actual >= asked.exposure.times_up(base).unwrap());
        }
        let most = asked.exposure.times_up(class.initial.times_up(class.multiplier_cap).unwrap()).unwrap();
        // one atom more where rounding would join initial and maintenance
        prop_assert!(reply.initial <= most.add(Amount(1)).unwrap());
    }

    #[test]
    fn initial_is_above_maintenance_for_every_exposure(asked in asked(), atoms in 0u64..50) {
        for exposure in [asked.exposure, Amount(atoms)] {
            let reply = Asked { exposure, ..asked }.reply();
            if exposure == Amount::ZERO {
                prop_assert_eq!((reply.initial, reply.maintenance), (Amount::ZERO, Amount::ZERO));
            } else {
                prop_assert!(reply.initial > reply.maintenance && reply.maintenance > Amount::ZERO);
            }
        }
    }

    #[test]
    fn requirements_rise_with_everything_that_is_a_risk(
        asked in asked(), exposure in amounts(), multiplier in multipliers(), volatility in 0..=10 * ONE, age in 0..DAY,
    ) {
        let base = asked.reply();
        for riskier in [
            Asked { exposure: exposure.max(asked.exposure), ..asked },
            Asked { multiplier: multiplier.max(asked.multiplier), ..asked },
            Asked { volatility: Ratio(volatility).max(asked.volatility), ..asked },
            Asked { age: age.max(asked.age), ..asked },
        ] {
            let reply = riskier.reply();
            prop_assert!(reply.initial >= base.initial && reply.maintenance >= base.maintenance, "{riskier:?}");
        }
    }

    #[test]
    fn the_size_factor_is_the_square_root_rounded_up(class in classes(), exposure in amounts()) {
        let factor = of_ratio(class.size_factor(exposure).unwrap());
        let size = exposure.0 as f64 / class.size_reference.0 as f64;
        let exact = 1.0 + (of_ratio(class.size_coefficient) * size.sqrt()).min(of_ratio(class.size_cap));
        prop_assert!(factor >= exact - 1e-12, "{factor} below {exact}");
        if exposure.0 / class.size_reference.0 < LARGEST_SIZE {
            prop_assert!(factor <= exact + magnified(&class, exposure) + 4e-8, "{factor} above {exact}");
        } else if exposure.0 / class.size_reference.0 < 1_000_000_000_000 {
            prop_assert!(factor <= exact + 0.021 * of_ratio(class.size_coefficient) + 4e-8, "{factor} above {exact}");
        }
    }

    #[test]
    fn the_size_factor_never_falls_with_size(class in classes(), a in amounts(), b in amounts(), step in 0u64..3) {
        let (small, large) = (a.min(b), a.max(b));
        prop_assert!(class.size_factor(small).unwrap() <= class.size_factor(large).unwrap());
        let next = Amount(small.0 + step);
        prop_assert!(class.size_factor(small).unwrap() <= class.size_factor(next).unwrap());
    }

    #[test]
    fn shortfalls_and_health_are_those_of_the_inequality(
        asked in asked(), liabilities in amounts(), collateral in amounts(),
    ) {
        let mut market = market_at(asked.multiplier);
        market.classes[0] = asked.class;
        let position = Position { exposure: asked.exposure, liabilities, collateral, ..Position::default() };
        let reply = check_position(&market, &position, aged(&market, asked.age)).unwrap();
        let counted = u128::from(collateral.0) * u128::from((ONE - asked.class.haircut.raw()).unsigned_abs())
            / u128::from(ONE.unsigned_abs());
        prop_assert_eq!(u128::from(reply.collateral.0), counted);
        let missing = |requirement: Amount| {
            (u128::from(liabilities.0) + u128::from(requirement.0)).saturating_sub(counted)
        };
        prop_assert_eq!(u128::from(reply.initial_shortfall.0), missing(reply.initial));
        prop_assert_eq!(u128::from(reply.maintenance_shortfall.0), missing(reply.maintenance));
        let health = match (missing(reply.initial), missing(reply.maintenance)) {
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
