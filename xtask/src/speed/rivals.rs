//! The rivals: packages from PyPI in a virtual environment of their own.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde_json::Value;

use super::json;
use crate::process;
use crate::project::Project;

/// The virtual environment and the scripts.
pub struct Rivals {
    folder: PathBuf,
    scripts: PathBuf,
}

impl Rivals {
    /// Makes the environment where it is missing or holds other versions.
    ///
    /// # Errors
    /// When there is no Python with `venv`, or a package cannot be installed.
    pub fn install(project: &Project) -> anyhow::Result<Self> {
        let rivals = Self {
            folder: project.root().join("target/rivals"),
            scripts: project.root().join("xtask/rivals"),
        };
        let requirements =
            fs::read_to_string(rivals.requirements()).context("cannot read the rivals' versions")?;
        let installed = rivals.folder.join("installed.txt");
        if fs::read_to_string(&installed).is_ok_and(|there| there == requirements) {
            return Ok(rivals);
        }
        fs::create_dir_all(&rivals.folder)?;
        let venv = rivals.folder.join("venv");
        process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))
            .context("the rivals need python3 with venv")?;
        process::run(
            Command::new(rivals.python())
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                .arg("--requirement")
                .arg(rivals.requirements()),
        )?;
        fs::write(&installed, requirements)?;
        Ok(rivals)
    }

    /// Where measurements may leave files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a script.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(&self, script: &str, arguments: &[&OsStr]) -> anyhow::Result<()> {
        process::run(&mut self.command(script, arguments))
    }

    /// What a script prints, as JSON.
    ///
    /// # Errors
    /// When it fails or prints something else.
    pub fn json(&self, script: &str, arguments: &[&OsStr]) -> anyhow::Result<Value> {
        json(&mut self.command(script, arguments))
    }

    /// The packages and Python, each with its version.
    ///
    /// # Errors
    /// When Python does not run.
    pub fn versions(&self) -> anyhow::Result<Vec<String>> {
        let requirements = fs::read_to_string(self.requirements())?;
        let python = Command::new(self.python())
            .arg("--version")
            .output()
            .context("cannot start Python")?;
        let python = String::from_utf8_lossy(&python.stdout).trim().to_owned();
        let packages = requirements
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.replace("==", " "));
        Ok(packages.chain([python]).collect())
    }

    fn command(&self, script: &str, arguments: &[&OsStr]) -> Command {
        let mut command = Command::new(self.python());
        // one core each: what is compared is the work, not the number of threads
        for threads in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"] {
            command.env(threads, "1");
        }
        command.arg(self.scripts.join(script)).args(arguments);
        command
    }

    fn python(&self) -> PathBuf {
        self.folder.join("venv/bin/python")
    }

    fn requirements(&self) -> PathBuf {
        self.scripts.join("requirements.txt")
    }
}
