//! The tail: jump-diffusions, first passage, ruin and the margin engine. References: `reference/tail.py`.

mod engine;
mod processes;
mod ruin;

use super::{Check, Tolerance};
use hurdle_model::simulation::{Estimate, Proportion, Run, Sampling};
use hurdle_model::tail::JumpDiffusion;
use hurdle_model::{ModelError, Result};

/// Half-width of a 99 % interval in standard errors.
const Z99: f64 = 2.575_829_303_548_901;
const THREADS: usize = 2;

/// Every check of the tail.
pub fn checks() -> Vec<Check> {
    [processes::CHECKS, ruin::CHECKS, engine::CHECKS]
        .concat()
        .iter()
        .flat_map(|checks| checks().unwrap_or_else(refused))
        .collect()
}

/// A group of checks.
type Checks = fn() -> Result<Vec<Check>>;

/// A refusal is a check that does not hold.
fn refused(error: ModelError) -> Vec<Check> {
    vec![computed(error.to_string(), "no refusal", 0.0, f64::NAN, 0.0)]
}

fn run(paths: usize, sampling: Sampling) -> Result<Run> {
    Run::new(paths, 1, THREADS, sampling)
}

/// A closed form against a simulation.
fn simulated(
    what: impl Into<String>,
    reference: &str,
    expected: f64,
    ours: Estimate,
    other_error: f64,
) -> Check {
    let half = Z99 * ours.standard_error.hypot(other_error);
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours: ours.value,
        tolerance: Tolerance::Within {
            low: expected - half,
            high: expected + half,
        },
    }
}

fn computed(what: impl Into<String>, reference: &str, expected: f64, ours: f64, tolerance: f64) -> Check {
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours,
        tolerance: Tolerance::Absolute(tolerance),
    }
}

fn merton() -> Result<JumpDiffusion> {
    JumpDiffusion::new(0.1, 0.7, 12.0, -0.06, 0.1)
}

/// An exact probability against an interval of 99 %.
fn interval(what: String, reference: &str, expected: f64, ours: &Proportion) -> Check {
    Check {
        what,
        reference: reference.to_owned(),
        expected,
        ours: ours.value,
        tolerance: Tolerance::Within {
            low: expected - (ours.high - ours.value),
            high: expected + (ours.value - ours.low),
        },
    }
}
