//! `demo`: the keeper's demonstration, with all that it needs.

use crate::project::Project;
use crate::{process, sbf};

/// Builds the programs and the keeper and runs `hurdle demo` with the arguments.
///
/// # Errors
/// When something does not build or the demo fails.
pub fn run(project: &Project, arguments: &[String]) -> anyhow::Result<()> {
    sbf::build(project, &sbf::Options::default())?;
    let mut cargo = project.cargo();
    cargo
        .args([
            "run",
            "--locked",
            "--package",
            "hurdle-keeper",
            // the embedded cluster needs no JSON-RPC client
            "--no-default-features",
            "--bin",
            "hurdle",
            "--",
            "demo",
        ])
        .args(arguments);
    process::run(&mut cargo)
}
