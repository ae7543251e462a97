//! Hedges against futures of the made-up chain, and against the closed form.

use super::super::{Check, Tolerance};
use super::chain::{Draws, Moments};
use super::forward::{CARRY, DAYS, SPOT, curve, hashprice};
use super::{PATHS, WORLD, check};
use hurdle_model::pow::forward::{EnergyPrice, Period};
use hurdle_model::pow::hedge::{HedgeProblem, Instrument, MinerExposure};

const ENERGY: f64 = 0.05;

pub fn checks() -> hurdle_model::Result<Vec<Check>> {
    let curve = curve(&WORLD)?;
    let energy = EnergyPrice {
        forward: ENERGY,
        volatility: WORLD.energy[0] * 365.0_f64.sqrt(),
        correlation: WORLD.energy[1],
    };
    let period = Period { first: 0, days: DAYS };
    let averages = curve.joint(period, energy)?;
    let mut draws = Draws(8);
    let futures: Vec<[f64; 3]> = (0..PATHS)
        .map(|_| {
            let future = WORLD.draw(&mut draws, DAYS);
            let mut sums = [0.0; 3];
            for (day, values) in future.days.iter().enumerate() {
                sums[0] += hashprice(&curve, day, *values).0 / DAYS as f64;
                let forward = SPOT * (CARRY * (day as f64 + 0.5) / 365.0).exp();
                sums[1] += forward * values[1] / DAYS as f64;
                sums[2] += ENERGY * values[3] / DAYS as f64;
            }
            sums
        })
        .collect();
    let exposure = MinerExposure {
        hashes: 100.0 * DAYS as f64,
        energy: 3_000.0 * 24.0 * DAYS as f64,
        fixed: 1e5,
    };
    let only = |used: [bool; 3]| {
        let instruments = used.map(|used| if used { Instrument::FREE } else { Instrument::NONE });
        HedgeProblem {
            exposure,
            averages,
            instruments,
            aversion: None,
        }
    };
    let mut checks = Vec::new();
    for (name, used) in [
        ("unhedged", [false; 3]),
        ("coins sold", [false, true, false]),
        ("coins sold, energy bought", [false, true, true]),
    ] {
        let problem = only(used);
        let hedge = problem.solve()?;
        let [_, coins, bought] = hedge.positions;
        let profits: Vec<f64> = futures
            .iter()
            .map(|future| {
                exposure.profit(future) - coins * (future[1] - averages.means[1])
                    + bought * (future[2] - averages.means[2])
            })
            .collect();
        let moments = Moments::of(&profits);
        let reference = "20,000 simulated futures, 3 %";
        checks.push(check(
            format!("miner, {name}: deviation of profit"),
            reference,
            moments.deviation,
            hedge.deviation,
            Tolerance::Relative(0.03),
        ));
        let mut sorted = profits;
        sorted.sort_by(f64::total_cmp);
        let worst = &sorted[..PATHS / 20];
        let shortfall = -worst.iter().sum::<f64>() / worst.len() as f64;
        let risk = problem.risk(&hedge.positions, 0.95, 1)?;
        let reference =
            "20,000 simulated futures, 10 % of the deviation: the averages are taken as lognormal";
        checks.push(check(
            format!("miner, {name}: expected shortfall at 95 %"),
            reference,
            shortfall,
            risk.expected_shortfall,
            Tolerance::Absolute(0.1 * moments.deviation),
        ));
        if name == "coins sold" {
            let slope = slope(&futures, &exposure);
            checks.push(check(
                "miner: coins to sell, the regression of profit on price",
                "20,000 simulated futures, 3 %",
                slope,
                coins,
                Tolerance::Relative(0.03),
            ));
        }
    }
    let perfect = only([true, false, true]).solve()?;
    checks.push(check(
        "miner, hashprice sold and energy bought: residual deviation over the unhedged",
        "conservation: nothing is left",
        0.0,
        perfect.deviation / perfect.deviation_unhedged,
        Tolerance::Absolute(1e-7),
    ));
    Ok(checks)
}

/// Least-squares slope of profit on the average price.
fn slope(futures: &[[f64; 3]], exposure: &MinerExposure) -> f64 {
    let n = futures.len() as f64;
    let mean = futures.iter().map(|future| future[1]).sum::<f64>() / n;
    let (mut both, mut own) = (0.0, 0.0);
    for future in futures {
        both += (future[1] - mean) * exposure.profit(future);
        own += (future[1] - mean).powi(2);
    }
    both / own
}
