//! Where the engine's answer is known in closed form.

use crate::{VENUE, Z99, merton, simulate};
use hurdle_model::normal;
use hurdle_model::simulation::{
    Account, AccountBook, Grid, MarginEngine, PriceProcess, Run, Sampling, Venue,
};
use hurdle_model::tail::{JumpDiffusion, Side};

#[test]
fn one_step_without_impact_loses_the_price_of_an_option() {
    // Long: (1 − c − S(1 − b))₊ = (1 − b)·put at (1 − c)/(1 − b); short: (S(1 + b) − 1 − c)₊ likewise a call.
    let (years, margin, bounty) = (0.01, 0.08, 0.02);
    let grid = Grid::new(1, years).unwrap();
    for side in [Side::Long, Side::Short] {
        let account = Account {
            side,
            notional: 3.0,
            margin,
        };
        let venue = Venue {
            bounty,
            fund: 0.0,
            depth: None,
            oracle_delay: 0,
            liquidator_latency: 0,
            ..VENUE
        };
        let book = AccountBook::new(vec![account]).unwrap();
        let engine = MarginEngine::new(PriceProcess::Merton(merton()), grid, book, venue).unwrap();
        let sign = if side == Side::Long { 1.0 } else { -1.0 };
        let strike = (1.0 - sign * margin) / (1.0 - sign * bounty);
        let expected = 3.0 * (1.0 - sign * bounty) * merton().expected_payoff(strike, years, side).unwrap();
        for sampling in [
            Sampling::Pseudo,
            Sampling::Antithetic,
            Sampling::Quasi { replicates: 32 },
        ] {
            let report = simulate(&engine, 1 << 17, 2, sampling);
            // Six intervals that hold together at 99 % (Bonferroni), by Student's t with 31 degrees of freedom, which
            // the standard error of 32 replicates has.
            assert!(
                report.bad_debt.mean.covers(expected, 3.42),
                "{expected} {:?}",
                report.bad_debt.mean
            );
            assert_eq!(report.bad_debt, report.socialised);
        }
    }
}

#[test]
fn the_probability_of_liquidation_is_that_of_a_walk_seen_at_every_step() {
    // Survival of a Gaussian walk above a barrier by repeated quadrature of its density: an exact reference for
    // discrete observation.
    let (sigma, years, steps, margin, maintenance) = (0.8f64, 0.01f64, 8usize, 0.12, 0.05);
    let barrier = f64::ln((1.0 - margin) / (1.0 - maintenance));
    let dt = years / steps as f64;
    let (mean, deviation) = (-0.5 * sigma * sigma * dt, sigma * dt.sqrt());
    let cells = 1500;
    let width = (0.5 - barrier) / cells as f64;
    let at = |i: usize| barrier + (i as f64 + 0.5) * width;
    let kernel = |from: f64, to: f64| normal::density((to - from - mean) / deviation) / deviation;
    let mut density: Vec<f64> = (0..cells).map(|i| kernel(0.0, at(i))).collect();
    for _ in 1..steps {
        let before = density.clone();
        for (i, cell) in density.iter_mut().enumerate() {
            let reach = (8.0 * deviation / width) as usize;
            let (low, high) = (i.saturating_sub(reach), (i + reach).min(cells - 1));
            *cell = (low..=high)
                .map(|j| before[j] * kernel(at(j), at(i)) * width)
                .sum();
        }
    }
    let survival: f64 = density.iter().sum::<f64>() * width;

    let account = Account {
        side: Side::Long,
        notional: 1.0,
        margin,
    };
    let venue = Venue {
        maintenance,
        depth: None,
        oracle_delay: 0,
        liquidator_latency: 0,
        // Every liquidation leaves debt: the bounty exceeds the maintenance margin.
        bounty: 0.2,
        fund: 0.0,
        ..VENUE
    };
    let diffusion = JumpDiffusion::new(0.0, sigma, 0.0, 0.0, 0.0).unwrap();
    let book = AccountBook::new(vec![account]).unwrap();
    let grid = Grid::new(steps, years).unwrap();
    let engine = MarginEngine::new(PriceProcess::Merton(diffusion), grid, book, venue).unwrap();
    let report = simulate(&engine, 200_000, 2, Sampling::Pseudo);
    let exact = 1.0 - survival;
    assert!(
        (report.ruin.low..=report.ruin.high).contains(&exact),
        "{exact} {:?}",
        report.ruin
    );
    assert!(exact > 0.05 && exact < 0.5);
}

#[test]
fn value_at_risk_and_shortfall_are_those_of_the_closed_form() {
    let years = 0.02;
    let account = Account {
        side: Side::Long,
        notional: 1.0,
        margin: 0.0,
    };
    let venue = Venue {
        maintenance: 0.0,
        depth: None,
        oracle_delay: 0,
        liquidator_latency: 0,
        bounty: 0.0,
        fund: 0.0,
        ..VENUE
    };
    let book = AccountBook::new(vec![account]).unwrap();
    let grid = Grid::new(1, years).unwrap();
    let engine = MarginEngine::new(PriceProcess::Merton(merton()), grid, book, venue).unwrap();
    for sampling in [
        Sampling::Pseudo,
        Sampling::Antithetic,
        Sampling::Quasi { replicates: 32 },
    ] {
        let report = simulate(&engine, 1 << 17, 2, sampling);
        for tail in &report.bad_debt.levels {
            let exact = hurdle_model::tail::tail_risk(&merton(), years, Side::Long, tail.level).unwrap();
            // Twelve intervals that hold together at 99 %, by the same law.
            assert!(
                tail.value_at_risk.covers(exact.value_at_risk, 3.66),
                "{exact:?} {tail:?}"
            );
            assert!(
                tail.expected_shortfall.covers(exact.expected_shortfall, 3.66),
                "{exact:?} {tail:?}"
            );
            assert!(tail.value_at_risk.standard_error > 0.0);
        }
    }
}

#[test]
fn the_response_to_margin_is_the_derivative_of_the_option_and_its_error_is_small() {
    // One judgement, no impact: loss = put at 1 − c, whose derivative by c is −P(loss > c) (Breeden & Litzenberger).
    let (years, margin) = (0.01, 0.06);
    let account = Account {
        side: Side::Long,
        notional: 1.0,
        margin,
    };
    let venue = Venue {
        depth: None,
        oracle_delay: 0,
        liquidator_latency: 0,
        bounty: 0.0,
        fund: 0.0,
        ..VENUE
    };
    let grid = Grid::new(1, years).unwrap();
    let book = AccountBook::new(vec![account]).unwrap();
    let engine = MarginEngine::new(PriceProcess::Merton(merton()), grid, book, venue).unwrap();
    let run = Run::new(1 << 18, 5, 2, Sampling::Pseudo).unwrap();
    let response = engine.margin_response(&run, 0.05, 2.0).unwrap();
    let exact = -margin * merton().breach_probability(margin, years, Side::Long).unwrap() / (2.0 * years);
    assert!(response.by_multiplier.covers(exact, Z99), "{exact} {response:?}");
    let premium = merton().shortfall(margin, years, Side::Long).unwrap() / (2.0 * years);
    assert!(response.premium.covers(premium, Z99), "{premium} {response:?}");
    // Independent runs at both margins would have an error of √2·SE/(2·0.05): common numbers are several times better.
    assert!(
        response.by_multiplier.standard_error < 0.3 * response.premium.standard_error * 2f64.sqrt() / 0.1
    );
}
