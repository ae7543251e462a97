//! Hour by hour.

use super::brute::{energy_cost, keeps, keeps_to, optimum, starts};
use super::*;
use crate::testing::{Rng, assert_close};
use proptest::prelude::*;

const SEASONAL: SeasonalForecast = SeasonalForecast {
    days: 3,
    persistence: 0.7,
};

const RULE: PolicyRule = PolicyRule {
    horizon: 8,
    memory: 72,
};

fn commitment() -> impl Strategy<Value = Commitment> {
    (1usize..4, 1usize..4, 0.0f64..20.0, 1usize..3).prop_map(|(min_run, min_down, start_cost, stages)| {
        Commitment {
            min_run,
            min_down,
            start_cost,
            stages,
        }
    })
}

/// Contracts of every kind: without spot, without block, with and without resale and response, tight and wide limits.
fn any_contracts() -> impl Strategy<Value = Contracts> {
    let block = (
        0.0f64..250.0,
        0.0f64..0.08,
        prop::sample::select(vec![0.0, 0.6, 1.0]),
        prop::option::of(0.0f64..0.01),
    )
        .prop_map(|(power, price, take_or_pay, resale)| PowerPurchase {
            power,
            price,
            take_or_pay,
            resale,
        });
    let response = (
        5.0f64..60.0,
        prop::sample::select(vec![0.0, 0.01, 0.05]),
        0.0f64..0.3,
        0usize..4,
        0usize..3,
        2usize..5,
        0usize..3,
    )
        .prop_map(
            |(power, availability, payment, hours, calls, period, notice)| DemandResponse {
                power,
                availability,
                payment,
                hours,
                calls,
                period,
                notice,
            },
        );
    (
        prop::sample::select(vec![150.0, 180.0, 1_000.0]),
        0.0f64..0.02,
        prop::option::of(block),
        prop::option::of(response),
    )
        .prop_map(|(max_load, fee, purchase, response)| Contracts {
            max_load,
            spot: Some(Spot { fee }),
            purchase,
            response,
        })
}

/// The constraints of a schedule, checked one by one.
fn check(
    operation: &Operation,
    contracts: &Contracts,
    rules: &[Commitment; 2],
    done: &Schedule,
    hours: &[GridHour],
) {
    let full = operation.full_load();
    let mut profit = 0.0;
    for (hour, input) in done.hours.iter().zip(hours) {
        let sheds = contracts.response.filter(|_| hour.action == Action::Respond);
        let limit = sheds.map_or(contracts.max_load, |response| full - response.power);
        assert!(hour.load <= limit * (1.0 + 1e-9), "{} over {limit}", hour.load);
        let by_block: f64 = hour.blocks.iter().map(|block| block.load).sum();
        assert_close(by_block, hour.load, 1e-9 * (1.0 + hour.load));
        // every kWh comes from somewhere, and the block gives no more than it has
        assert_close(
            hour.energy.bought + hour.energy.taken,
            hour.load,
            1e-9 * (1.0 + hour.load),
        );
        let block = contracts.purchase.map_or(0.0, |block| block.power);
        assert!(hour.energy.taken + hour.energy.resold <= block * (1.0 + 1e-12));
        assert_close(
            hour.energy.cost,
            energy_cost(contracts, input.price, hour.load),
            1e-9 * (1.0 + hour.load),
        );
        let parts = hour.revenue + hour.availability + hour.payment - hour.energy.cost - hour.starts;
        assert_close(parts - 1.0, hour.profit, 1e-9 * (1.0 + parts.abs()));
        profit += hour.profit;
    }
    assert_close(profit, done.totals.profit, 1e-9 * (1.0 + profit.abs()));
    for (block, rule) in rules.iter().enumerate() {
        let stages: Vec<usize> = done.choices.iter().map(|choice| choice.stages[block]).collect();
        assert!(keeps(rule, &stages), "{rule:?}: {stages:?}");
    }
    if let Some(contract) = contracts.response {
        let responds: Vec<bool> = done.choices.iter().map(|choice| choice.responds).collect();
        assert!(keeps_to(&contract, &responds), "{contract:?}: {responds:?}");
    }
    let all: f64 = (0..2)
        .map(|block| {
            let stages: Vec<usize> = done.choices.iter().map(|choice| choice.stages[block]).collect();
            starts(&rules[block], &stages)
        })
        .sum();
    assert_close(all, done.totals.starts, 1e-9);
}

