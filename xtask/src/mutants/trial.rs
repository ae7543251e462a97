//! The VM tests, as binaries that are compiled once and run against one mutant after the other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Deserialize;

use crate::process;
use crate::project::Project;

/// Tests of other subjects than the Hurdle program.
const OTHERS: [&str; 2] = ["builtins", "composition"];

/// One compiled test file.
struct Binary {
    name: String,
    file: PathBuf,
    /// How long it takes where nothing is wrong.
    usual: Duration,
    /// Tests that fail on the unmutated program as mutants are compiled, such as those of compute units.
    skipped: BTreeSet<String>,
}

/// The VM tests.
pub struct Trial {
    binaries: Vec<Binary>,
    deploy: PathBuf,
}

#[derive(Deserialize)]
struct Artefact {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Trial {
    /// Compiles the VM tests.
    ///
    /// # Errors
    /// When they do not compile.
    pub fn compile(project: &Project, deploy: PathBuf) -> anyhow::Result<Self> {
        let mut command = project.cargo();
        command.args(["test", "--locked", "--package", "hurdle-tests"]);
        command.args(["--tests", "--no-run", "--message-format=json"]);
        let output = command.output().context("cannot start cargo")?;
        anyhow::ensure!(
            output.status.success(),
            "the VM tests do not compile:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        // copies, so that whoever works on the tests meanwhile does not change the trial
        let folder = project.root().join("target/mutants/tests");
        fs::create_dir_all(&folder)?;
        let mut binaries = Vec::new();
        for (name, executable) in String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(test_file)
        {
            let file = folder.join(&name);
            fs::copy(&executable, &file).with_context(|| format!("cannot copy {}", executable.display()))?;
            binaries.push(Binary {
                name,
                file,
                usual: Duration::MAX,
                skipped: BTreeSet::new(),
            });
        }
        Ok(Self { binaries, deploy })
    }

    /// Runs everything on the unmutated program: learns how long each file takes, runs the quick ones first from here on,
    /// and leaves out what fails already. Returns the names of those.
    ///
    /// # Errors
    /// When a test file cannot be run.
    pub fn baseline(&mut self, manifest_dir: &Path) -> anyhow::Result<Vec<String>> {
        let deploy = self.deploy.clone();
        for binary in &mut self.binaries {
            let started = Instant::now();
            let failed = binary.run(&deploy, manifest_dir)?;
            binary.usual = started.elapsed();
            binary.skipped.extend(failed);
        }
        self.binaries.sort_by_key(|binary| binary.usual);
        Ok(self
            .binaries
            .iter()
            .flat_map(|binary| {
                binary
                    .skipped
                    .iter()
                    .map(|test| format!("{}::{test}", binary.name))
            })
            .collect())
    }

    /// The first test that fails on the program as it is compiled now.
    ///
    /// # Errors
    /// When a test file cannot be run.
    pub fn killer(&self, manifest_dir: &Path) -> anyhow::Result<Option<String>> {
        for binary in &self.binaries {
            if let Some(test) = binary.run(&self.deploy, manifest_dir)?.into_iter().next() {
                return Ok(Some(format!("{}::{test}", binary.name)));
            }
        }
        Ok(None)
    }
}

impl Binary {
    /// Names of the tests that fail.
    fn run(&self, deploy: &Path, manifest_dir: &Path) -> anyhow::Result<Vec<String>> {
        let mut command = Command::new(&self.file);
        command
            .current_dir(manifest_dir)
            .env("HURDLE_PROGRAMS", deploy)
            .arg("--exact");
        for test in &self.skipped {
            command.args(["--skip", test]);
        }
        let mut failed = Vec::new();
        let captured = process::run_captured(&mut command, |line| failed.extend(failed_test(line)))
            .with_context(|| format!("cannot run {}", self.file.display()))?;
        if failed.is_empty() && !captured.status.success() {
            failed.push("(the whole file)".to_owned());
        }
        Ok(failed)
    }
}

/// Name and executable of a test file, from one of cargo's messages.
fn test_file(message: &str) -> Option<(String, PathBuf)> {
    let artefact: Artefact = serde_json::from_str(message).ok()?;
    let target = artefact.target?;
    let wanted = target.kind.iter().any(|kind| kind == "test") && !OTHERS.contains(&target.name.as_str());
    Some((target.name, artefact.executable.filter(|_| wanted)?))
}

/// The test of a line of libtest that says that it failed.
pub fn failed_test(line: &str) -> Option<String> {
    line.strip_prefix("test ")?
        .strip_suffix(" ... FAILED")
        .map(|name| name.trim_end_matches(" - should panic").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_test_is_read_from_its_line() {
        assert_eq!(failed_test("test a::b ... FAILED"), Some("a::b".to_owned()));
        assert_eq!(failed_test("test a::b ... ok"), None);
        assert_eq!(failed_test("failures:"), None);
    }
}
