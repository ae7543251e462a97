//! The price processes against closed forms, inside 99 % intervals.
#![allow(clippy::unwrap_used)]

mod common;

use common::{assert_close, reproducible};
use hurdle_model::simulation::{
    Bates, Bootstrap, Estimate, Grid, HestonVariance, Kou, PriceProcess, Run, Sampling, terminal_expectation,
    terminal_log_returns,
};
use hurdle_model::tail::{JumpDiffusion, Side};
use hurdle_model::{ModelError, Result};
use proptest::prelude::*;

/// Half-width of a 99 % interval in standard errors.
const Z99: f64 = 2.575_829_303_548_901;

fn merton() -> JumpDiffusion {
    JumpDiffusion::new(0.1, 0.7, 12.0, -0.06, 0.1).unwrap()
}

fn kou() -> Kou {
    Kou::new(0.05, 0.6, 9.0, 0.35, 12.0, 8.0).unwrap()
}

/// 2κθ is far below ξ²: the variance touches zero, where naive schemes fail.
const RESTLESS: HestonVariance = HestonVariance {
    start: 0.3,
    reversion: 1.0,
    long_run: 0.4,
    volatility_of_variance: 2.0,
    correlation: -0.7,
};

/// QuantLib's calls at strikes 0.7, 1 and 1.3.
const BATES_CALM: [f64; 3] = [
    0.329_679_616_002_048_65,
    0.143_423_188_638_439_95,
    0.052_469_504_294_560_18,
];
const BATES_RESTLESS: [f64; 3] = [
    0.318_419_870_170_561_95,
    0.101_569_647_545_265_54,
    0.011_484_708_803_231_13,
];

fn bates(variance: HestonVariance) -> Bates {
    Bates::new(0.0, variance, 5.0, -0.08, 0.1).unwrap()
}

fn pseudo(paths: usize, seed: u64) -> Run {
    Run::new(paths, seed, 2, Sampling::Pseudo).unwrap()
}

#[track_caller]
fn covers(estimate: Estimate, expected: f64) {
    assert!(
        estimate.covers(expected, Z99),
        "{expected} is not within 99 % of {estimate:?}"
    );
}

#[test]
fn merton_calls_and_puts_are_those_of_the_series_at_any_number_of_steps() {
    let (model, years) = (merton(), 0.2);
    for steps in [1, 2, 13] {
        let grid = Grid::new(steps, years).unwrap();
        for strike in [0.7f64, 1.0, 1.4] {
            let process = PriceProcess::Merton(model);
            let run = pseudo(100_000, steps as u64);
            let call = terminal_expectation(&process, &grid, &run, |x| (x.exp() - strike).max(0.0)).unwrap();
            covers(call, model.expected_payoff(strike, years, Side::Short).unwrap());
            let put = terminal_expectation(&process, &grid, &run, |x| (strike - x.exp()).max(0.0)).unwrap();
            covers(put, model.expected_payoff(strike, years, Side::Long).unwrap());
        }
    }
}

#[test]
fn kou_prices_have_the_moments_of_their_law() {
    // E[e^(kx)] = exp(T(k·drift + ½k²σ² + λ(pη₁/(η₁ − k) + qη₂/(η₂ + k) − 1))) (Kou 2002, eq. 9, for the log-drift).
    let (mu, sigma, lambda, p, up, down, years) = (0.05, 0.6, 9.0, 0.35, 12.0, 8.0, 0.25);
    let jump = |k: f64| p * up / (up - k) + (1.0 - p) * down / (down + k) - 1.0;
    let drift = mu - 0.5 * sigma * sigma - lambda * jump(1.0);
    let moment = |k: f64| f64::exp(years * (k * drift + 0.5 * k * k * sigma * sigma + lambda * jump(k)));
    for steps in [1, 8] {
        let grid = Grid::new(steps, years).unwrap();
        for k in [1.0, 2.0, -1.0, 0.5] {
            let process = PriceProcess::Kou(kou());
            let estimate =
                terminal_expectation(&process, &grid, &pseudo(100_000, 3), |x| (k * x).exp()).unwrap();
            covers(estimate, moment(k));
        }
    }
    assert_close(moment(1.0), (mu * years).exp(), 1e-12);
}

#[test]
fn bates_calls_are_those_of_quantlib() {
    // QuantLib 1.44, BatesEngine, 73 of 365 days, zero rates (validation/reference/tail.py).
    let calm = HestonVariance {
        start: 0.64,
        reversion: 4.0,
        long_run: 0.5,
        volatility_of_variance: 1.5,
        correlation: -0.3,
    };
    let calm = Bates::new(0.0, calm, 20.0, -0.03, 0.06).unwrap();
    for (model, strike, price) in [
        (calm, 0.7, BATES_CALM[0]),
        (calm, 1.0, BATES_CALM[1]),
        (calm, 1.3, BATES_CALM[2]),
        (bates(RESTLESS), 0.7, BATES_RESTLESS[0]),
        (bates(RESTLESS), 1.0, BATES_RESTLESS[1]),
        (bates(RESTLESS), 1.3, BATES_RESTLESS[2]),
    ] {
        let grid = Grid::new(32, 0.2).unwrap();
        let process = PriceProcess::Bates(model);
        let call = terminal_expectation(&process, &grid, &pseudo(60_000, 8), |x| {
            (x.exp() - strike).max(0.0)
        })
        .unwrap();
        covers(call, price);
    }
}

