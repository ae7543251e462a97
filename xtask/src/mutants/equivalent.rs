//! Mutants that cannot be noticed, because what they take out follows from something else: each with its reason.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Context;
use serde::Deserialize;

use super::mutant::Mutant;
use crate::project::Project;

/// The list, from the root of the repository.
pub const FILE: &str = "xtask/equivalent-mutants.json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    kind: String,
    guard: String,
    /// Which of the guards of this kind and text in the file, from one.
    #[serde(default = "first")]
    time: usize,
    because: String,
}

fn first() -> usize {
    1
}

/// The reasons, by the mutants' ids.
///
/// # Errors
/// When the list cannot be read or an entry of it names no mutant.
pub fn reasons(project: &Project, mutants: &[Mutant]) -> anyhow::Result<BTreeMap<String, String>> {
    let text =
        fs::read_to_string(project.root().join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    matched(&text, mutants)
}

fn matched(text: &str, mutants: &[Mutant]) -> anyhow::Result<BTreeMap<String, String>> {
    let entries: Vec<Entry> =
        serde_json::from_str(text).with_context(|| format!("{FILE} is not as expected"))?;
    entries
        .into_iter()
        .map(|entry| {
            let mutant = mutants
                .iter()
                .find(|mutant| {
                    mutant.file == entry.file
                        && mutant.guard.kind == entry.kind
                        && mutant.shown == entry.guard
                        && mutant.time == entry.time
                })
                .with_context(|| {
                    format!(
                        "{FILE} names a guard that is not there: {} {} {}",
                        entry.file, entry.kind, entry.guard
                    )
                })?;
            Ok((mutant.id.clone(), entry.because))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::mutant::{Part, of_file};
    use super::*;

    #[test]
    fn an_entry_names_a_guard_by_its_text_and_a_stale_one_is_refused() -> anyhow::Result<()> {
        let mutants = of_file(Part::Interface, "a.rs", "{ b()?; c()?; b()?; }".to_owned());
        let entry = |guard: &str, time: usize| {
            format!(r#"[{{"file":"a.rs","kind":"call","guard":"{guard}","time":{time},"because":"x"}}]"#)
        };
        let found = matched(&entry("b()?;", 2), &mutants)?;
        assert_eq!(found.get(&mutants[2].id).map(String::as_str), Some("x"));
        assert!(matched(&entry("b()?;", 3), &mutants).is_err());
        assert!(matched(&entry("d()?;", 1), &mutants).is_err());
        Ok(())
    }
}
