//! Forward hashprice and hedges: identities, limits, and closed forms.
#![allow(clippy::unwrap_used)]

mod common;

use common::{assert_close, reproducible};
use hurdle_model::pow::difficulty::{DifficultyPath, EpochState, HashRateOutlook, Retarget, WindowRule};
use hurdle_model::pow::forward::{
    Coupling, EnergyPrice, FeeModel, ForwardMarket, HashpriceCurve, JointAverages, Period, PriceModel,
};
use hurdle_model::pow::hedge::{HedgeProblem, Instrument, MinerExposure};
use hurdle_model::pow::{BlockReward, Fleet, Machine, MiningMarket, PowChain, Site, Unit};
use proptest::prelude::*;

const CHAIN: PowChain = PowChain::BITCOIN;

fn market(volatility: f64, hash_rate_error: f64, growth: f64) -> ForwardMarket {
    let difficulty = 1e14;
    let rate = CHAIN.hash_rate_on_target(difficulty).unwrap();
    let state = EpochState {
        difficulty,
        remaining: 2016.0,
        elapsed: 0.0,
        elapsed_error: 0.0,
    };
    let outlook = HashRateOutlook::growing(rate, hash_rate_error, growth, 0.001).unwrap();
    ForwardMarket {
        chain: CHAIN,
        height: 900_000,
        difficulty: DifficultyPath::by_windows(&CHAIN, &WindowRule::BITCOIN, state, outlook, 20).unwrap(),
        price: PriceModel {
            spot: 1e5,
            carry: 0.05,
            volatility,
        },
        fees: FeeModel {
            now: 0.5,
            level: 0.1,
            reversion: 10.0,
            deviation: 0.0,
        },
        coupling: Coupling::NONE,
    }
}

#[test]
fn every_day_of_a_certain_world_earns_what_its_difficulty_and_price_pay() {
    let mut market = market(0.0, 0.0, 0.0);
    let rate = CHAIN.hash_rate_on_target(1e14).unwrap();
    let state = EpochState {
        difficulty: 1e14,
        remaining: 1000.0,
        elapsed: 600.0 * 1016.0,
        elapsed_error: 0.0,
    };
    let outlook = HashRateOutlook::growing(rate, 0.0, 0.004, 0.0).unwrap();
    market.difficulty = DifficultyPath::by_windows(&CHAIN, &WindowRule::BITCOIN, state, outlook, 12).unwrap();
    let curve = HashpriceCurve::new(market, 100).unwrap();
    for point in curve.points() {
        let reward = BlockReward {
            subsidy: point.subsidy,
            fees: point.fees,
        };
        let now = MiningMarket::at_difficulty(&CHAIN, point.difficulty, reward, point.price).unwrap();
        // the luck of the blocks alone is left
        assert_close(point.hashprice / now.hashprice(), 1.0, 5e-4);
        assert!(point.deviation < 0.03);
    }
    let (first, last) = (curve.points()[0], curve.points()[99]);
    assert_close(first.difficulty, 1e14, 1.0);
    assert!(last.difficulty > 1.3e14 && last.hashprice < first.hashprice);
    assert_close(last.price, 1e5 * (0.05 * 99.5 / 365.0_f64).exp(), 1e-6);
}

#[test]
fn a_swap_at_its_rate_is_worth_nothing_and_prepaid_hash_rate_its_floating_side() {
    let curve = HashpriceCurve::new(market(0.6, 0.02, 0.002), 120).unwrap();
    let period = Period { first: 30, days: 60 };
    let rate = curve.swap_rate(period, 0.1).unwrap();
    assert_close(curve.swap_value(period, 0.1, rate, 7.0).unwrap(), 0.0, 1e-6);
    let none = curve.swap_value(period, 0.1, 0.0, 2.0).unwrap();
    assert_close(none, -2.0 * curve.prepaid(period, 0.1).unwrap(), 1e-9);
    // hashprice falls, so that discounting, which weighs the first days more, raises the rate
    assert!(rate > curve.swap_rate(period, 0.0).unwrap());
    assert_close(
        curve.swap_rate(period, 0.0).unwrap(),
        curve.hashprice(period).unwrap().mean,
        1e-9,
    );
    for bad in [
        Period { first: 120, days: 1 },
        Period { first: 0, days: 0 },
        Period { first: 100, days: 21 },
    ] {
        assert!(curve.hashprice(bad).is_err());
    }
    assert!(curve.swap_rate(period, f64::NAN).is_err());
}

