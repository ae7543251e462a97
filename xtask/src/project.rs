//! Where the parts of the repository are, and how its two workspaces are driven.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::process;

/// The checked-out repository.
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The repository that this xtask belongs to.
    ///
    /// # Errors
    /// When xtask is run outside cargo from a place that is not the repository.
    pub fn locate() -> anyhow::Result<Self> {
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .context("CARGO_MANIFEST_DIR is not set: start xtask through `cargo xtask <command>`")?;
        let root = manifest_dir
            .parent()
            .context("xtask has no parent folder")?
            .to_path_buf();
        anyhow::ensure!(
            root.join("programs/Cargo.toml").is_file(),
            "{} has no programs/Cargo.toml: start xtask from the Hurdle repository",
            root.display()
        );
        Ok(Self { root })
    }

    /// The repository's root, which is also the off-chain workspace.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The on-chain workspace.
    pub fn programs(&self) -> PathBuf {
        self.root.join("programs")
    }

    /// Build output of the on-chain workspace. Fixed, so that tests find the programs without being told.
    pub fn sbf_target(&self) -> PathBuf {
        self.programs().join("target")
    }

    /// Where the compiled programs land, whatever the route.
    pub fn deploy(&self) -> PathBuf {
        self.sbf_target().join("deploy")
    }

    /// A cargo command in the off-chain workspace.
    pub fn cargo(&self) -> Command {
        self.cargo_in(&self.root)
    }

    /// A cargo command for the host in the on-chain workspace.
    pub fn programs_cargo(&self) -> Command {
        self.cargo_in(&self.programs())
    }

    fn cargo_in(&self, dir: &Path) -> Command {
        let mut command = process::cargo();
        command.current_dir(dir);
        command
    }
}
