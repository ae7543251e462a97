//! The margin engine against closed forms, against an engine that looks at every account, and against its own laws.
#![allow(clippy::unwrap_used)]

mod common;

use common::{assert_close, reproducible};
use hurdle_model::ModelError;
use hurdle_model::liquidity::ImpactShape;
use hurdle_model::normal;
use hurdle_model::simulation::{
    Account, AccountBook, AccountMix, Depth, Grid, Ledger, MarginEngine, PriceProcess, Run, Sampling,
    TailReport, Venue,
};
use hurdle_model::tail::{JumpDiffusion, Side};
use proptest::prelude::*;

const Z99: f64 = 2.575_829_303_548_901;

fn merton() -> JumpDiffusion {
    JumpDiffusion::new(0.0, 0.9, 30.0, -0.05, 0.08).unwrap()
}

const VENUE: Venue = Venue {
    maintenance: 0.05,
    oracle_delay: 1,
    liquidator_latency: 2,
    bounty: 0.01,
    fund_fee: 0.005,
    fund: 0.002,
    depth: Some(Depth {
        quantity: 1.0,
        distance: 0.1,
        shape: ImpactShape::Linear,
        resilience: 2000.0,
    }),
};

fn mix() -> AccountBook {
    let mix = AccountMix {
        accounts: 60,
        notional: 1.0,
        long_share: 0.6,
        median_leverage: 6.0,
        leverage_dispersion: 0.5,
        most_leverage: 15.0,
        size_dispersion: 1.0,
    };
    mix.draw(3).unwrap()
}

fn engine(venue: Venue) -> MarginEngine {
    let grid = Grid::new(24, 2.0 / 365.0).unwrap();
    MarginEngine::new(PriceProcess::Merton(merton()), grid, mix(), venue).unwrap()
}

fn simulate(engine: &MarginEngine, paths: usize, threads: usize, sampling: Sampling) -> TailReport {
    let run = Run::new(paths, 77, threads, sampling).unwrap();
    engine.simulate(&run, &[0.95, 0.99], 0.99).unwrap()
}

/// An account's life told one account and one step at a time: no sorting, no prefix sums, no vectors.
fn one_by_one(accounts: &[Account], venue: &Venue, grid: &Grid, path: &[f64]) -> Ledger {
    let mut open: Vec<bool> = vec![true; accounts.len()];
    let (mut consumed, mut fund, mut ledger) = (0.0, venue.fund, Ledger::default());
    let mut published = vec![0.0; venue.oracle_delay];
    let mut waiting: Vec<(usize, Vec<usize>)> = Vec::new();
    let displacement = |consumed: f64| {
        venue.depth.map_or(0.0, |depth| match depth.shape {
            ImpactShape::Linear => depth.distance * consumed / depth.quantity,
            ImpactShape::SquareRoot => {
                depth.distance * (f64::abs(consumed) / depth.quantity).sqrt() * consumed.signum()
            }
        })
    };
    let side_of = |i: usize| if accounts[i].side == Side::Long { 1.0 } else { -1.0 };
    let mut close = |batch: &[usize], x: f64, consumed: &mut f64| {
        let quantity: f64 = batch.iter().map(|&i| accounts[i].notional).sum();
        let before = *consumed;
        *consumed += side_of(batch[0]) * quantity;
        // The average over the volume by the midpoint rule, fine enough for the comparison.
        let n = 4000;
        let price = (0..n)
            .map(|k| {
                let e = before + (*consumed - before) * (f64::from(k) + 0.5) / f64::from(n);
                (x - displacement(e)).exp()
            })
            .sum::<f64>()
            / f64::from(n);
        let mut missing = 0.0;
        for &i in batch {
            let Account { notional, margin, .. } = accounts[i];
            let gain = side_of(i) * notional * (price - 1.0);
            let bounty = venue.bounty * notional * price;
            let equity = notional * margin + gain - bounty;
            let fee = equity.clamp(0.0, venue.fund_fee * notional * price);
            ledger.liquidated += notional * price;
            ledger.posted += notional * margin;
            ledger.gain += gain;
            ledger.bounty += bounty;
            ledger.fees += fee;
            ledger.returned += equity.max(0.0) - fee;
            ledger.bad_debt += (-equity).max(0.0);
            fund += fee;
            missing += (-equity).max(0.0);
        }
        let paid = f64::min(fund, missing);
        fund -= paid;
        ledger.fund_paid += paid;
        ledger.socialised += missing - paid;
    };
    let fallen = |open: &mut Vec<bool>, oracle: f64| {
        let mut batches = Vec::new();
        for side in [Side::Long, Side::Short] {
            let batch: Vec<usize> = (0..accounts.len())
                .filter(|&i| open[i] && accounts[i].side == side)
                .filter(|&i| {
                    let price = f64::exp(oracle);
                    let equity = accounts[i].margin + side_of(i) * (price - 1.0);
                    equity <= venue.maintenance * price
                })
                .collect();
            batch.iter().for_each(|&i| open[i] = false);
            if !batch.is_empty() {
                batches.push(batch);
            }
        }
        batches
    };
    let decay = venue.depth.map_or(1.0, |depth| {
        f64::exp(-depth.resilience * grid.years() / grid.steps() as f64)
    });
    for (step, &x) in path.iter().enumerate() {
        consumed *= decay;
        let (due, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(when, _)| *when == step);
        waiting = later;
        due.iter().for_each(|(_, batch)| close(batch, x, &mut consumed));
        loop {
            let market = x - displacement(consumed);
            let oracle = if venue.oracle_delay == 0 {
                market
            } else {
                published[0]
            };
            let batches = fallen(&mut open, oracle);
            let any = !batches.is_empty();
            for batch in batches {
                if venue.liquidator_latency == 0 {
                    close(&batch, x, &mut consumed);
                } else {
                    waiting.push((step + venue.liquidator_latency, batch));
                }
            }
            if !any || venue.oracle_delay > 0 || venue.liquidator_latency > 0 {
                break;
            }
        }
        if venue.oracle_delay > 0 {
            published.remove(0);
            published.push(x - displacement(consumed));
        }
    }
    let x = path[path.len() - 1];
    waiting.sort_by_key(|(when, _)| *when);
    waiting
        .iter()
        .for_each(|(_, batch)| close(batch, x, &mut consumed));
    loop {
        let batches = fallen(&mut open, x - displacement(consumed));
        if batches.is_empty() {
            return ledger;
        }
        batches.iter().for_each(|batch| close(batch, x, &mut consumed));
    }
}

