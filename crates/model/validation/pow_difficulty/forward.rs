//! The forward curve against futures of the made-up chain.

use super::super::{Check, Tolerance};
use super::chain::{Draws, Moments, World};
use super::{DIFFICULTY, PATHS, WORLD, check, path};
use hurdle_model::pow::forward::{Coupling, FeeModel, ForwardMarket, HashpriceCurve, Period, PriceModel};
use hurdle_model::pow::{BlockReward, MiningMarket, PowChain};

pub const SPOT: f64 = 60_000.0;
pub const CARRY: f64 = 0.06;
pub const DAYS: usize = 90;
/// The subsidy halves some fifty days ahead.
const HEIGHT: u64 = 840_000 - 7_200;

pub fn curve(world: &World) -> hurdle_model::Result<HashpriceCurve> {
    let (_, path) = path(world, 8)?;
    let market = ForwardMarket {
        chain: PowChain::BITCOIN,
        height: HEIGHT,
        difficulty: path,
        price: PriceModel {
            spot: SPOT,
            carry: CARRY,
            volatility: world.volatility * 365.0_f64.sqrt(),
        },
        fees: FeeModel {
            now: world.fees[0],
            level: world.fees[1],
            reversion: world.fees[2],
            deviation: world.fees[3],
        },
        coupling: Coupling {
            correlation: world.correlation,
            elasticity: world.elasticity,
            response: world.response,
        },
    };
    HashpriceCurve::new(market, DAYS)
}

/// Hashprice and coins per PH/s of a simulated day.
pub fn hashprice(
    curve: &HashpriceCurve,
    day: usize,
    [log_difficulty, price, fees, _]: [f64; 4],
) -> (f64, f64) {
    let point = &curve.points()[day];
    let reward = BlockReward {
        subsidy: point.subsidy,
        fees,
    };
    let forward = SPOT * (CARRY * (day as f64 + 0.5) / 365.0).exp() * price;
    MiningMarket::at_difficulty(
        &PowChain::BITCOIN,
        DIFFICULTY * log_difficulty.exp(),
        reward,
        forward,
    )
    .map_or((f64::NAN, f64::NAN), |market| (market.hashprice(), market.coins))
}

pub fn checks() -> hurdle_model::Result<Vec<Check>> {
    let mut checks = Vec::new();
    let coupled = World {
        elasticity: 0.5,
        ..WORLD
    };
    for (name, world, seed) in [
        ("correlated", WORLD, 5),
        ("with the price's feedback", coupled, 6),
    ] {
        let curve = curve(&world)?;
        let mut draws = Draws(seed);
        let futures: Vec<_> = (0..PATHS).map(|_| world.draw(&mut draws, DAYS)).collect();
        let mut row = |what: String, values: &[f64], mean: f64, deviation: f64| {
            let moments = Moments::of(values);
            let reference = "20,000 simulated futures, 1 %";
            checks.push(check(
                format!("{what}, {name}: mean"),
                reference,
                moments.mean,
                mean,
                Tolerance::Relative(0.01),
            ));
            let reference = "20,000 simulated futures, 3 %";
            checks.push(check(
                format!("{what}, {name}: deviation"),
                reference,
                moments.deviation,
                deviation,
                Tolerance::Relative(0.03),
            ));
        };
        for day in [20, 80] {
            let values: Vec<f64> = futures
                .iter()
                .map(|future| hashprice(&curve, day, future.days[day]).0)
                .collect();
            let point = &curve.points()[day];
            let deviation = point.hashprice * (point.deviation * point.deviation).exp_m1().sqrt();
            row(
                format!("hashprice in {day} days"),
                &values,
                point.hashprice,
                deviation,
            );
        }
        let period = Period { first: 30, days: 30 };
        let mean = |pick: fn((f64, f64)) -> f64| -> Vec<f64> {
            let days = period.first..period.first + period.days;
            let of = |future: &super::chain::Future| {
                days.clone()
                    .map(|day| pick(hashprice(&curve, day, future.days[day])))
                    .sum::<f64>()
                    / period.days as f64
            };
            futures.iter().map(of).collect()
        };
        let average = curve.hashprice(period)?;
        row(
            "average hashprice of days 30 to 60".into(),
            &mean(|pair| pair.0),
            average.mean,
            average.deviation,
        );
        let average = curve.coins(period)?;
        row(
            "average coins of days 30 to 60".into(),
            &mean(|pair| pair.1),
            average.mean,
            average.deviation,
        );
    }
    Ok(checks)
}
