//! `fuzz`: the long run of the stateful fuzzer.

use crate::project::Project;
use crate::{process, sbf};

/// Options of `fuzz`.
#[derive(clap::Args)]
pub struct Options {
    /// Steps to take
    #[arg(long, default_value_t = 100_000)]
    steps: u64,
    /// Seed of the run; the same seed gives the same steps
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Builds the programs and fuzzes them.
///
/// # Errors
/// When a program does not build, or something did not hold that must.
pub fn run(project: &Project, options: &Options) -> anyhow::Result<()> {
    sbf::build(project, &sbf::Options::default())?;
    let mut cargo = project.cargo();
    // without a package, so that the features are the whole workspace's and what the tests compiled serves here
    cargo.args(["run", "--quiet", "--locked", "--bin", "fuzz", "--"]);
    cargo.args(["--steps", &options.steps.to_string()]);
    cargo.args(["--seed", &options.seed.to_string()]);
    process::run(&mut cargo)
}
