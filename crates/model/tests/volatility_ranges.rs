//! What the volatilities from bars promise whatever the bars.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Rng, assert_close};
use hurdle_model::volatility::{
    Bar, Bars, RangeVolatility, close_to_close, garman_klass, parkinson, rogers_satchell, yang_zhang,
};
use proptest::prelude::*;

const DAY: u32 = 86_400;
const STEPS: usize = 2000;

/// `n` daily bars of a diffusion with volatility 0.8 and the given drift, observed often, whose price jumps between
/// bars by `jump` standard deviations of a day.
fn diffusion(seed: u64, n: i64, drift: f64, jump: f64) -> Bars {
    let mut rng = Rng::new(seed);
    let day = 1.0 / 365.0;
    let step = day / STEPS as f64;
    let mut log = 0.0;
    let bars = (0..n)
        .map(|i| {
            log += jump * 0.8 * day.sqrt() * rng.normal();
            let (open, mut high, mut low) = (log, log, log);
            for _ in 0..STEPS {
                log += drift * step + 0.8 * step.sqrt() * rng.normal();
                high = f64::max(high, log);
                low = f64::min(low, log);
            }
            let [open, high, low, close] = [open, high, low, log].map(f64::exp);
            Bar {
                time: i * i64::from(DAY),
                open,
                high,
                low,
                close,
            }
        })
        .collect();
    Bars::new(bars, DAY).unwrap()
}

/// Within four of its own standard errors, and the little that the extremes between observations are missed by.
fn assert_is(estimate: RangeVolatility, volatility: f64) {
    let allowed = 4.0 * estimate.standard_error + 0.02 * volatility;
    assert!(
        (estimate.volatility - volatility).abs() < allowed,
        "{estimate:?} is not {volatility}"
    );
}

#[test]
fn every_estimator_finds_the_volatility_and_the_better_ones_with_less_error() {
    let bars = diffusion(1, 600, 0.0, 0.0);
    let close = close_to_close(&bars, 0).unwrap();
    assert_close(close.volatility, 0.8, 4.0 * close.standard_error);
    let estimates = [
        parkinson(&bars),
        garman_klass(&bars),
        rogers_satchell(&bars),
        yang_zhang(&bars, 0),
    ];
    for (estimate, efficiency) in estimates
        .map(Result::unwrap)
        .into_iter()
        .zip([5.0_f64, 7.4, 6.0, 7.3])
    {
        assert_is(estimate, 0.8);
        // The published variances relative to close-to-close, which the errors must show.
        let expected = close.standard_error / efficiency.sqrt();
        assert_close(estimate.standard_error / expected, 1.0, 0.2);
    }
}

#[test]
fn a_drift_misleads_only_those_that_assume_none() {
    // A drift of one standard deviation a day.
    let bars = diffusion(2, 600, 0.8 * 365.0_f64.sqrt(), 0.0);
    assert_is(rogers_satchell(&bars).unwrap(), 0.8);
    assert_is(yang_zhang(&bars, 0).unwrap(), 0.8);
    assert!(parkinson(&bars).unwrap().volatility > 0.9);
    assert!(close_to_close(&bars, 0).unwrap().volatility > 1.0);
}

#[test]
fn jumps_between_bars_are_seen_by_those_that_look_between() {
    let bars = diffusion(3, 600, 0.0, 0.75);
    let whole = 0.8 * f64::hypot(1.0, 0.75);
    assert_is(yang_zhang(&bars, 0).unwrap(), whole);
    assert_is(rogers_satchell(&bars).unwrap(), 0.8);
}

#[test]
fn a_bar_that_rises_all_the_way_has_no_variance_but_drift() {
    let rising = |i: i64| {
        let open = (f64::from(i as i32) * 0.01).exp();
        let close = open * 0.01_f64.exp();
        Bar {
            time: i * 60,
            open,
            high: close,
            low: open,
            close,
        }
    };
    let bars = Bars::new((0..50).map(rising).collect(), 60).unwrap();
    assert_close(rogers_satchell(&bars).unwrap().volatility, 0.0, 1e-12);
    assert_close(yang_zhang(&bars, 0).unwrap().volatility, 0.0, 1e-9);
}

