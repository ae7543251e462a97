//! `mutants`: takes each guard out of the on-chain sources, one at a time, and asks whether a test notices.

mod find;
mod report;
mod scratch;
mod source;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::ValueEnum;
use console::style;
use sha2::{Digest, Sha256};

use crate::project::Project;
use crate::{progress, sbf};
use find::Guard;
use report::{Ledger, Outcome, Verdict};
use scratch::Scratch;
use source::Source;
use trial::Trial;

/// Options of `mutants`.
#[derive(clap::Args)]
pub struct Options {
    /// Only the guards of this part
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Only guards whose `file:line kind guard` contains this text
    #[arg(long)]
    filter: Option<String>,
    /// Forget earlier outcomes; without it, only survivors and changed files are tried again
    #[arg(long)]
    fresh: bool,
    /// Only list the guards and what is known of them
    #[arg(long)]
    list: bool,
}

/// A part of the on-chain sources.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The Anchor program
    Program,
    /// The rules, in the interface crate
    Interface,
}

impl Part {
    fn folder(self) -> &'static str {
        match self {
            Self::Program => "programs/hurdle/src",
            Self::Interface => "crates/interface/src",
        }
    }
}

/// Parts of the interface that no instruction of the program runs.
const OFF_PATH: [&str; 3] = ["instruction", "fixture", "idl"];

/// One guard of one file.
struct Mutant {
    part: Part,
    file: String,
    text: String,
    guard: Guard,
    line: usize,
    shown: String,
    id: String,
}

impl Mutant {
    fn label(&self) -> String {
        format!("{}:{} {} {}", self.file, self.line, self.guard.kind, self.shown)
    }

    fn mutated(&self) -> String {
        let mut text = self.text.clone();
        text.replace_range(self.guard.range.clone(), self.guard.replacement);
        text
    }
}

/// Tries every mutant that is not settled yet and writes `docs/mutants.md`. `false` where one survives.
///
/// # Errors
/// When the sources cannot be read, or the unmutated program does not build.
pub fn run(project: &Project, options: &Options) -> anyhow::Result<bool> {
    let mutants = find_all(project)?;
    let wanted = |mutant: &&Mutant| {
        options.only.is_none_or(|part| part == mutant.part)
            && options
                .filter
                .as_ref()
                .is_none_or(|text| mutant.label().contains(text))
    };
    let folder = project.root().join("target/mutants");
    fs::create_dir_all(&folder)?;
    let mut ledger = Ledger::open(folder.join("outcomes.jsonl"), options.fresh)?;
    let open: Vec<&Mutant> = mutants
        .iter()
        .filter(wanted)
        .filter(|mutant| ledger.settled(&mutant.id).is_none())
        .collect();
    if options.list {
        for mutant in mutants.iter().filter(wanted) {
            let known = ledger.get(&mutant.id).map(|outcome| &outcome.verdict);
            println!("{} {}", mutant.label(), known.map_or_else(String::new, shown));
        }
        return Ok(true);
    }
    let left_out = folder.join("left-out.txt");
    if !open.is_empty() {
        let skipped = try_all(project, &open, &mut ledger)?;
        fs::write(&left_out, skipped.join("\n"))
            .with_context(|| format!("cannot write {}", left_out.display()))?;
    }
    let skipped = fs::read_to_string(&left_out).unwrap_or_default();
    let skipped: Vec<String> = skipped.lines().map(str::to_owned).collect();
    let outcomes: Vec<&Outcome> = mutants
        .iter()
        .filter_map(|mutant| ledger.get(&mutant.id))
        .collect();
    let page = report::markdown(&outcomes, &skipped);
    report::write(&project.root().join("docs/mutants.md"), &page)?;
    let survivors: Vec<_> = mutants
        .iter()
        .filter(wanted)
        .filter(|mutant| {
            ledger
                .get(&mutant.id)
                .is_none_or(|known| known.verdict == Verdict::Survived)
        })
        .collect();
    for mutant in &survivors {
        eprintln!("{} {}", style("survived:").red().bold(), mutant.label());
    }
    Ok(survivors.is_empty())
}

