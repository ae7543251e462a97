//! Cost of production on made records: the floor's backtest, replayed falls, and inputs of every kind.
#![allow(clippy::unwrap_used)]

mod common;

use common::{assert_close, reproducible};
use hurdle_model::pow::cost::{
    Adjustment, CostModel, EnergyPrices, FleetDynamics, FloorMiner, FloorSetting, FloorUncertainty,
    MachineType, SHA256, ShutOff, Terms, floor_coverage,
};
use hurdle_model::pow::{MiningDay, MiningHistory};
use proptest::prelude::*;

const DAY: i64 = 86_400;
/// 2018-01-01.
const START: i64 = 1_514_764_800;

fn model() -> CostModel {
    CostModel::new(
        SHA256.iter().map(MachineType::from).collect(),
        EnergyPrices::worldwide().unwrap(),
        Terms::DEFAULT,
        FleetDynamics::DEFAULT,
    )
    .unwrap()
}

/// Days of 1,800 coins with this hash rate (EH/s) and price.
fn history(days: i64, read: impl Fn(i64) -> (f64, f64)) -> MiningHistory {
    let day = |i: i64| {
        let (exahashes, price) = read(i);
        MiningDay {
            time: START + i * DAY,
            price,
            blocks: 144.0,
            issuance: 1_800.0,
            fees: 0.0,
            hash_rate: exahashes * 1e6,
        }
    };
    MiningHistory::new((0..days).map(day).collect()).unwrap()
}

const SETTING: FloorSetting = FloorSetting {
    miner: FloorMiner::Marginal,
    adjustment: Adjustment::Static,
    uncertainty: FloorUncertainty::DEFAULT,
};

#[test]
fn a_price_far_above_the_floor_never_breaches_it_and_one_that_collapses_does_once() {
    let calm = history(400, |_| (40.0, 20_000.0));
    for tested in floor_coverage(&model(), &calm, SETTING, &[0.1, 0.5], 30, START).unwrap() {
        assert_eq!((tested.windows, tested.breaches), (13, 0));
        assert_close(tested.days_below + tested.greatest_depth, 0.0, 0.0);
        assert_close(tested.too_many_p_value, 1.0, 1e-12);
    }
    // one day at a tenth, within the eleventh window
    let crash = history(400, |i| (40.0, if i == 310 { 2_000.0 } else { 20_000.0 }));
    let network = model().network(&crash, START + 300 * DAY).unwrap();
    let median = network.floor(SETTING).unwrap().quantile(0.5).unwrap();
    let tested = floor_coverage(&model(), &crash, SETTING, &[0.5], 30, START).unwrap()[0];
    assert_eq!((tested.windows, tested.breaches), (13, 1));
    assert_close(tested.days_below, 1.0 / 390.0, 1e-12);
    assert_close(tested.greatest_depth, (median / 2_000.0).ln(), 1e-12);
    assert_close(tested.mean_depth, tested.greatest_depth, 0.0);
}

#[test]
fn a_backtest_without_windows_or_levels_is_refused() {
    let short = history(20, |_| (40.0, 20_000.0));
    assert!(floor_coverage(&model(), &short, SETTING, &[0.5], 30, START).is_err());
    let long = history(100, |_| (40.0, 20_000.0));
    let run = |levels: &[f64], days| floor_coverage(&model(), &long, SETTING, levels, days, START);
    assert!(run(&[], 30).is_err() && run(&[0.5], 0).is_err() && run(&[1.0], 30).is_err());
    assert!(run(&[f64::NAN], 30).is_err());
    assert!(floor_coverage(&model(), &long, SETTING, &[0.5], 30, i64::MAX).is_err());
}

#[test]
fn a_replayed_fall_says_what_stops_and_what_was_recorded() {
    // half the price from day 300 on; the recorded hash rate follows by a tenth
    let fall = history(400, |i| {
        if i < 300 {
            (40.0, 6_000.0)
        } else {
            (if i < 320 { 40.0 } else { 36.0 }, 3_000.0)
        }
    });
    let (from, to) = (START + 299 * DAY, START + 360 * DAY);
    let episode = model().episode(&fall, from, to, ShutOff::DEFAULT).unwrap();
    assert_close(episode.recorded.0, 0.1, 1e-12);
    // a weekly mean is there a week after
    assert_eq!(episode.recorded.1, START + 326 * DAY);
    assert!(
        episode.predicted.0 > 0.1 && episode.predicted.0 < episode.at_once + 0.05,
        "{episode:?}"
    );
    assert_close(episode.hashprice.0, 6_000.0 * 1_800.0 / 40e3, 1.0);
    let calm = model()
        .episode(&fall, START + 200 * DAY, START + 290 * DAY, ShutOff::DEFAULT)
        .unwrap();
    assert_close(calm.recorded.0, 0.0, 1e-12);
    assert!(calm.predicted.0 < 0.03, "{calm:?}");
    assert!(model().episode(&fall, from, from, ShutOff::DEFAULT).is_err());
    assert!(
        model()
            .episode(&fall, START + 5 * DAY, to, ShutOff::DEFAULT)
            .is_err()
    );
}