#[test]
fn a_gap_is_left_out_of_time_and_of_variance() {
    let mut bars = diffusion(4, 40, 0.0, 0.0).bars().to_vec();
    let whole = yang_zhang(&Bars::new(bars.clone(), DAY).unwrap(), 3600).unwrap();
    for bar in &mut bars[20..] {
        // A month without bars, over which the price tenfolds.
        bar.time += 30 * i64::from(DAY);
        for price in [&mut bar.open, &mut bar.high, &mut bar.low, &mut bar.close] {
            *price *= 10.0;
        }
    }
    let gapped = Bars::new(bars, DAY).unwrap();
    let estimate = yang_zhang(&gapped, 3600).unwrap();
    assert_eq!((whole.bars, estimate.bars), (39, 38));
    assert_close(estimate.volatility / whole.volatility, 1.0, 0.1);
    assert_close(close_to_close(&gapped, 3600).unwrap().volatility, 0.8, 0.4);
    assert!(yang_zhang(&gapped, u32::MAX).unwrap().volatility > 2.0);
}

#[test]
fn one_bar_is_too_few() {
    let bars = diffusion(5, 1, 0.0, 0.0);
    assert!(parkinson(&bars).is_err() && rogers_satchell(&bars).is_err() && garman_klass(&bars).is_err());
    assert!(yang_zhang(&bars, 0).is_err() && close_to_close(&bars, 0).is_err());
    assert!(yang_zhang(&diffusion(5, 2, 0.0, 0.0), 0).is_err());
}

prop_compose! {
    /// Bars with any shape and gaps of up to a bar's length.
    fn any_bars()(shapes in prop::collection::vec(
        (1e-3f64..1e3, 0.0f64..0.5, 0.0f64..0.5, 0.0f64..1.0, 0i64..60), 3..40)) -> Vec<Bar>
    {
        let mut time = 0;
        shapes.into_iter().map(|(open, up, down, place, gap)| {
            let (high, low) = (open * up.exp(), open * (-down).exp());
            time += 60 + gap;
            Bar { time, open, high, low, close: (low + place * (high - low)).clamp(low, high) }
        }).collect()
    }
}

proptest! {
    #![proptest_config(common::reproducible())]

    #[test]
    fn no_estimate_is_negative_or_depends_on_the_unit_of_the_price(bars in any_bars(), unit in 1e-100f64..1e100) {
        let scaled = bars.iter().map(|bar| Bar {
            time: bar.time, open: unit * bar.open, high: unit * bar.high, low: unit * bar.low, close: unit * bar.close,
        }).collect();
        let (bars, scaled) = (Bars::new(bars, 60).unwrap(), Bars::new(scaled, 60).unwrap());
        for (plain, scaled) in [
            (parkinson(&bars), parkinson(&scaled)),
            (garman_klass(&bars), garman_klass(&scaled)),
            (rogers_satchell(&bars), rogers_satchell(&scaled)),
            (yang_zhang(&bars, 60), yang_zhang(&scaled, 60)),
        ] {
            let (plain, scaled) = (plain.unwrap(), scaled.unwrap());
            prop_assert!(plain.volatility >= 0.0 && plain.standard_error >= 0.0);
            prop_assert!((plain.volatility - scaled.volatility).abs() <= 1e-6 * plain.volatility.max(1e-3));
        }
    }

    #[test]
    fn a_price_turned_upside_down_is_as_volatile(bars in any_bars()) {
        let turned = bars.iter().map(|bar| Bar {
            time: bar.time, open: bar.open.recip(), high: bar.low.recip(), low: bar.high.recip(), close: bar.close.recip(),
        }).collect();
        let (bars, turned) = (Bars::new(bars, 60).unwrap(), Bars::new(turned, 60).unwrap());
        for estimate in [parkinson, garman_klass, rogers_satchell] {
            let (plain, other) = (estimate(&bars).unwrap().volatility, estimate(&turned).unwrap().volatility);
            prop_assert!((plain - other).abs() <= 1e-9 * plain.max(1.0));
        }
    }

    #[test]
    fn any_numbers_give_bars_or_an_error(
        numbers in prop::collection::vec((any::<i64>(), any::<f64>(), any::<f64>(), any::<f64>(), any::<f64>()), 0..6),
        length in any::<u32>(), max_gap in any::<u32>(),
    ) {
        let bars = numbers.into_iter().map(|(time, a, b, c, d)| {
            let (a, b, c, d) = (a.abs(), b.abs(), c.abs(), d.abs());
            Bar { time, open: a, high: a.max(b).max(c), low: a.min(b).min(d), close: b }
        });
        let mut bars: Vec<Bar> = bars.collect();
        bars.sort_by_key(|bar| bar.time);
        if let Ok(bars) = Bars::new(bars, length) {
            let estimates = [parkinson(&bars), garman_klass(&bars), rogers_satchell(&bars), yang_zhang(&bars, max_gap)];
            for estimate in estimates.into_iter().flatten() {
                prop_assert!(estimate.volatility.is_finite() && estimate.standard_error.is_finite());
            }
            let _ = (bars.closes(), close_to_close(&bars, max_gap));
        }
    }
}