#[test]
fn a_day_s_average_is_the_day() {
    let curve = HashpriceCurve::new(market(0.6, 0.02, 0.002), 60).unwrap();
    for day in [0, 20, 59] {
        let period = Period { first: day, days: 1 };
        let point = curve.points()[day];
        let average = curve.hashprice(period).unwrap();
        assert_close(average.mean / point.hashprice, 1.0, 1e-12);
        let deviation = (point.deviation * point.deviation).exp_m1().sqrt() * point.hashprice;
        assert_close(average.deviation / deviation, 1.0, 1e-9);
        assert_close(
            average.quantile(0.95).unwrap() / point.quantile(0.95).unwrap(),
            1.0,
            1e-9,
        );
    }
}

#[test]
fn a_difficulty_that_follows_every_block_reaches_the_hash_rate() {
    let chain = PowChain::BITCOIN_CASH;
    let Retarget::EveryBlock { time_constant } = Retarget::BITCOIN_CASH else {
        unreachable!()
    };
    let rate = chain.hash_rate_on_target(2e11).unwrap();
    let outlook = HashRateOutlook::constant(rate, 0.1).unwrap();
    let path = DifficultyPath::by_blocks(&chain, 1e11, time_constant, outlook, 40).unwrap();
    // half of the way in the two days of its half-life
    assert_close(path.steps[1].log_mean, 1e11_f64.ln() + 0.5 * 2.0_f64.ln(), 1e-9);
    assert_close(path.steps[39].log_mean, 2e11_f64.ln(), 1e-5);
    assert_close(path.deviation(39), (0.01_f64 + 1.0 / 831.0).sqrt(), 1e-3);
}

fn averages(covariance: [[f64; 3]; 3]) -> JointAverages {
    JointAverages {
        days: 30.0,
        means: [50.0, 6e4, 0.05],
        covariance,
    }
}

const SITE: Site = Site {
    energy_price: 0.05,
    overhead: 1.1,
    uptime: 0.9,
    pool_fee: 0.02,
    operation: 100.0,
};

#[test]
fn a_fleet_earns_what_it_hashes_and_pays_what_it_draws() {
    let unit = |watts: f64| Unit {
        machine: Machine::new(100.0, watts).unwrap(),
        count: 50.0,
        price: 1000.0,
        life: 3.0,
        salvage: 0.0,
    };
    let fleet = Fleet::new(vec![unit(3000.0)]).unwrap();
    let exposure = MinerExposure::of_fleet(&fleet, &SITE, 50.0, 30.0).unwrap();
    // 5 PH/s and 150 kW
    assert_close(exposure.hashes, 5.0 * 27.0 * 0.98, 1e-9);
    assert_close(exposure.energy, 150.0 * 24.0 * 27.0 * 1.1, 1e-6);
    assert_close(exposure.fixed, 3000.0, 0.0);
    let profit = exposure.profit(&[50.0, 6e4, 0.05]);
    assert_close(
        profit,
        50.0 * exposure.hashes - 0.05 * exposure.energy - 3000.0,
        1e-9,
    );
    assert!(MinerExposure::of_fleet(&fleet, &SITE, 50.0, f64::NAN).is_err());
    // 60 J/TH at 0.05 a kWh and an overhead of 1.1 cost 79.2 per PH/s and day: such machines stand still at 50
    let mixed = Fleet::new(vec![unit(3000.0), unit(6000.0)]).unwrap();
    let running = MinerExposure::of_fleet(&mixed, &SITE, 50.0, 30.0).unwrap();
    assert_close(running.hashes, exposure.hashes, 1e-9);
    assert_close(running.energy, exposure.energy, 1e-6);
    assert_close(running.fixed, exposure.fixed, 0.0);
    let all = MinerExposure::of_fleet(&mixed, &SITE, 79.2 / 0.98 + 1e-6, 30.0).unwrap();
    assert_close(all.hashes, 2.0 * exposure.hashes, 1e-9);
    let none = MinerExposure::of_fleet(&mixed, &SITE, 39.6, 30.0).unwrap();
    assert!(none.hashes == 0.0 && none.energy == 0.0);
}

