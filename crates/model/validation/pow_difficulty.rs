//! Difficulty: rules against the chains' own blocks, forecasts against a chain of the validation's own making and against
//! what came; forward hashprice and hedges against the same chain.

mod chain;
mod forward;
mod hedge;
mod recorded;

use super::{Check, Tolerance};
use chain::{Draws, Moments, World, quantile};
use hurdle_model::pow::PowChain;
use hurdle_model::pow::difficulty::{
    Asert, DifficultyPath, DigiShield, Dynamics, EpochState, HashRateOutlook, NextRetarget, WindowRule,
};

const PATHS: usize = 20_000;
const SIMULATED: &str = "20,000 simulated futures, 99 % interval";

fn check(what: impl Into<String>, reference: &str, expected: f64, ours: f64, tolerance: Tolerance) -> Check {
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours,
        tolerance,
    }
}

fn refused(what: &str, reason: impl core::fmt::Display) -> Check {
    check(
        format!("{what}: {reason}"),
        "an answer",
        0.0,
        f64::NAN,
        Tolerance::Absolute(0.0),
    )
}

/// A figure within the 99 % interval of a simulated one.
fn simulated(what: impl Into<String>, estimate: f64, error: f64, ours: f64) -> Check {
    let reach = 2.576 * error;
    let tolerance = Tolerance::Within {
        low: estimate - reach,
        high: estimate + reach,
    };
    check(what, SIMULATED, estimate, ours, tolerance)
}

/// Every check of this topic; those on recorded data where it is present.
pub fn checks() -> Vec<Check> {
    let mut checks = rules();
    checks.extend(forecasts().unwrap_or_else(|error| vec![refused("forecasts", error)]));
    checks.extend(forward::checks().unwrap_or_else(|error| vec![refused("forward hashprice", error)]));
    checks.extend(hedge::checks().unwrap_or_else(|error| vec![refused("hedges", error)]));
    checks.extend(recorded::checks());
    checks
}

fn rules() -> Vec<Check> {
    let row = |what: &str, reference: &str, expected: u32, ours: hurdle_model::Result<u32>| {
        let ours = ours.map_or(f64::NAN, f64::from);
        check(
            what,
            reference,
            f64::from(expected),
            ours,
            Tolerance::Absolute(0.0),
        )
    };
    vec![
        row(
            "Bitcoin, compact target from block 32,256",
            "the chain: blocks 30,240 and 32,255",
            0x1d00_d86a,
            WindowRule::BITCOIN.next_compact(0x1d00_ffff, 1_262_152_739 - 1_261_130_161),
        ),
        row(
            "Bitcoin, compact target from block 556,416",
            "the chain: blocks 554,400 and 556,415",
            0x1732_18a5,
            WindowRule::BITCOIN.next_compact(0x1737_1ef4, 1_546_275_302 - 1_545_175_965),
        ),
        row(
            "Bitcoin, retarget held at a quarter",
            "the chain: blocks 66,528 and 68,543",
            0x1c01_68fd,
            WindowRule::BITCOIN.next_compact(0x1c05_a3f4, 1_279_297_671 - 1_279_008_237),
        ),
        row(
            "Litecoin, compact target from block 280,224",
            "the chain: blocks 278,207 and 280,223",
            0x1c09_3f8d,
            WindowRule::LITECOIN.next_compact(0x1c0a_c141, 1_358_378_777 - 1_358_118_740),
        ),
        row(
            "Dogecoin, DigiShield's first block",
            "the chain: blocks 144,999 and 145,000",
            0x1b67_1062,
            DigiShield::DOGECOIN.next_compact(0x1b49_9dfd, 1_395_094_679 - 1_395_094_427),
        ),
        row(
            "Bitcoin Cash, aserti3-2d at height 680,000, ahead of schedule",
            "the specification in Python's integers",
            0x1804_9eca,
            Asert::BITCOIN_CASH.next_compact(680_000, 1_616_447_844),
        ),
    ]
}

