use super::*;
use crate::testing::{assert_close, derivative, integrate};
use proptest::prelude::*;

fn curve() -> SupplyCurve {
    let capacity = |hash_rate, efficiency, depreciation| Capacity {
        hash_rate,
        efficiency,
        depreciation,
    };
    SupplyCurve::new(
        vec![
            capacity(30e6, 98.0, 20.0),
            capacity(50e6, 50.0, 40.0),
            capacity(20e6, 30.0, 60.0),
        ],
        EnergyPrices::lognormal(0.02, 0.047, 0.5).unwrap(),
        Terms::DEFAULT,
    )
    .unwrap()
}

/// The hash rate supplied, miner by miner: an integral over energy prices of those whose margin is positive.
fn counted(curve: &SupplyCurve, hashprice: f64, of: impl Fn(f64, f64) -> f64) -> f64 {
    let terms = curve.terms();
    curve
        .capacities()
        .iter()
        .map(|capacity| {
            let energy = capacity.efficiency * 24.0 * terms.overhead;
            let limit = hashprice * 0.99 / energy - terms.operation;
            if limit <= 0.02 {
                return 0.0;
            }
            let density = |price: f64| {
                let z = ((price - 0.02) / 0.027).ln() / 0.5;
                (-0.5 * z * z).exp() / ((2.0 * core::f64::consts::PI).sqrt() * 0.5 * (price - 0.02))
            };
            capacity.hash_rate
                * integrate(
                    |price| of(energy, price) * density(price),
                    0.020_000_001,
                    limit.min(2.0),
                    20_000,
                )
        })
        .sum()
}

#[test]
fn hash_rate_and_cost_are_integrals_over_miners() {
    let curve = curve();
    for hashprice in [40.0, 80.0, 150.0, 400.0] {
        let running = curve.running(hashprice).unwrap();
        assert_close(
            curve.supplied(hashprice).unwrap() / counted(&curve, hashprice, |_, _| 1.0),
            1.0,
            1e-6,
        );
        let electricity = counted(&curve, hashprice, |energy, price| energy * price / 1e3);
        assert_close(running.cost.electricity / electricity, 1.0, 1e-6);
        let power = counted(&curve, hashprice, |energy, _| energy / 24.0);
        assert_close(running.power / power, 1.0, 1e-6);
    }
}

#[test]
fn a_network_with_certain_prices_stops_type_by_type() {
    let sure = SupplyCurve::new(
        curve().capacities().to_vec(),
        EnergyPrices::lognormal(0.0, 0.05, 1e-6).unwrap(),
        Terms {
            overhead: 1.0,
            operation: 0.0,
            pool_fee: 0.0,
        },
    )
    .unwrap();
    // break-even of 98 J/TH at 0.05: 98·24·0.05 = 117.6; of 50 J/TH: 60; of 30 J/TH: 36
    for (hashprice, hash_rate) in [
        (35.9, 0.0),
        (36.1, 20e6),
        (60.1, 70e6),
        (117.5, 70e6),
        (117.7, 100e6),
    ] {
        assert_close(sure.supplied(hashprice).unwrap(), hash_rate, 1.0);
    }
    assert_close(sure.hashprice(80e6).unwrap(), 117.6, 1e-3);
}

#[test]
fn inputs_outside_their_domain_are_refused() {
    let curve = curve();
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(curve.supplied(bad).is_err() && curve.running(bad).is_err() && curve.slope(bad).is_err());
        assert!(curve.hashprice(bad).is_err() && curve.equilibrium(bad).is_err());
    }
    assert!(curve.hashprice(0.0).is_err() && curve.hashprice(curve.installed()).is_err());
    assert!(curve.equilibrium(0.0).is_err());
    assert!(SupplyCurve::new(vec![], curve.prices().clone(), Terms::DEFAULT).is_err());
    let broken = Terms {
        overhead: 0.9,
        ..Terms::DEFAULT
    };
    assert!(SupplyCurve::new(curve.capacities().to_vec(), curve.prices().clone(), broken).is_err());
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn supply_rises_and_its_inverse_undoes_it(share in 1e-6_f64..0.999_999, step in 1.001_f64..3.0) {
        let curve = curve();
        let hashprice = curve.hashprice(share * curve.installed()).unwrap();
        prop_assert!((curve.supplied(hashprice).unwrap() / (share * curve.installed()) - 1.0).abs() < 1e-9);
        prop_assert!(curve.supplied(hashprice * step).unwrap() >= curve.supplied(hashprice).unwrap());
    }

    #[test]
    fn the_slope_is_the_derivative(hashprice in 40.0_f64..500.0) {
        let curve = curve();
        let numeric = derivative(|h| curve.supplied(h).unwrap(), hashprice, 1e-4 * hashprice);
        let slope = curve.slope(hashprice).unwrap();
        prop_assert!((slope - numeric).abs() < 1e-6 * (slope + 1e3), "{slope} {numeric}");
    }

    #[test]
    fn at_rest_miners_share_the_revenue_and_nobody_pays_to_run(revenue in 1e4_f64..1e9) {
        let curve = curve();
        let hashprice = curve.equilibrium(revenue).unwrap();
        let running = curve.running(hashprice).unwrap();
        prop_assert!((hashprice * running.hash_rate / 1e3 / revenue - 1.0).abs() < 1e-9);
        prop_assert!(running.cost.cash() <= revenue * (1.0 + 1e-9));
    }
}
