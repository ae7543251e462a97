//! First passage and ruin, and what their intervals rest on.

use super::{Check, Checks, Tolerance, computed, interval, run, simulated};
use hurdle_model::Result;
use hurdle_model::simulation::{
    Barrier, ClaimSize, Kou, PriceProcess, Proportion, Sampling, Surplus, automatic_block_length,
    first_passage,
};
use hurdle_model::tail::{ExponentialClaims, InsuranceFund, JumpDiffusion};

pub const CHECKS: &[Checks] = &[passages, ruin, intervals, blocks];

fn passages() -> Result<Vec<Check>> {
    let (mu, sigma, years, barrier) = (0.5, 0.6, 0.5, 0.7f64);
    let law = InsuranceFund {
        size: -barrier.ln(),
        drift: mu - 0.5 * sigma * sigma,
        volatility: sigma,
    };
    let diffusion = PriceProcess::Merton(JumpDiffusion::new(mu, sigma, 0.0, 0.0, 0.0)?);
    let run = run(1 << 18, Sampling::Pseudo)?;
    let jumps = Kou::new(1.0 - 8.0 / 11.0, 0.0, 8.0, 0.0, 2.0, 10.0)?;
    let claims = ExponentialClaims {
        fund: 0.3,
        income: 1.0,
        claims: 8.0,
        mean_claim: 0.1,
    };
    Ok(vec![
        simulated(
            "first passage of a diffusion below 0.7, simulated",
            "first-passage law (Harrison 1985)",
            law.ruin_probability(years)?,
            first_passage(&diffusion, Barrier::Below(barrier), years, &run)?,
            0.0,
        ),
        simulated(
            "first passage by exponential jumps alone, simulated",
            "Cramér–Lundberg in finite time",
            claims.ruin_probability_within(1.5)?,
            first_passage(
                &PriceProcess::Kou(jumps),
                Barrier::Below((-0.3f64).exp()),
                1.5,
                &run,
            )?,
            0.0,
        ),
    ])
}

fn ruin() -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for ((fund, income, claims, mean_claim, years), seal) in [
        ((2.0, 1.2, 2.0, 0.5, 10.0), 0.302_215_380_865_574_3),
        ((1.0, 0.5, 2.0, 0.4, 4.0), 0.621_503_239_255_448_7),
        ((0.05, 0.02, 0.5, 0.03, 5.0), 0.246_144_550_720_367_12),
    ] {
        let closed = ExponentialClaims {
            fund,
            income,
            claims,
            mean_claim,
        };
        let surplus = Surplus {
            fund,
            income,
            volatility: 0.0,
            claims,
            size: ClaimSize::Exponential { mean: mean_claim },
        };
        let case =
            format!("fund {fund}, income {income}, {claims} claims of {mean_claim} a year, {years} years");
        let exact = closed.ruin_probability_within(years)?;
        checks.push(computed(
            format!("ruin in finite time, closed form: {case}"),
            "Seal's (1974) formulas by SciPy quadrature",
            seal,
            exact,
            1e-7,
        ));
        checks.push(interval(
            format!("ruin in finite time, simulated: {case}"),
            "Asmussen & Albrecher (2010), V.1.3",
            exact,
            &surplus.ruin(years, &run(1 << 18, Sampling::Pseudo)?, 0.99)?,
        ));
    }
    let law = InsuranceFund {
        size: 0.1,
        drift: 0.05,
        volatility: 0.1,
    };
    let brownian = Surplus {
        fund: 0.1,
        income: 0.05,
        volatility: 0.1,
        claims: 0.0,
        size: ClaimSize::Exponential { mean: 1.0 },
    };
    checks.push(interval(
        "ruin of a Brownian fund, simulated".to_owned(),
        "Harrison (1985), § 1.8",
        law.ruin_probability(1.0)?,
        &brownian.ruin(1.0, &run(1 << 17, Sampling::Pseudo)?, 0.99)?,
    ));
    Ok(checks)
}

fn intervals() -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (successes, trials, low, high) in [
        (8.0, 10.0, 0.400_818_696_521_671_6, 0.959_868_847_495_383_6),
        (0.0, 100.0, 0.0, 0.062_220_687_715_822_97),
        (37.0, 1000.0, 0.024_426_002_114_063_73, 0.055_677_416_586_490_99),
    ] {
        let ours = Proportion::wilson(successes / trials, 0.0, trials, 0.99)?;
        let what = |end| format!("{end} end of Wilson's interval, {successes} of {trials}, 99 %");
        let reference = "SciPy 1.17.1 proportion_ci";
        checks.push(computed(what("lower"), reference, low, ours.low, 1e-12));
        checks.push(computed(what("upper"), reference, high, ours.high, 1e-12));
    }
    Ok(checks)
}

fn blocks() -> Result<Vec<Check>> {
    let mut state = 12_345u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut series = vec![0.0; 1000];
    let mut before = 0.0;
    for (i, value) in series.iter_mut().enumerate() {
        let noise: f64 = (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        *value = if i == 0 { 0.0 } else { 0.6 * before + noise };
        before = *value;
    }
    let squares: Vec<f64> = series.iter().map(|y| y * y).collect();
    let reference = "arch 8.0.0 optimal_block_length";
    Ok(vec![
        Check {
            what: "block length of an autoregression".to_owned(),
            reference: reference.to_owned(),
            expected: 13.143_671_492_996_937,
            ours: automatic_block_length(&series)?,
            tolerance: Tolerance::Relative(1e-9),
        },
        Check {
            what: "block length of its squares".to_owned(),
            reference: reference.to_owned(),
            expected: 14.666_095_447_713_472,
            ours: automatic_block_length(&squares)?,
            tolerance: Tolerance::Relative(1e-9),
        },
    ])
}