/// The world that forecasts, curves and hedges are tried on.
const WORLD: World = World {
    level: 0.03,
    slope: 0.002,
    variance: [4e-4, 5e-6, 4e-6],
    level_deviation: 0.012,
    slope_deviation: 0.0004,
    persistence: 0.97,
    drift: 0.001,
    remaining: 1500.0,
    elapsed: 3.4 * 86_400.0,
    elapsed_error: 1200.0,
    volatility: 0.035,
    correlation: 0.4,
    elasticity: 0.0,
    response: 60.0,
    fees: [0.6, 0.3, 20.0, 0.5],
    energy: [0.02, -0.3],
};

const DIFFICULTY: f64 = 9e13;

fn outlook(world: &World) -> hurdle_model::Result<HashRateOutlook> {
    HashRateOutlook {
        level: world.level + PowChain::BITCOIN.hash_rate_on_target(DIFFICULTY)?.ln(),
        slope: world.slope,
        variance: world.variance,
        drift: world.drift,
        dynamics: Dynamics {
            level: world.level_deviation,
            slope: world.slope_deviation,
            persistence: world.persistence,
        },
    }
    .checked()
}

fn path(world: &World, steps: usize) -> hurdle_model::Result<(EpochState, DifficultyPath)> {
    let state = EpochState {
        difficulty: DIFFICULTY,
        remaining: world.remaining,
        elapsed: world.elapsed,
        elapsed_error: world.elapsed_error,
    };
    let path = DifficultyPath::by_windows(
        &PowChain::BITCOIN,
        &WindowRule::BITCOIN,
        state,
        outlook(world)?,
        steps,
    )?;
    Ok((state, path))
}

fn forecasts() -> hurdle_model::Result<Vec<Check>> {
    let (state, path) = path(&WORLD, 4)?;
    let next = NextRetarget::new(&WindowRule::BITCOIN, &state, &path)?;
    let mut draws = Draws(11);
    let futures: Vec<_> = (0..PATHS).map(|_| WORLD.draw(&mut draws, 90)).collect();
    let column = |step: usize, pick: fn(&(f64, f64)) -> f64| -> Vec<f64> {
        futures
            .iter()
            .filter_map(|future| future.retargets.get(step).map(pick))
            .collect()
    };
    let mut checks = Vec::new();
    let changes = column(0, |retarget| retarget.0);
    let moments = Moments::of(&changes);
    let (mean, deviation) = next.moments()?;
    checks.push(simulated(
        "next retarget: mean change of ln difficulty",
        moments.mean,
        moments.mean_error,
        mean,
    ));
    checks.push(simulated(
        "next retarget: its deviation",
        moments.deviation,
        moments.deviation_error,
        deviation,
    ));
    for probability in [0.05, 0.95] {
        let (expected, low, high) = quantile(&changes, probability);
        let tolerance = Tolerance::Within { low, high };
        let what = format!("next retarget: quantile at {probability}");
        checks.push(check(
            what,
            SIMULATED,
            expected,
            next.quantile(probability)?,
            tolerance,
        ));
    }
    let days = Moments::of(&column(0, |retarget| retarget.1));
    checks.push(simulated(
        "next retarget: deviation of its date, days",
        days.deviation,
        days.deviation_error,
        path.steps[0].days_deviation,
    ));
    // beyond the next retarget the windows' places are taken as certain: first order
    for step in [1, 3] {
        let moments = Moments::of(&column(step, |retarget| retarget.0));
        let mean = path.steps[step].log_mean - DIFFICULTY.ln();
        let what = format!("retarget {}: mean change of ln difficulty", step + 1);
        let slack = Tolerance::Absolute(0.03 * moments.deviation);
        checks.push(check(
            what,
            "20,000 simulated futures, 3 % of their deviation",
            moments.mean,
            mean,
            slack,
        ));
        let what = format!("retarget {}: its deviation", step + 1);
        let reference = "20,000 simulated futures, 3 %";
        checks.push(check(
            what,
            reference,
            moments.deviation,
            path.deviation(step),
            Tolerance::Relative(0.03),
        ));
        let days = Moments::of(&column(step, |retarget| retarget.1));
        let what = format!("retarget {}: deviation of its date, days", step + 1);
        let reference = "20,000 simulated futures, 5 %";
        checks.push(check(
            what,
            reference,
            days.deviation,
            path.steps[step].days_deviation,
            Tolerance::Relative(0.05),
        ));
    }
    Ok(checks)
}
