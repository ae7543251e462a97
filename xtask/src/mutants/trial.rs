//! The VM tests, as binaries that are compiled once and run against one mutant after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Deserialize;

use crate::process::{self, Ending};
use crate::project::Project;

/// The package of VM tests.
const PACKAGE: &str = "hurdle-tests";

/// Tests of other subjects than the Hurdle program.
const OTHERS: [&str; 2] = ["builtins", "composition"];

/// How many trials run at once, each with its own folder of compiled programs.
pub const LANES: usize = 2;

/// A test file may take this many times as long as it usually does, and [`LEAST_PATIENCE`] on a busy machine: a mutant may
/// keep it busy for ever.
const PATIENCE: u32 = 20;
/// See [`PATIENCE`].
const LEAST_PATIENCE: Duration = Duration::from_secs(900);

/// One compiled test file.
pub struct Binary {
    name: String,
    command: Box<dyn Fn() -> Command + Send + Sync>,
    /// How long it takes where nothing is wrong.
    usual: Duration,
    /// Tests that fail without a mutant.
    skipped: BTreeSet<String>,
}

/// The VM tests.
pub struct Trial {
    binaries: Vec<Binary>,
    /// How often a test noticed a mutant of a source file: that file and the test.
    kills: Mutex<BTreeMap<(String, String), u32>>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Artefact {
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Trial {
    /// Compiles the VM tests. `kills` has the source file and the test of each mutant that was noticed before.
    ///
    /// # Errors
    /// When they do not compile.
    pub fn compile(project: &Project, kills: Vec<(String, String)>) -> anyhow::Result<Self> {
        let mut command = project.cargo();
        // the whole workspace's choice of features, as `cargo xtask test` has it, so that nothing is compiled twice
        command.args([
            "test",
            "--locked",
            "--workspace",
            "--no-run",
            "--message-format=json",
        ]);
        for name in test_files(project)? {
            command.args(["--test", &name]);
        }
        let output = captured(&mut command).context("the VM tests do not compile")?;
        // copies, so that whoever works on the tests meanwhile does not change the trial
        let folder = project.root().join("target/mutants/tests");
        let tests = project.root().join("tests");
        let manifest = tests.join("Cargo.toml");
        fs::create_dir_all(&folder)?;
        let mut binaries = Vec::new();
        for (name, executable) in output.lines().filter_map(|line| test_file(line, &manifest)) {
            let file = folder.join(&name);
            fs::copy(&executable, &file).with_context(|| format!("cannot copy {}", executable.display()))?;
            let tests = tests.clone();
            binaries.push(Binary::new(name, move || {
                let mut command = Command::new(&file);
                command.current_dir(&tests);
                command
            }));
        }
        let trial = Self {
            binaries,
            kills: Mutex::default(),
        };
        for (source, test) in kills {
            trial.count(&source, &test);
        }
        Ok(trial)
    }

    /// Runs everything on the unmutated program: learns how long each file takes and leaves out what fails already. Returns
    /// the names of those.
    ///
    /// # Errors
    /// When a test file cannot be run, or fails as a whole.
    pub fn baseline(&mut self, deploy: &Path) -> anyhow::Result<Vec<String>> {
        let mut left_out = Vec::new();
        for binary in &mut self.binaries {
            let failed = binary.learn(deploy)?;
            left_out.extend(failed.iter().map(|test| format!("{}::{test}", binary.name)));
        }
        left_out.sort();
        Ok(left_out)
    }

    /// The first test that fails on the programs of a folder, which have a mutant of that source file. The tests that noticed
    /// one of that file before run first, then the test files that noticed most per second.
    ///
    /// # Errors
    /// When a test file cannot be run.
    pub fn killer(&self, deploy: &Path, source: &str) -> anyhow::Result<Option<String>> {
        let ordered = self.ordered(source);
        let known = ordered.iter().map(|binary| (*binary, self.known(source, binary)));
        let known = known.filter(|(_, tests)| !tests.is_empty());
        let whole = ordered.iter().map(|binary| (*binary, Vec::new()));
        for (binary, tests) in known.chain(whole) {
            if let Some(test) = binary.first_failure(|command| {
                command.arg("--exact").args(tests).env("HURDLE_PROGRAMS", deploy);
            })? {
                let test = format!("{}::{test}", binary.name);
                self.count(source, &test);
                return Ok(Some(test));
            }
        }
        Ok(None)
    }

    fn count(&self, source: &str, test: &str) {
        let key = (source.to_owned(), test.to_owned());
        *self.kills().entry(key).or_default() += 1;
    }

    /// The tests of a test file that noticed a mutant of a source file.
    fn known(&self, source: &str, binary: &Binary) -> Vec<String> {
        self.kills()
            .keys()
            .filter(|(file, _)| file == source)
            .filter_map(|(_, test)| binary.own(test).map(str::to_owned))
            .collect()
    }

    fn ordered(&self, source: &str) -> Vec<&Binary> {
        const NEAR: f64 = 8.0;
        let kills = self.kills();
        let mut ranked: Vec<(f64, &Binary)> = self
            .binaries
            .iter()
            .map(|binary| {
                let noticed: f64 = kills
                    .iter()
                    .filter(|((_, test), _)| binary.own(test).is_some())
                    .map(|((file, _), times)| f64::from(*times) * if file == source { NEAR } else { 1.0 })
                    .sum();
                ((1.0 + noticed) / binary.usual.as_secs_f64().max(0.01), binary)
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked.into_iter().map(|(_, binary)| binary).collect()
    }

    fn kills(&self) -> MutexGuard<'_, BTreeMap<(String, String), u32>> {
        // a count is whole whatever became of the thread that held it
        self.kills.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Binary {
    /// A test file and how it is started.
    pub fn new(name: String, command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        Self {
            name,
            command: Box::new(command),
            usual: Duration::ZERO,
            skipped: BTreeSet::new(),
        }
    }

    /// The name that a test has in here.
    fn own<'a>(&self, test: &'a str) -> Option<&'a str> {
        test.strip_prefix(&self.name)?.strip_prefix("::")
    }

    /// Runs all of it where nothing is wrong; what fails is left out from here on.
    ///
    /// # Errors
    /// When it cannot be run, or fails as a whole.
    pub fn learn(&mut self, deploy: &Path) -> anyhow::Result<Vec<String>> {
        let started = Instant::now();
        let mut failed = Vec::new();
        let mut command = (self.command)();
        command.env("HURDLE_PROGRAMS", deploy);
        let run = process::run_captured(&mut command, |line| failed.extend(failed_test(line)))
            .with_context(|| format!("cannot run the tests {}", self.name))?;
        anyhow::ensure!(
            run.status.success() || !failed.is_empty(),
            "the tests {} stop without a mutant:\n{}",
            self.name,
            run.tail.join("\n")
        );
        self.usual = started.elapsed();
        self.skipped.extend(failed.iter().cloned());
        Ok(failed)
    }

    /// The first test that fails. The lanes share the cores, so each runs one test at a time.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn first_failure(&self, configure: impl FnOnce(&mut Command)) -> anyhow::Result<Option<String>> {
        let mut command = (self.command)();
        command.arg("--test-threads=1");
        for test in &self.skipped {
            command.args(["--skip", test]);
        }
        configure(&mut command);
        let limit = self.usual.saturating_mul(PATIENCE).max(LEAST_PATIENCE);
        let mut failed = None;
        let (run, ending) = process::run_watched(&mut command, limit, |line| {
            failed = failed_test(line);
            if failed.is_some() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .with_context(|| format!("cannot run the tests {}", self.name))?;
        Ok(match ending {
            Ending::TimedOut => Some("(out of time)".to_owned()),
            _ if failed.is_none() && !run.status.success() => Some("(the whole file)".to_owned()),
            _ => failed,
        })
    }
}

/// The test files of the package of VM tests.
fn test_files(project: &Project) -> anyhow::Result<Vec<String>> {
    let mut command = project.cargo();
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Metadata = serde_json::from_str(&captured(&mut command)?)?;
    Ok(metadata
        .packages
        .into_iter()
        .filter(|package| package.name == PACKAGE)
        .flat_map(|package| package.targets)
        .filter(Target::is_wanted)
        .map(|target| target.name)
        .collect())
}

/// What a command prints.
fn captured(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().context("cannot start cargo")?;
    anyhow::ensure!(
        output.status.success(),
        "`{}` failed:\n{}",
        process::shown(command),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Name and executable of a test file of that package, from one of cargo's messages.
fn test_file(message: &str, manifest: &Path) -> Option<(String, PathBuf)> {
    let artefact: Artefact = serde_json::from_str(message).ok()?;
    if artefact.manifest_path? != manifest {
        return None;
    }
    let target = artefact.target?;
    let executable = artefact.executable.filter(|_| target.is_wanted())?;
    Some((target.name, executable))
}

impl Target {
    fn is_wanted(&self) -> bool {
        self.kind.iter().any(|kind| kind == "test") && !OTHERS.contains(&self.name.as_str())
    }
}

/// The test of a line of libtest that says that it failed.
fn failed_test(line: &str) -> Option<String> {
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

    fn shell(name: &str, script: &'static str) -> Binary {
        Binary::new(name.to_owned(), move || {
            let mut command = Command::new("sh");
            command.args(["-c", script, "sh"]);
            command
        })
    }

    #[test]
    fn the_first_failure_ends_a_run() -> anyhow::Result<()> {
        let found = |script| shell("t", script).first_failure(|_| {});
        let failing = "echo 'test a ... ok'; echo 'test b ... FAILED'; exec sleep 600";
        assert_eq!(found(failing)?, Some("b".to_owned()));
        assert_eq!(found("echo 'test a ... ok'")?, None);
        assert_eq!(found("exit 3")?, Some("(the whole file)".to_owned()));
        Ok(())
    }

    #[test]
    fn files_that_notice_more_in_less_time_run_first_and_those_of_the_source_before() {
        let binary = |name, seconds| Binary {
            usual: Duration::from_secs(seconds),
            ..shell(name, "")
        };
        let trial = Trial {
            binaries: vec![binary("slow", 10), binary("quick", 1), binary("near", 4)],
            kills: Mutex::default(),
        };
        let names = || -> Vec<&str> { trial.ordered("s").iter().map(|one| one.name.as_str()).collect() };
        assert_eq!(names(), ["quick", "near", "slow"]);
        trial.count("s", "near::a");
        assert_eq!(names(), ["near", "quick", "slow"]);
        assert_eq!(trial.known("s", &trial.binaries[2]), ["a"]);
        assert!(trial.known("other", &trial.binaries[2]).is_empty());
    }
}
