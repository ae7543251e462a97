//! Why a toolchain could not be installed, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A failed installation.
#[derive(Debug, Error)]
pub enum ToolchainError {
    /// Neither the platform tools nor a Debian whose packages could take their place.
    #[error(
        "this machine cannot install the registry-only SBF toolchain: {found}.\n\
         It needs Debian on amd64 with apt. Elsewhere install the Solana platform tools once \
         (https://docs.anza.xyz/cli/install, then `cargo build-sbf --install-only`); \
         `cargo xtask build-sbf` uses them when they are there"
    )]
    Unsupported {
        /// What was found instead.
        found: String,
    },
    /// No variable says where the user's cache is.
    #[error("no place for the toolchain: set HURDLE_SBF_HOME, XDG_CACHE_HOME or HOME")]
    NoCacheFolder,
    /// apt's configuration names no Debian mirror.
    #[error(
        "no Debian mirror found in /etc/apt/sources.list or /etc/apt/sources.list.d: \
         add an entry for the suite {suite} there, component main"
    )]
    NoMirror {
        /// The suite that was looked for.
        suite: &'static str,
    },
    /// A file of the system or of the cache could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A command could not be started.
    #[error("cannot start `{command}`: {source}")]
    Start {
        /// The command.
        command: String,
        /// Why not.
        source: io::Error,
    },
    /// A command failed.
    #[error(
        "`{command}` failed ({status}); its last output:\n{}\n{advice}",
        indented(tail)
    )]
    Command {
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// Its last lines of output.
        tail: Vec<String>,
        /// What to do.
        advice: &'static str,
    },
    /// The library source has changed under an edit.
    #[error(
        "the library source has changed: {} has no line starting with `{anchor}`.\n\
         Adapt the edit in xtask/src/toolchain/std_patch.rs to the compiler that Debian ships now",
        file.display()
    )]
    PatchAnchor {
        /// The file to edit.
        file: PathBuf,
        /// The line that was expected there.
        anchor: &'static str,
    },
    /// A package did not contain what it was fetched for.
    #[error("{} is missing after unpacking: the package that should bring it has changed", path.display())]
    Missing {
        /// The missing file.
        path: PathBuf,
    },
    /// One step of the installation failed.
    #[error("step \"{step}\" of the SBF toolchain failed.\n{cause}")]
    Step {
        /// The step.
        step: &'static str,
        /// Why.
        cause: Box<ToolchainError>,
    },
}

impl ToolchainError {
    /// An error of the file system.
    pub fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_path_buf(),
            source,
        }
    }
}

fn indented(lines: &[String]) -> String {
    lines
        .iter()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
