//! Compiling with the registry-only toolchain.

use anyhow::Context;

use super::packages::Program;
use super::place;
use crate::process;
use crate::project::Project;
use crate::toolchain::Toolchain;

/// Compiler flags, each with its reason.
const RUSTFLAGS: &[&str] = &[
    "-Zunstable-options",
    // std's panic machinery keeps mutable statics, which SBPF has not.
    "-Cpanic=immediate-abort",
    // The VM has one thread and no atomic instructions.
    "-Cpasses=lower-atomic",
    "-Clink-arg=--arch=v3",
    // The VM's stack frame.
    "-Clink-arg=--llvm-args=--bpf-stack-size=4096",
    // The target description asks for BPF v4: it has signed division, which sbpf-linker lowers for SBPF v3. What
    // else v4 has, SBPF has not.
    "-Clink-arg=--llvm-args=--disable-movsx",
    "-Clink-arg=--llvm-args=--disable-ldsx",
    "-Clink-arg=--llvm-args=--disable-bswap",
    "-Clink-arg=--llvm-args=--disable-gotox",
    "-Clink-arg=--llvm-args=--disable-gotol",
    "-Clink-arg=--llvm-args=--disable-load-acq-store-rel",
    // Tells sbf-builtins that no compiler-builtins provides its symbols.
    "--cfg=hurdle_registry_sbf",
];

/// Compiles the programs, one cargo run each: a run over several would unite the features of what they share.
pub fn build(project: &Project, programs: &[Program]) -> anyhow::Result<()> {
    let toolchain = Toolchain::ensure()?;
    let mut path = vec![toolchain.bin()];
    path.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let path = std::env::join_paths(path).context("PATH cannot be extended by the toolchain's folder")?;

    for program in programs {
        let mut command = process::cargo_isolated();
        command
            .current_dir(project.programs())
            .env("PATH", &path)
            .env("RUSTC", toolchain.rustc())
            .env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS.join("\u{1f}"))
            // Unstable flags on a release compiler, and std unrestricted on an OS it does not list.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC_BOOTSTRAP_SYNTHETIC_TARGET", "1")
            .args(["build", "--release", "--locked", "--package", &program.package])
            .args(["-Zjson-target-spec", "-Zbuild-std=std", "--target"])
            .arg(toolchain.target())
            .arg("--target-dir")
            .arg(project.sbf_target());
        process::run(&mut command)
            .with_context(|| format!("{} does not compile to SBPF", program.package))?;
        let built = project
            .sbf_target()
            .join("bpf-solana/release")
            .join(program.file_name());
        place(&built, &project.deploy().join(program.file_name()))?;
    }
    Ok(())
}