fn parts(ledger: &Ledger) -> [f64; 9] {
    [
        ledger.liquidated,
        ledger.posted,
        ledger.gain,
        ledger.bounty,
        ledger.fees,
        ledger.returned,
        ledger.bad_debt,
        ledger.fund_paid,
        ledger.socialised,
    ]
}

fn venues() -> impl Strategy<Value = Venue> {
    let depth = (0.2f64..5.0, 0.01f64..0.3, any::<bool>(), 0.0f64..5000.0);
    let figures = (
        0.005f64..0.2,
        0usize..4,
        0usize..4,
        0.0f64..0.05,
        0.0f64..0.03,
        0.0f64..0.05,
    );
    (figures, prop::option::of(depth)).prop_map(|(figures, depth)| Venue {
        maintenance: figures.0,
        oracle_delay: figures.1,
        liquidator_latency: figures.2,
        bounty: figures.3,
        fund_fee: figures.4,
        fund: figures.5,
        depth: depth.map(|(quantity, distance, root, resilience)| Depth {
            quantity,
            distance,
            shape: if root {
                ImpactShape::SquareRoot
            } else {
                ImpactShape::Linear
            },
            resilience,
        }),
    })
}

fn books() -> impl Strategy<Value = Vec<Account>> {
    let account = (any::<bool>(), 0.01f64..0.5, 0.0f64..1.2).prop_map(|(long, notional, margin)| Account {
        side: if long { Side::Long } else { Side::Short },
        notional,
        margin,
    });
    prop::collection::vec(account, 1..14)
}

