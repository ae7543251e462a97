//! First passage and ruin against their laws, inside 99 % intervals.
#![allow(clippy::unwrap_used)]

mod common;

use common::assert_close;
use hurdle_model::ModelError;
use hurdle_model::simulation::{
    Barrier, Bates, Bootstrap, ClaimSize, HestonVariance, Kou, PriceProcess, Proportion, Run, Sampling,
    Surplus, automatic_block_length, first_passage,
};
use hurdle_model::tail::{ExponentialClaims, InsuranceFund, JumpDiffusion};

const Z99: f64 = 2.575_829_303_548_901;

fn run(paths: usize) -> Run {
    Run::new(paths, 31, 2, Sampling::Pseudo).unwrap()
}

#[track_caller]
fn holds(interval: &Proportion, exact: f64) {
    assert!(
        (interval.low..=interval.high).contains(&exact),
        "{exact} is not in {interval:?}"
    );
}

#[test]
fn a_diffusion_touches_a_barrier_as_its_first_passage_law_says() {
    for (mu, sigma, years, barrier) in [
        (0.0, 0.8, 0.1, 0.8),
        (0.5, 0.6, 0.5, 0.7),
        (-0.4, 1.0, 0.02, 0.95),
    ] {
        let process = PriceProcess::Merton(JumpDiffusion::new(mu, sigma, 0.0, 0.0, 0.0).unwrap());
        let touched = first_passage(&process, Barrier::Below(barrier), years, &run(40_000)).unwrap();
        let law = InsuranceFund {
            size: -f64::ln(barrier),
            drift: mu - 0.5 * sigma * sigma,
            volatility: sigma,
        };
        let exact = law.ruin_probability(years).unwrap();
        assert!(touched.covers(exact, Z99), "{exact} {touched:?}");
        // The mirror image: the price rises to the reciprocal if the log-drift is turned round.
        let turned = JumpDiffusion::new(sigma * sigma - mu, sigma, 0.0, 0.0, 0.0).unwrap();
        let above = first_passage(
            &PriceProcess::Merton(turned),
            Barrier::Above(1.0 / barrier),
            years,
            &run(40_000),
        )
        .unwrap();
        assert!(above.covers(exact, Z99), "{exact} {above:?}");
    }
}

#[test]
fn downward_exponential_jumps_alone_are_the_claims_of_the_classical_model() {
    // ln S rises at the income and falls by exponential jumps: its passage below e^(−u) is Cramér–Lundberg ruin.
    let (intensity, rate, fund, income, years) = (8.0, 10.0, 0.3, 1.0, 1.5);
    let expected_jump = -1.0 / (rate + 1.0);
    let process = PriceProcess::Kou(
        Kou::new(income + intensity * expected_jump, 0.0, intensity, 0.0, 2.0, rate).unwrap(),
    );
    let touched = first_passage(&process, Barrier::Below(f64::exp(-fund)), years, &run(200_000)).unwrap();
    let claims = ExponentialClaims {
        fund,
        income,
        claims: intensity,
        mean_claim: 1.0 / rate,
    };
    let exact = claims.ruin_probability_within(years).unwrap();
    assert!(touched.covers(exact, Z99), "{exact} {touched:?}");
}

#[test]
fn exponential_claims_ruin_a_fund_as_often_as_the_closed_form_says() {
    for (fund, income, claims, mean_claim, years) in [
        (0.0, 1.0, 1.0, 0.5, 3.0),
        (2.0, 1.2, 2.0, 0.5, 10.0),
        (1.0, 0.5, 2.0, 0.4, 4.0),
        (0.05, 0.02, 0.5, 0.03, 5.0),
    ] {
        let surplus = Surplus {
            fund,
            income,
            volatility: 0.0,
            claims,
            size: ClaimSize::Exponential { mean: mean_claim },
        };
        let exact = ExponentialClaims {
            fund,
            income,
            claims,
            mean_claim,
        };
        let simulated = surplus.ruin(years, &run(100_000), 0.99).unwrap();
        holds(&simulated, exact.ruin_probability_within(years).unwrap());
    }
}