#[test]
fn positions_that_are_but_rounding_are_none() {
    // hashprice without basis risk hedges all; what is left for the coin is rounding
    let problem = HedgeProblem {
        exposure: EXPOSURE,
        averages: averages([[25.0, 2.9e4, 0.0], [2.9e4, 3.6e7, 0.0], [0.0, 0.0, 0.0]]),
        instruments: [EXPOSURE.hashes, 0.11, EXPOSURE.energy].map(|limit| Instrument {
            limit,
            ..Instrument::FREE
        }),
        aversion: None,
    };
    let hedge = problem.solve().unwrap();
    assert_close(hedge.positions[0], EXPOSURE.hashes, 1e-9);
    assert_eq!(hedge.positions[1..], [0.0, 0.0]);
}

const EXPOSURE: MinerExposure = MinerExposure {
    hashes: 132.0,
    energy: 1.1e5,
    fixed: 3000.0,
};

#[test]
fn identical_instruments_are_used_but_once() {
    // difficulty is known: hashprice is the price times a constant
    let covariance = [[25.0, 3e4, 0.0], [3e4, 3.6e7, 0.0], [0.0, 0.0, 0.0]];
    let problem = HedgeProblem {
        exposure: EXPOSURE,
        averages: averages(covariance),
        instruments: [Instrument::FREE; 3],
        aversion: None,
    };
    let hedge = problem.solve().unwrap();
    assert_close(hedge.deviation / hedge.deviation_unhedged, 0.0, 1e-6);
    assert!(hedge.positions[2] == 0.0 && hedge.positions.iter().all(|x| x.is_finite()));
}

#[test]
fn what_costs_more_than_it_saves_is_not_bought() {
    let problem = |premium: f64| HedgeProblem {
        exposure: EXPOSURE,
        averages: averages([[100.0, 0.0, 0.0], [0.0, 3.6e7, 0.0], [0.0, 0.0, 1e-5]]),
        instruments: [
            Instrument {
                premium,
                ..Instrument::FREE
            },
            Instrument::NONE,
            Instrument::NONE,
        ],
        aversion: Some(1e-4),
    };
    // first-order condition: h = hashes − premium/(aversion·variance)
    let hedge = problem(1.0).solve().unwrap();
    assert_close(hedge.positions[0], 132.0 - 1.0 / (1e-4 * 100.0), 1e-9);
    assert_close(hedge.cost, hedge.positions[0], 1e-9);
    assert_close(hedge.expected, hedge.expected_unhedged - hedge.cost, 1e-9);
    assert_close(problem(2.0).solve().unwrap().positions[0], 0.0, 0.0);
}

#[test]
fn shortfall_of_a_normal_basis_is_its_closed_form() {
    // hashprice is known but its forward's settlement is not: the profit is normal
    let problem = HedgeProblem {
        exposure: EXPOSURE,
        averages: averages([[0.0; 3]; 3]),
        instruments: [
            Instrument {
                basis: 2.0,
                ..Instrument::FREE
            },
            Instrument::NONE,
            Instrument::NONE,
        ],
        aversion: None,
    };
    let risk = problem.risk(&[100.0, 0.0, 0.0], 0.95, 3).unwrap();
    let mean = EXPOSURE.profit(&[50.0, 6e4, 0.05]);
    assert_close(risk.mean, mean, 1.0);
    assert_close(risk.deviation, 200.0, 1.0);
    // φ(1.645)/0.05 = 2.0627
    assert_close(risk.expected_shortfall, 200.0 * 2.062_7 - mean, 3.0);
    assert_close(risk.value_at_risk, 200.0 * 1.644_85 - mean, 3.0);
    // nothing to gain from it
    assert_close(problem.solve().unwrap().positions[0], 0.0, 0.0);
}

