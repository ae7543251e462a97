//! Coverage tests and tails against scipy, and the backtest on recorded prices. The references are printed by
//! `reference/margin.py`.

use super::{Check, Tolerance};
use hurdle_model::backtest::{Ewma, Method, NoHurdle, Setting, run};
use hurdle_model::margin::{
    Move, PricePath, acerbi_szekely, coverage, fit_tail, kupiec, loss_fraction, upper_quantile,
};
use hurdle_model::normal;
use hurdle_model::simulation::{Grid, PriceProcess, Run, Sampling, adverse_log_moves};
use hurdle_model::tail::{InsuranceFund, JumpDiffusion, Side, tail_risk};

const SCIPY: &str = "scipy 1.17.1";

fn check(what: impl Into<String>, reference: &str, expected: f64, ours: f64, tolerance: Tolerance) -> Check {
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours,
        tolerance,
    }
}

/// What the library refused to compute: a row that does not hold.
fn refused(what: &str) -> Check {
    check(what, "an answer", 0.0, f64::NAN, Tolerance::Absolute(0.0))
}

/// Uniform draws of Knuth's MMIX generator.
fn draw(state: &mut u64) -> f64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1u64 << 53) as f64
}

/// Every check of this topic.
pub fn checks() -> Vec<Check> {
    let mut checks = coverages();
    checks.extend(tails());
    checks.extend(simulated().unwrap_or_else(|_| vec![refused("simulated margins")]));
    checks.extend(recorded_prices());
    checks
}

/// Margins that simulated moves ask for, against Merton's series and the first-passage law.
fn simulated() -> hurdle_model::Result<Vec<Check>> {
    const Z: f64 = 2.575_829_303_548_901;
    let (years, level) = (4.0 / 8_760.0, 0.99);
    let run = Run::new(1 << 17, 11, 2, Sampling::Pseudo)?;
    let n = run.paths() as f64;
    let merton = JumpDiffusion::new(0.0, 0.8, 20.0, -0.03, 0.06)?;
    let mut checks = Vec::new();
    for (name, side) in [("long", Side::Long), ("short", Side::Short)] {
        let process = PriceProcess::Merton(merton);
        let moves = adverse_log_moves(&process, &Grid::new(1, years)?, &run, Move::Terminal, side)?;
        let at = |level| Ok(loss_fraction(upper_quantile(&moves, level)?, side));
        // the order statistics at the ends of the share's interval (Woodruff 1952)
        let reach = Z * (level * (1.0 - level) / n).sqrt();
        let half = 0.5 * (at(level + reach)? - at(level - reach)?);
        let expected = tail_risk(&merton, years, side, level)?.value_at_risk;
        checks.push(check(
            format!("simulated margin at 99 % over 4 h, {name}, last price"),
            "root of Merton's series",
            expected,
            at(level)?,
            Tolerance::Within {
                low: expected - half,
                high: expected + half,
            },
        ));
    }
    let (sigma, steps, barrier) = (0.8, 64, 0.04);
    let grid = Grid::new(steps, years)?;
    let diffusion = PriceProcess::Merton(JumpDiffusion::new(0.0, sigma, 0.0, 0.0, 0.0)?);
    let moves = adverse_log_moves(&diffusion, &grid, &run, Move::Worst, Side::Long)?;
    let seen = moves.iter().filter(|adverse| **adverse >= barrier).count() as f64 / n;
    // watched at steps, a barrier is as one further away by 0.5826·σ√Δt (Broadie, Glasserman & Kou 1997)
    let law = InsuranceFund {
        size: barrier + 0.5826 * sigma * grid.step_years().sqrt(),
        drift: -0.5 * sigma * sigma,
        volatility: sigma,
    };
    let expected = law.ruin_probability(years)?;
    let half = Z * (expected * (1.0 - expected) / n).sqrt();
    checks.push(check(
        "share of simulated paths whose worst of 64 prices lies 4 % below the start",
        "first-passage law, corrected for the steps",
        expected,
        seen,
        Tolerance::Within {
            low: expected - half,
            high: expected + half,
        },
    ));
    Ok(checks)
}

fn coverages() -> Vec<Check> {
    let mut checks = Vec::new();
    for (breaches, forecasts, expected) in [
        (7, 255, 5.316_341_340_978_198),
        (11, 250, 15.890_619_523_414_728),
        (0, 250, 5.025_167_926_750_721),
        (20, 1000, 7.827_239_152_922_488),
    ] {
        let statistic = kupiec(breaches, forecasts, 0.99).map_or(f64::NAN, |test| test.statistic);
        let what = format!("Kupiec's statistic, {breaches} of {forecasts} at 99 %");
        checks.push(check(
            what,
            SCIPY,
            expected,
            statistic,
            Tolerance::Relative(1e-11),
        ));
    }
    let (mut state, mut before) = (11, false);
    let clustered: Vec<bool> = (0..800)
        .map(|_| {
            before = draw(&mut state) < if before { 0.35 } else { 0.03 };
            before
        })
        .collect();
    let Ok(tests) = coverage(&clustered, 0.95) else {
        checks.push(refused("coverage tests"));
        return checks;
    };
    let statistic =
        |test: Option<hurdle_model::margin::RatioTest>| test.map_or(f64::NAN, |test| test.statistic);
    let p_value = |test: Option<hurdle_model::margin::RatioTest>| test.map_or(f64::NAN, |test| test.p_value);
    for (what, expected, ours) in [
        (
            "Christoffersen's independence, clustered breaches",
            37.549_526_418_543_22,
            statistic(tests.independence),
        ),
        (
            "… its p-value",
            8.912_105_633_537_124e-10,
            p_value(tests.independence),
        ),
        (
            "Christoffersen's conditional coverage, p-value",
            4.265_349_407_936_3e-9,
            p_value(tests.conditional),
        ),
        (
            "duration test (discrete Weibull)",
            18.126_072_629_380_303,
            statistic(tests.duration),
        ),
        (
            "… its p-value",
            2.067_510_243_237_384_6e-5,
            p_value(tests.duration),
        ),
    ] {
        checks.push(check(what, SCIPY, expected, ours, Tolerance::Relative(1e-9)));
    }
    checks
}