#[test]
fn bates_prices_are_martingales_even_in_long_steps() {
    for (steps, correlation) in [(1, -0.7), (2, 0.0), (4, 0.9)] {
        let variance = HestonVariance {
            correlation,
            ..RESTLESS
        };
        let process = PriceProcess::Bates(bates(variance));
        let grid = Grid::new(steps, 0.5).unwrap();
        covers(
            terminal_expectation(&process, &grid, &pseudo(200_000, 21), f64::exp).unwrap(),
            1.0,
        );
    }
}

#[test]
fn the_mean_log_return_of_bates_is_half_the_expected_variance() {
    let (model, years) = (bates(RESTLESS), 0.5);
    // −½∫E[v]dt + λT(m − k), the closed form of Heston's mean-reverting mean.
    let integral = 0.4 * years + (0.3 - 0.4) * (1.0 - f64::exp(-years));
    let expected = -0.5 * integral + 5.0 * years * (-0.08 - (f64::exp(-0.08 + 0.005) - 1.0));
    let grid = Grid::new(64, years).unwrap();
    let mean = terminal_expectation(&PriceProcess::Bates(model), &grid, &pseudo(60_000, 5), |x| x).unwrap();
    covers(mean, expected);
    assert_close(
        model.expected_variance(years),
        0.4 - 0.1 * f64::exp(-years),
        1e-15,
    );
}

#[test]
fn a_bootstrap_of_independent_draws_has_the_sample_s_moments() {
    let returns = [0.02, -0.01, 0.005, -0.03, 0.015];
    let process = PriceProcess::Bootstrap(Bootstrap::new(&returns, 1.0).unwrap());
    let grid = Grid::new(20, 20.0 / 365.0).unwrap();
    let mean = returns.iter().sum::<f64>() / 5.0;
    let variance = returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / 5.0;
    let run = pseudo(100_000, 2);
    covers(
        terminal_expectation(&process, &grid, &run, |x| x).unwrap(),
        20.0 * mean,
    );
    let square = terminal_expectation(&process, &grid, &run, |x| (x - 20.0 * mean).powi(2)).unwrap();
    covers(square, 20.0 * variance);
}

#[test]
fn longer_blocks_keep_the_serial_dependence_of_the_sample() {
    // Alternating returns cancel in neighbouring pairs, so that two steps of a long block hardly move.
    let returns: Vec<f64> = (0..50).map(|i| if i % 2 == 0 { 0.01 } else { -0.01 }).collect();
    let grid = Grid::new(2, 0.01).unwrap();
    let variance = |mean_block: f64| {
        let process = PriceProcess::Bootstrap(Bootstrap::new(&returns, mean_block).unwrap());
        terminal_expectation(&process, &grid, &pseudo(50_000, 4), |x| x * x).unwrap()
    };
    // A pair is split with probability 1/mean block, and then has the variance of two independent draws.
    for mean_block in [1.0, 2.0, 10.0] {
        covers(variance(mean_block), 2e-4 / mean_block);
    }
}

#[test]
fn centred_returns_have_no_drift() {
    let returns = [0.03, -0.01, 0.02, 0.01];
    let model = Bootstrap::new(&returns, 2.0).unwrap().centred().unwrap();
    let process = PriceProcess::Bootstrap(model);
    let grid = Grid::new(1, 0.01).unwrap();
    covers(
        terminal_expectation(&process, &grid, &pseudo(50_000, 6), f64::exp).unwrap(),
        1.0,
    );
}

#[test]
fn antithetic_and_quasi_random_paths_keep_the_mean_and_reduce_the_variance() {
    let calm = HestonVariance {
        start: 0.64,
        reversion: 4.0,
        long_run: 0.5,
        volatility_of_variance: 1.0,
        correlation: -0.3,
    };
    let paths = 1 << 15;
    for (process, exact) in [
        (PriceProcess::Merton(merton()), 0.02f64.exp()),
        (
            PriceProcess::Kou(Kou::new(0.1, 0.6, 3.0, 0.4, 20.0, 15.0).unwrap()),
            0.02f64.exp(),
        ),
        (
            PriceProcess::Bates(Bates::new(0.1, calm, 2.0, -0.02, 0.04).unwrap()),
            0.02f64.exp(),
        ),
    ] {
        let grid = Grid::new(16, 0.2).unwrap();
        let of = |sampling| {
            let run = Run::new(paths, 12, 1, sampling).unwrap();
            terminal_expectation(&process, &grid, &run, f64::exp).unwrap()
        };
        let plain = of(Sampling::Pseudo);
        let antithetic = of(Sampling::Antithetic);
        let quasi = of(Sampling::Quasi { replicates: 32 });
        for estimate in [plain, antithetic, quasi] {
            // Student's t with 31 degrees of freedom is a little wider.
            assert!(estimate.covers(exact, 2.75), "{exact}: {estimate:?}");
        }
        assert!(
            antithetic.standard_error < 0.75 * plain.standard_error,
            "{antithetic:?} {plain:?}"
        );
        assert!(
            quasi.standard_error < 0.6 * plain.standard_error,
            "{quasi:?} {plain:?}"
        );
    }
}

