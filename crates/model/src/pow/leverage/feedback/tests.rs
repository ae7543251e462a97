use super::*;
use crate::liquidity::ImpactShape;
use crate::testing::{assert_close, derivative, integrate};
use proptest::prelude::*;

/// Bitcoin in 2022: part of the installed hash rate stands still, and some loans are at their limit.
fn population() -> Feedback {
    Feedback {
        market: MiningMarket {
            price: 30_000.0,
            coins: 0.0042,
        },
        reward: 6.3,
        rule: WindowRule::BITCOIN,
        depth: Depth {
            quantity: 5_000.0,
            distance: 0.02,
            shape: ImpactShape::Linear,
            resilience: 20.0,
        },
        median_cost: 70.0,
        dispersion: 0.5,
        fixed_cost: 25.0,
        sold: 0.4,
        at_call: AtCall {
            collateral: 20_000.0,
            ltv: 0.7,
            machine_debt: 4e8,
            machine_elasticity: 2.0,
        },
    }
}

fn supply() -> Supply {
    population().steady().unwrap().supply
}

#[test]
fn sales_and_their_slope_are_the_integrals_over_the_costs() {
    let supply = supply();
    for hashprice in [40.0, 90.0, 126.0, 300.0] {
        // trapezoid over quantiles would miss the tails; the density is integrated in logarithms
        let sold = |z: f64| {
            let cost = supply.dispersion.mul_add(z, supply.log_median).exp();
            let sells = if cost <= hashprice {
                (supply.sold * hashprice).max(cost + supply.fixed)
            } else {
                supply.fixed
            };
            sells * normal::density(z)
        };
        // in two parts, since a miner that stops sells less at once
        let edge = supply.standardised(hashprice);
        let expected =
            integrate(sold, -9.0, edge, 20_000) + integrate(sold, edge + 1e-12, edge + 18.0, 20_000);
        assert_close(supply.sales(hashprice) / expected, 1.0, 1e-6);
        let slope = derivative(|log| supply.sales(log.exp()), hashprice.ln(), 1e-5);
        assert_close(supply.sales_slope(hashprice) / slope, 1.0, 1e-6);
        let elasticity = derivative(|log| supply.running(log.exp()).ln(), hashprice.ln(), 1e-5);
        assert_close(supply.elasticity(hashprice) / elasticity, 1.0, 1e-6);
    }
}

#[test]
fn nothing_moves_without_a_fall() {
    let response = population().respond(0.0, 40.0, 4_000).unwrap();
    for point in &response {
        assert_close(point.log_price, 0.0, 1e-9);
        assert_close(point.hash_rate, 1.0, 1e-9);
        assert_close(point.difficulty, 1.0, 1e-9);
        assert_eq!(point.forced, 0.0);
    }
}

#[test]
fn a_small_fall_is_amplified_as_the_gain_says_at_once_and_while_difficulty_lags() {
    let square_root = Depth {
        shape: ImpactShape::SquareRoot,
        quantity: 500.0,
        distance: 0.02,
        resilience: 15.0,
    };
    let nobody = Feedback {
        at_call: AtCall::NOBODY,
        ..population()
    };
    for model in [
        population(),
        Feedback {
            depth: square_root,
            ..population()
        },
        nobody,
    ] {
        let gain = model.gain().unwrap().lagging;
        assert!(!gain.is_self_sustaining() && gain.flow > 0.01, "{gain:?}");
        let (fall, steps) = (1e-6, 1_300);
        // thirteen days: a retarget comes a little after fourteen
        let response = model.respond(fall, 13.0, steps).unwrap();
        for point in &response {
            let expected = gain.amplification(point.days).unwrap();
            assert_close(-point.log_price / fall / expected, 1.0, 2e-4);
        }
    }
}

#[test]
fn beyond_a_gain_of_one_the_smallest_fall_makes_the_price_jump() {
    // κΛ = 1 at C = (1 − ℓ)/(ℓκ)
    let critical = 0.3 / 0.7 * 5_000.0 / 0.02;
    for factor in [0.97, 1.03, 1.5] {
        let model = Feedback {
            at_call: AtCall {
                collateral: critical * factor,
                machine_debt: 0.0,
                ..population().at_call
            },
            ..population()
        };
        let gain = model.gain().unwrap().lagging;
        assert_close(gain.stock, factor, 1e-12);
        assert_eq!(gain.is_self_sustaining(), factor > 1.0);
        let at_once = |fall: f64| -model.respond(fall, 1e-6, 1).unwrap()[0].log_price;
        if factor < 1.0 {
            assert_close(at_once(1e-7) / 1e-7 * (1.0 - factor), 1.0, 1e-3);
        } else {
            // the collateral shrinks as it is sold: the jump ends where (1 − e^(−ay))/(ay)·κΛ = 1, a = ℓ/(1 − ℓ),
            // up to the rounds' granularity
            let end = at_once(1e-7);
            let shrunk = 0.7 / 0.3 * end;
            assert!(
                (factor * -(-shrunk).exp_m1() / shrunk - 1.0).abs() < 0.1 * (factor - 1.0),
                "{end}"
            );
            assert_close(at_once(1e-8) / end, 1.0, 0.1);
        }
    }
}

