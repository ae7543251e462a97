//! No input makes difficulty, forward hashprice or hedges panic, and no answer is NaN or infinite.
#![allow(clippy::unwrap_used)]

mod common;

use common::arbitrary::{number, sound};
use common::reproducible;
use hurdle_model::pow::PowChain;
use hurdle_model::pow::difficulty::{
    Asert, BacktestSetting, DifficultyDay, DifficultyPath, DifficultyRecord, DigiShield, Dynamics,
    EpochState, EqualAccuracy, HashRateFilter, HashRateOutlook, NextRetarget, Target, WindowRule, backtest,
};
use hurdle_model::pow::forward::{
    Coupling, EnergyPrice, FeeModel, ForwardMarket, HashpriceCurve, JointAverages, Period, PriceModel,
};
use hurdle_model::pow::hedge::{HedgeProblem, Instrument, MinerExposure};
use proptest::prelude::*;

const CHAIN: PowChain = PowChain::BITCOIN;

fn outlook(x: &[f64; 10]) -> HashRateOutlook {
    HashRateOutlook {
        level: x[0],
        slope: x[1],
        variance: [x[2], x[3], x[4]],
        drift: x[5],
        dynamics: Dynamics {
            level: x[6],
            slope: x[7],
            persistence: x[8],
        },
    }
}

fn path_is_sound(path: &DifficultyPath) {
    for (step, at) in path.steps.iter().enumerate() {
        assert!(at.days.is_finite() && at.days_deviation.is_finite() && at.log_mean.is_finite());
        assert!(path.deviation(step).is_finite());
    }
    assert!(path.blocks_by(10.0).is_finite());
}