#[test]
fn a_pure_diffusion_is_quasi_random_in_every_dimension_and_converges_much_faster() {
    let process = PriceProcess::Merton(JumpDiffusion::new(0.0, 0.5, 0.0, 0.0, 0.0).unwrap());
    let sampling = Sampling::Quasi { replicates: 32 };
    assert_eq!(sampling.quasi_dimensions(&process, 40), (40, 40));
    assert_eq!(sampling.quasi_dimensions(&process, 100), (64, 100));
    assert_eq!(Sampling::Antithetic.quasi_dimensions(&process, 100), (0, 100));
    let grid = Grid::new(40, 1.0).unwrap();
    let error = |sampling| {
        let run = Run::new(1 << 15, 1, 2, sampling).unwrap();
        let call = terminal_expectation(&process, &grid, &run, |x| (x.exp() - 1.0).max(0.0)).unwrap();
        // Black–Scholes at the money: 2Φ(σ/2) − 1.
        assert!(call.covers(0.197_412_651_364_84, 3.0), "{call:?}");
        call.standard_error
    };
    assert!(error(sampling) < 0.05 * error(Sampling::Pseudo));
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads_and_another_seed_does_not() {
    let returns: Vec<f64> = (0..30).map(|i| f64::from(i).sin() * 0.02).collect();
    for (process, samplings) in [
        (
            PriceProcess::Merton(merton()),
            vec![
                Sampling::Pseudo,
                Sampling::Antithetic,
                Sampling::Quasi { replicates: 3 },
            ],
        ),
        (PriceProcess::Kou(kou()), vec![Sampling::Pseudo]),
        (
            PriceProcess::Bates(bates(RESTLESS)),
            vec![Sampling::Pseudo, Sampling::Quasi { replicates: 2 }],
        ),
        (
            PriceProcess::Bootstrap(Bootstrap::new(&returns, 5.0).unwrap()),
            vec![Sampling::Pseudo],
        ),
    ] {
        for sampling in samplings {
            let grid = Grid::new(5, 0.02).unwrap();
            let of = |threads, seed| {
                let run = Run::new(5000, seed, threads, sampling).unwrap();
                terminal_log_returns(&process, &grid, &run).unwrap()
            };
            let one = of(1, 9);
            assert_eq!(one, of(2, 9));
            assert_eq!(one, of(7, 9));
            assert_ne!(one, of(1, 10));
        }
    }
}

#[test]
fn what_cannot_be_sampled_is_refused() {
    let returns = [0.01, -0.01];
    let process = PriceProcess::Bootstrap(Bootstrap::new(&returns, 1.0).unwrap());
    let grid = Grid::new(4, 0.1).unwrap();
    for sampling in [Sampling::Antithetic, Sampling::Quasi { replicates: 4 }] {
        let run = Run::new(256, 1, 1, sampling).unwrap();
        let refused = terminal_log_returns(&process, &grid, &run);
        assert!(matches!(refused, Err(ModelError::Incompatible { .. })));
    }
    let wild = PriceProcess::Merton(JumpDiffusion::new(0.0, 1e9, 0.0, 0.0, 0.0).unwrap());
    let refused = terminal_log_returns(&wild, &grid, &pseudo(256, 1));
    assert!(matches!(refused, Err(ModelError::OutOfRange { .. })));
}

fn sound(result: Result<Vec<f64>>) {
    if let Ok(returns) = result {
        assert!(returns.iter().all(|x| x.is_finite()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..reproducible() })]

    #[test]
    fn no_parameters_give_a_price_that_is_no_number(
        x in prop::array::uniform9(prop_oneof![3 => -2.0f64..30.0, 1 => any::<f64>(), 2 => 0.0f64..1.0]),
        steps in 1usize..5,
    ) {
        let run = pseudo(256, 1);
        let Ok(grid) = Grid::new(steps, x[8]) else { return Ok(()) };
        if let Ok(model) = JumpDiffusion::new(x[0], x[1], x[2], x[3], x[4]) {
            sound(terminal_log_returns(&PriceProcess::Merton(model), &grid, &run));
        }
        if let Ok(model) = Kou::new(x[0], x[1], x[2], x[3], x[4], x[5]) {
            sound(terminal_log_returns(&PriceProcess::Kou(model), &grid, &run));
        }
        let variance = HestonVariance {
            start: x[1], reversion: x[5], long_run: x[6], volatility_of_variance: x[7], correlation: x[4],
        };
        if let Ok(model) = Bates::new(x[0], variance, x[2], x[3], x[4]) {
            sound(terminal_log_returns(&PriceProcess::Bates(model), &grid, &run));
        }
        if let Ok(model) = Bootstrap::new(&x[..4], x[5]) {
            sound(terminal_log_returns(&PriceProcess::Bootstrap(model), &grid, &run));
        }
    }
}
