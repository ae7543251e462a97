//! The installation: steps in order, each done once, continued after an interruption.

use std::env;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use super::apt::{self, Suite};
use super::error::ToolchainError;
use super::recipe;
use super::sources::Mirrors;
use super::{linker, std_patch};
use crate::process;
use crate::progress::Step;

/// One step. Its mark in the prefix is written when `run` has returned.
struct Stage {
    id: &'static str,
    title: &'static str,
    run: fn(&Path, &Step) -> Result<(), ToolchainError>,
}

const STAGES: [Stage; 5] = [
    Stage {
        id: "compiler",
        title: "Rust compiler and library source from Debian",
        run: compiler,
    },
    Stage {
        id: "llvm",
        title: "LLVM 23 from Debian",
        run: llvm,
    },
    Stage {
        id: "linker",
        title: "sbpf-linker from crates.io (a few minutes)",
        run: build_linker,
    },
    Stage {
        id: "launchers",
        title: "launchers",
        run: |prefix, _| linker::write(prefix),
    },
    Stage {
        id: "check",
        title: "check of the installed tools",
        run: check,
    },
];

/// Installs what is missing under the prefix. Two runs at once wait for each other.
///
/// # Errors
/// [`ToolchainError::Step`] with the step that failed; other variants where the machine cannot do it at all.
pub fn ensure(prefix: &Path) -> Result<(), ToolchainError> {
    let marks = prefix.join("done");
    let missing = || STAGES.iter().filter(|stage| !marks.join(stage.id).is_file());
    if missing().next().is_none() {
        return Ok(());
    }
    supported_machine()?;
    fs::create_dir_all(&marks).map_err(|error| ToolchainError::io("create", &marks, error))?;
    let _lock = exclusive(&prefix.join("lock"))?;
    if missing().next().is_some() {
        eprintln!("installing the SBF toolchain, once, into {}", prefix.display());
    }
    for stage in missing() {
        let step = Step::start(stage.title);
        if let Err(cause) = (stage.run)(prefix, &step) {
            step.failed();
            return Err(ToolchainError::Step {
                step: stage.title,
                cause: Box::new(cause),
            });
        }
        let mark = marks.join(stage.id);
        File::create(&mark).map_err(|error| ToolchainError::io("create", &mark, error))?;
        step.done();
    }
    Ok(())
}

/// Says precisely what is missing on a machine that cannot run the steps.
fn supported_machine() -> Result<(), ToolchainError> {
    let unsupported = |found: String| Err(ToolchainError::Unsupported { found });
    for program in ["apt-get", "apt-cache", "dpkg", "sh"] {
        if process::on_path(program).is_none() {
            return unsupported(format!("{program} is not on PATH"));
        }
    }
    if !Path::new(recipe::KEYRING).is_file() {
        return unsupported(format!(
            "{} is missing (package debian-archive-keyring)",
            recipe::KEYRING
        ));
    }
    let mut command = Command::new("dpkg");
    let output = command
        .arg("--print-architecture")
        .output()
        .map_err(|source| ToolchainError::Start {
            command: "dpkg --print-architecture".to_owned(),
            source,
        })?;
    let architecture = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if architecture != recipe::ARCHITECTURE {
        return unsupported(format!("its architecture is {architecture}"));
    }
    Ok(())
}

/// Takes the lock, held until the file is dropped (also when the process dies).
fn exclusive(path: &Path) -> Result<File, ToolchainError> {
    let lock = File::create(path).map_err(|error| ToolchainError::io("create", path, error))?;
    if lock.try_lock().is_err() {
        eprintln!("another run is installing the SBF toolchain; waiting for it");
        lock.lock()
            .map_err(|error| ToolchainError::io("lock", path, error))?;
    }
    Ok(lock)
}

fn compiler(prefix: &Path, step: &Step) -> Result<(), ToolchainError> {
    let suite = Suite::update(
        prefix,
        recipe::COMPILER_SUITE,
        &Mirrors::of_this_machine()?.security,
        step,
    )?;
    suite.download(&recipe::COMPILER_PACKAGES, &recipe::COMPILER_DEPENDENCIES, step)?;
    unpack(suite, &prefix.join(recipe::COMPILER), step, std_patch::apply)
}

fn llvm(prefix: &Path, step: &Step) -> Result<(), ToolchainError> {
    let suite = Suite::update(
        prefix,
        recipe::LLVM_SUITE,
        &Mirrors::of_this_machine()?.debian,
        step,
    )?;
    suite.download_closure(&[recipe::LLVM_PACKAGE], step)?;
    unpack(suite, &prefix.join(recipe::LLVM), step, |_| Ok(()))
}

/// Unpacks into a folder beside the final one, finishes it there and moves it: the final name is only ever whole.
fn unpack(
    suite: Suite,
    folder: &Path,
    step: &Step,
    finish: impl FnOnce(&Path) -> Result<(), ToolchainError>,
) -> Result<(), ToolchainError> {
    let partial = folder.with_extension("partial");
    for left_over in [&partial, folder] {
        if left_over.exists() {
            fs::remove_dir_all(left_over).map_err(|error| ToolchainError::io("remove", left_over, error))?;
        }
    }
    suite.unpack(&partial, step)?;
    finish(&partial)?;
    fs::rename(&partial, folder).map_err(|error| ToolchainError::io("rename", &partial, error))?;
    suite.discard()
}

fn build_linker(prefix: &Path, step: &Step) -> Result<(), ToolchainError> {
    install_crate(
        recipe::LINKER,
        recipe::LINKER_VERSION,
        &prefix.join("linker"),
        step,
    )
}

/// Builds a tool from crates.io into a folder. What was compiled before an interruption is used again.
///
/// # Errors
/// When cargo fails.
pub fn install_crate(name: &str, version: &str, root: &Path, step: &Step) -> Result<(), ToolchainError> {
    let build = root.with_extension("build");
    let mut command = process::cargo_isolated();
    // The crate's folder may hold a toolchain file, which rustup's `rustc` would follow to a toolchain that is not here.
    if let Some(toolchain) = env::var_os("RUSTUP_TOOLCHAIN") {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    command
        .args([
            "install",
            "--locked",
            "--force",
            name,
            "--version",
            version,
            "--root",
        ])
        .arg(root)
        .arg("--target-dir")
        .arg(&build);
    let advice = "Check that crates.io (or the registry that cargo is configured with) is reachable and a C linker \
         (`cc`) is installed, then run the same command again: what has been compiled is kept";
    apt::run(&mut command, advice, step)?;
    fs::remove_dir_all(&build).map_err(|error| ToolchainError::io("remove", &build, error))
}

fn check(prefix: &Path, step: &Step) -> Result<(), ToolchainError> {
    let advice = "Remove the toolchain's folder and run the same command again";
    apt::run(
        Command::new(prefix.join(recipe::RUSTC)).arg("--version"),
        advice,
        step,
    )?;
    let linker = prefix.join(recipe::BIN).join(recipe::LINKER);
    apt::run(Command::new(linker).arg("--version"), advice, step)
}
