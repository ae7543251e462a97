//! Every mutant of the on-chain sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use sha2::{Digest, Sha256};

use super::find::{self, Guard};
use super::source::Source;
use crate::project::Project;

/// A part of the on-chain sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The Anchor program
    Program,
    /// The rules, in the interface crate
    Interface,
}

impl Part {
    /// Its sources.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Program => "programs/hurdle/src",
            Self::Interface => "crates/interface/src",
        }
    }
}

/// Parts of the interface that no instruction of the program runs.
const OFF_PATH: [&str; 3] = ["instruction", "fixture", "idl"];

/// One guard of one file.
#[derive(Debug)]
pub struct Mutant {
    /// Where it is.
    pub part: Part,
    /// Its file, from the root of the repository.
    pub file: String,
    /// The file as it stands.
    pub text: String,
    /// What is taken out.
    pub guard: Guard,
    /// Line, from one.
    pub line: usize,
    /// The guard on one line.
    pub shown: String,
    /// Which of the guards of this kind and text in the file it is, from one.
    pub time: usize,
    /// Names the mutant as long as its file stays as it is.
    pub id: String,
}

impl Mutant {
    /// `file:line kind guard`.
    pub fn label(&self) -> String {
        format!("{}:{} {} {}", self.file, self.line, self.guard.kind, self.shown)
    }
}

/// Every mutant of the project, in the order of files and lines.
///
/// # Errors
/// When a source cannot be read.
pub fn all(project: &Project) -> anyhow::Result<Vec<Mutant>> {
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
pub fn of_file(part: Part, file: &str, text: String) -> Vec<Mutant> {
    let code = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let source = Source::new(text);
    let mut seen = BTreeMap::<String, usize>::new();
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
                time: *time,
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