#[test]
fn dearer_energy_raises_cost_and_floor() {
    let record = history(500, |_| (40.0, 8_000.0));
    let at = |factor: f64| {
        let prices = EnergyPrices::worldwide().unwrap().scaled(factor).unwrap();
        let types = SHA256.iter().map(MachineType::from).collect();
        let model = CostModel::new(types, prices, Terms::DEFAULT, FleetDynamics::DEFAULT).unwrap();
        let network = model.network(&record, i64::MAX).unwrap();
        let floor = network.floor(SETTING).unwrap().mean().unwrap();
        (network.day.cost.cash(), floor)
    };
    let (cheap, middle, dear) = (at(0.7), at(1.0), at(1.3));
    assert!(cheap.0 < middle.0 && middle.0 < dear.0);
    assert!(cheap.1 < middle.1 && middle.1 < dear.1);
}

/// A number of any kind.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => 1e-6_f64..1e6,
        1 => prop::sample::select(vec![0.0, -1.0, 1e-300, 1e300, f64::NAN, f64::INFINITY, f64::MIN_POSITIVE, f64::MAX]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..reproducible() })]

    #[test]
    fn no_input_makes_it_panic_or_answer_nan(
        types in prop::collection::vec((any::<i64>(), number(), number()), 0..5),
        energy in (number(), number(), number()),
        terms in (number(), number(), number()),
        dynamics in (number(), number(), number(), number(), number()),
        days in prop::collection::vec((number(), number(), number()), 0..20),
        uncertainty in number(), level in number(),
    ) {
        let types = types.into_iter().map(|(release, efficiency, weight)| MachineType {
            release: release % (2 * START), efficiency, weight,
        }).collect();
        let Ok(prices) = EnergyPrices::lognormal(energy.0, energy.1, energy.2) else { return Ok(()) };
        let terms = Terms { overhead: terms.0, operation: terms.1, pool_fee: terms.2 };
        let wild = FleetDynamics {
            innovation: dynamics.0, imitation: dynamics.1, life: dynamics.2, idle_life: dynamics.3, discount: dynamics.4,
            ..FleetDynamics::DEFAULT
        };
        let days = days.into_iter().zip(0..).map(|((price, coins, hash_rate), i)| MiningDay {
            time: START + i * 40 * DAY, price, blocks: 1.0, issuance: coins, fees: 0.0, hash_rate,
        }).collect();
        let (Ok(model), Ok(history)) = (CostModel::new(types, prices, terms, wild), MiningHistory::new(days)) else {
            return Ok(());
        };
        let setting = FloorSetting {
            uncertainty: FloorUncertainty { energy: uncertainty, efficiency: 0.1, coins: 0.1 },
            ..SETTING
        };
        let _ = floor_coverage(&model, &history, setting, &[level], 2, 0);
        let _ = model.episode(&history, START + 20 * DAY, i64::MAX, ShutOff::DEFAULT);
        for network in model.networks(&history) {
            let Ok(network) = network else { continue };
            let day = network.day;
            for figure in [day.power, day.cost.total(), day.marginal, day.efficiency, day.utilisation, day.price_to_cost()] {
                prop_assert!(figure.is_finite() && figure > 0.0, "{:?}", day);
            }
            if let Ok(floor) = network.floor(setting) {
                prop_assert!(floor.quantile(0.5).is_ok_and(f64::is_finite) || floor.quantile(0.5).is_err());
            }
        }
    }

    /// The same with admissible figures of the usual size, which must all have an answer.
    #[test]
    fn plausible_networks_have_an_answer(
        efficiencies in prop::collection::vec(1.0_f64..1e7, 1..5),
        median in 0.01_f64..1.0, deviation in 0.05_f64..1.5,
        moves in prop::collection::vec((-1.0_f64..1.0, -1.0_f64..1.0, 1_i64..60), 2..40),
        log_price in -8.0_f64..12.0, log_hash in -8.0_f64..25.0,
    ) {
        let types = efficiencies.iter().zip(0..).map(|(efficiency, i)| MachineType {
            release: START + (i - 1) * 200 * DAY, efficiency: *efficiency, weight: 1.0,
        }).collect();
        let prices = EnergyPrices::lognormal(0.2 * median, median, deviation).unwrap();
        let model = CostModel::new(types, prices, Terms::DEFAULT, FleetDynamics::DEFAULT).unwrap();
        let (mut time, mut price, mut hash) = (START, log_price, log_hash);
        let days = moves.iter().map(|(up, more, gap)| {
            time += gap * DAY;
            price += up;
            hash += more;
            MiningDay { time, price: price.exp(), blocks: 1.0, issuance: 10.0, fees: 1.0, hash_rate: hash.exp() }
        }).collect();
        let history = MiningHistory::new(days).unwrap();
        prop_assert_eq!(model.days(&history).unwrap().len(), moves.len());
        for network in model.networks(&history) {
            let network = network.unwrap();
            for miner in FloorMiner::ALL {
                let floor = network.floor(FloorSetting { miner, ..SETTING }).unwrap();
                prop_assert!(floor.distance(network.day.price).unwrap().is_finite());
            }
        }
    }
}