/// Whether all machines together may be on under the contracts, without which the site cannot start.
fn operation(contracts: Contracts, rules: [Commitment; 2]) -> Operation {
    Operation::new(site(), blocks(rules), contracts).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..crate::testing::reproducible() })]

    #[test]
    fn the_optimum_is_that_of_all_schedules(
        contracts in any_contracts(), rules in [commitment(), commitment()], seed in 0u64..10_000,
    ) {
        let hours = hours(4, &mut Rng::new(seed));
        let operation = operation(contracts, rules);
        let done = operation.optimum(&hours).unwrap();
        check(&operation, &contracts, &rules, &done, &hours);
        let best = optimum(&contracts, &rules, &hours);
        prop_assert!((done.totals.profit - best).abs() < 1e-8 * (1.0 + best.abs()), "{} {best}", done.totals.profit);
    }
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn no_policy_breaks_a_constraint_or_beats_foresight(
        contracts in any_contracts(), rules in [commitment(), commitment()], seed in 0u64..10_000,
    ) {
        let hours = hours(30, &mut Rng::new(seed));
        let operation = operation(contracts, rules);
        let bound = operation.optimum(&hours).unwrap();
        let done = operation.policy(&hours, &RULE, &SEASONAL).unwrap();
        check(&operation, &contracts, &rules, &bound, &hours);
        check(&operation, &contracts, &rules, &done, &hours);
        let slack = 1e-9 * (1.0 + bound.totals.profit.abs());
        prop_assert!(done.totals.profit <= bound.totals.profit + slack);
        // where not everything fits under the limit, not everything can always run
        if let Ok(always) = operation.always_run(&hours) {
            prop_assert!(always.totals.profit <= bound.totals.profit + slack);
        }
    }

    #[test]
    fn no_feasible_schedule_beats_the_optimum(
        contracts in any_contracts(), rules in [commitment(), commitment()], seed in 0u64..10_000,
    ) {
        let mut rng = Rng::new(seed);
        let hours = hours(24, &mut rng);
        let operation = operation(contracts, rules);
        let bound = operation.optimum(&hours).unwrap();
        let again = operation.schedule(&hours, &bound.choices).unwrap();
        prop_assert_eq!(again.totals, bound.totals);
        let mut choices = bound.choices;
        for _ in 0..40 {
            let hour = (rng.uniform() * 24.0) as usize;
            let mut other = choices.clone();
            other[hour].responds ^= rng.uniform() < 0.3;
            let block = usize::from(rng.uniform() < 0.5);
            other[hour].stages[block] = usize::from(rng.uniform() < 0.5);
            if let Ok(done) = operation.schedule(&hours, &other) {
                check(&operation, &contracts, &rules, &done, &hours);
                prop_assert!(done.totals.profit <= bound.totals.profit + 1e-9 * (1.0 + bound.totals.profit.abs()));
                choices = other;
            }
        }
    }

    #[test]
    fn the_policy_knows_nothing_of_later_hours(
        contracts in any_contracts(), rules in [commitment(), commitment()], seed in 0u64..10_000, cut in 1usize..29,
    ) {
        let mut rng = Rng::new(seed);
        let seen = hours(30, &mut rng);
        let mut changed = seen.clone();
        changed[cut..].clone_from_slice(&hours(30 - cut, &mut rng));
        let operation = operation(contracts, rules);
        let [first, second] = [&seen, &changed].map(|hours| operation.policy(hours, &RULE, &SEASONAL).unwrap());
        prop_assert_eq!(&first.hours[..cut], &second.hours[..cut]);
    }

    #[test]
    fn without_coupling_the_threshold_rule_is_optimal_and_needs_no_foresight(seed in 0u64..10_000, fee in 0.0f64..0.02) {
        let hours = hours(40, &mut Rng::new(seed));
        let contracts = Contracts { spot: Some(Spot { fee }), purchase: None, ..contracts() };
        let operation = operation(contracts, [Commitment::default(); 2]);
        let done = operation.optimum(&hours).unwrap();
        for (hour, input) in done.hours.iter().zip(&hours) {
            let thresholds = operation.thresholds(input).unwrap();
            for ((threshold, block), reason) in thresholds.iter().zip(&hour.blocks).zip(&hour.reasons) {
                prop_assert_eq!(block.load > 0.0, *threshold >= input.price + fee);
                prop_assert_eq!(block.load > 0.0, matches!(reason, Reason::Profitable { .. }));
            }
        }
        let policy = operation.policy(&hours, &RULE, &SEASONAL).unwrap();
        prop_assert_eq!(policy.hours, done.hours);
    }
}

