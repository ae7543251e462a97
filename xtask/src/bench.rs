//! `bench`: the table of compute units.

use crate::project::Project;
use crate::{process, sbf};

/// Builds the programs and measures them.
///
/// # Errors
/// When a program does not build or, with `check`, a figure has grown.
pub fn run(project: &Project, check: bool) -> anyhow::Result<()> {
    sbf::build(project, &sbf::Options::default())?;
    measure(project, check)
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
