//! Debian packages, downloaded through apt with signatures checked and unpacked without root.
//!
//! apt gets a state of its own under the prefix, so that the machine's is neither read nor changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::ToolchainError;
use super::recipe::{ARCHITECTURE, KEYRING};
use crate::process;
use crate::progress::Step;

const NETWORK_ADVICE: &str = "Check that the mirror in /etc/apt is reachable, then run the same command again: \
     what has been downloaded is kept";

/// Name of apt's configuration within a suite's state.
const CONFIGURATION: &str = "apt.conf";

/// Packages of one suite.
pub struct Suite {
    state: PathBuf,
}

impl Suite {
    /// Sets up a state for the suite and fetches its index.
    ///
    /// # Errors
    /// When the state cannot be written or the mirror not be reached.
    pub fn update(
        prefix: &Path,
        name: &'static str,
        mirror: &str,
        step: &Step,
    ) -> Result<Self, ToolchainError> {
        let suite = Self {
            state: prefix.join("apt").join(name),
        };
        for folder in [
            suite.state.join("lists/partial"),
            suite.archives().join("partial"),
        ] {
            fs::create_dir_all(&folder).map_err(|error| ToolchainError::io("create", &folder, error))?;
        }
        suite.write(CONFIGURATION, &suite.configuration())?;
        suite.write("status", "")?;
        suite.write(
            "sources.list",
            &format!("deb [signed-by={KEYRING}] {mirror} {name} main\n"),
        )?;
        run(suite.apt("apt-get").arg("update"), NETWORK_ADVICE, step)?;
        Ok(suite)
    }

    /// Downloads the packages together with everything they depend on.
    ///
    /// # Errors
    /// When a package is missing or the mirror not reachable.
    pub fn download_closure(&self, packages: &[&str], step: &Step) -> Result<(), ToolchainError> {
        let mut command = self.apt("apt-get");
        command
            .args(["--yes", "--download-only", "install"])
            .args(packages);
        run(&mut command, NETWORK_ADVICE, step)
    }

    /// Downloads the packages and, of what they depend on, only names with one of the prefixes.
    ///
    /// # Errors
    /// When a package is missing or the mirror not reachable.
    pub fn download(
        &self,
        packages: &[&str],
        dependencies: &[&str],
        step: &Step,
    ) -> Result<(), ToolchainError> {
        let mut wanted: Vec<String> = self
            .depends(packages, step)?
            .into_iter()
            .filter(|name| dependencies.iter().any(|prefix| name.starts_with(prefix)))
            .collect();
        wanted.extend(packages.iter().map(|&name| name.to_owned()));
        wanted.sort();
        wanted.dedup();
        // `apt-get download` writes into the current folder and takes up what is there already.
        let mut command = self.apt("apt-get");
        command.current_dir(self.archives()).arg("download").args(&wanted);
        run(&mut command, NETWORK_ADVICE, step)
    }

    fn depends(&self, packages: &[&str], step: &Step) -> Result<Vec<String>, ToolchainError> {
        let mut command = self.apt("apt-cache");
        command.args([
            "depends",
            "--recurse",
            "--no-recommends",
            "--no-suggests",
            "--no-conflicts",
        ]);
        command
            .args(["--no-breaks", "--no-replaces", "--no-enhances"])
            .args(packages);
        let mut names = Vec::new();
        let take = |line: &str| {
            // Names stand at the start of a line; their relations are indented.
            if line.starts_with(|first: char| first.is_ascii_lowercase()) {
                names.push(line.to_owned());
            }
        };
        run_each_line(&mut command, "Run the same command again", step, take)?;
        Ok(names)
    }

    /// Unpacks everything that was downloaded.
    ///
    /// # Errors
    /// When an archive is damaged or the folder cannot be written.
    pub fn unpack(&self, into: &Path, step: &Step) -> Result<(), ToolchainError> {
        let archives = self.archives();
        let entries =
            fs::read_dir(&archives).map_err(|error| ToolchainError::io("list", &archives, error))?;
        let mut packages: Vec<_> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
            .collect();
        packages.sort();
        fs::create_dir_all(into).map_err(|error| ToolchainError::io("create", into, error))?;
        for package in packages {
            step.show(&package.file_name().unwrap_or_default().to_string_lossy());
            let mut command = Command::new("dpkg");
            command.arg("--extract").arg(&package).arg(into);
            run(
                &mut command,
                "Check the free disk space (1.2 GB are needed), then run the same command again",
                step,
            )?;
        }
        Ok(())
    }

    /// Gives the space of the downloads back.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub fn discard(self) -> Result<(), ToolchainError> {
        fs::remove_dir_all(&self.state).map_err(|error| ToolchainError::io("remove", &self.state, error))
    }

    fn archives(&self) -> PathBuf {
        self.state.join("cache/archives")
    }

    fn write(&self, name: &str, content: &str) -> Result<(), ToolchainError> {
        let path = self.state.join(name);
        fs::write(&path, content).map_err(|error| ToolchainError::io("write", &path, error))
    }

    /// apt's configuration: everything that is a path lies under the prefix.
    fn configuration(&self) -> String {
        let state = |name: &str| self.state.join(name).display().to_string();
        let options = [
            ("Dir::Etc::sourcelist", state("sources.list")),
            ("Dir::Etc::sourceparts", "/dev/null".to_owned()),
            ("Dir::State", self.state.display().to_string()),
            ("Dir::State::lists", state("lists")),
            ("Dir::State::status", state("status")),
            ("Dir::Cache", state("cache")),
            ("Dir::Cache::archives", self.archives().display().to_string()),
            ("APT::Architecture", ARCHITECTURE.to_owned()),
            ("APT::Install-Recommends", "false".to_owned()),
            ("APT::Keep-Downloaded-Packages", "true".to_owned()),
            // Otherwise an unreachable mirror is a warning, and the next command finds no packages.
            ("APT::Update::Error-Mode", "any".to_owned()),
            ("Acquire::Retries", "3".to_owned()),
            // The prefix has a lock of its own, and apt's helpers run as the user who owns it.
            ("Debug::NoLocking", "true".to_owned()),
            ("APT::Sandbox::User", String::new()),
        ];
        options
            .iter()
            .map(|(name, value)| format!("{name} \"{value}\";\n"))
            .collect()
    }

    fn apt(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("LC_ALL", "C")
            .env("DEBIAN_FRONTEND", "noninteractive");
        command.arg("-c").arg(self.state.join(CONFIGURATION));
        command
    }
}

/// Runs a command of a step; its output goes to the progress line, and into the error when it fails.
///
/// # Errors
/// [`ToolchainError::Start`] and [`ToolchainError::Command`].
pub fn run(command: &mut Command, advice: &'static str, step: &Step) -> Result<(), ToolchainError> {
    run_each_line(command, advice, step, |_| ())
}

fn run_each_line(
    command: &mut Command,
    advice: &'static str,
    step: &Step,
    mut each: impl FnMut(&str),
) -> Result<(), ToolchainError> {
    let shown = process::shown(command);
    let captured = process::run_captured(command, |line| {
        step.show(line);
        each(line);
    })
    .map_err(|source| ToolchainError::Start {
        command: shown.clone(),
        source,
    })?;
    if captured.status.success() {
        return Ok(());
    }
    Err(ToolchainError::Command {
        command: shown,
        status: captured.status.to_string(),
        tail: captured.tail,
        advice,
    })
}
