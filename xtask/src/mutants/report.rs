//! What became of each mutant: kept from run to run, and written for readers.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use console::style;
use serde::{Deserialize, Serialize};

use super::mutant::Mutant;
use super::trial::LANES;

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// This test failed.
    Killed(String),
    /// Every test passed.
    Survived,
    /// The compiler refused it.
    NotBuilt,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Killed(test) => write!(f, "{} by {test}", style("killed").green()),
            Self::Survived => style("SURVIVED").red().bold().fmt(f),
            Self::NotBuilt => style("does not compile").yellow().fmt(f),
        }
    }
}

/// A mutant and its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Names the mutant as long as its file stays as it is.
    pub id: String,
    /// File, from the root of the repository.
    pub file: String,
    /// Line, from one.
    pub line: usize,
    /// Kind of guard.
    pub kind: String,
    /// The guard.
    pub guard: String,
    /// What became of it.
    pub verdict: Verdict,
    /// How long it took, milliseconds.
    pub took: u128,
}

impl Outcome {
    /// What became of a mutant.
    pub fn of(mutant: &Mutant, verdict: Verdict, took: Duration) -> Self {
        Self {
            id: mutant.id.clone(),
            file: mutant.file.clone(),
            line: mutant.line,
            kind: mutant.guard.kind.to_owned(),
            guard: mutant.shown.clone(),
            verdict,
            took: took.as_millis(),
        }
    }
}

/// The outcomes so far, one JSON line each.
pub struct Ledger {
    file: PathBuf,
    known: BTreeMap<String, Outcome>,
}

impl Ledger {
    /// Opens the ledger, or a new one.
    ///
    /// # Errors
    /// When a line of it is not an outcome.
    pub fn open(file: PathBuf, fresh: bool) -> anyhow::Result<Self> {
        if fresh && file.exists() {
            fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
        let text = fs::read_to_string(&file).unwrap_or_default();
        let mut known = BTreeMap::new();
        for line in text.lines() {
            let outcome: Outcome = serde_json::from_str(line)
                .with_context(|| format!("{} holds a line that is no outcome", file.display()))?;
            known.insert(outcome.id.clone(), outcome);
        }
        Ok(Self { file, known })
    }

    /// The last outcome of a mutant.
    pub fn get(&self, id: &str) -> Option<&Outcome> {
        self.known.get(id)
    }

    /// Source file and test of each mutant that was noticed.
    pub fn kills(&self) -> impl Iterator<Item = (&str, &str)> {
        self.known.values().filter_map(|outcome| match &outcome.verdict {
            Verdict::Killed(test) => Some((outcome.file.as_str(), test.as_str())),
            _ => None,
        })
    }

    /// Keeps an outcome.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&mut self, outcome: Outcome) -> anyhow::Result<()> {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file)
            .with_context(|| format!("cannot open {}", self.file.display()))?;
        writeln!(file, "{}", serde_json::to_string(&outcome)?)?;
        self.known.insert(outcome.id.clone(), outcome);
        Ok(())
    }
}

/// A mutant and all that is known of it.
pub struct Row<'a> {
    /// The mutant.
    pub mutant: &'a Mutant,
    /// Its outcome, once it was tried.
    pub outcome: Option<Outcome>,
    /// Why it cannot be noticed, where that is on the list.
    pub because: Option<&'a str>,
}

/// Where a mutant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'a> {
    /// This test notices it.
    Killed(&'a str),
    /// The compiler refuses it.
    NotBuilt,
    /// It cannot be noticed, for this reason.
    Equivalent(&'a str),
    /// Nothing notices it.
    Survived,
    /// Something notices it, though it is on the list of those that nothing can.
    Misjudged(&'a str),
    /// It was not tried since its file changed.
    Open,
}

impl fmt::Display for Standing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Killed(test) => write!(f, "killed by `{test}`"),
            Self::NotBuilt => f.write_str("does not compile"),
            Self::Equivalent(because) => write!(f, "equivalent, because {because}"),
            Self::Survived => f.write_str("**survived**"),
            Self::Misjudged(test) => write!(f, "**listed as equivalent, but killed by `{test}`**"),
            Self::Open => f.write_str("not tried"),
        }
    }
}

impl Row<'_> {
    /// Where it stands.
    pub fn standing(&self) -> Standing<'_> {
        match (
            self.outcome.as_ref().map(|outcome| &outcome.verdict),
            self.because,
        ) {
            (None, _) => Standing::Open,
            (Some(Verdict::Killed(test)), Some(_)) => Standing::Misjudged(test),
            (Some(Verdict::Killed(test)), None) => Standing::Killed(test),
            (Some(Verdict::NotBuilt), _) => Standing::NotBuilt,
            (Some(Verdict::Survived), Some(because)) => Standing::Equivalent(because),
            (Some(Verdict::Survived), None) => Standing::Survived,
        }
    }
}

