//! `validation`: the page that compares the models with independent references.

use std::fs;
use std::process::Stdio;

use anyhow::Context;

use crate::process;
use crate::project::Project;

/// Writes `docs/validation.md`.
///
/// # Errors
/// When the recorded data is not beside the project, or a comparison does not hold; the page is written all the same then.
pub fn run(project: &Project) -> anyhow::Result<()> {
    let data = project.root().join("../shared/data");
    anyhow::ensure!(
        data.is_dir(),
        "{} is absent, and the page would lack what is compared with recorded data",
        data.display()
    );
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "--locked", "--package", "hurdle-model"]);
    cargo
        .args(["--example", "validation"])
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    let output = cargo.output().context("cannot start cargo")?;
    let file = project.root().join("docs/validation.md");
    if !output.stdout.is_empty() {
        fs::write(&file, &output.stdout).with_context(|| format!("cannot write {}", file.display()))?;
    }
    anyhow::ensure!(
        output.status.success(),
        "`{}` failed ({})",
        process::shown(&cargo),
        output.status
    );
    Ok(())
}