#[test]
fn beyond_a_flow_gain_of_one_the_fall_grows_day_by_day() {
    let model = Feedback {
        depth: Depth {
            resilience: 0.3,
            ..population().depth
        },
        at_call: AtCall::NOBODY,
        ..population()
    };
    let gain = model.gain().unwrap().lagging;
    assert!(gain.flow > 1.0 && gain.rate < 0.0, "{gain:?}");
    assert_eq!(gain.amplification(1.0), None);
    let response = model.respond(1e-6, 12.0, 1_200).unwrap();
    let at = |day: usize| -response[day * 100].log_price / 1e-6;
    // f·(1 + ((e^(−rate·t) − 1)·G/(G − 1))): the solution of the linear loop
    for day in [3, 6, 12] {
        let grown = (-gain.rate * day as f64).exp_m1() * gain.flow / (gain.flow - 1.0);
        assert_close(at(day) / (1.0 + grown), 1.0, 1e-3);
    }
}

#[test]
fn the_retarget_restores_hashprice_and_brings_the_idle_machines_back_in_part() {
    let response = population().respond(0.2, 60.0, 6_000).unwrap();
    let first = response[0];
    let last = response[6_000];
    assert!(first.difficulty == 1.0 && last.difficulty < 0.97);
    assert!(first.hash_rate < last.hash_rate && last.hash_rate < 1.0);
    let before = |point: &&ResponsePoint| point.difficulty == 1.0;
    let until = response.iter().rfind(before).unwrap().days;
    assert!(until > 14.0, "slow blocks lengthen the epoch: {until}");
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 64, ..crate::testing::reproducible() })]

    #[test]
    fn difficulty_that_lags_strengthens_forced_sales_and_weakens_those_for_costs(
        cost in 10.0f64..150.0, dispersion in 0.1f64..1.5, fixed in 0.0f64..60.0, sold in 0.0f64..1.0,
        debt in 0.0f64..1e9,
    ) {
        let mut model = Feedback { median_cost: cost, dispersion, fixed_cost: fixed, sold, ..population() };
        model.at_call.machine_debt = debt;
        let gain = model.gain().unwrap();
        prop_assert!(gain.lagging.stock >= gain.adjusted.stock);
        prop_assert!(gain.lagging.flow <= gain.adjusted.flow + 1e-12);
        let response = model.respond(0.1, 1.0, 10).unwrap();
        prop_assert!(response.iter().all(|point| point.log_price.is_finite()));
        prop_assert!(gain.lagging.stock >= 1.0 || response[0].log_price <= -0.1 + 1e-12);
    }
}

#[test]
fn populations_outside_their_domain_are_refused() {
    let good = population();
    let depth = |resilience| Depth {
        resilience,
        ..good.depth
    };
    for broken in [
        Feedback { reward: 0.0, ..good },
        Feedback {
            median_cost: f64::NAN,
            ..good
        },
        Feedback {
            dispersion: 0.0,
            ..good
        },
        Feedback {
            fixed_cost: -1.0,
            ..good
        },
        Feedback { sold: 1.1, ..good },
        Feedback {
            depth: depth(0.0),
            ..good
        },
        Feedback {
            depth: Depth {
                quantity: 1e-9,
                ..good.depth
            },
            ..good
        },
        Feedback {
            at_call: AtCall {
                ltv: 1.0,
                ..good.at_call
            },
            ..good
        },
        Feedback {
            market: MiningMarket {
                price: 1e-300,
                ..good.market
            },
            ..good
        },
    ] {
        assert!(broken.gain().is_err(), "{broken:?}");
        assert!(broken.respond(0.1, 1.0, 10).is_err());
    }
    assert!(good.respond(f64::NAN, 1.0, 1).is_err());
    assert!(good.respond(0.1, 0.0, 1).is_err());
    assert!(good.respond(0.1, 1.0, 0).is_err());
}