/// Tries mutants one after the other; returns the tests that were left out.
fn try_all(project: &Project, open: &[&Mutant], ledger: &mut Ledger) -> anyhow::Result<Vec<String>> {
    sbf::build(project, &sbf::Options::default())?;
    let scratch = Scratch::prepare(project)?;
    scratch.adopt(&project.deploy())?;
    let built = scratch.build()?;
    anyhow::ensure!(
        built.status.success(),
        "the unmutated program does not build:\n{}",
        built.tail.join("\n")
    );
    let tests = project.root().join("tests");
    let mut trial = Trial::compile(project, scratch.deploy())?;
    let skipped = trial.baseline(&tests)?;
    for test in &skipped {
        eprintln!("{} {test} fails without a mutant", style("left out:").yellow());
    }
    for (index, mutant) in open.iter().enumerate() {
        let started = Instant::now();
        scratch.write(&mutant.file, &mutant.mutated())?;
        let verdict = judge(mutant, &scratch, &trial, &tests);
        scratch.write(&mutant.file, &mutant.text)?;
        let verdict = verdict?;
        eprintln!(
            "{}/{} {} {} ({})",
            index + 1,
            open.len(),
            mutant.label(),
            shown(&verdict),
            progress::shown(started.elapsed())
        );
        ledger.keep(Outcome {
            id: mutant.id.clone(),
            file: mutant.file.clone(),
            line: mutant.line,
            kind: mutant.guard.kind.to_owned(),
            guard: mutant.shown.clone(),
            verdict,
            took: started.elapsed().as_millis(),
        })?;
    }
    Ok(skipped)
}

fn judge(mutant: &Mutant, scratch: &Scratch, trial: &Trial, tests: &Path) -> anyhow::Result<Verdict> {
    if mutant.part == Part::Interface {
        let mut failed = None;
        let mut compiled = false;
        let run = scratch.host_tests(|line| {
            compiled |= line.starts_with("running ");
            failed = failed.take().or_else(|| trial::failed_test(line));
        })?;
        if !compiled {
            return Ok(Verdict::NotBuilt);
        }
        if let Some(test) = failed {
            return Ok(Verdict::Killed(format!("interface::{test}")));
        }
        anyhow::ensure!(
            run.status.success(),
            "the host tests stopped:\n{}",
            run.tail.join("\n")
        );
    }
    if !scratch.build()?.status.success() {
        return Ok(Verdict::NotBuilt);
    }
    Ok(trial.killer(tests)?.map_or(Verdict::Survived, Verdict::Killed))
}

fn shown(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Killed(test) => format!("{} by {test}", style("killed").green()),
        Verdict::Survived => style("SURVIVED").red().bold().to_string(),
        Verdict::NotBuilt => style("does not compile").yellow().to_string(),
    }
}

fn find_all(project: &Project) -> anyhow::Result<Vec<Mutant>> {
    let mut mutants = Vec::new();
    for part in [Part::Program, Part::Interface] {
        let mut files = Vec::new();
        collect(&project.root().join(part.folder()), &mut files)?;
        files.sort();
        for path in files {
            let file = path.strip_prefix(project.root())?.to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {file}"))?;
            mutants.extend(of_file(part, &file, text));
        }
    }
    Ok(mutants)
}

/// The mutants of one file; what stands in its test module is not the program.
fn of_file(part: Part, file: &str, text: String) -> Vec<Mutant> {
    let code = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let source = Source::new(text);
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    find::guards(&source)
        .into_iter()
        .filter(|guard| guard.range.end <= code)
        .map(|guard| {
            let shown = source.text[guard.range.clone()]
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            let time = seen.entry(format!("{}{shown}", guard.kind)).or_default();
            *time += 1;
            let digest = Sha256::digest(format!(
                "{file}\0{}\0{shown}\0{time}\0{}",
                guard.kind, source.text
            ));
            Mutant {
                part,
                file: file.to_owned(),
                line: source.line(guard.range.start),
                id: digest[..12].iter().map(|byte| format!("{byte:02x}")).collect(),
                shown,
                guard,
                text: source.text.clone(),
            }
        })
        .collect()
}

/// The source files under a folder, tests aside.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name == "tests" || OFF_PATH.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
