//! The reports of whole runs.

use crate::common::assert_close;
use crate::{VENUE, engine, merton, mix, simulate};
use hurdle_model::ModelError;
use hurdle_model::simulation::{
    Account, AccountBook, Depth, Grid, MarginEngine, PriceProcess, Run, Sampling, Venue,
};
use hurdle_model::tail::{JumpDiffusion, Side};

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
