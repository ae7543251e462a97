//! Cost of capital, flight of liquidity, multipliers, responses and the policy rule. The references are printed by
//! `reference/capital.py`, or are arithmetic.

use super::{Check, Tolerance};
use hurdle_model::Result;
use hurdle_model::composition::{Knee, fit_multiplier, uncovered_samples};
use hurdle_model::emissions::{emission_rate, organic_hurdle, split_yield};
use hurdle_model::flight::{ReturnPoint, SupplyResponse, liquidity_flight};
use hurdle_model::policy::{PolicyRule, Telemetry};
use hurdle_model::response::{Bounds, ResponsePrior, supply_elasticity, utilisation_response};
use hurdle_model::wacc::{equity_weight, wacc};

const SOLVE: &str = "scipy 1.17.1, solve_ivp";
const SLOPES: &str = "scipy 1.17.1, theilslopes";
const ARITHMETIC: &str = "arithmetic";

fn check(what: &str, reference: &str, expected: f64, ours: Result<f64>, tolerance: Tolerance) -> Check {
    Check {
        what: what.to_owned(),
        reference: reference.to_owned(),
        expected,
        ours: ours.unwrap_or(f64::NAN),
        tolerance,
    }
}

/// Every check of this topic.
pub fn checks() -> Vec<Check> {
    let mut checks = capital();
    checks.extend([flight(), policy()]);
    checks.extend(responses());
    checks.extend(multipliers());
    checks
}

fn capital() -> Vec<Check> {
    let exact = Tolerance::Absolute(1e-15);
    let earned = equity_weight(300.0, 100.0).and_then(|w| Ok(400.0 * wacc(w, 0.2, 0.06)?));
    let emitted = emission_rate(1e7, 0.3, 2e7);
    vec![
        check(
            "what a capital of 400 must earn: 300 of equity at 20 %, 100 of debt at 6 %",
            ARITHMETIC,
            66.0,
            earned,
            Tolerance::Absolute(1e-12),
        ),
        check(
            "organic part of 22 %: ten million tokens at 0.30 on 20 million",
            ARITHMETIC,
            0.07,
            emitted.and_then(|emission| Ok(split_yield(0.22, emission)?.organic)),
            exact,
        ),
        check(
            "organic hurdle under hyper-inflation, negative",
            ARITHMETIC,
            -1.38,
            organic_hurdle(0.12, 1.5),
            exact,
        ),
    ]
}

fn flight() -> Check {
    let returns = [(0, 0.20), (10, 0.07), (24, 0.02), (30, 0.15), (45, 0.09)];
    let points = returns.map(|(day, internal)| ReturnPoint {
        time: day * 86_400,
        internal,
        hurdle: 0.12,
    });
    let response = SupplyResponse {
        elasticity: 4.0,
        half_life_seconds: 7.0 * 86_400.0,
    };
    check(
        "liquidity flight: share of supply that has left after five returns",
        SOLVE,
        0.057_597_078_877_386_076,
        liquidity_flight(&points, response).map(|flight| flight.outflow),
        Tolerance::Relative(1e-9),
    )
}

fn policy() -> Check {
    let rule = PolicyRule {
        inertia: 0.8,
        interval_seconds: 3_600.0,
        neutral: 0.05,
        by_utilisation: 0.5,
        utilisation_target: 0.8,
        by_liquidity: 0.1,
        liquidity_target: 1.0,
        by_risk: 2.0,
        floor: -0.02,
        ceiling: 0.6,
    };
    // Targets of 24.5 %, 9 % and 70 %, the last one above the ceiling.
    let stretches = [
        (3.0, 0.95, 0.4, 0.03),
        (5.0, 0.8, 0.6, 0.0),
        (1.0, 0.8, 1.0, 0.325),
    ];
    let rate = stretches
        .into_iter()
        .try_fold(0.05, |rate, (hours, utilisation, liquidity, risk)| {
            let telemetry = Telemetry {
                utilisation,
                liquidity,
                risk,
            };
            Ok(rule.next(rate, telemetry, hours * 3_600.0)?.rate)
        });
    check(
        "policy rate after nine hours of changing telemetry",
        SOLVE,
        0.206_459_863_040_004_6,
        rate,
        Tolerance::Relative(1e-9),
    )
}

/// Uniform draws of Knuth's MMIX generator, less a half.
fn draws(mut state: u64, n: usize) -> Vec<f64> {
    (0..n)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        })
        .collect()
}

fn responses() -> Vec<Check> {
    let (mut rates, mut utilisations, mut supplies) = (vec![0.1], vec![0.7], vec![1e6]);
    let mut drift = 0.0;
    for (i, (change, noise)) in draws(3, 120).into_iter().zip(draws(5, 120)).enumerate() {
        let (change, noise) = (0.004 * change, 0.002 * noise);
        drift += noise;
        rates.push(rates[i] + change);
        utilisations.push(utilisations[i] - 1.5 * change + noise);
        supplies.push(1e6 * f64::exp(-3.0 * (rates[i + 1] - 0.1) + drift));
    }
    let prior = ResponsePrior {
        mean: 0.0,
        strength: 0.0,
    };
    let of = |estimate: fn(&[f64], &[f64], usize, ResponsePrior, Bounds) -> Result<_>, levels: &[f64]| {
        estimate(&rates, levels, 0, prior, Bounds::new(-1e3, 1e3)?)
            .map(|response: hurdle_model::response::Response| response.value)
    };
    vec![
        check(
            "response of utilisation to the rate (ρ_u)",
            SLOPES,
            -1.491_543_880_815_301_2,
            of(utilisation_response, &utilisations),
            Tolerance::Relative(1e-9),
        ),
        check(
            "semi-elasticity of supply",
            SLOPES,
            2.991_543_880_815_346,
            of(supply_elasticity, &supplies),
            Tolerance::Relative(1e-9),
        ),
    ]
}

fn multipliers() -> Vec<Check> {
    let line: Vec<(f64, f64)> = (0..101)
        .map(|i| {
            let x = f64::from(i) / 100.0;
            (x, 1.0 + f64::min(0.4, 2.0 * f64::max(0.0, x - 0.7)))
        })
        .collect();
    let fitted = fit_multiplier(&line, Knee::Free);
    let exponential: Vec<f64> = (0..200_000)
        .map(|i| -f64::ln((f64::from(i) + 0.5) / 200_000.0))
        .collect();
    let half = uncovered_samples(&exponential, 3.0, 2.0).map(|samples| samples[10].1);
    vec![
        check(
            "utilisation multiplier: knee of exact samples",
            "the line that they lie on",
            0.7,
            fitted.map(|fitted| fitted.knee),
            Tolerance::Absolute(1e-12),
        ),
        check(
            "utilisation multiplier: slope of exact samples",
            "the line that they lie on",
            2.0,
            fitted.map(|fitted| fitted.line.slope),
            Tolerance::Absolute(1e-9),
        ),
        check(
            "insurance multiplier at half of the required fund, exponential losses",
            "E[(L − F)₊] = μ·e^(−F/μ)",
            1.0 + (f64::exp(-1.5) - f64::exp(-3.0)) / 2.0,
            half,
            Tolerance::Absolute(1e-4),
        ),
    ]
}
