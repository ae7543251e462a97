//! A copy of the on-chain sources, where mutants are made and compiled.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::process::{self, Captured};
use crate::project::Project;

/// What the on-chain workspace is made of.
const PARTS: [&str; 5] = [
    "programs",
    "crates/interface",
    "crates/sbf-builtins",
    "tests/programs",
    "Cargo.toml",
];

/// A mutant is compiled once and thrown away: no optimisation across crates.
const FAST_PROFILE: &str = "[profile.release]\nlto = \"off\"\ncodegen-units = 16\nincremental = true\n";

/// Host properties run over fewer cases than in the test command, or a mutant would take minutes.
const CASES: (&str, &str) = ("with_cases(10_000)", "with_cases(500)");

/// The copy.
pub struct Scratch {
    root: PathBuf,
}

impl Scratch {
    /// Makes the copy equal to the project's sources; leaves equal files untouched, so that cargo compiles no more than
    /// what changed.
    ///
    /// # Errors
    /// When the sources cannot be listed or the copy cannot be written.
    pub fn prepare(project: &Project) -> anyhow::Result<Self> {
        let root = project.root().join("target/mutants/tree");
        let scratch = Self { root };
        let listed = sources(project)?;
        for path in &listed {
            let content = fs::read_to_string(project.root().join(path))
                .with_context(|| format!("cannot read {path}"))?
                .replace(CASES.0, CASES.1);
            scratch.write(path, &content)?;
        }
        scratch.remove_others(&listed)?;
        scratch.write("programs/.cargo/config.toml", FAST_PROFILE)?;
        Ok(scratch)
    }

    /// Writes a source file of the copy where it differs.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &str, content: &str) -> anyhow::Result<()> {
        let file = self.root.join(path);
        if fs::read_to_string(&file).is_ok_and(|present| present == content) {
            return Ok(());
        }
        let folder = file.parent().context("a source file has a folder")?;
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&file, content))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    /// Compiles the program of the copy.
    ///
    /// # Errors
    /// When the compiler cannot be started; that it refuses is in the answer.
    pub fn build(&self) -> anyhow::Result<Captured> {
        let myself = std::env::current_exe().context("xtask does not know where it is")?;
        let mut command = Command::new(myself);
        command
            .args(["build-sbf", "--package", "hurdle"])
            .env("CARGO_MANIFEST_DIR", self.root.join("xtask"));
        process::run_captured(&mut command, |_| {}).context("cannot start xtask once more")
    }

    /// Runs the interface's own tests.
    ///
    /// # Errors
    /// When cargo cannot be started; that a test fails is in the answer.
    pub fn host_tests(&self, each_line: impl FnMut(&str)) -> anyhow::Result<Captured> {
        let mut command = process::cargo_isolated();
        command
            .current_dir(self.root.join("programs"))
            .args(["test", "--locked", "--lib", "--all-features"])
            .args(["--package", "hurdle-interface", "--target-dir"])
            .arg(self.root.join("host"));
        process::run_captured(&mut command, each_line).context("cannot start cargo")
    }

    /// Where the copy's compiled program is.
    pub fn deploy(&self) -> PathBuf {
        self.root.join("programs/target/deploy")
    }

    /// Takes over the compiled programs that no mutant changes.
    ///
    /// # Errors
    /// When one cannot be copied.
    pub fn adopt(&self, compiled: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(self.deploy())?;
        for entry in fs::read_dir(compiled).context("no compiled programs: run `cargo xtask build-sbf`")? {
            let file = entry?.path();
            let name = file.file_name().unwrap_or_default();
            if name != "hurdle.so" && file.extension().is_some_and(|extension| extension == "so") {
                fs::copy(&file, self.deploy().join(name))
                    .with_context(|| format!("cannot copy {}", file.display()))?;
            }
        }
        Ok(())
    }

    /// Removes what the project no longer has.
    fn remove_others(&self, listed: &BTreeSet<String>) -> anyhow::Result<()> {
        let mut folders: Vec<PathBuf> = PARTS.iter().map(|part| self.root.join(part)).collect();
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else {
                continue;
            };
            for entry in entries {
                let path = entry?.path();
                let name = path.strip_prefix(&self.root)?.to_string_lossy().into_owned();
                if path.is_dir() && !path.ends_with("target") && !path.ends_with(".cargo") {
                    folders.push(path);
                } else if path.is_file() && !listed.contains(&name) {
                    fs::remove_file(&path)?;
                }
            }
        }
        Ok(())
    }
}

/// The tracked and new files of the on-chain workspace.
fn sources(project: &Project) -> anyhow::Result<BTreeSet<String>> {
    let output = Command::new("git")
        .current_dir(project.root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "--"])
        .args(PARTS)
        .output()
        .context("cannot start git")?;
    anyhow::ensure!(output.status.success(), "git cannot list the sources");
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|path| project.root().join(path).is_file())
        .map(str::to_owned)
        .collect())
}
