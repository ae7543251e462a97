use super::*;
use crate::pow::cost::{Capacity, EnergyPrices};
use crate::testing::assert_close;
use proptest::prelude::*;

fn curve() -> SupplyCurve {
    let capacity = |hash_rate, efficiency| Capacity {
        hash_rate,
        efficiency,
        depreciation: 0.0,
    };
    SupplyCurve::new(
        vec![capacity(50e6, 98.0), capacity(50e6, 50.0)],
        EnergyPrices::lognormal(0.02, 0.047, 0.5).unwrap(),
        Terms::DEFAULT,
    )
    .unwrap()
}

#[test]
fn in_the_long_run_the_supply_curve_is_reached_from_above_and_from_below_it_lags() {
    let curve = curve();
    let mut falling = Response::new(&curve, ShutOff::DEFAULT, 400.0).unwrap();
    let mut rising = Response::new(&curve, ShutOff::DEFAULT, 0.0).unwrap();
    assert_close(rising.hash_rate(), 0.0, 0.0);
    for _ in 0..400 {
        falling.advance(120.0, 1.0).unwrap();
        rising.advance(120.0, 1.0).unwrap();
    }
    // cells of 2 % of a type
    let supplied = curve.supplied(120.0).unwrap();
    assert_close(falling.hash_rate() / supplied, 1.0, 0.02);
    assert_close(
        rising.hash_rate() / curve.supplied(120.0 / 1.1).unwrap(),
        1.0,
        0.02,
    );
    assert!(rising.hash_rate() < falling.hash_rate());
}

#[test]
fn one_step_is_many_small_ones() {
    let curve = curve();
    let mut once = Response::new(&curve, ShutOff::DEFAULT, 300.0).unwrap();
    let mut often = once.clone();
    once.advance(100.0, 10.0).unwrap();
    for _ in 0..100 {
        often.advance(100.0, 0.1).unwrap();
    }
    assert_close(once.hash_rate() / often.hash_rate(), 1.0, 1e-12);
}

#[test]
fn after_a_fall_difficulty_follows_until_the_rest_can_live() {
    let curve = curve();
    let chain = PowChain::BITCOIN;
    let prices: Vec<f64> = (0..400)
        .map(|day| if day < 30 { 8_000.0 } else { 4_000.0 })
        .collect();
    let days = follow(&curve, ShutOff::DEFAULT, &chain, Retarget::BITCOIN, 12.5, &prices).unwrap();
    // a seller of half a hash's worth: hashprice halves at once, for difficulty does not know yet
    assert_close(days[30].hashprice / days[29].hashprice, 0.5, 0.02);
    assert!(days[36].hash_rate < days[29].hash_rate);
    assert_close(days[31].on_target / days[29].on_target, 1.0, 0.02);
    let last = days.last().unwrap();
    assert_close(last.on_target / last.hash_rate, 1.0, 1e-3);
    let rest = curve.equilibrium(4_000.0 * 12.5 * 144.0).unwrap();
    // within what hysteresis allows: those who stopped come back only with a margin
    assert!(
        last.hashprice > rest * 0.99 && last.hashprice < rest * 1.1,
        "{last:?} {rest}"
    );
}

#[test]
fn a_difficulty_that_changes_with_every_block_follows_at_once() {
    let curve = curve();
    let prices: Vec<f64> = (0..90)
        .map(|day| if day < 5 { 8_000.0 } else { 4_000.0 })
        .collect();
    let (rules, chain) = (ShutOff::DEFAULT, PowChain::BITCOIN_CASH);
    let days = follow(&curve, rules, &chain, Retarget::BITCOIN_CASH, 12.5, &prices).unwrap();
    // two days halve the distance to the hash rate: on the day after the fall 1 − 2^(−½) of it is made up
    let (on_target, hash_rate, next) = (days[5].on_target, days[5].hash_rate, days[6].on_target);
    assert_close(
        (next / on_target).ln() / (hash_rate / on_target).ln(),
        1.0 - 0.5_f64.sqrt(),
        1e-9,
    );
    let last = days.last().unwrap();
    assert_close(last.on_target / last.hash_rate, 1.0, 1e-2);
    let still = Retarget::EveryBlock { time_constant: 0.0 };
    assert!(follow(&curve, rules, &chain, still, 12.5, &prices).is_err());
}

#[test]
fn what_cannot_be_is_refused() {
    let curve = curve();
    let broken = ShutOff {
        stop_days: 0.0,
        ..ShutOff::DEFAULT
    };
    assert!(Response::new(&curve, broken, 1.0).is_err());
    assert!(Response::new(&curve, ShutOff::DEFAULT, f64::NAN).is_err());
    let mut network = Response::new(&curve, ShutOff::DEFAULT, 100.0).unwrap();
    assert!(network.advance(-1.0, 1.0).is_err() && network.advance(1.0, f64::NAN).is_err());
    let run = |reward, prices: &[f64]| {
        follow(
            &curve,
            ShutOff::DEFAULT,
            &PowChain::BITCOIN,
            Retarget::BITCOIN,
            reward,
            prices,
        )
    };
    assert!(run(0.0, &[1.0]).is_err() && run(1.0, &[]).is_err() && run(1.0, &[1.0, 0.0]).is_err());
    assert!(stopped(&curve, 100.0, &[1.5]).is_err() && stopped(&curve, 0.0, &[0.5]).is_err());
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn no_path_runs_more_than_is_installed_and_a_deeper_fall_stops_more(
        path in proptest::collection::vec(0.0_f64..500.0, 1..60), cut in 0.3_f64..1.0,
    ) {
        let curve = curve();
        let mut high = Response::new(&curve, ShutOff::DEFAULT, 200.0).unwrap();
        let mut low = high.clone();
        for hashprice in path {
            let above = high.advance(hashprice, 1.0).unwrap();
            let below = low.advance(hashprice * cut, 1.0).unwrap();
            prop_assert!(below <= above * (1.0 + 1e-12) && above <= curve.installed() * (1.0 + 1e-12) && below >= 0.0);
        }
    }

    #[test]
    fn what_stops_grows_with_the_fall(hashprice in 60.0_f64..400.0) {
        let shares = stopped(&curve(), hashprice, &[0.0, 0.1, 0.3, 0.6, 1.0]).unwrap();
        prop_assert!(shares.windows(2).all(|pair| pair[0] <= pair[1]));
        prop_assert!(shares[0] == 0.0 && shares[4] == 1.0);
    }
}
