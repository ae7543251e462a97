//! The walk-forward backtest: it never looks ahead, it is right where the model is, and it says so where the model is not.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::economy::calm;
use common::{Rng, assert_close, csv, recorded};
use hurdle_model::ModelError;
use hurdle_model::backtest::{
    Backtest, ClassRule, Ewma, HurdleModel, Liquidation, Method, Moment, NoHurdle, Setting, SolvedHurdle,
    Unfitted, run,
};
use hurdle_model::latency::LatencyExposure;
use hurdle_model::margin::{Move, Past, PricePath};
use hurdle_model::tail::Side;
use proptest::prelude::*;

const HOUR: i64 = 3_600;

const SETTING: Setting = Setting {
    horizon: 4 * 3_600,
    stride: 4 * 3_600,
    burn_in: 50,
    warm_up: 700,
    window: 600,
    refit: 50,
    level: 0.95,
    kind: Move::Worst,
    side: Side::Long,
    method: Method::Filtered,
    sureness: None,
    class: None,
};

const CLASS: ClassRule = ClassRule {
    initial_level: 0.97,
    warning: 3.0,
    slippage: 0.005,
    largest_size: 10.0,
    largest_multiplier: 2.0,
    hurdle_sensitivity: 0.3,
};

fn ewma() -> Ewma {
    Ewma::new(0.97, 1.0 / 8_760.0).unwrap()
}

/// Hourly prices whose volatility wanders between calm and stress; bars with the range of a bridge in between.
fn wandering(seed: u64, n: usize) -> PricePath {
    let mut rng = Rng::new(seed);
    let (mut log, mut volatility): (f64, f64) = (0.0, 0.01);
    let (mut times, mut highs, mut lows, mut closes) = (vec![], vec![], vec![], vec![]);
    for i in 0..n {
        volatility = (volatility.ln() + 0.03 * (0.01f64.ln() - volatility.ln()) + 0.08 * rng.normal()).exp();
        let before = log;
        log += volatility * rng.normal();
        let reach = 0.3 * volatility * rng.uniform();
        times.push(i as i64 * HOUR);
        closes.push(log.exp());
        highs.push((log.max(before) + reach).exp());
        lows.push((log.min(before) - reach).exp());
    }
    PricePath::with_range(times, highs, lows, closes).unwrap()
}

fn solved() -> SolvedHurdle {
    let latency = LatencyExposure {
        volatility: 1.0,
        delay_years: 1.0 / 525_600.0,
        band: 0.002,
        exposed: 0.001,
        captured: 0.5,
    };
    let liquidation = Liquidation {
        margin: 0.15,
        horizon_years: 4.0 / 8_760.0,
        exposure: 0.2,
        slippage: 0.004,
        jumps: (20.0, -0.03, 0.04),
    };
    SolvedHurdle::new(calm(), latency, liquidation, 30.0 * 86_400.0).unwrap()
}

fn backtest(path: &PricePath, setting: &Setting) -> Backtest {
    run(path, setting, &ewma(), &mut NoHurdle).unwrap()
}

#[test]
fn a_right_model_has_its_coverage_for_every_method_and_side() {
    let path = wandering(3, 12_000);
    for (method, side) in [
        (Method::Historical, Side::Long),
        (Method::Filtered, Side::Long),
        (Method::Filtered, Side::Short),
        (Method::Peaks(0.15), Side::Long),
    ] {
        let result = backtest(
            &path,
            &Setting {
                method,
                side,
                ..SETTING
            },
        );
        let coverage = result.verdict.quantile;
        assert_eq!(coverage.forecasts, 2824);
        assert!(
            coverage.unconditional.p_value > 0.01,
            "{method:?} {side:?} {coverage:?}"
        );
    }
}

#[test]
fn a_margin_that_is_sure_to_be_high_enough_is_higher_and_breached_less() {
    let path = wandering(3, 6_000);
    let sure = Setting {
        sureness: Some(0.99),
        ..SETTING
    };
    let (plain, sure) = (backtest(&path, &SETTING), backtest(&path, &sure));
    let pairs = plain.steps.iter().zip(&sure.steps);
    assert!(pairs.clone().all(|(plain, sure)| sure.quantile >= plain.quantile));
    assert!(sure.verdict.quantile.breaches < plain.verdict.quantile.breaches);
    let fitted = Setting {
        method: Method::Normal,
        sureness: Some(0.9),
        ..SETTING
    };
    let refused = run(&path, &fitted, &ewma(), &mut NoHurdle).unwrap_err();
    assert!(matches!(refused, ModelError::Incompatible { .. }), "{refused}");
}

