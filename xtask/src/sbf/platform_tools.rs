//! Compiling with the Solana platform tools, where they are installed already.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use thiserror::Error;

use super::packages::Program;
use crate::process;
use crate::project::Project;

/// Editions later than 2021 need at least this compiler: 1.85.
const OLDEST_RUSTC: (u32, u32) = (1, 85);

/// Why the platform tools are not used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Unavailable {
    /// No `cargo-build-sbf`.
    #[error("no cargo-build-sbf on PATH")]
    NoCommand,
    /// It does not say which tools it works with.
    #[error("cargo-build-sbf --version does not name its platform tools and compiler")]
    UnknownVersion,
    /// The tools would have to be downloaded.
    #[error("cargo-build-sbf is on PATH, but its platform tools are not in {}", folder.display())]
    NotInstalled {
        /// Where they would be.
        folder: PathBuf,
    },
    /// The tools cannot read edition 2024.
    #[error("the platform tools' rustc {0}.{1} is older than 1.85, which edition 2024 needs")]
    TooOld(u32, u32),
}

/// Installed platform tools.
pub struct PlatformTools {
    command: PathBuf,
}

impl PlatformTools {
    /// Looks for `cargo-build-sbf` together with the tools that it would otherwise download.
    ///
    /// # Errors
    /// [`Unavailable`] says what is missing.
    pub fn find() -> Result<Self, Unavailable> {
        let command = process::on_path("cargo-build-sbf").ok_or(Unavailable::NoCommand)?;
        let output = Command::new(&command)
            .arg("--version")
            .output()
            .map_err(|_| Unavailable::NoCommand)?;
        let version =
            Version::parse(&String::from_utf8_lossy(&output.stdout)).ok_or(Unavailable::UnknownVersion)?;
        if version.rustc < OLDEST_RUSTC {
            return Err(Unavailable::TooOld(version.rustc.0, version.rustc.1));
        }
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let folder = home
            .join(".cache/solana")
            .join(&version.tools)
            .join("platform-tools");
        if !folder.join("rust/bin/rustc").is_file() {
            return Err(Unavailable::NotInstalled { folder });
        }
        Ok(Self { command })
    }

    /// Compiles the programs.
    ///
    /// # Errors
    /// When one does not compile.
    pub fn build(&self, project: &Project, programs: &[Program]) -> anyhow::Result<()> {
        for program in programs {
            let mut command = process::isolated(Command::new(&self.command));
            command
                .current_dir(project.programs())
                .args([
                    "--arch",
                    "v3",
                    "--skip-tools-install",
                    "--manifest-path",
                    &program.manifest,
                ])
                .arg("--sbf-out-dir")
                .arg(project.deploy())
                // `rust-version` states what the whole project is tested with; the tools' compiler lags behind it.
                .args(["--", "--locked", "--ignore-rust-version"]);
            process::run(&mut command)
                .with_context(|| format!("{} does not compile to SBPF", program.package))?;
        }
        Ok(())
    }
}

/// What `cargo-build-sbf --version` prints.
#[derive(Debug, PartialEq, Eq)]
struct Version {
    tools: String,
    rustc: (u32, u32),
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let after = |prefix: &str| {
            text.lines()
                .find_map(|line| line.trim().strip_prefix(prefix))
                .map(str::trim)
        };
        let mut numbers = after("rustc ")?.split('.').map(str::parse);
        let rustc = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some(Self {
            tools: after("platform-tools ")?.to_owned(),
            rustc,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_of_tools_and_compiler_are_read() {
        let text = "solana-cargo-build-sbf 4.0.0\nplatform-tools v1.53\nrustc 1.89.0\n";
        assert_eq!(
            Version::parse(text),
            Some(Version {
                tools: "v1.53".into(),
                rustc: (1, 89)
            })
        );
        assert_eq!(Version::parse("cargo-build-sbf 9\n"), None);
    }
}
