//! Volatility against PyPI's arch and statsmodels and against formulas in NumPy. `reference/volatility.py` made
//! `reference/volatility.csv`.
#![allow(clippy::expect_used)] // A check that cannot be made has failed.

use super::{Check, Tolerance};
use hurdle_model::volatility::{
    Bar, Bars, EvenSeries, IntegratedVariance, Quarticity, close_to_close, garch, garman_klass, har,
    jump_test, parkinson, rogers_satchell, yang_zhang,
};

const REFERENCE: &str = include_str!("reference/volatility.csv");
const DAY: u32 = 86_400;
const ARCH: &str = "PyPI arch 8.0.0, its optimum polished";
const NUMPY: &str = "the formula in NumPy 2.4";
const STATSMODELS: &str = "PyPI statsmodels 0.15.0, OLS with HAC covariance";

/// A row of the reference, without what is in it twice.
struct Reference {
    series: &'static str,
    model: &'static str,
}

impl Reference {
    fn value(&self, quantity: &str) -> f64 {
        let start = format!("{},{},{quantity},", self.series, self.model);
        REFERENCE
            .lines()
            .find_map(|line| line.strip_prefix(&start)?.parse().ok())
            .expect("a row of the reference")
    }

    fn check(&self, reference: &str, quantity: &str, ours: f64, tolerance: Tolerance) -> Check {
        Check {
            what: format!("{} {}: {}", self.series, self.model, quantity.replace('_', " ")),
            reference: reference.into(),
            expected: self.value(quantity),
            ours,
            tolerance,
        }
    }
}

/// Every check of volatility; those on recorded data where it is present.
pub fn checks() -> Vec<Check> {
    let mut checks = garch_checks("synthetic", synthetic_returns());
    checks.extend(bar_checks("synthetic", &synthetic_bars()));
    checks.extend(har_checks());
    checks.push(forecast_check());
    checks.push(rising_check());
    for asset in ["btc", "eth", "sol"] {
        match recorded_bars(asset) {
            Some(bars) => {
                let closes = bars.closes().expect("times within range");
                let returns = closes.log_returns().iter().map(|r| 100.0 * r.value).collect();
                checks.extend(garch_checks(asset, returns));
                checks.extend(bar_checks(asset, &bars));
            }
            None => eprintln!("skipped: no recorded prices of {asset}; HURDLE_DATA names their folder"),
        }
    }
    checks
}

fn garch_checks(series: &'static str, returns: Vec<f64>) -> Vec<Check> {
    let returns = EvenSeries::new(0, DAY, returns.into_iter().map(Some).collect()).expect("finite returns");
    let mut checks = Vec::new();
    for (model, dynamics, mean) in [
        ("garch-zero", garch::Dynamics::Symmetric, garch::Mean::Zero),
        (
            "garch-constant",
            garch::Dynamics::Symmetric,
            garch::Mean::Constant,
        ),
        ("gjr-zero", garch::Dynamics::Asymmetric, garch::Mean::Zero),
        ("gjr-constant", garch::Dynamics::Asymmetric, garch::Mean::Constant),
    ] {
        let reference = Reference { series, model };
        let fit = garch::fit(&returns, garch::Specification { mean, dynamics }).expect("a fit");
        let mut add = |quantity: &str, ours: f64, tolerance: f64| {
            checks.push(reference.check(ARCH, quantity, ours, Tolerance::Relative(tolerance)));
        };
        let errors = [
            ("", Some(fit.parameters), 5e-7),
            ("classical_", fit.classical_errors, 1e-5),
            ("robust_", fit.robust_errors, 1e-5),
        ];
        for (label, values, tolerance) in errors {
            let values = values.expect("a strictly concave likelihood");
            add(&format!("{label}omega"), values.omega, tolerance);
            add(&format!("{label}alpha"), values.alpha, tolerance);
            add(&format!("{label}beta"), values.beta, tolerance);
            if dynamics == garch::Dynamics::Asymmetric {
                add(&format!("{label}gamma"), values.gamma, tolerance);
            }
            if mean == garch::Mean::Constant {
                add(&format!("{label}mu"), values.mean, tolerance);
            }
        }
        add("log_likelihood", fit.log_likelihood, 1e-10);
        add("aic", fit.aic, 1e-10);
        add("bic", fit.bic, 1e-10);
        let forecast = fit.forecast().expect("a forecast");
        let integrated = forecast
            .integrated_variance(30.0 * fit.step_years)
            .expect("a forecast");
        add("variance_1", forecast.variance(1).expect("a forecast"), 5e-7);
        add("variance_30", forecast.variance(30).expect("a forecast"), 5e-7);
        add("integrated_30", integrated, 5e-7);
    }
    checks
}