/// A covariance from a root, and instruments.
fn problem(root: [f64; 9], limits: [f64; 3], basis: [f64; 3], exposed: [f64; 2]) -> HedgeProblem {
    let scale = [5.0, 6e3, 0.01];
    let covariance = core::array::from_fn(|i| {
        core::array::from_fn(|j| {
            let sum: f64 = (0..3).map(|k| root[3 * k + i] * root[3 * k + j]).sum();
            scale[i] * scale[j] * (sum + if i == j { 0.05 } else { 0.0 })
        })
    });
    HedgeProblem {
        exposure: MinerExposure {
            hashes: 100.0 * exposed[0],
            energy: 1e5 * exposed[1],
            fixed: 0.0,
        },
        averages: averages(covariance),
        instruments: core::array::from_fn(|i| Instrument {
            limit: limits[i] * [100.0, 0.1, 1e5][i],
            premium: 0.0,
            basis: basis[i] * scale[i],
        }),
        aversion: None,
    }
}

proptest! {
    #![proptest_config(reproducible())]

    #[test]
    fn no_positions_within_the_limits_leave_less_risk(
        root in prop::array::uniform9(-1.0f64..1.0), limits in prop::array::uniform3(0.0f64..2.0),
        basis in prop::array::uniform3(0.0f64..0.5), exposed in prop::array::uniform2(0.0f64..2.0),
        other in prop::array::uniform3(0.0f64..1.0),
    ) {
        let problem = problem(root, limits, basis, exposed);
        let hedge = problem.solve().unwrap();
        let other = core::array::from_fn(|i| other[i] * problem.instruments[i].limit);
        let another = problem.evaluate(&other).unwrap();
        prop_assert!(hedge.deviation <= another.deviation + 1e-6 * (1.0 + another.deviation));
        prop_assert!(hedge.deviation <= hedge.deviation_unhedged * (1.0 + 1e-9) + 1e-9);
        prop_assert!(hedge.effectiveness <= 1.0);
        for (position, instrument) in hedge.positions.iter().zip(&problem.instruments) {
            prop_assert!((0.0..=instrument.limit).contains(position));
        }
        // inside the limits, the slope of the variance is zero: h = −Σ⁻¹c
        let inside = (0..3).all(|i| {
            let limit = problem.instruments[i].limit;
            hedge.positions[i] > 1e-6 * limit && hedge.positions[i] < limit * (1.0 - 1e-6)
        });
        if inside {
            for i in 0..3 {
                let step = 1e-3 * problem.instruments[i].limit;
                let mut moved = [hedge.positions; 2];
                moved[0][i] += step;
                moved[1][i] -= step;
                let [up, down] = moved.map(|positions| problem.evaluate(&positions).unwrap().deviation.powi(2));
                prop_assert!((up - down).abs() <= 1e-5 * (up + down));
            }
        }
    }

    #[test]
    fn averages_have_a_covariance_and_bands_in_order(
        volatility in 0.0f64..1.5, error in 0.0f64..0.2, growth in -0.01f64..0.01, correlation in -1.0f64..1.0,
        elasticity in -1.0f64..2.0, energy in 0.0f64..1.0, first in 0usize..30, days in 1usize..30,
    ) {
        let mut market = market(volatility, error, growth);
        market.coupling = Coupling { correlation, elasticity, response: 40.0 };
        market.fees.deviation = 0.7;
        let curve = HashpriceCurve::new(market, 60).unwrap();
        let energy = EnergyPrice { forward: 0.05, volatility: energy, correlation };
        let joint = curve.joint(Period { first, days }, energy).unwrap();
        let c = joint.covariance;
        for (i, row) in c.iter().enumerate() {
            for (j, value) in row.iter().enumerate() {
                prop_assert!(value.abs() <= (c[i][i] * c[j][j]).sqrt() * (1.0 + 1e-9));
            }
        }
        let determinant = c[0][0] * (c[1][1] * c[2][2] - c[1][2] * c[2][1])
            - c[0][1] * (c[1][0] * c[2][2] - c[1][2] * c[2][0])
            + c[0][2] * (c[1][0] * c[2][1] - c[1][1] * c[2][0]);
        prop_assert!(determinant >= -1e-9 * c[0][0] * c[1][1] * c[2][2]);
        for point in curve.points() {
            let [low, middle, high] = [0.05, 0.5, 0.95].map(|p| point.quantile(p).unwrap());
            prop_assert!(low <= middle && middle <= high && middle <= point.hashprice * (1.0 + 1e-12));
            prop_assert!(point.coins_quantile(0.1).unwrap() <= point.coins_quantile(0.9).unwrap());
        }
    }
}
