use super::*;
use crate::pow::treasury::{Action, Strategy};
use crate::testing::{Rng, assert_close};
use proptest::strategy::Strategy as Generator;
use proptest::{prop_assert, prop_oneof, proptest};

const TERMS: LoanTerms = LoanTerms {
    advance_ltv: 0.5,
    call_ltv: 0.7,
    liquidation_ltv: 0.8,
    interest: 0.1,
    fee: 0.002,
};

const POLICY: Policy = Policy {
    rule: SaleRule::Margin(Ramp {
        from: 1.0,
        to: 3.0,
        least: 0.1,
        most: 0.6,
    }),
    horizon_days: 30.0,
    confidence: 0.95,
    lean: 1.0,
    good: 1.5,
    deleverage: 0.05,
};

const TODAY: Today = Today {
    price: 30_000.0,
    mined: 1.0,
    bills: 15_000.0,
    bills_per_day: 15_000.0,
    volatility: 0.035,
};

const TREASURY: Treasury = Treasury {
    cash: 300_000.0,
    coins: 21.0,
    collateral: 60.0,
    debt: 600_000.0,
};

fn moved(decision: &Decision, action: Action) -> f64 {
    decision
        .moves
        .iter()
        .filter(|made| made.action == action)
        .map(|made| made.amount)
        .sum()
}

#[test]
fn the_stressed_price_is_undercut_as_often_as_the_confidence_says() {
    let stress = POLICY.stress(&TREASURY, &TERMS, &TODAY).unwrap();
    let log = (stress.price / 30_000.0).ln();
    // Φ⁻¹(0.975) standard deviations of the end, for the lowest price with 95 %
    assert_close(log, -1.959_963_984_540_054 * 0.035 * 30f64.sqrt(), 1e-12);
    // driftless walks of many small steps: the lowest is a little higher than a motion's
    let mut rng = Rng::new(11);
    let walks = 4_000;
    let below = (0..walks)
        .filter(|_| {
            let (mut x, mut lowest) = (0.0f64, 0.0f64);
            for _ in 0..600 {
                x += 0.035 * (30.0f64 / 600.0).sqrt() * rng.normal();
                lowest = lowest.min(x);
            }
            lowest < log
        })
        .count();
    let share = below as f64 / f64::from(walks);
    assert!((0.037..0.055).contains(&share), "{share}");
}

#[test]
fn good_times_pay_bills_from_production_and_debts_from_surplus() {
    let today = Today {
        price: 90_000.0,
        ..TODAY
    };
    let decision = POLICY.decide(&TREASURY, &TERMS, &today).unwrap();
    let sold = moved(&decision, Action::Sell);
    assert!(sold > 0.5 && sold <= 1.0, "{decision:?}");
    assert!(moved(&decision, Action::SellPledged) < 1.0);
    assert!(moved(&decision, Action::Repay) > 250_000.0);
    assert!(decision.moves.iter().all(|made| !made.to_string().is_empty()));
}

#[test]
fn lean_times_sell_nothing_while_there_is_cash_and_pledge_instead() {
    let today = Today {
        price: 14_000.0,
        ..TODAY
    };
    let decision = POLICY.decide(&TREASURY, &TERMS, &today).unwrap();
    assert_eq!(moved(&decision, Action::Sell), 0.0);
    assert_close(moved(&decision, Action::Pay), 15_000.0, 1e-9);
    assert!(moved(&decision, Action::Pledge) > 0.0);
    assert!(decision.after.ltv(14_000.0) < 0.7);
    let broke = Treasury {
        cash: 0.0,
        ..TREASURY
    };
    let decision = POLICY.decide(&broke, &TERMS, &today).unwrap();
    assert_close(
        moved(&decision, Action::Sell),
        15_000.0 / (14_000.0 * 0.998),
        1e-9,
    );
    let sale = decision
        .moves
        .iter()
        .find(|made| made.action == Action::Sell)
        .unwrap();
    assert_eq!(sale.reason, Reason::CashShort);
}

#[test]
fn a_share_rises_along_its_ramp() {
    let share = |rule, debt| {
        let policy = Policy { rule, ..POLICY };
        policy.share(&Treasury { debt, ..TREASURY }, &TERMS, &TODAY, 2.0)
    };
    let ramp = Ramp {
        from: 1.0,
        to: 3.0,
        least: 0.2,
        most: 0.4,
    };
    assert_close(share(SaleRule::Margin(ramp), 0.0), 0.3, 1e-12);
    assert_close(share(SaleRule::Steady(0.7), 0.0), 0.7, 0.0);
    // at the call nothing is left of the distance; far from it all
    assert_close(share(SaleRule::Distance(ramp), 0.7 * 60.0 * 30_000.0), 0.2, 1e-12);
    assert_close(share(SaleRule::Distance(ramp), 1.0), 0.4, 1e-12);
    assert_close(share(SaleRule::Distance(ramp), 0.0), 0.4, 0.0);
}

fn strategies(policy: Policy) -> [Strategy; 4] {
    [
        Strategy::Policy(policy),
        Strategy::SellEverything,
        Strategy::HoldEverything,
        Strategy::SellToCover,
    ]
}