fn bar_checks(series: &'static str, bars: &Bars) -> Vec<Check> {
    let reference = Reference {
        series,
        model: "bars",
    };
    let returns = bars.closes().expect("times within range").log_returns();
    let statistic = |quarticity| {
        jump_test(&returns, quarticity)
            .expect("returns that move")
            .statistic
    };
    [
        (
            "close_to_close",
            close_to_close(bars, 0).expect("bars").volatility,
        ),
        ("parkinson", parkinson(bars).expect("bars").volatility),
        ("garman_klass", garman_klass(bars).expect("bars").volatility),
        ("rogers_satchell", rogers_satchell(bars).expect("bars").volatility),
        ("yang_zhang", yang_zhang(bars, 0).expect("bars").volatility),
        ("tripower_z", statistic(Quarticity::Tripower)),
        ("quad_power_z", statistic(Quarticity::QuadPower)),
    ]
    .into_iter()
    .map(|(quantity, ours)| reference.check(NUMPY, quantity, ours, Tolerance::Relative(1e-9)))
    .collect()
}

fn har_checks() -> Vec<Check> {
    let variances = synthetic_variances().into_iter().map(Some).collect();
    let variances = EvenSeries::new(0, DAY, variances).expect("finite variances");
    let mut checks = Vec::new();
    for (model, scale, ahead) in [
        ("har-levels-1", har::Scale::Levels, 1),
        ("har-logarithms-1", har::Scale::Logarithms, 1),
        ("har-levels-5", har::Scale::Levels, 5),
        ("har-logarithms-5", har::Scale::Logarithms, 5),
    ] {
        let specification = har::Specification {
            ahead,
            scale,
            ..har::Specification::DAILY
        };
        let fit = har::fit(&variances, specification).expect("a fit");
        let reference = Reference {
            series: "synthetic",
            model,
        };
        let mut add = |quantity: &str, ours: f64| {
            checks.push(reference.check(STATSMODELS, quantity, ours, Tolerance::Relative(1e-8)));
        };
        for (label, values) in [("", fit.coefficients), ("se_", fit.standard_errors)] {
            add(&format!("{label}constant"), values.intercept);
            for (name, value) in ["day", "week", "month"].into_iter().zip(values.averages) {
                add(&format!("{label}{name}"), value);
            }
        }
        add("r_squared", fit.r_squared);
        add("forecast", fit.forecast.variance);
    }
    checks
}

/// The closed form of the integrated variance against simulated paths of the model.
fn forecast_check() -> Check {
    const PATHS: u32 = 40_000;
    let model = garch::Parameters {
        mean: 0.0,
        omega: 0.1,
        alpha: 0.05,
        gamma: 0.08,
        beta: 0.88,
    };
    let ours = garch::Forecast::new(&model, 2.0, 1.0)
        .and_then(|forecast| forecast.integrated_variance(30.0))
        .expect("a forecast");
    let mut draw = SplitMix(23);
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..PATHS {
        let (mut variance, mut path) = (2.0, 0.0);
        for _ in 0..30 {
            let shock = f64::sqrt(variance) * draw.normal();
            path += shock;
            let weight = if shock < 0.0 { 0.13 } else { 0.05 };
            variance = 0.1 + weight * shock * shock + 0.88 * variance;
        }
        sum += path * path;
        squares += path.powi(4);
    }
    let n = f64::from(PATHS);
    let mean = sum / n;
    let half_width = 2.576 * ((squares / n - mean * mean) / n).sqrt();
    Check {
        what: "GJR-GARCH: variance of the return over 30 steps".into(),
        reference: "simulation of 40,000 paths, 99 % interval".into(),
        expected: mean,
        ours,
        tolerance: Tolerance::Within {
            low: mean - half_width,
            high: mean + half_width,
        },
    }
}

