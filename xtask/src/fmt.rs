//! `fmt`: both workspaces, with the one `rustfmt.toml`.

use crate::process;
use crate::project::Project;

/// Formats, or checks the format.
///
/// # Errors
/// When a file is not formatted (`check`) or does not parse.
pub fn run(project: &Project, check: bool) -> anyhow::Result<()> {
    let outcomes = [project.cargo(), project.programs_cargo()].map(|mut cargo| {
        cargo.args(["fmt", "--all"]);
        if check {
            cargo.arg("--check");
        }
        process::run(&mut cargo)
    });
    outcomes.into_iter().collect()
}