/// The committed page.
pub fn markdown(rows: &[Row], left_out: &[String]) -> String {
    let count = |is: fn(Standing) -> bool| rows.iter().filter(|row| is(row.standing())).count();
    let took: u128 = rows
        .iter()
        .filter_map(|row| row.outcome.as_ref())
        .map(|outcome| outcome.took)
        .sum();
    let mut page = format!(
        "# Mutants\n\n\
         Written by `cargo xtask mutants`. Each line is one guard taken out of the sources, by itself: a `require!`, an\n\
         `if` that refuses, one operand of either, a call that is made for its refusal, a constraint of an account, a type\n\
         that checks. The interface's own tests (for a guard of the interface) and the tests against the compiled program\n\
         were run until one failed. The sources are compiled once, with a switch at every guard that can have one, and anew\n\
         for each of the others. Outcomes are kept in `target/mutants/outcomes.jsonl`: the next run tries what survived and\n\
         what stands in a file that has changed since; `--fresh` tries all. A guard that nothing can notice, because\n\
         another implies it, is listed with its reason in `xtask/equivalent-mutants.json`.\n\n\
         {} mutants: {} killed, {} refused by the compiler, {} equivalent, {} survived, {} not tried since their file\n\
         changed. The trials took {} minutes, {LANES} at a time.\n",
        rows.len(),
        count(|standing| matches!(standing, Standing::Killed(_))),
        count(|standing| standing == Standing::NotBuilt),
        count(|standing| matches!(standing, Standing::Equivalent(_))),
        count(|standing| matches!(standing, Standing::Survived | Standing::Misjudged(_))),
        count(|standing| standing == Standing::Open),
        took.div_ceil(60_000).div_ceil(LANES as u128),
    );
    if !left_out.is_empty() {
        let _ = write!(
            page,
            "\nLeft out, since they fail without a mutant where the program has switches and is compiled without link-time\n\
             optimisation:\n\n{}",
            left_out
                .iter()
                .map(|test| format!("- `{test}`\n"))
                .collect::<String>()
        );
    }
    let mut file = "";
    for row in rows {
        if row.mutant.file != file {
            file = &row.mutant.file;
            let _ = write!(
                page,
                "\n## {file}\n\n| line | kind | guard | verdict |\n|---:|---|---|---|\n"
            );
        }
        let _ = writeln!(
            page,
            "| {} | {} | `{}` | {} |",
            row.mutant.line,
            row.mutant.guard.kind,
            row.mutant.shown.replace('|', "\\|"),
            row.standing().to_string().replace('|', "\\|")
        );
    }
    page
}

/// Writes the page.
///
/// # Errors
/// When it cannot be written.
pub fn write(file: &Path, page: &str) -> anyhow::Result<()> {
    fs::write(file, page).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::super::mutant::{Part, of_file};
    use super::*;

    #[test]
    fn the_page_counts_verdicts_and_escapes_cells() {
        let mutants = of_file(
            Part::Program,
            "a.rs",
            "if a || b { return Err(E); } c()?;".to_owned(),
        );
        let known = |index: usize, verdict| Outcome::of(&mutants[index], verdict, Duration::from_secs(90));
        let killed = known(0, Verdict::Killed("t::x".to_owned()));
        let survived = known(1, Verdict::Survived);
        let row = |index: usize, outcome, because| Row {
            mutant: &mutants[index],
            outcome,
            because,
        };
        let rows = [
            row(0, Some(killed.clone()), None),
            row(1, Some(survived.clone()), None),
            row(2, Some(survived.clone()), Some("of | it")),
            row(3, None, None),
        ];
        let page = markdown(&rows, &["t::y".to_owned()]);
        for part in [
            "4 mutants: 1 killed, 0 refused by the compiler, 1 equivalent, 1 survived, 1 not tried",
            "took 3 minutes",
            "- `t::y`\n",
            "| 1 | if … refuse | `if a \\|\\| b { return Err(E); }` | killed by `t::x` |",
            "| 1 | operand | `b` | equivalent, because of \\| it |",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert_eq!(page.matches("## a.rs").count(), 1);
        let misjudged = row(0, Some(killed.clone()), Some("no"));
        assert_eq!(misjudged.standing(), Standing::Misjudged("t::x"));
    }

    #[test]
    fn a_ledger_remembers_the_last_outcome() -> anyhow::Result<()> {
        let mutants = of_file(Part::Program, "a.rs", "c()?;".to_owned());
        let outcome = |verdict| Outcome::of(&mutants[0], verdict, Duration::ZERO);
        let file = std::env::temp_dir().join(format!("hurdle-mutants-{}", std::process::id()));
        let mut ledger = Ledger::open(file.clone(), true)?;
        ledger.keep(outcome(Verdict::Survived))?;
        ledger.keep(outcome(Verdict::Killed("t::x".to_owned())))?;
        let again = Ledger::open(file.clone(), false)?;
        fs::remove_file(file)?;
        assert_eq!(again.get(&mutants[0].id), ledger.get(&mutants[0].id));
        assert_eq!(again.kills().collect::<Vec<_>>(), [("a.rs", "t::x")]);
        Ok(())
    }
}
