//! `mutants`: takes each guard out of the on-chain sources, one at a time, and asks whether a test notices.

mod bench;
mod campaign;
mod equivalent;
mod find;
mod mutant;
mod refused;
mod report;
mod scratch;
mod source;
mod switch;
mod trial;

use std::fs;

use anyhow::Context;
use console::style;

use crate::project::Project;
use mutant::{Mutant, Part};
use report::{Ledger, Row, Standing};

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

/// Tries every mutant that is not settled yet and writes `docs/mutants.md`. `false` where one survives.
///
/// # Errors
/// When the sources cannot be read, or the unmutated program does not build.
pub fn run(project: &Project, options: &Options) -> anyhow::Result<bool> {
    let mutants = mutant::all(project)?;
    let reasons = equivalent::reasons(project, &mutants)?;
    let wanted = |mutant: &Mutant| {
        options.only.is_none_or(|part| part == mutant.part)
            && options
                .filter
                .as_ref()
                .is_none_or(|text| mutant.label().contains(text))
    };
    let folder = project.root().join("target/mutants");
    fs::create_dir_all(&folder)?;
    let mut ledger = Ledger::open(folder.join("outcomes.jsonl"), options.fresh)?;
    let rows = |ledger: &Ledger| -> Vec<Row> {
        mutants
            .iter()
            .map(|mutant| Row {
                mutant,
                outcome: ledger.get(&mutant.id).cloned(),
                because: reasons.get(&mutant.id).map(String::as_str),
            })
            .collect()
    };
    if options.list {
        for row in rows(&ledger).iter().filter(|row| wanted(row.mutant)) {
            println!("{} {}", row.mutant.label(), row.standing());
        }
        return Ok(true);
    }
    let open: Vec<&str> = rows(&ledger)
        .iter()
        .filter(|row| wanted(row.mutant) && matches!(row.standing(), Standing::Open | Standing::Survived))
        .map(|row| row.mutant.id.as_str())
        .collect();
    let left_out = folder.join("left-out.txt");
    if !open.is_empty() {
        let tests = campaign::run(
            project,
            &mutants,
            |mutant| open.contains(&mutant.id.as_str()),
            &mut ledger,
        )?;
        fs::write(&left_out, tests.join("\n"))
            .with_context(|| format!("cannot write {}", left_out.display()))?;
    }
    let left_out = fs::read_to_string(&left_out).unwrap_or_default();
    let left_out: Vec<String> = left_out.lines().map(str::to_owned).collect();
    let rows = rows(&ledger);
    report::write(
        &project.root().join("docs/mutants.md"),
        &report::markdown(&rows, &left_out),
    )?;
    let bad: Vec<&Row> = rows
        .iter()
        .filter(|row| wanted(row.mutant))
        .filter(|row| {
            !matches!(
                row.standing(),
                Standing::Killed(_) | Standing::NotBuilt | Standing::Equivalent(_)
            )
        })
        .collect();
    for row in &bad {
        eprintln!("{} {}", style(row.standing()).red().bold(), row.mutant.label());
    }
    Ok(bad.is_empty())
}
