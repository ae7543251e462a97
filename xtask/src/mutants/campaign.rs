//! Trying mutants, two at a time.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use console::style;

use super::bench::{Bench, Lane, numbered};
use super::mutant::Mutant;
use super::report::{Ledger, Outcome, Verdict};
use super::switch;
use super::trial::{LANES, Trial};
use crate::progress;
use crate::project::Project;
use crate::sbf;

/// A mutant and its number.
type Numbered<'a> = (u32, &'a Mutant);

/// Tries the mutants that `open` selects and writes what became of them into the ledger; returns the tests that were left
/// out.
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
    let mut trial = Trial::compile(project, ledger.kills())?;
    let lane = bench.lane(0)?;
    let unguarded = bench.check()?;
    let left_out = trial.baseline(lane.place(&bench.chosen(switch::NONE)?)?)?;
    for test in &left_out {
        eprintln!("{} {test} fails without a mutant", style("left out:").yellow());
    }
    anyhow::ensure!(
        trial.killer(lane.place(&unguarded)?, "")?.is_some(),
        "no VM test notices that every guard is out"
    );
    eprintln!(
        "{} ({})",
        style("ready").green(),
        progress::shown(started.elapsed())
    );

    let open: Vec<Numbered> = numbered(mutants).filter(|(_, mutant)| open(mutant)).collect();
    let (quick, slow) = open.iter().partition(|(number, _)| bench.has_switch(*number));
    let campaign = Campaign {
        total: open.len(),
        bench,
        trial,
        queues: Mutex::new([quick, slow]),
        ledger: Mutex::new((0, ledger)),
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES)
            .map(|number| {
                let campaign = &campaign;
                scope.spawn(move || campaign.work(number))
            })
            .collect();
        lanes.into_iter().try_for_each(|lane| {
            lane.join()
                .unwrap_or_else(|_| Err(anyhow::anyhow!("a lane of trials stopped")))
        })
    })?;
    Ok(left_out)
}

struct Campaign<'a, 'l> {
    total: usize,
    bench: Bench<'a>,
    trial: Trial,
    /// What has a switch, and what is compiled: the lanes begin at different ones, so that one compiles while another tries.
    queues: Mutex<[VecDeque<Numbered<'a>>; 2]>,
    /// How many are done, and where they are kept.
    ledger: Mutex<(usize, &'l mut Ledger)>,
}

impl<'a> Campaign<'a, '_> {
    fn work(&self, number: usize) -> anyhow::Result<()> {
        let lane = self.bench.lane(number)?;
        while let Some((number, mutant)) = self.next(number) {
            let started = Instant::now();
            let verdict = self.judge(number, mutant, &lane)?;
            let took = started.elapsed();
            let mut kept = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            kept.0 += 1;
            eprintln!(
                "{}/{} {} {verdict} ({})",
                kept.0,
                self.total,
                mutant.label(),
                progress::shown(took)
            );
            kept.1.keep(Outcome::of(mutant, verdict, took))?;
        }
        Ok(())
    }

    fn next(&self, lane: usize) -> Option<Numbered<'a>> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        (0..queues.len()).find_map(|step| {
            let queue = (lane + step) % queues.len();
            queues[queue].pop_front()
        })
    }

    fn judge(&self, number: u32, mutant: &Mutant, lane: &Lane) -> anyhow::Result<Verdict> {
        let Some(prepared) = self.bench.prepared(number, mutant)? else {
            return Ok(Verdict::NotBuilt);
        };
        if let Some(host) = &prepared.host
            && let Some(test) = self.bench.killer_on_host(host, &mutant.file)?
        {
            return Ok(Verdict::Killed(test));
        }
        let killer = self.trial.killer(lane.place(&prepared.program)?, &mutant.file)?;
        Ok(killer.map_or(Verdict::Survived, Verdict::Killed))
    }
}