fn paths() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-0.15f64..0.15, 4..16).prop_map(|steps| {
        let mut x = 0.0;
        steps
            .into_iter()
            .map(|step| {
                x += step;
                x
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..reproducible() })]

    #[test]
    fn it_is_the_engine_that_looks_at_every_account(accounts in books(), venue in venues(), path in paths()) {
        let grid = Grid::new(path.len(), 0.01).unwrap();
        let book = AccountBook::new(accounts.clone()).unwrap();
        let process = PriceProcess::Merton(merton());
        let engine = MarginEngine::new(process, grid, book, venue).unwrap();
        let ours = engine.replay(&path).unwrap();
        let theirs = one_by_one(&accounts, &venue, &grid, &path);
        for (ours, theirs) in parts(&ours.ledger).into_iter().zip(parts(&theirs)) {
            prop_assert!((ours - theirs).abs() < 1e-5, "{ours} {theirs}");
        }
        prop_assert_eq!(ours.ruined, ours.ledger.socialised > 0.0);
    }

    #[test]
    fn cash_is_conserved_and_losses_are_bounded(accounts in books(), venue in venues(), path in paths()) {
        let grid = Grid::new(path.len(), 0.01).unwrap();
        let book = AccountBook::new(accounts).unwrap();
        let whole = book.quantity();
        let engine = MarginEngine::new(PriceProcess::Merton(merton()), grid, book, venue).unwrap();
        let ledger = engine.replay(&path).unwrap().ledger;
        let sources = ledger.posted + ledger.gain + ledger.fund_paid + ledger.socialised;
        let uses = ledger.bounty + ledger.fees + ledger.returned;
        prop_assert!((sources - uses).abs() < 1e-12 * (1.0 + uses), "{ledger:?}");
        prop_assert!((ledger.bad_debt - ledger.fund_paid - ledger.socialised).abs() < 1e-13);
        prop_assert!(ledger.fund_paid <= venue.fund + ledger.fees + 1e-15);
        prop_assert!(parts(&ledger).into_iter().enumerate().all(|(i, x)| i == 2 || x >= 0.0));
        let highest = path.iter().fold(0.0f64, |a, b| a.max(*b)) + 0.3 * 8.0f64.max(whole / 0.2);
        prop_assert!(ledger.bad_debt <= whole * (1.0 + highest.exp()));
    }

    #[test]
    fn a_larger_fund_never_costs_the_lenders_more_on_any_path(
        accounts in books(), venue in venues(), path in paths(), more in 0.0f64..0.1,
    ) {
        let grid = Grid::new(path.len(), 0.01).unwrap();
        let of = |venue| {
            let book = AccountBook::new(accounts.clone()).unwrap();
            let engine = MarginEngine::new(PriceProcess::Merton(merton()), grid, book, venue).unwrap();
            engine.replay(&path).unwrap().ledger
        };
        let (less, more) = (of(venue), of(Venue { fund: venue.fund + more, ..venue }));
        prop_assert!(more.socialised <= less.socialised + 1e-15);
        prop_assert_eq!(more.bad_debt, less.bad_debt);
    }

    #[test]
    fn when_accounts_are_judged_once_more_margin_never_loses_more_on_any_path(
        accounts in books(), venue in venues(), move_ in -0.6f64..0.6, multiplier in 1.0f64..3.0,
    ) {
        let venue = Venue { depth: None, oracle_delay: 0, liquidator_latency: 0, bounty: 0.0, ..venue };
        prop_assume!(venue.maintenance * multiplier < 1.0);
        let grid = Grid::new(1, 0.01).unwrap();
        let book = AccountBook::new(accounts).unwrap();
        let engine = MarginEngine::new(PriceProcess::Merton(merton()), grid, book, venue).unwrap();
        let more = engine.with_margin_multiplier(multiplier).unwrap();
        let bad_debt = |engine: &MarginEngine| engine.replay(&[move_]).unwrap().ledger.bad_debt;
        prop_assert!(bad_debt(&more) <= bad_debt(&engine) + 1e-15);
    }
}

#[test]
fn expected_loss_falls_as_margin_rises_on_common_random_numbers() {
    let engine = engine(VENUE);
    let mut last = f64::INFINITY;
    for step in 0..8 {
        let multiplier = 0.7 + 0.2 * f64::from(step);
        let scaled = engine.with_margin_multiplier(multiplier).unwrap();
        let loss = simulate(&scaled, 8192, 2, Sampling::Pseudo).bad_debt.mean.value;
        assert!(loss < last, "{multiplier}: {loss} after {last}");
        last = loss;
    }
}

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
fn the_report_is_the_same_on_any_number_of_threads() {
    for sampling in [
        Sampling::Pseudo,
        Sampling::Antithetic,
        Sampling::Quasi { replicates: 4 },
    ] {
        let engine = engine(VENUE);
        let one = simulate(&engine, 6000, 1, sampling);
        assert_eq!(one, simulate(&engine, 6000, 2, sampling));
        assert_eq!(one, simulate(&engine, 6000, 5, sampling));
        assert!(one.bad_debt.mean.value > 0.0 && one.socialised.mean.value < one.bad_debt.mean.value);
    }
}

#[test]
fn the_histogram_counts_every_path_once() {
    let report = simulate(&engine(VENUE), 8192, 2, Sampling::Pseudo);
    let histogram = &report.bad_debt.histogram;
    assert_eq!(
        histogram.zero + histogram.counts.iter().sum::<usize>(),
        report.paths
    );
    assert_eq!(histogram.edges.len(), histogram.counts.len());
    assert_close(*histogram.edges.last().unwrap(), report.bad_debt.largest, 1e-15);
    let positive = (report.paths - histogram.zero) as f64 / report.paths as f64;
    assert_close(positive, report.bad_debt.any.value, 1e-15);
    let tails = &report.bad_debt.levels;
    assert!(tails[0].value_at_risk.value <= tails[1].value_at_risk.value);
    assert!(
        tails
            .iter()
            .all(|t| t.expected_shortfall.value >= t.value_at_risk.value)
    );
}

