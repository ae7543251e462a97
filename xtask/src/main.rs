//! `cargo xtask`: every developer and CI command of Hurdle, on a machine that has only rustup.

mod bench;
mod check;
mod demo;
mod fmt;
mod fuzz;
mod idl;
mod mutants;
mod process;
mod progress;
mod project;
mod sbf;
mod speed;
mod toolchain;
mod validation;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use project::Project;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about, version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the whole loop on an embedded chain and show what it did
    Demo {
        /// Passed on to `hurdle demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build everything and run every check and test
    Test,
    /// Compile the on-chain programs to SBPF v3, into programs/target/deploy
    BuildSbf(sbf::Options),
    /// Measure compute units into benches/COMPUTE_UNITS.md, and the models beside their rivals into benches/SPEED.md
    Bench(bench::Options),
    /// Write the program's IDL into idls
    Idl {
        /// Compare with the committed one instead
        #[arg(long)]
        check: bool,
    },
    /// Format both workspaces
    Fmt {
        /// Only say whether they are formatted
        #[arg(long)]
        check: bool,
    },
    /// Take random steps on the compiled program and check after each what must always hold
    Fuzz(fuzz::Options),
    /// Take each guard out of the on-chain sources and ask whether a test notices; writes docs/mutants.md
    Mutants(mutants::Options),
    /// Compare the models with independent references; writes docs/validation.md
    Validation,
    /// What CI runs: `test` with an empty toolchain cache, so that a missing installation step shows
    Ci,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // The chain of causes; a backtrace would only show where xtask noticed.
            eprintln!("{} {error:#}", console::style("error:").red().bold());
            ExitCode::FAILURE
        }
    }
}

/// Runs a command; `false` is a failure that has been reported already.
fn run(command: Command) -> anyhow::Result<bool> {
    let project = Project::locate()?;
    match command {
        Command::Demo { arguments } => demo::run(&project, &arguments)?,
        Command::Test => return check::all(&project),
        Command::BuildSbf(options) => drop(sbf::build(&project, &options)?),
        Command::Bench(options) => bench::run(&project, &options)?,
        Command::Idl { check } => idl::run(&project, check)?,
        Command::Fmt { check } => fmt::run(&project, check)?,
        Command::Fuzz(options) => fuzz::run(&project, &options)?,
        Command::Mutants(options) => return mutants::run(&project, &options),
        Command::Validation => validation::run(&project)?,
        Command::Ci => process::run(&mut std::process::Command::new(project.root().join(".ci/run")))?,
    }
    Ok(true)
}
