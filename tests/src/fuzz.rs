//! Stateful fuzzing: random instructions in random order, from random signers, over random jumps of the clock and with
//! accounts swapped at random; after every step everything that must always hold is checked.
//!
//! A run is cut into episodes, each from a fresh cluster. A step draws from a generator of its own, seeded by the run's
//! seed and the step's number, and looks at the state it finds. So a failing episode is shrunk by leaving steps out.

mod attempt;
mod authority;
mod draw;
mod govern;
mod invariants;
mod publish;
mod safety;
mod snapshot;
mod steps;
mod track;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::world::World;
use attempt::Attempt;
use snapshot::Snapshot;
use track::Track;

/// Steps from one fresh cluster.
pub const EPISODE: u64 = 500;
/// Trials that shrinking may take.
const SHRINKING: usize = 120;

/// How often an instruction was tried and accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Times tried.
    pub tried: u64,
    /// Times accepted.
    pub accepted: u64,
}

/// What a run has done so far.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Steps taken.
    pub steps: u64,
    /// By instruction.
    pub counts: BTreeMap<&'static str, Count>,
    /// How often each error was the answer.
    pub errors: BTreeMap<String, u64>,
    /// How often a class was tightened on its way to another.
    pub tightened_on_the_way: u64,
}

/// Something that must always hold did not.
#[derive(Debug)]
pub struct Violation {
    /// Seed of the run.
    pub seed: u64,
    /// Number of the step.
    pub step: u64,
    /// What did not hold.
    pub what: String,
    /// The steps of the shrunk episode, the last one at fault.
    pub steps: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "step {} of seed {}: {}", self.step, self.seed, self.what)?;
        writeln!(f, "{} steps lead there:", self.steps.len())?;
        for step in &self.steps {
            writeln!(f, "  {step}")?;
        }
        write!(
            f,
            "replay: cargo xtask fuzz --seed {} --steps {}",
            self.seed,
            self.step + 1
        )
    }
}

impl std::error::Error for Violation {}

/// Takes a number of steps; `progress` hears after every episode.
///
/// # Errors
/// A [`Violation`], or where the program is not built.
pub fn run(seed: u64, steps: u64, mut progress: impl FnMut(&Summary)) -> anyhow::Result<Summary> {
    let start = steps::start()?;
    let mut summary = Summary::default();
    while summary.steps < steps {
        let first = summary.steps;
        let numbers: Vec<u64> = (first..steps.min(first + EPISODE)).collect();
        if let Err(failure) = episode(&start, seed, &numbers, &mut summary)? {
            return Err(shrunk(&start, seed, &numbers, failure)?.into());
        }
        progress(&summary);
    }
    Ok(summary)
}

/// The step that failed and what did not hold.
struct Failure {
    step: u64,
    what: String,
    taken: Vec<String>,
}

/// Takes some steps from the start.
fn episode(
    start: &World,
    seed: u64,
    numbers: &[u64],
    summary: &mut Summary,
) -> anyhow::Result<Result<(), Failure>> {
    let mut world = start.fork();
    let mut before = Snapshot::of(&world);
    let mut track = Track::new(&before);
    let mut taken = Vec::new();
    for number in numbers {
        let mut random = SmallRng::seed_from_u64(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let attempt = steps::draw(&mut world, &before, &mut random)?;
        // the clock may have been moved; nothing else
        before.time = world.time();
        let sent = attempt.send(&mut world);
        let after = Snapshot::of(&world);
        taken.push(format!("{number}: {attempt} → {}", attempt::answer(&sent)));
        summary.count(&attempt, &sent);
        summary.tightened_on_the_way += u64::from(after.starts_a_second_passage(&before));
        let held = invariants::check(&attempt, &sent, &before, &after)
            .and_then(|()| track.follow(&attempt, &sent, &before, &after));
        if let Err(what) = held {
            return Ok(Err(Failure {
                step: *number,
                what,
                taken,
            }));
        }
        before = after;
    }
    Ok(Ok(()))
}

/// Leaves out what the failure does not need: halves first, then ever smaller runs of steps.
fn shrunk(start: &World, seed: u64, numbers: &[u64], found: Failure) -> anyhow::Result<Violation> {
    let step = found.step;
    let mut failure = found;
    let mut kept: Vec<u64> = numbers.iter().copied().filter(|number| *number <= step).collect();
    let mut length = kept.len() / 2;
    let mut trials = 0;
    while length > 0 && trials < SHRINKING {
        let mut at = 0;
        // the last step is the one at fault
        while at + length < kept.len() && trials < SHRINKING {
            let without: Vec<u64> = [&kept[..at], &kept[at + length..]].concat();
            trials += 1;
            match episode(start, seed, &without, &mut Summary::default())? {
                Err(smaller) if smaller.step == step => {
                    kept = without;
                    failure = smaller;
                }
                _ => at += length,
            }
        }
        length /= 2;
    }
    Ok(Violation {
        seed,
        step,
        what: failure.what,
        steps: failure.taken,
    })
}

impl Summary {
    fn count(&mut self, attempt: &Attempt, sent: &crate::world::Sent) {
        self.steps += 1;
        let count = self.counts.entry(attempt.instruction).or_default();
        count.tried += 1;
        if sent.is_ok() {
            count.accepted += 1;
        } else {
            *self.errors.entry(attempt::answer(sent)).or_default() += 1;
        }
    }

    /// One line for a waiting person.
    pub fn line(&self, steps: u64, started: Instant) -> String {
        let accepted: u64 = self.counts.values().map(|count| count.accepted).sum();
        format!(
            "{} of {steps} steps, {accepted} accepted, {:.0} a second",
            self.steps,
            self.steps as f64 / started.elapsed().as_secs_f64().max(0.001)
        )
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| instruction | tried | accepted |\n|---|---:|---:|")?;
        for (instruction, count) in &self.counts {
            writeln!(f, "| {instruction} | {} | {} |", count.tried, count.accepted)?;
        }
        writeln!(f, "\n| answer | times |\n|---|---:|")?;
        for (error, times) in &self.errors {
            writeln!(f, "| {error} | {times} |")?;
        }
        let times = self.tightened_on_the_way;
        writeln!(f, "\nA class was tightened on its way to another {times} times.")
    }
}
