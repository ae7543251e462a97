//! `bench`: the table of compute units, and the models' speed beside their rivals.

use clap::ValueEnum;

use crate::project::Project;
use crate::{process, sbf, speed};

/// Options of `bench`.
#[derive(clap::Args)]
pub struct Options {
    /// Compare the compute units with the committed table instead; fails on growth beyond 1 %
    #[arg(long)]
    check: bool,
    /// Only this part
    #[arg(long, value_enum, conflicts_with = "check")]
    only: Option<Part>,
}

/// A part of the benchmarks.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// benches/COMPUTE_UNITS.md
    ComputeUnits,
    /// benches/SPEED.md; installs the rivals from PyPI into target/rivals
    Speed,
}

/// Builds the programs and measures them, then the models and their rivals.
///
/// # Errors
/// When a program does not build, with `check` a figure has grown, or a speed misses its target.
pub fn run(project: &Project, options: &Options) -> anyhow::Result<()> {
    if options.only != Some(Part::Speed) {
        sbf::build(project, &sbf::Options::default())?;
        measure(project, options.check)?;
    }
    if options.check || options.only == Some(Part::ComputeUnits) {
        return Ok(());
    }
    speed::run(project)
}

/// Measures the programs as they are: writes `benches/COMPUTE_UNITS.md`, or compares with it.
///
/// # Errors
/// When a measured transaction fails or, with `check`, a figure has grown.
pub fn measure(project: &Project, check: bool) -> anyhow::Result<()> {
    let mut cargo = project.cargo();
    cargo.args([
        "run",
        "--quiet",
        "--locked",
        // without a package, so that the features are the whole workspace's and what the tests compiled serves here
        "--bin",
        "compute_units",
        "--",
    ]);
    if check {
        cargo.arg("--check");
    }
    process::run(&mut cargo)
}
