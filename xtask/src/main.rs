//! `cargo xtask`: every developer and CI command of Hurdle, on a machine that has only rustup.

mod process;
mod progress;
mod project;
mod sbf;
mod toolchain;

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
    /// Compile the on-chain programs to SBPF v3, into programs/target/deploy
    BuildSbf(sbf::Options),
}

fn main() -> anyhow::Result<()> {
    let project = Project::locate()?;
    match Cli::parse().command {
        Command::BuildSbf(options) => sbf::build(&project, &options).map(drop),
    }
}
