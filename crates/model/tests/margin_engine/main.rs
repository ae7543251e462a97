//! The margin engine against closed forms, against an engine that looks at every account, and against its own laws.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod closed_forms;
mod one_by_one;
mod paths;
mod reports;

use hurdle_model::liquidity::ImpactShape;
use hurdle_model::simulation::{
    AccountBook, AccountMix, Depth, Grid, MarginEngine, PriceProcess, Run, Sampling, TailReport, Venue,
};
use hurdle_model::tail::JumpDiffusion;

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