fn hour(price: f64) -> GridHour {
    GridHour {
        price,
        hashprice: 60.0,
        derating: 1.0,
    }
}

#[test]
fn the_reasons_are_those_that_decided() {
    let held = Commitment {
        min_run: 1,
        min_down: 1,
        start_cost: 50.0,
        stages: 1,
    };
    // thresholds at 60 per PH/s and day: 0.074, 0.023 and 0.041 per kWh at the meter
    let operation = operation(contracts(), [held, Commitment::default()]);
    let done = operation
        .optimum(&[0.02, 0.08, 0.0, 0.9, -0.05].map(hour))
        .unwrap();
    let names: Vec<Vec<&str>> = done
        .hours
        .iter()
        .map(|hour| hour.reasons.iter().map(Reason::name).collect())
        .collect();
    assert_eq!(
        names,
        [
            ["profitable", "unprofitable", "profitable"],
            // selling the block's power brings 0.075: the restart would cost more than the difference
            ["committed", "resale", "resale"],
            ["profitable", "profitable", "profitable"],
            ["resale", "resale", "resale"],
            ["waiting", "profitable", "profitable"],
        ]
    );
    let actions: Vec<Action> = done.hours.iter().map(|hour| hour.action).collect();
    assert_eq!(
        actions,
        [
            Action::RunPart,
            Action::Sell,
            Action::Run,
            Action::Sell,
            Action::RunPart
        ]
    );
}

#[test]
fn calls_go_to_the_dearest_hours_and_the_last_has_a_price() {
    let contracts = Contracts {
        purchase: None,
        response: Some(DemandResponse {
            hours: 2,
            calls: 2,
            availability: 0.0,
            ..response()
        }),
        ..contracts()
    };
    let operation = operation(contracts, [Commitment::default(); 2]);
    let hours = [0.0, 0.03, -0.02, 0.05, 0.01].map(hour);
    let done = operation.optimum(&hours).unwrap();
    let responds: Vec<bool> = done.choices.iter().map(|choice| choice.responds).collect();
    assert_eq!(responds, [false, true, false, true, false]);
    // with one hour of calls less, the second best hour would be lost
    let fewer = Contracts {
        response: contracts
            .response
            .map(|response| DemandResponse { hours: 1, ..response }),
        ..contracts
    };
    let lost = Operation::new(site(), blocks([Commitment::default(); 2]), fewer)
        .unwrap()
        .optimum(&hours)
        .unwrap();
    assert_close(
        done.hour_of_calls.unwrap(),
        done.totals.profit - lost.totals.profit,
        1e-9,
    );
}

#[test]
fn what_cannot_be_is_refused() {
    let rules = [Commitment::default(); 2];
    let refuse = |contracts: Contracts| Operation::new(site(), blocks(rules), contracts).is_err();
    assert!(refuse(Contracts {
        spot: None,
        purchase: None,
        ..contracts()
    }));
    assert!(refuse(Contracts {
        max_load: 0.0,
        ..contracts()
    }));
    assert!(refuse(Contracts {
        spot: Some(Spot { fee: -0.1 }),
        ..contracts()
    }));
    assert!(refuse(Contracts {
        response: Some(DemandResponse {
            power: 900.0,
            ..response()
        }),
        ..contracts()
    }));
    let many = Commitment {
        min_run: 168,
        min_down: 168,
        start_cost: 1.0,
        stages: 168,
    };
    assert!(Operation::new(site(), blocks([many, many]), contracts()).is_err());
    // two blocks that must be on together do not fit, and stages are too slow
    let slow = Commitment {
        stages: 4,
        ..Commitment::default()
    };
    let tight = Contracts {
        max_load: 60.0,
        ..contracts()
    };
    assert!(matches!(
        operation(tight, [slow, slow]).optimum(&[hour(0.0)]),
        Err(crate::ModelError::Incompatible { .. })
    ));
    let operation = operation(contracts(), rules);
    assert!(operation.optimum(&[]).is_err());
    for bad in [f64::NAN, f64::INFINITY, 1e7] {
        assert!(operation.optimum(&[hour(bad)]).is_err());
    }
    assert!(operation.schedule(&[hour(0.0)], &[]).is_err());
    let responds = Choice {
        stages: vec![1; 3],
        responds: true,
    };
    assert!(operation.schedule(&[hour(0.0)], &[responds]).is_err());
}
