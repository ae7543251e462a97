//! `test`: every check of the project, and the sum of all tests at the end.

mod deny;
mod summary;

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::Context;
use console::style;

use crate::project::Project;
use crate::{bench, fmt, idl, process, progress, sbf};
use summary::Summary;

/// One named check.
struct Stage {
    name: &'static str,
    run: fn(&Project, &mut Summary) -> anyhow::Result<()>,
}

const STAGES: [Stage; 8] = [
    Stage {
        name: "formatting",
        run: |project, _| fmt::run(project, true),
    },
    Stage {
        name: "lints, off-chain",
        run: |project, _| lint(project.cargo(), &["--workspace"]),
    },
    Stage {
        name: "lints, on-chain",
        run: lint_programs,
    },
    Stage {
        name: "dependencies: licences, bans, sources, advisories",
        run: |project, _| deny::check(project),
    },
    Stage {
        name: "the program's IDL",
        run: |project, _| idl::run(project, true),
    },
    Stage {
        name: "tests, on-chain on the host",
        run: test_programs,
    },
    Stage {
        name: "tests, off-chain",
        run: |project, sum| test(project.cargo(), &["--workspace"], sum),
    },
    Stage {
        name: "compute units",
        run: |project, _| bench::measure(project, true),
    },
];

/// The package whose optional features have tests of their own.
const INTERFACE: &str = "hurdle-interface";

/// Builds the programs and runs every check; a failing one does not keep later ones from running. The last line is
/// `N passed, N failed` over all tests.
///
/// # Errors
/// When the programs cannot be built. Failed checks are reported in the returned verdict.
pub fn all(project: &Project) -> anyhow::Result<bool> {
    let started = Instant::now();
    timed("build-sbf", || {
        sbf::build(project, &sbf::Options::default()).map(drop)
    })?;
    let mut sum = Summary::default();
    let mut failed = Vec::new();
    for stage in &STAGES {
        if let Err(error) = timed(stage.name, || (stage.run)(project, &mut sum)) {
            eprintln!("{} {error:#}", style("error:").red().bold());
            failed.push(stage.name);
        }
    }
    eprintln!("\nall checks took {}", progress::shown(started.elapsed()));
    for name in &failed {
        eprintln!("{} {name}", style("failed:").red().bold());
    }
    println!("{sum}");
    Ok(failed.is_empty() && sum.failed == 0)
}

fn timed(name: &str, run: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    eprintln!("\n{} {name}", style("==>").bold());
    let started = Instant::now();
    let outcome = run();
    let verdict = if outcome.is_ok() {
        style("ok").green()
    } else {
        style("failed").red()
    };
    eprintln!("{verdict} {name} ({})", progress::shown(started.elapsed()));
    outcome
}

fn lint(mut cargo: Command, selection: &[&str]) -> anyhow::Result<()> {
    cargo
        .args(["clippy", "--locked", "--all-targets"])
        .args(selection)
        .args(["--", "-D", "warnings"]);
    process::run(&mut cargo)
}

fn lint_programs(project: &Project, _: &mut Summary) -> anyhow::Result<()> {
    lint(project.programs_cargo(), &["--workspace"])?;
    lint(
        project.programs_cargo(),
        &["--package", INTERFACE, "--all-features"],
    )
}

fn test_programs(project: &Project, sum: &mut Summary) -> anyhow::Result<()> {
    let selections: [&[&str]; 3] = [
        &["--workspace", "--exclude", INTERFACE],
        &["--package", INTERFACE, "--all-features"],
        // as a consumer has it: what must not compile then
        &["--package", INTERFACE, "--doc"],
    ];
    let outcomes = selections.map(|selection| test(project.programs_cargo(), selection, sum));
    outcomes.into_iter().collect()
}

/// Runs `cargo test` to its end, showing its output and adding up its results.
fn test(mut cargo: Command, selection: &[&str], sum: &mut Summary) -> anyhow::Result<()> {
    cargo
        .args(["test", "--locked", "--no-fail-fast"])
        .args(selection)
        .stdout(Stdio::piped());
    let shown = process::shown(&cargo);
    let mut child = cargo.spawn().with_context(|| format!("cannot start `{shown}`"))?;
    let output = child.stdout.take().context("cargo's output is not connected")?;
    let mut stdout = io::stdout().lock();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("cargo's output cannot be read")?;
        stdout
            .write_all(&line)
            .and_then(|()| stdout.write_all(b"\n"))
            .context("cannot write the output")?;
        sum.read(&String::from_utf8_lossy(&line));
    }
    let status = child
        .wait()
        .with_context(|| format!("cannot wait for `{shown}`"))?;
    anyhow::ensure!(status.success(), "`{shown}` failed ({status})");
    Ok(())
}
