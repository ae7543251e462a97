//! Both dependency trees against `deny.toml`, with cargo-deny of a fixed version.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use crate::process;
use crate::progress::Step;
use crate::project::Project;
use crate::toolchain;

const TOOL: &str = "cargo-deny";
const VERSION: &str = "0.20.2";

/// Checks licences, bans and sources always, advisories where their database can be reached.
///
/// # Errors
/// When cargo-deny cannot be installed or finds something.
pub fn check(project: &Project) -> anyhow::Result<()> {
    let tool = installed()?;
    let advisories = fetch_advisories(project, &tool);
    for manifest in [
        project.root().join("Cargo.toml"),
        project.programs().join("Cargo.toml"),
    ] {
        let mut command = Command::new(&tool);
        command
            .arg("--manifest-path")
            .arg(&manifest)
            .arg("--config")
            .arg(project.root().join("deny.toml"));
        command.args([
            "--workspace",
            "--all-features",
            "--locked",
            "check",
            "--hide-inclusion-graph",
        ]);
        // Two versions of a crate are listed by `cargo tree --duplicates`; here they would drown the rest.
        command.args(["--allow", "duplicate", "bans", "licenses", "sources"]);
        if advisories {
            command.arg("advisories");
        }
        process::run(&mut command).with_context(|| format!("{} breaks deny.toml", manifest.display()))?;
    }
    Ok(())
}

/// cargo-deny from PATH where it is the right version, else from the cache, built once.
fn installed() -> anyhow::Result<PathBuf> {
    if let Some(present) = process::on_path(TOOL) {
        let version = Command::new(&present).arg("--version").output();
        if version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim().ends_with(VERSION)) {
            return Ok(present);
        }
    }
    let root = toolchain::tool_folder(TOOL, VERSION)?;
    let tool = root.join("bin").join(TOOL);
    if !tool.is_file() {
        let step = Step::start(format!("{TOOL} {VERSION} from crates.io, once (a few minutes)"));
        match toolchain::install_crate(TOOL, VERSION, &root, &step) {
            Ok(()) => step.done(),
            Err(error) => {
                step.failed();
                return Err(error.into());
            }
        }
    }
    Ok(tool)
}

/// Whether the advisory database is there; says so where it is not.
fn fetch_advisories(project: &Project, tool: &PathBuf) -> bool {
    let step = Step::start("advisory database");
    let mut command = Command::new(tool);
    command
        .arg("--manifest-path")
        .arg(project.root().join("Cargo.toml"));
    command
        .arg("--config")
        .arg(project.root().join("deny.toml"))
        .args(["fetch", "db"]);
    // cargo-deny fetches through git; a connection that stalls is given up.
    command
        .env("GIT_HTTP_LOW_SPEED_LIMIT", "1000")
        .env("GIT_HTTP_LOW_SPEED_TIME", "30");
    let fetched = process::run_captured(&mut command, |line| step.show(line));
    if fetched.is_ok_and(|captured| captured.status.success()) {
        step.done();
        return true;
    }
    step.skipped();
    eprintln!("the advisory database cannot be reached from here: advisories are NOT checked in this run");
    false
}
