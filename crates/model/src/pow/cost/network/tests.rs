use super::*;
use crate::pow::MiningDay;
use crate::pow::cost::{SHA256, SupplyCurve};
use crate::testing::assert_close;
use proptest::prelude::*;

const DAY: i64 = 86_400;

fn model() -> CostModel {
    CostModel::new(
        SHA256.iter().map(MachineType::from).collect(),
        EnergyPrices::lognormal(0.02, 0.047, 0.5).unwrap(),
        Terms::DEFAULT,
        FleetDynamics::DEFAULT,
    )
    .unwrap()
}

/// Days from 2016-01-01 with this hash rate (EH/s) and hashprice.
fn history(days: i64, read: impl Fn(i64) -> (f64, f64)) -> MiningHistory {
    let day = |i: i64| {
        let (exahashes, hashprice) = read(i);
        let hash_rate = exahashes * 1e6;
        MiningDay {
            time: 1_451_606_400 + i * DAY,
            price: hashprice * hash_rate / 1e3 / 1800.0,
            blocks: 144.0,
            issuance: 1800.0,
            fees: 0.0,
            hash_rate,
        }
    };
    MiningHistory::new((0..days).map(day).collect()).unwrap()
}

#[test]
fn power_and_cost_follow_from_the_machines_that_run() {
    let history = history(900, |i| (1.0 * 1.004_f64.powf(i as f64), 900.0));
    let network = model().network(&history, i64::MAX).unwrap();
    let running = network.curve.running(network.day.hashprice).unwrap();
    assert_close(network.day.hashprice, 900.0, 1e-9);
    assert_close(
        network.day.power,
        network.day.hash_rate * network.day.efficiency * 1.1,
        1e-6 * network.day.power,
    );
    let cash = running.cost.cash() / running.hash_rate * 1e3 / network.day.coins;
    assert_close(network.day.cost.cash() / cash, 1.0, 1e-12);
    // a growing network runs machines of its time
    assert!(
        (90.0..150.0).contains(&network.day.efficiency),
        "{}",
        network.day.efficiency
    );
    assert!(network.day.marginal > network.day.cost.cash());
}

#[test]
fn a_falling_hash_rate_stands_still_and_comes_back_without_purchases() {
    let fall = |i: i64| if (600..630).contains(&i) { 5.0 } else { 10.0 };
    let history = history(660, |i| (fall(i), 900.0));
    let days = model().days(&history).unwrap();
    assert!((days[599].utilisation - 1.0).abs() < 1e-9);
    assert!(days[629].utilisation < 0.7);
    assert!(days[629].power < 0.7 * days[599].power);
}

#[test]
fn where_nothing_is_sold_or_can_run_the_model_says_so() {
    let early = MiningHistory::new(vec![MiningDay {
        time: 0,
        price: 1.0,
        blocks: 1.0,
        issuance: 1.0,
        fees: 0.0,
        hash_rate: 1.0,
    }])
    .unwrap();
    assert!(model().days(&early).is_err());
    assert!(model().network(&early, i64::MAX).is_err());
    let poor = history(100, |_| (10.0, 1e-3));
    let day = model().days(&poor).unwrap()[99];
    assert!(day.utilisation > 10.0 && day.running < 0.01, "{day:?}");
    assert!(day.cost.total().is_finite());
    assert!(CostModel::new(vec![], model().prices, Terms::DEFAULT, FleetDynamics::DEFAULT).is_err());
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 48, ..crate::testing::reproducible() })]

    /// Twice the hash rate at the same hashprice is twice the network, at the same cost of a hash.
    #[test]
    fn the_network_scales_with_the_hash_rate(
        factor in 0.01_f64..100.0, growth in -0.003_f64..0.006, hashprice in 30.0_f64..3e3,
    ) {
        let at = |scale: f64| {
            let history = history(200, |i| (scale * (growth * i as f64).exp(), hashprice * (1.0 + 0.3 * (i as f64 / 9.0).sin())));
            model().network(&history, i64::MAX).unwrap()
        };
        let (one, other) = (at(1.0), at(factor));
        prop_assert!((other.day.power / (factor * one.day.power) - 1.0).abs() < 1e-9);
        prop_assert!((other.curve.installed() / (factor * one.curve.installed()) - 1.0).abs() < 1e-9);
        prop_assert!((other.day.efficiency / one.day.efficiency - 1.0).abs() < 1e-9);
    }

    /// Whatever the record, the machines are ones that exist, and the power is theirs.
    #[test]
    fn power_lies_between_the_best_and_the_worst_machine_sold(
        steps in proptest::collection::vec((-0.3_f64..0.3, -0.4_f64..0.4, 1_i64..40), 3..60),
    ) {
        let (mut time, mut hash, mut hashprice) = (1_451_606_400_i64, 1e6_f64, 900.0_f64);
        let days = steps.iter().map(|(up, rich, gap)| {
            time += gap * DAY;
            hash *= up.exp();
            hashprice *= rich.exp();
            MiningDay { time, price: hashprice * hash / 1e3 / 1800.0, blocks: 144.0, issuance: 1800.0, fees: 0.0, hash_rate: hash }
        }).collect();
        let history = MiningHistory::new(days).unwrap();
        for network in model().networks(&history) {
            let network = network.unwrap();
            let day = network.day;
            let sold = || SHA256.iter().filter(|known| known.release <= day.time).map(|known| known.machine.efficiency());
            let best = sold().fold(f64::INFINITY, f64::min);
            let worst = sold().fold(0.0, f64::max);
            let watts = day.power / day.hash_rate / 1.1;
            prop_assert!(watts >= best * (1.0 - 1e-9) && watts <= worst * (1.0 + 1e-9));
            prop_assert!(day.cost.electricity > 0.0 && day.cost.hardware >= 0.0);
            prop_assert!(SupplyCurve::supplied(&network.curve, day.hashprice).unwrap() <= network.curve.installed());
        }
    }
}