proptest! {
    #![proptest_config(reproducible())]

    #[test]
    fn rules_take_any_header(bits in any::<u32>(), time in any::<i64>(), height in any::<i64>()) {
        let _ = Target::from_compact(bits).map(Target::to_compact);
        let _ = WindowRule::LITECOIN.next_compact(bits, time);
        let _ = DigiShield::DOGECOIN.next_compact(bits, time);
        let _ = Asert { anchor_bits: bits, half_life: height, ..Asert::BITCOIN_CASH }.next_compact(height, time);
    }

    #[test]
    fn forecasts_take_any_state_and_outlook(
        x in prop::array::uniform10(number()), state in prop::array::uniform4(number()), steps in 0usize..8, days in 0usize..50,
    ) {
        let state = EpochState { difficulty: state[0], remaining: state[1], elapsed: state[2], elapsed_error: state[3] };
        for outlook in [outlook(&x), outlook(&x.map(|v| v.abs() % 1.0))] {
            if let Ok(path) = DifficultyPath::by_windows(&CHAIN, &WindowRule::BITCOIN, state, outlook, steps) {
                path_is_sound(&path);
                if let Ok(next) = NextRetarget::new(&WindowRule::BITCOIN, &state, &path) {
                    sound(next.moments().map(|moments| moments.0 + moments.1));
                    sound(next.quantile(x[9]));
                    sound(next.days(0.9));
                    assert!((0.0..=1.0).contains(&next.probability_of_rise()));
                }
            }
            if let Ok(path) = DifficultyPath::by_blocks(&CHAIN, state.difficulty, x[9], outlook, days) {
                path_is_sound(&path);
            }
        }
    }

    #[test]
    fn records_take_any_days(
        days in prop::collection::vec((0i64..3, number(), number()), 0..40), plain in any::<bool>(), level in number(),
    ) {
        let mut time = 0i64;
        let days: Vec<DifficultyDay> = days
            .into_iter()
            .map(|(step, blocks, difficulty)| {
                time += if plain { 86_400 } else { 86_400 * step };
                let squash = |v: f64| if plain { 1.0 + v.abs() % 200.0 } else { v };
                DifficultyDay { time, blocks: squash(blocks), difficulty: squash(difficulty) }
            })
            .collect();
        let mut filter = HashRateFilter::new();
        for day in &days {
            let _ = filter.observe(day.difficulty, day.blocks);
        }
        let _ = filter.outlook();
        if let Ok(record) = DifficultyRecord::after_gaps(days) {
            let _ = record.epochs(&WindowRule::BITCOIN);
            let setting = BacktestSetting { level, warm_up: 1, ..BacktestSetting::default() };
            let _ = backtest(&record, &CHAIN, &WindowRule::BITCOIN, &setting);
        }
    }

    #[test]
    fn comparisons_take_any_losses(losses in prop::collection::vec((number(), number()), 0..30), overlap in any::<usize>()) {
        let (ours, other): (Vec<f64>, Vec<f64>) = losses.into_iter().unzip();
        if let Ok(test) = EqualAccuracy::test(&ours, &other, overlap) {
            assert!((0.0..=1.0).contains(&test.p_value));
        }
    }

    #[test]
    fn curves_take_any_market(
        x in prop::array::uniform12(number()), height in any::<u64>(), days in 0usize..40, first in 0usize..40, length in 0usize..40,
    ) {
        let rate = CHAIN.hash_rate_on_target(1e14).unwrap();
        let state = EpochState { difficulty: 1e14, remaining: 700.0, elapsed: 8e5, elapsed_error: 0.0 };
        let outlook = HashRateOutlook::growing(rate, 0.05, 0.001, 0.001).unwrap();
        let path = DifficultyPath::by_windows(&CHAIN, &WindowRule::BITCOIN, state, outlook, 4).unwrap();
        for x in [x, x.map(|v| v.abs() % 2.0)] {
            let market = ForwardMarket {
                chain: CHAIN,
                height,
                difficulty: path.clone(),
                price: PriceModel { spot: x[0], carry: x[1], volatility: x[2] },
                fees: FeeModel { now: x[3], level: x[4], reversion: x[5], deviation: x[6] },
                coupling: Coupling { correlation: x[7], elasticity: x[8], response: x[9] },
            };
            let Ok(curve) = HashpriceCurve::new(market, days) else { continue };
            for point in curve.points() {
                sound(point.quantile(0.9));
                sound(point.coins_quantile(0.1));
                assert!(point.hashprice.is_finite() && point.coins.is_finite());
            }
            let period = Period { first, days: length };
            sound(curve.hashprice(period).map(|average| average.mean + average.deviation));
            sound(curve.coins(period).map(|average| average.mean + average.deviation));
            sound(curve.swap_value(period, x[10], x[11], x[0]));
            let energy = EnergyPrice { forward: x[10], volatility: x[11], correlation: x[7] };
            if let Ok(averages) = curve.joint(period, energy) {
                assert!(averages.covariance.iter().flatten().chain(&averages.means).all(|value| value.is_finite()));
            }
        }
    }

    #[test]
    fn hedges_take_any_problem(
        x in prop::array::uniform32(number()), aversion in prop::option::of(number()), level in number(), seed in any::<u64>(),
    ) {
        for x in [x, x.map(|v| v.abs() % 3.0)] {
            let covariance = [[x[0], x[1], x[2]], [x[1], x[3], x[4]], [x[2], x[4], x[5]]];
            let problem = HedgeProblem {
                exposure: MinerExposure { hashes: x[6], energy: x[7], fixed: x[8] },
                averages: JointAverages { days: 1.0, means: [x[9], x[10], x[11]], covariance },
                instruments: core::array::from_fn(|i| Instrument {
                    limit: x[12 + i],
                    premium: x[15 + i],
                    basis: x[18 + i],
                }),
                aversion,
            };
            if let Ok(hedge) = problem.solve() {
                let figures = [hedge.expected, hedge.cost, hedge.deviation, hedge.deviation_unhedged, hedge.effectiveness];
                assert!(figures.iter().chain(&hedge.positions).chain(&hedge.ratios).all(|figure| figure.is_finite()), "{hedge:?}");
                // one in eight: scenarios take their time
                if seed % 8 == 0 && let Ok(risk) = problem.risk(&hedge.positions, level, seed) {
                    assert!(risk.expected_shortfall.is_finite() && risk.deviation.is_finite());
                }
            }
        }
    }
}