#[test]
fn below_the_threshold_the_peaks_are_the_sample_itself() {
    let path = wandering(5, 2_000);
    let of = |method| {
        let setting = Setting {
            method,
            level: 0.8,
            ..SETTING
        };
        backtest(&path, &setting).steps
    };
    assert_eq!(of(Method::Peaks(0.1)), of(Method::Filtered));
}

#[test]
fn filtering_takes_away_the_clustering_that_plain_history_leaves() {
    let path = wandering(5, 12_000);
    let of = |method| backtest(&path, &Setting { method, ..SETTING }).verdict.quantile;
    let (plain, filtered) = (of(Method::Historical), of(Method::Filtered));
    assert!(plain.independence.unwrap().p_value < 0.01, "{plain:?}");
    assert!(filtered.independence.unwrap().p_value > 0.05, "{filtered:?}");
}

#[test]
fn a_forecast_that_is_too_low_is_found_out() {
    let path = wandering(7, 8_000);
    let half = |past: &Past<'_>, years: f64| {
        let ewma = Ewma::new(0.97, 1.0 / 8_760.0)?;
        Ok(hurdle_model::backtest::VolatilityForecast::deviation(&ewma, past, years)? / 2.0)
    };
    let setting = Setting {
        method: Method::Normal,
        kind: Move::Terminal,
        ..SETTING
    };
    let right = run(&path, &setting, &ewma(), &mut NoHurdle).unwrap().verdict;
    let wrong = run(&path, &setting, &Unfitted(half), &mut NoHurdle)
        .unwrap()
        .verdict;
    assert!(right.quantile.unconditional.p_value > 0.01, "{right:?}");
    assert!(wrong.quantile.too_many_p_value < 1e-9);
    assert!(wrong.shortfall.unwrap().statistic < -0.7, "{wrong:?}");
}

#[test]
fn a_class_holds_at_its_confidence_and_tightens_with_the_hurdle() {
    let path = wandering(11, 6_000);
    let setting = Setting {
        class: Some(CLASS),
        ..SETTING
    };
    let result = run(&path, &setting, &ewma(), &mut solved()).unwrap();
    let class = result.verdict.class.unwrap();
    assert!(class.too_many_p_value > 0.05, "{class:?}");
    assert!(result.class.unwrap().initial > result.class.unwrap().maintenance);
    let mut tightened = 0;
    for step in &result.steps {
        let (initial, maintenance) = step.class.unwrap();
        assert!(
            initial > maintenance && step.multiplier >= 1.0 && !step.is_stressed,
            "{step:?}"
        );
        // Maintenance covers the quantile but for a volatility below the reference, where it is larger.
        assert!(maintenance >= step.required * (1.0 - 1e-9));
        tightened += i32::from(step.multiplier > 1.0);
    }
    assert!(tightened > 10, "{tightened}");
}

#[test]
fn the_hurdle_rises_with_volatility() {
    let at = |volatility| solved().step(Moment { time: 0, volatility }).unwrap();
    let (calm, wild) = (at(0.5), at(2.0));
    assert!(wild.hurdle > calm.hurdle && wild.multiplier >= calm.multiplier);
    assert!(
        solved()
            .step(Moment {
                time: 0,
                volatility: f64::NAN
            })
            .is_err()
    );
}

#[test]
fn what_does_not_suffice_is_refused_with_what_is_missing() {
    let path = wandering(13, 800);
    let refused = |setting: Setting| run(&path, &setting, &ewma(), &mut NoHurdle).unwrap_err();
    assert_eq!(
        refused(Setting {
            level: 0.999,
            ..SETTING
        })
        .to_string(),
        "losses for this confidence: at least 999 needed, got 600"
    );
    assert_eq!(
        refused(Setting {
            warm_up: 800,
            ..SETTING
        })
        .to_string(),
        "prices of a backtest: at least 801 needed, got 800"
    );
    assert!(matches!(
        refused(Setting {
            level: 1.0,
            ..SETTING
        }),
        ModelError::OutOfRange { .. }
    ));
    assert!(matches!(
        refused(Setting { refit: 0, ..SETTING }),
        ModelError::TooFew { .. }
    ));
    let flat = PricePath::new((0..900).map(|i| i * HOUR).collect(), vec![1.0; 900]).unwrap();
    assert!(matches!(
        run(&flat, &SETTING, &ewma(), &mut NoHurdle),
        Err(ModelError::NotPositive { .. })
    ));
}