#[test]
fn delay_latency_and_a_thin_book_cost_money() {
    let loss = |venue| {
        simulate(&engine(venue), 16_384, 2, Sampling::Pseudo)
            .bad_debt
            .mean
            .value
    };
    let depth = VENUE.depth.unwrap();
    let prompt = Venue {
        oracle_delay: 0,
        liquidator_latency: 0,
        depth: None,
        ..VENUE
    };
    let late = Venue {
        oracle_delay: 3,
        liquidator_latency: 3,
        ..prompt
    };
    let thin = Venue {
        depth: Some(Depth {
            quantity: depth.quantity / 5.0,
            ..depth
        }),
        ..prompt
    };
    assert!(loss(late) > 1.1 * loss(prompt));
    assert!(loss(thin) > 1.1 * loss(prompt));
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

#[test]
fn the_response_of_the_whole_engine_is_negative_beyond_its_error() {
    let run = Run::new(1 << 15, 5, 2, Sampling::Pseudo).unwrap();
    let response = engine(VENUE).margin_response(&run, 0.1, 1.0).unwrap();
    assert!(
        response.by_multiplier.value < -4.0 * response.by_multiplier.standard_error,
        "{response:?}"
    );
    let report = engine(VENUE).simulate(&run, &[], 0.99).unwrap();
    let premium = report.premium(1.0, 2.0 / 365.0).unwrap();
    assert_close(premium.value, response.premium.value, 1e-14);
    assert_close(premium.standard_error, response.premium.standard_error, 1e-14);
}

#[test]
fn antithetic_paths_reduce_the_variance_of_the_engine_s_losses() {
    let diffusion = JumpDiffusion::new(0.0, 1.2, 0.0, 0.0, 0.0).unwrap();
    let account = |side| Account {
        side,
        notional: 1.0,
        margin: 0.08,
    };
    let book = AccountBook::new(vec![account(Side::Long)]).unwrap();
    let grid = Grid::new(16, 4.0 / 365.0).unwrap();
    let engine = MarginEngine::new(PriceProcess::Merton(diffusion), grid, book, VENUE).unwrap();
    let of = |sampling| simulate(&engine, 1 << 15, 2, sampling).liquidated;
    let (plain, antithetic) = (of(Sampling::Pseudo), of(Sampling::Antithetic));
    let quasi = of(Sampling::Quasi { replicates: 32 });
    assert!(
        antithetic.standard_error < 0.9 * plain.standard_error,
        "{antithetic:?} {plain:?}"
    );
    assert!(
        quasi.standard_error < 0.5 * plain.standard_error,
        "{quasi:?} {plain:?}"
    );
    let both = |a: f64, b: f64| 3.0 * (a * a + b * b).sqrt();
    assert!((plain.value - antithetic.value).abs() < both(plain.standard_error, antithetic.standard_error));
    assert!((plain.value - quasi.value).abs() < both(plain.standard_error, quasi.standard_error));
}

#[test]
fn engines_that_cannot_be_are_refused() {
    let grid = Grid::new(4, 0.01).unwrap();
    let new = |venue| MarginEngine::new(PriceProcess::Merton(merton()), grid, mix(), venue);
    for venue in [
        Venue {
            maintenance: 1.0,
            ..VENUE
        },
        Venue {
            maintenance: -0.1,
            ..VENUE
        },
        Venue {
            oracle_delay: 5,
            ..VENUE
        },
        Venue {
            liquidator_latency: 5,
            ..VENUE
        },
        Venue {
            bounty: 0.6,
            fund_fee: 0.6,
            ..VENUE
        },
        Venue { fund: -1.0, ..VENUE },
        Venue {
            depth: Some(Depth {
                quantity: 1e-9,
                ..VENUE.depth.unwrap()
            }),
            ..VENUE
        },
    ] {
        assert!(
            matches!(new(venue), Err(ModelError::OutOfRange { .. })),
            "{venue:?}"
        );
    }
    let nan = Venue {
        fund: f64::NAN,
        ..VENUE
    };
    assert!(matches!(new(nan), Err(ModelError::NotFinite { .. })));
    assert!(matches!(
        AccountBook::new(Vec::new()),
        Err(ModelError::TooFew { .. })
    ));
    let engine = new(VENUE).unwrap();
    assert!(matches!(
        engine.replay(&[0.0; 3]),
        Err(ModelError::LengthMismatch { .. })
    ));
    assert!(matches!(
        engine.replay(&[0.0, 0.0, f64::NAN, 0.0]),
        Err(ModelError::NotFinite { .. })
    ));
    let run = Run::new(256, 1, 1, Sampling::Pseudo).unwrap();
    assert!(engine.simulate(&run, &[1.0], 0.99).is_err());
    assert!(engine.simulate(&run, &[0.5], 0.0).is_err());
    assert!(engine.margin_response(&run, 0.0, 1.0).is_err());
}