#[test]
fn over_a_long_time_ruin_is_that_of_the_adjustment_coefficient() {
    let claims = ExponentialClaims {
        fund: 2.0,
        income: 1.5,
        claims: 1.0,
        mean_claim: 1.0,
    };
    let ever = claims.ruin_probability().unwrap();
    assert_close(ever, 2.0 / 3.0 * f64::exp(-2.0 / 3.0), 1e-15);
    assert_close(claims.ruin_probability_within(1000.0).unwrap(), ever, 1e-9);
    let surplus = Surplus {
        fund: 2.0,
        income: 1.5,
        volatility: 0.0,
        claims: 1.0,
        size: ClaimSize::Exponential { mean: 1.0 },
    };
    holds(&surplus.ruin(400.0, &run(20_000), 0.99).unwrap(), ever);
}

#[test]
fn the_finite_time_formula_is_seal_s_for_an_empty_fund() {
    // Survival from an empty fund: E[(1 − S_T/(cT))₊] for total claims S_T (Seal 1974), by the Poisson mixture of gamma
    // laws and Simpson's rule.
    for (claims, mean_claim, income, years) in
        [(2.0, 0.3, 1.0, 1.5), (1.0, 2.0, 1.0, 2.0), (3.0, 1.0, 1.0, 4.0)]
    {
        let earned = income * years;
        let total_below = |y: f64| {
            let (lambda, scaled) = (claims * years, y / mean_claim);
            let (mut poisson, mut sum) = (f64::exp(-lambda), f64::exp(-lambda));
            // P(Γ_n ≤ s) = 1 − Σ_{k<n} e^(−s) s^k/k!.
            let (mut term, mut below) = (f64::exp(-scaled), 1.0 - f64::exp(-scaled));
            for n in 1..200 {
                poisson *= lambda / f64::from(n);
                sum += poisson * below.max(0.0);
                term *= scaled / f64::from(n);
                below -= term;
            }
            sum
        };
        let survival = common::integrate(total_below, 0.0, earned, 2000) / earned;
        let fund = ExponentialClaims {
            fund: 0.0,
            income,
            claims,
            mean_claim,
        };
        assert_close(fund.ruin_probability_within(years).unwrap(), 1.0 - survival, 1e-9);
    }
}

#[test]
fn a_fluctuating_fund_without_claims_is_ruined_as_a_brownian_motion() {
    for (fund, drift, volatility, years) in [(0.1, 0.05, 0.1, 1.0), (0.2, -0.1, 0.15, 2.0)] {
        let surplus = Surplus {
            fund,
            income: drift,
            volatility,
            claims: 0.0,
            size: ClaimSize::Exponential { mean: 1.0 },
        };
        let law = InsuranceFund {
            size: fund,
            drift,
            volatility,
        };
        holds(
            &surplus.ruin(years, &run(40_000), 0.99).unwrap(),
            law.ruin_probability(years).unwrap(),
        );
    }
}

#[test]
fn claims_split_the_brownian_path_without_changing_its_law() {
    // Claims of nothing interrupt the bridges, and nothing else.
    let surplus = Surplus {
        fund: 0.1,
        income: 0.02,
        volatility: 0.15,
        claims: 12.0,
        size: ClaimSize::Observed(vec![0.0]),
    };
    let law = InsuranceFund {
        size: 0.1,
        drift: 0.02,
        volatility: 0.15,
    };
    holds(
        &surplus.ruin(1.0, &run(40_000), 0.99).unwrap(),
        law.ruin_probability(1.0).unwrap(),
    );
}

#[test]
fn heavier_tails_and_smaller_funds_mean_more_ruin() {
    let ruin = |fund, shape: f64| {
        let surplus = Surplus {
            fund,
            income: 0.5,
            volatility: 0.0,
            claims: 1.0,
            size: ClaimSize::Pareto {
                scale: 0.3 * (shape - 1.0),
                shape,
            },
        };
        surplus.ruin(5.0, &run(20_000), 0.99).unwrap().value
    };
    assert!(ruin(3.0, 1.5) > ruin(3.0, 4.0));
    assert!(ruin(1.0, 2.5) > ruin(3.0, 2.5));
}