fn tails() -> Vec<Check> {
    let mut state = 5;
    let losses: Vec<f64> = (0..4000)
        .map(|_| ((1.0 - draw(&mut state)).powf(-0.3) - 1.0) / 0.3)
        .collect();
    let mut checks = Vec::new();
    if let Ok(tail) = fit_tail(&losses, 0.1, 0) {
        let (shape, scale) = (tail.fit.distribution.shape, tail.fit.distribution.scale);
        let at = |level| {
            (
                tail.quantile(level).unwrap_or(f64::NAN),
                tail.shortfall(level).unwrap_or(f64::NAN),
            )
        };
        let ((q99, s99), (q999, s999)) = (at(0.99), at(0.999));
        for (what, expected, ours) in [
            ("peaks over threshold: shape", 0.288_605_692_813_659_33, shape),
            ("peaks over threshold: scale", 1.888_063_133_726_816_1, scale),
            (
                "peaks over threshold: quantile at 99 %",
                9.455_974_682_954_487,
                q99,
            ),
            (
                "peaks over threshold: shortfall at 99 %",
                14.614_336_720_066_508,
                s99,
            ),
            (
                "peaks over threshold: quantile at 99.9 %",
                21.453_806_704_051_534,
                q999,
            ),
            (
                "peaks over threshold: shortfall at 99.9 %",
                31.479_571_513_060_666,
                s999,
            ),
        ] {
            let reference = "scipy 1.17.1, maximum of genpareto.logpdf";
            checks.push(check(what, reference, expected, ours, Tolerance::Relative(1e-6)));
        }
        // The quantile of the distribution that the losses were drawn from, (0.01^(−0.3) − 1)/0.3; three standard errors.
        let truth = (0.01_f64.powf(-0.3) - 1.0) / 0.3;
        let within = Tolerance::Within {
            low: truth - 1.9,
            high: truth + 1.9,
        };
        checks.push(check(
            "… against the true quantile at 99 %",
            "closed form",
            truth,
            q99,
            within,
        ));
    } else {
        checks.push(refused("peaks over threshold"));
    }
    let shortfall = acerbi_szekely(&losses, &[9.0; 4000], &[14.0; 4000], 0.99);
    checks.push(check(
        "Acerbi & Székely's Z₂",
        "numpy 2.4.6",
        Z2,
        shortfall.map_or(f64::NAN, |test| test.statistic),
        Tolerance::Absolute(1e-11),
    ));
    for (p, expected) in [
        (1e-12, -7.034_483_825_301_131),
        (0.2, -0.841_621_233_572_914_2),
        (0.999, 3.090_232_306_167_813),
    ] {
        let ours = normal::quantile(p).unwrap_or(f64::NAN);
        checks.push(check(
            format!("normal quantile at {p}"),
            SCIPY,
            expected,
            ours,
            Tolerance::Relative(1e-12),
        ));
    }
    checks
}

/// Z₂ of the losses above with a quantile of 9 and a shortfall of 14.
const Z2: f64 = -0.15832380934344492;

/// Breaches of a 99 % margin on SOL, 2020-08 to 2025-08, hourly, over six hours; nothing where the data is absent.
fn recorded_prices() -> Vec<Check> {
    let root = std::env::var_os("HURDLE_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(root.join("prices/sol_1h_to_2025-08.csv")) else {
        eprintln!("skipped: the recorded prices of SOL are not beside the repository");
        return Vec::new();
    };
    // timestamp, open, high, low, close, volume; a missing hour only shortens a horizon.
    let rows: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .skip(1)
                .map_while(|field| field.parse().ok())
                .collect()
        })
        .filter(|row: &Vec<f64>| row.len() >= 4)
        .collect();
    let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
    let times = (0i64..).take(rows.len()).map(|hour| hour * 3_600).collect();
    let Ok(path) = PricePath::with_range(times, column(1), column(2), column(3)) else {
        return vec![refused("recorded prices of SOL")];
    };
    let mut checks = Vec::new();
    for (name, side) in [("long", Side::Long), ("short", Side::Short)] {
        let setting = Setting {
            horizon: 6 * 3_600,
            stride: 6 * 3_600,
            burn_in: 100,
            warm_up: 4_400,
            window: 4_320,
            refit: 24,
            level: 0.99,
            kind: Move::Worst,
            side,
            method: Method::Filtered,
            sureness: None,
            class: None,
        };
        let ewma = Ewma::new(0.97, 1.0 / 8_760.0);
        let result = ewma.and_then(|ewma| run(&path, &setting, &ewma, &mut NoHurdle));
        if let Ok(result) = result {
            let tests = result.verdict.quantile;
            // 99 % of the binomial distribution, by its normal limit.
            let spread = 2.575_8 * (tests.expected * 0.99).sqrt();
            checks.push(check(
                format!(
                    "SOL 6 h {name}: breaches of a 99 % margin in {} forecasts",
                    tests.forecasts
                ),
                "binomial expectation, 99 % interval",
                tests.expected,
                tests.breaches as f64,
                Tolerance::Within {
                    low: tests.expected - spread,
                    high: tests.expected + spread,
                },
            ));
        } else {
            checks.push(refused("backtest of SOL"));
        }
    }
    checks
}
