//! Trying mutants, two at a time.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use console::style;

use super::bench::{Bench, Lane, numbered};
use super::mutant::{Mutant, Part};
use super::report::{Ledger, Outcome, Verdict};
use super::switch;
use super::trial::{LANES, Trial};
use crate::progress;
use crate::project::Project;
use crate::sbf;

/// A mutant, its number, and how long it was tried already.
type Candidate<'a> = (u32, &'a Mutant, Duration);

/// Tries the mutants that `open` selects and writes what became of them into the ledger: those of the interface on its own
/// tests first, then all that are left on the VM tests. Returns the tests that were left out.
///
/// # Errors
/// When the unmutated sources do not compile, or a tool cannot be run.
pub fn run(
    project: &Project,
    mutants: &[Mutant],
    open: impl Fn(&Mutant) -> bool,
    ledger: &mut Ledger,
) -> anyhow::Result<Vec<String>> {
    let started = Instant::now();
    sbf::build(project, &sbf::Options::default())?;
    let mut bench = Bench::set_up(project, mutants)?;
    bench.check()?;
    let open: Vec<Candidate> = numbered(mutants)
        .filter(|(_, mutant)| open(mutant))
        .map(|(number, mutant)| (number, mutant, Duration::ZERO))
        .collect();
    let kills: Vec<(String, String)> = ledger
        .kills()
        .map(|(source, test)| (source.to_owned(), test.to_owned()))
        .collect();
    let (of_interface, of_program): (Vec<_>, Vec<_>) = open
        .iter()
        .partition(|(_, mutant, _)| mutant.part == Part::Interface);
    let progress = Progress {
        total: open.len(),
        ledger: Mutex::new((0, ledger)),
    };
    eprintln!(
        "{} ({})",
        style("ready").green(),
        progress::shown(started.elapsed())
    );

    let left = Mutex::new(of_program);
    in_lanes(&bench, of_interface, |_, (number, mutant, _)| {
        let started = Instant::now();
        let Some(host) = bench.host(number, mutant)? else {
            return progress.keep(mutant, Verdict::NotBuilt, started.elapsed());
        };
        match bench.killer_on_host(&host, &mutant.file)? {
            Some(test) => progress.keep(mutant, Verdict::Killed(test), started.elapsed()),
            None => {
                let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
                left.push((number, mutant, started.elapsed()));
                Ok(())
            }
        }
    })?;

    let started = Instant::now();
    let mut trial = Trial::compile(project, kills)?;
    let lanes: Vec<Lane> = (0..LANES)
        .map(|number| bench.lane(number))
        .collect::<anyhow::Result<_>>()?;
    let left_out = trial.baseline(lanes[0].place(&bench.chosen(switch::NONE)?)?)?;
    for test in &left_out {
        eprintln!("{} {test} fails without a mutant", style("left out:").yellow());
    }
    anyhow::ensure!(
        trial
            .killer(lanes[0].place(&bench.chosen(switch::ALL)?)?, "")?
            .is_some(),
        "no VM test notices that every guard is out"
    );
    eprintln!(
        "{} ({})",
        style("VM tests ready").green(),
        progress::shown(started.elapsed())
    );

    let left = left.into_inner().unwrap_or_else(PoisonError::into_inner);
    in_lanes(&bench, left, |lane, (number, mutant, tried)| {
        let started = Instant::now();
        let verdict = match bench.program(number, mutant)? {
            None => Verdict::NotBuilt,
            Some(program) => trial
                .killer(lanes[lane].place(&program)?, &mutant.file)?
                .map_or(Verdict::Survived, Verdict::Killed),
        };
        progress.keep(mutant, verdict, tried + started.elapsed())
    })?;
    Ok(left_out)
}

/// How many mutants are done, and where they are kept.
struct Progress<'l> {
    total: usize,
    ledger: Mutex<(usize, &'l mut Ledger)>,
}

impl Progress<'_> {
    fn keep(&self, mutant: &Mutant, verdict: Verdict, took: Duration) -> anyhow::Result<()> {
        let mut kept = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        kept.0 += 1;
        eprintln!(
            "{}/{} {} {verdict} ({})",
            kept.0,
            self.total,
            mutant.label(),
            progress::shown(took)
        );
        kept.1.keep(Outcome::of(mutant, verdict, took))
    }
}

/// Tries candidates in several lanes. They begin at different ends, so that one compiles what has no switch while another tries
/// what has one.
fn in_lanes<'a>(
    bench: &Bench,
    candidates: Vec<Candidate<'a>>,
    attempt: impl Fn(usize, Candidate<'a>) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<()> {
    let (quick, slow): (VecDeque<_>, VecDeque<_>) = candidates
        .into_iter()
        .partition(|(number, ..)| bench.has_switch(*number));
    let queues = Mutex::new([quick, slow]);
    let next = |lane: usize| {
        let mut queues = queues.lock().unwrap_or_else(PoisonError::into_inner);
        let last = queues.len();
        (0..last).find_map(|step| queues[(lane + step) % last].pop_front())
    };
    let work = |lane: usize| -> anyhow::Result<()> {
        while let Some(candidate) = next(lane) {
            attempt(lane, candidate)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES)
            .map(|lane| {
                let work = &work;
                scope.spawn(move || work(lane))
            })
            .collect();
        lanes.into_iter().try_for_each(|lane| {
            lane.join()
                .unwrap_or_else(|_| Err(anyhow::anyhow!("a lane of trials stopped")))
        })
    })
}