#[test]
fn ruin_and_passage_do_not_depend_on_the_threads() {
    let surplus = Surplus {
        fund: 1.0,
        income: 0.5,
        volatility: 0.1,
        claims: 1.0,
        size: ClaimSize::Observed(vec![0.1, 0.4, 2.0]),
    };
    let of = |threads| {
        let run = Run::new(5000, 3, threads, Sampling::Pseudo).unwrap();
        surplus.ruin(2.0, &run, 0.95).unwrap()
    };
    assert_eq!(of(1), of(3));
}

#[test]
fn a_proportion_s_interval_is_wilson_s() {
    // Wilson (1927) for 8 of 10 at 95 %: 0.4901625 to 0.9433178 (Newcombe 1998's formula, by hand).
    let interval = Proportion::wilson(0.8, 0.0, 10.0, 0.95).unwrap();
    assert_close(interval.low, 0.490_162_5, 1e-7);
    assert_close(interval.high, 0.943_317_8, 1e-7);
    let nothing = Proportion::wilson(0.0, 0.0, 100.0, 0.99).unwrap();
    assert_eq!(nothing.low, 0.0);
    assert!(nothing.high > 0.0 && nothing.high < 0.1);
    assert!(Proportion::wilson(0.5, 0.0, 10.0, 1.0).is_err());
}

#[test]
fn the_automatic_block_length_is_that_of_the_reference_package() {
    // A linear congruential generator's sums of twelve, and an autoregression of them; lengths by PyPI's arch 8.0.0,
    // `optimal_block_length` (validation/reference/tail.py).
    let mut state = 12_345u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let noise: Vec<f64> = (0..1000)
        .map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0)
        .collect();
    let mut series = vec![0.0; 1000];
    for i in 1..1000 {
        series[i] = 0.6 * series[i - 1] + noise[i];
    }
    assert_close(series[999], 1.499_184_098_939_774, 1e-9);
    assert_close(automatic_block_length(&series).unwrap(), 13.143_671, 1e-5);
    let squares: Vec<f64> = series.iter().map(|y| y * y).collect();
    assert_close(automatic_block_length(&squares).unwrap(), 14.666_095, 1e-5);
    let wave: Vec<f64> = (0..400)
        .map(|i| (f64::from(i) * 0.1).sin() + 0.3 * noise[i as usize])
        .collect();
    assert_close(automatic_block_length(&wave).unwrap(), 18.916_488, 1e-5);
    // The package answers 0.69 for the noise itself; a block has at least one return.
    assert_eq!(automatic_block_length(&noise), Ok(1.0));
    assert!(automatic_block_length(&[1.0; 20]).is_err());
}

#[test]
fn impossible_funds_and_processes_are_refused() {
    let surplus = Surplus {
        fund: 1.0,
        income: 1.0,
        volatility: 0.0,
        claims: 1.0,
        size: ClaimSize::Exponential { mean: 1.0 },
    };
    let refused = |surplus: Surplus, years| surplus.ruin(years, &run(256), 0.99).is_err();
    assert!(refused(
        Surplus {
            fund: -1.0,
            ..surplus.clone()
        },
        1.0
    ));
    assert!(refused(
        Surplus {
            income: f64::NAN,
            ..surplus.clone()
        },
        1.0
    ));
    assert!(refused(
        Surplus {
            claims: 1e9,
            ..surplus.clone()
        },
        1.0
    ));
    assert!(refused(
        Surplus {
            size: ClaimSize::Observed(Vec::new()),
            ..surplus.clone()
        },
        1.0
    ));
    assert!(refused(surplus.clone(), 0.0));
    let antithetic = Run::new(256, 1, 1, Sampling::Antithetic).unwrap();
    assert!(matches!(
        surplus.ruin(1.0, &antithetic, 0.99),
        Err(ModelError::Incompatible { .. })
    ));
    let variance = HestonVariance {
        start: 0.5,
        reversion: 1.0,
        long_run: 0.5,
        volatility_of_variance: 0.5,
        correlation: 0.0,
    };
    for process in [
        PriceProcess::Bates(Bates::new(0.0, variance, 0.0, 0.0, 0.0).unwrap()),
        PriceProcess::Bootstrap(Bootstrap::new(&[0.1, 0.2], 1.0).unwrap()),
    ] {
        let refused = first_passage(&process, Barrier::Below(0.5), 1.0, &run(256));
        assert!(matches!(refused, Err(ModelError::Incompatible { .. })));
    }
}