#[test]
fn the_last_steps_have_a_requirement_and_no_outcome_yet() {
    let path = wandering(17, 1_500);
    let result = backtest(
        &path,
        &Setting {
            stride: 3_600,
            ..SETTING
        },
    );
    let last = result.steps.last().unwrap();
    assert_eq!((last.index, last.realised), (1_499, None));
    assert!(last.required > 0.0);
    // Hourly steps overlap; only every fourth is tested.
    assert_eq!(
        result.verdict.quantile.forecasts,
        (1_500 - 700 - 4_usize).div_ceil(4)
    );
}

#[test]
fn solana_through_luna_and_ftx() {
    let Some(text) = recorded("prices/sol_1h_to_2025-08.csv") else {
        return;
    };
    let rows: Vec<[f64; 3]> = csv(&text)
        .filter_map(|row| Some([row.number("high")?, row.number("low")?, row.number("close")?]))
        .take(26_000)
        .collect();
    let column = |i: usize| rows.iter().map(|row| row[i]).collect::<Vec<f64>>();
    // Rows are hourly; a missing hour only shortens a horizon.
    let times = (0..rows.len() as i64).map(|i| i * HOUR).collect();
    let path = PricePath::with_range(times, column(0), column(1), column(2)).unwrap();
    let setting = Setting {
        horizon: 6 * 3_600,
        stride: 6 * 3_600,
        warm_up: 4_400,
        window: 4_320,
        level: 0.99,
        ..SETTING
    };
    let result = backtest(&path, &setting);
    eprintln!("{:#?}", result.verdict);
    assert!(result.verdict.quantile.unconditional.p_value > 0.01);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..common::reproducible() })]

    #[test]
    fn another_future_changes_nothing_that_was_known(seed in any::<u64>(), cut in 800usize..1_000, method in 0usize..4) {
        let method = [Method::Normal, Method::Historical, Method::Filtered, Method::Peaks(0.2)][method];
        let setting = Setting { method, class: Some(CLASS), stride: 3_600, ..SETTING };
        let path = wandering(seed, 1_100);
        let other = wandering(seed ^ 0x5555, 1_100);
        let mixed = |f: fn(&PricePath, usize) -> f64| -> Vec<f64> {
            (0..1_100).map(|i| f(if i <= cut { &path } else { &other }, i)).collect()
        };
        let changed = PricePath::with_range(
            path.times().to_vec(),
            mixed(|p, i| p.past(i).highs[i]),
            mixed(|p, i| p.past(i).lows[i]),
            mixed(|p, i| p.past(i).closes[i]),
        ).unwrap();
        let (before, after) = (
            run(&path, &setting, &ewma(), &mut solved()).unwrap(),
            run(&changed, &setting, &ewma(), &mut solved()).unwrap(),
        );
        let horizon = 4;
        for (a, b) in before.steps.iter().zip(&after.steps).filter(|(a, _)| a.index <= cut) {
            let mut known = *b;
            if a.index + horizon > cut {
                known.realised = a.realised;
            }
            prop_assert_eq!(*a, known);
        }
    }

    #[test]
    fn any_path_gives_steps_or_an_error(
        moves in prop::collection::vec(-0.5f64..0.5, 60..200), gaps in prop::collection::vec(1i64..100_000, 200),
        level in 0.01f64..0.99, method in 0usize..4,
    ) {
        let method = [Method::Normal, Method::Historical, Method::Filtered, Method::Peaks(0.3)][method];
        let (mut time, mut log) = (0, 0.0);
        let (times, closes): (Vec<i64>, Vec<f64>) = moves.iter().zip(&gaps).map(|(step, gap)| {
            time += gap;
            log += step;
            (time, f64::exp(log))
        }).unzip();
        let path = PricePath::new(times, closes).unwrap();
        let setting = Setting {
            burn_in: 5, warm_up: 40, window: 100, level, method, class: Some(CLASS), ..SETTING
        };
        if let Ok(result) = run(&path, &setting, &ewma(), &mut solved()) {
            for step in result.steps {
                prop_assert!(step.required.is_finite() && step.hurdle.is_finite() && step.multiplier >= 1.0);
            }
        }
    }
}

#[test]
fn the_exponentially_weighted_forecast_scales_with_the_root_of_time() {
    let path = wandering(19, 300);
    let past = path.past(299);
    let deviation =
        |years| hurdle_model::backtest::VolatilityForecast::deviation(&ewma(), &past, years).unwrap();
    assert_close(deviation(0.04) / deviation(0.01), 2.0, 1e-12);
}
