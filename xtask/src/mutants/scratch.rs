//! A copy of the on-chain sources, where mutants are made and compiled.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use super::switch;
use crate::process;
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

/// The program's compiled file.
pub const PROGRAM: &str = "hurdle.so";

/// The copy.
pub struct Scratch {
    root: PathBuf,
}

impl Scratch {
    /// Makes the copy equal to the project's sources, but for the `woven` ones; leaves equal files untouched, so that cargo
    /// compiles no more than what changed.
    ///
    /// # Errors
    /// When the sources cannot be listed or the copy cannot be written.
    pub fn prepare(project: &Project, woven: &BTreeSet<&str>) -> anyhow::Result<Self> {
        let root = project.root().join("target/mutants/tree");
        let scratch = Self { root };
        let mut listed = sources(project)?;
        for path in &listed {
            // the others are written with their switches
            if !woven.contains(path.as_str()) {
                let content = fs::read_to_string(project.root().join(path))
                    .with_context(|| format!("cannot read {path}"))?;
                scratch.write(path, &content)?;
            }
        }
        for module in switch::MODULES {
            scratch.write(module.file, module.content)?;
            listed.insert(module.file.to_owned());
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
        let content = &*if switch::MODULES.iter().any(|module| module.declared_in == path) {
            Cow::Owned(format!("{content}{}", switch::DECLARATION))
        } else {
            Cow::Borrowed(content)
        };
        let file = self.root.join(path);
        if fs::read_to_string(&file).is_ok_and(|present| present == content) {
            return Ok(());
        }
        let folder = file.parent().context("a source file has a folder")?;
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&file, content))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    /// Compiles the program of the copy and returns it, or nothing where the compiler refuses.
    ///
    /// # Errors
    /// When the compiler cannot be started.
    pub fn program(&self, each_line: impl FnMut(&str)) -> anyhow::Result<Option<Vec<u8>>> {
        let myself = std::env::current_exe().context("xtask does not know where it is")?;
        let mut command = Command::new(myself);
        command
            .args(["build-sbf", "--package", "hurdle"])
            .env("CARGO_MANIFEST_DIR", self.root.join("xtask"));
        let run = process::run_captured(&mut command, each_line).context("cannot start xtask once more")?;
        if !run.status.success() {
            return Ok(None);
        }
        let file = self.root.join("programs/target/deploy").join(PROGRAM);
        let program = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(Some(program))
    }

    /// Compiles the interface's own tests and returns what runs them, or what the compiler refused.
    ///
    /// # Errors
    /// When cargo cannot be started or names no executable.
    pub fn host_tests(&self, each_line: impl FnMut(&str)) -> anyhow::Result<Option<PathBuf>> {
        let mut command = process::cargo_isolated();
        command
            .current_dir(self.root.join("programs"))
            .args(["test", "--locked", "--lib", "--all-features", "--no-run"])
            .args(["--package", "hurdle-interface", "--target-dir"])
            .arg(self.root.join("host"));
        let mut executable = None;
        let mut each_line = each_line;
        let run = process::run_captured(&mut command, |line| {
            each_line(line);
            executable = executable.take().or_else(|| named_executable(line));
        })
        .context("cannot start cargo")?;
        if !run.status.success() {
            return Ok(None);
        }
        let file = executable.context("cargo names no executable of the host tests")?;
        Ok(Some(self.root.join("programs").join(file)))
    }

    /// The interface's folder, where its tests run.
    pub fn interface(&self) -> PathBuf {
        self.root.join("crates/interface")
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

/// The executable that cargo names once it is compiled: `  Executable unittests src/lib.rs (path)`.
fn named_executable(line: &str) -> Option<PathBuf> {
    let named = line.trim().strip_prefix("Executable ")?;
    let path = named.rsplit_once('(')?.1.strip_suffix(')')?;
    Some(path.into())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_read_from_cargo_s_line() {
        let line = "  Executable unittests src/lib.rs (/t/debug/deps/a-1)";
        assert_eq!(named_executable(line), Some("/t/debug/deps/a-1".into()));
        assert_eq!(named_executable("   Compiling a v1 (/t)"), None);
    }
}
