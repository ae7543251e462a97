//! What became of each mutant: kept from run to run, and written for readers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

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

    /// What became of a mutant in an earlier run; a survivor is worth another trial.
    pub fn settled(&self, id: &str) -> Option<&Outcome> {
        self.known
            .get(id)
            .filter(|outcome| outcome.verdict != Verdict::Survived)
    }

    /// The last outcome of a mutant.
    pub fn get(&self, id: &str) -> Option<&Outcome> {
        self.known.get(id)
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

/// The committed page.
pub fn markdown(outcomes: &[&Outcome], skipped: &[String]) -> String {
    let count = |is: fn(&Verdict) -> bool| outcomes.iter().filter(|one| is(&one.verdict)).count();
    let survived = count(|verdict| *verdict == Verdict::Survived);
    let mut page = format!(
        "# Mutants\n\n\
         Written by `cargo xtask mutants`. Each line is one guard taken out of the sources, by itself: a `require!`, an\n\
         `if` that refuses, one operand of either, a call that is made for its refusal, a constraint of an account, a type\n\
         that checks. The program was then compiled to SBPF and the tests were run until one failed.\n\n\
         {} mutants: {} killed, {survived} survived, {} refused by the compiler.\n",
        outcomes.len(),
        count(|verdict| matches!(verdict, Verdict::Killed(_))),
        count(|verdict| *verdict == Verdict::NotBuilt),
    );
    if !skipped.is_empty() {
        let _ = write!(
            page,
            "\nLeft out, since they fail without a mutant where the program is compiled without link-time optimisation: {}.\n",
            skipped
                .iter()
                .map(|test| format!("`{test}`"))
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    let mut file = "";
    for outcome in outcomes {
        if outcome.file != file {
            file = &outcome.file;
            let _ = write!(
                page,
                "\n## {file}\n\n| line | kind | guard | verdict |\n|---:|---|---|---|\n"
            );
        }
        let verdict = match &outcome.verdict {
            Verdict::Killed(test) => format!("killed by `{test}`"),
            Verdict::Survived => "**survived**".to_owned(),
            Verdict::NotBuilt => "does not compile".to_owned(),
        };
        let guard = outcome.guard.replace('|', "\\|");
        let _ = writeln!(
            page,
            "| {} | {} | `{guard}` | {verdict} |",
            outcome.line, outcome.kind
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
    use super::*;

    fn outcome(id: &str, verdict: Verdict) -> Outcome {
        Outcome {
            id: id.to_owned(),
            file: "programs/hurdle/src/a.rs".to_owned(),
            line: 3,
            kind: "operand".to_owned(),
            guard: "a || b".to_owned(),
            verdict,
            took: 1,
        }
    }

    #[test]
    fn the_page_counts_verdicts_and_escapes_cells() {
        let (killed, survived) = (
            outcome("1", Verdict::Killed("t::x".to_owned())),
            outcome("2", Verdict::Survived),
        );
        let page = markdown(&[&killed, &survived], &[]);
        assert!(page.contains("2 mutants: 1 killed, 1 survived, 0 refused"));
        assert!(page.contains("| 3 | operand | `a \\|\\| b` | killed by `t::x` |"));
        assert_eq!(page.matches("## programs").count(), 1);
    }

    #[test]
    fn a_ledger_remembers_and_tries_survivors_again() -> anyhow::Result<()> {
        let file = std::env::temp_dir().join(format!("hurdle-mutants-{}", std::process::id()));
        let mut ledger = Ledger::open(file.clone(), true)?;
        ledger.keep(outcome("1", Verdict::NotBuilt))?;
        ledger.keep(outcome("2", Verdict::Survived))?;
        let again = Ledger::open(file.clone(), false)?;
        fs::remove_file(file)?;
        assert!(again.settled("1").is_some());
        assert!(again.settled("2").is_none());
        assert!(again.get("2").is_some());
        Ok(())
    }
}