/// A price that only rises moves by drift alone, which Rogers & Satchell's estimator does not see.
fn rising_check() -> Check {
    let price = |day: i64| 1.01_f64.powf(f64::from(i32::try_from(day).unwrap_or(0)));
    let bars = (0..30).map(|day| bar(day, [price(day), price(day + 1), price(day), price(day + 1)]));
    let bars = bars.collect::<Option<Vec<Bar>>>().expect("few days");
    let bars = Bars::new(bars, DAY).expect("ordered bars");
    Check {
        what: "Rogers–Satchell of a price that only rises".into(),
        reference: "their theorem: independence of the drift".into(),
        expected: 0.0,
        ours: rogers_satchell(&bars).expect("bars").volatility,
        tolerance: Tolerance::Absolute(1e-9),
    }
}

/// Daily bars of the recorded data, if it is there.
fn recorded_bars(asset: &str) -> Option<Bars> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("HURDLE_DATA").unwrap_or_else(|_| beside.into());
    let text = std::fs::read_to_string(format!("{folder}/prices/{asset}_1d_to_2025-08.csv")).ok()?;
    // The reference has made sure that the days are consecutive.
    let bars = text
        .lines()
        .skip(1)
        .enumerate()
        .map(|(day, line)| {
            let field = |i: usize| line.split(',').nth(i)?.parse().ok();
            bar(
                i64::try_from(day).ok()?,
                [field(1)?, field(2)?, field(3)?, field(4)?],
            )
        })
        .collect::<Option<Vec<Bar>>>()?;
    Bars::new(bars, DAY).ok()
}

fn bar(day: i64, [open, high, low, close]: [f64; 4]) -> Option<Bar> {
    Some(Bar {
        time: day.checked_mul(i64::from(DAY))?,
        open,
        high,
        low,
        close,
    })
}

/// Sebastiano Vigna's SplitMix64 with Box–Muller normals, as in the reference.
struct SplitMix(u64);

impl SplitMix {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (core::f64::consts::TAU * self.uniform()).cos()
    }
}

/// GJR-GARCH with mean 0.05, ω 0.1, α 0.05, γ 0.08, β 0.88.
fn synthetic_returns() -> Vec<f64> {
    let (mut draw, mut variance) = (SplitMix(20), 0.1 / (1.0 - 0.97));
    (0..2000)
        .map(|_| {
            let shock = f64::sqrt(variance) * draw.normal();
            let weight = if shock < 0.0 { 0.13 } else { 0.05 };
            variance = 0.1 + weight * shock * shock + 0.88 * variance;
            0.05 + shock
        })
        .collect()
}

/// Bars of 48 steps of a random walk, with a jump of the price before each.
fn synthetic_bars() -> Bars {
    let (mut draw, mut log) = (SplitMix(21), 0.0_f64);
    let bars = (0..400)
        .map(|day| {
            log += 0.005 * draw.normal();
            let (open, mut high, mut low) = (log, log, log);
            for _ in 0..48 {
                log += 0.0002 + 0.004 * draw.normal();
                high = high.max(log);
                low = low.min(log);
            }
            bar(day, [open, high, low, log].map(f64::exp))
        })
        .collect::<Option<Vec<Bar>>>()
        .expect("few days");
    Bars::new(bars, DAY).expect("ordered bars")
}

/// Realised variances, log-normal around a slowly moving level.
fn synthetic_variances() -> Vec<f64> {
    let (mut draw, mut level) = (SplitMix(22), 0.0);
    (0..600)
        .map(|_| {
            level = 0.95 * level + 0.3 * draw.normal();
            0.002 * (level + 0.4 * draw.normal()).exp()
        })
        .collect()
}