fn rule() -> impl Generator<Value = SaleRule> {
    let ramp =
        (0.0f64..2.0, 0.1f64..3.0, 0.0f64..0.5, 0.0f64..0.5).prop_map(|(from, length, least, more)| Ramp {
            from,
            to: from + length,
            least,
            most: least + more,
        });
    prop_oneof![
        (0.0f64..1.0).prop_map(SaleRule::Steady),
        ramp.clone().prop_map(SaleRule::Margin),
        ramp.prop_map(SaleRule::Distance),
    ]
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 2_048, ..crate::testing::reproducible() })]

    #[test]
    fn no_strategy_sells_what_it_has_not_or_stays_at_a_call_that_it_can_meet(
        rule in rule(),
        (cash, coins, collateral, debt) in (0.0f64..2e5, 0.0f64..20.0, 0.0f64..50.0, 0.0f64..1.5e6),
        (price, mined, bills, per_day) in (5e3f64..8e4, 0.0f64..2.0, 0.0f64..2e5, 0.0f64..5e4),
        (volatility, horizon, confidence) in (0.0f64..0.2, 1.0f64..200.0, 0.5f64..0.999),
        (lean, more, deleverage, fee) in (0.0f64..2.0, 0.0f64..2.0, 0.0f64..1.0, 0.0f64..0.05),
    ) {
        let policy = Policy { rule, horizon_days: horizon, confidence, lean, good: lean + more, deleverage };
        let treasury = Treasury { cash, coins: coins + mined, collateral, debt };
        let today = Today { price, mined, bills, bills_per_day: per_day, volatility };
        let terms = LoanTerms { fee, ..TERMS };
        let net = price * (1.0 - fee);
        for strategy in strategies(policy) {
            let decision = strategy.decide(&treasury, &terms, &today).unwrap();
            let after = decision.after;
            let of = |action| moved(&decision, action);
            for amount in [after.cash, after.coins, after.collateral, after.debt, decision.unpaid] {
                prop_assert!(amount >= 0.0);
            }
            // coins and cash went where the moves say
            let (sold, pledged_sold) = (of(Action::Sell), of(Action::SellPledged));
            let scale = coins + mined + collateral + 1.0;
            prop_assert!((coins + mined - sold - of(Action::Pledge) - after.coins).abs() < 1e-9 * scale);
            prop_assert!((collateral - pledged_sold + of(Action::Pledge) - after.collateral).abs() < 1e-9 * scale);
            let cash_after = cash + (sold + pledged_sold) * net + of(Action::Draw) - of(Action::Pay) - of(Action::Repay);
            prop_assert!((cash_after - after.cash).abs() < 1e-9 * (cash + scale * price));
            prop_assert!((debt + of(Action::Draw) - of(Action::Repay) - after.debt).abs() < 1e-9 * (debt + 1.0));
            prop_assert!((bills - of(Action::Pay) - decision.unpaid).abs() < 1e-9 * (bills + 1.0));
            // bills stay unpaid only where nothing is left
            if decision.unpaid > 1e-6 {
                prop_assert!(after.coins + after.collateral < 1e-9 * scale && after.cash == 0.0);
            }
            // whoever can meet the call does
            let sold_out = cash + net * (coins + mined + collateral) - bills - debt;
            if sold_out > 1e-6 * (debt + bills) {
                prop_assert!(after.ltv(price) < terms.call_ltv, "{strategy:?} {decision:?}");
            }
        }
    }
}

#[test]
fn policies_and_days_outside_their_domain_are_refused() {
    let ramp = |from, to| {
        SaleRule::Margin(Ramp {
            from,
            to,
            least: 0.0,
            most: 1.0,
        })
    };
    for broken in [
        Policy {
            rule: SaleRule::Steady(1.1),
            ..POLICY
        },
        Policy {
            rule: ramp(1.0, 1.0),
            ..POLICY
        },
        Policy {
            rule: ramp(f64::NAN, 1.0),
            ..POLICY
        },
        Policy {
            horizon_days: 0.0,
            ..POLICY
        },
        Policy {
            confidence: 1.0,
            ..POLICY
        },
        Policy { good: 0.5, ..POLICY },
    ] {
        assert!(broken.decide(&TREASURY, &TERMS, &TODAY).is_err(), "{broken:?}");
    }
    for broken in [
        Today { price: 0.0, ..TODAY },
        Today { mined: -1.0, ..TODAY },
        Today {
            bills: f64::NAN,
            ..TODAY
        },
        Today {
            volatility: f64::INFINITY,
            ..TODAY
        },
    ] {
        for strategy in strategies(POLICY) {
            assert!(strategy.decide(&TREASURY, &TERMS, &broken).is_err(), "{broken:?}");
        }
    }
    for broken in [
        LoanTerms {
            advance_ltv: 0.75,
            ..TERMS
        },
        LoanTerms {
            call_ltv: 0.999,
            liquidation_ltv: 1.0,
            ..TERMS
        },
        LoanTerms {
            liquidation_ltv: 0.6,
            ..TERMS
        },
        LoanTerms { fee: -0.1, ..TERMS },
    ] {
        assert!(POLICY.decide(&TREASURY, &broken, &TODAY).is_err(), "{broken:?}");
    }
    let negative = Treasury {
        debt: -1.0,
        ..TREASURY
    };
    assert!(POLICY.decide(&negative, &TERMS, &TODAY).is_err());
}
