//! Speed of the models beside their rivals from PyPI, measured in one run, into `benches/SPEED.md`.

mod fleet;
mod page;
mod rivals;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use serde_json::Value;

use crate::process;
use crate::project::Project;
use page::Row;
use rivals::Rivals;

/// Seconds for which each fit is repeated.
const FIT_SECONDS: &str = "3";

/// Builds the examples, installs the rivals, measures one after the other and writes the page.
///
/// # Errors
/// When something does not build or run, or a figure misses its target; the page is written all the same then.
pub fn run(project: &Project) -> anyhow::Result<()> {
    let rivals = Rivals::install(project)?;
    let examples = build(project)?;
    let mut rows = fits(project, &rivals, &examples)?;
    rows.extend(simulations(&rivals, &examples)?);
    rows.extend(fleet::backtest(&rivals, &examples)?);
    let file = project.root().join("benches/SPEED.md");
    fs::write(&file, page::markdown(&rows, &rivals.versions()?))
        .with_context(|| format!("cannot write {}", file.display()))?;
    let missed: Vec<&str> = rows
        .iter()
        .filter(|row| !row.holds())
        .map(|row| row.what.as_str())
        .collect();
    anyhow::ensure!(missed.is_empty(), "below target: {}", missed.join("; "));
    Ok(())
}

/// Where the release build of the examples is.
fn build(project: &Project) -> anyhow::Result<PathBuf> {
    let mut cargo = project.cargo();
    cargo.args(["build", "--release", "--locked", "--package", "hurdle-model"]);
    for example in ["bench_garch", "bench_simulation", "bench_fleet"] {
        cargo.args(["--example", example]);
    }
    process::run(&mut cargo)?;
    Ok(project.root().join("target/release/examples"))
}

fn fits(project: &Project, rivals: &Rivals, examples: &Path) -> anyhow::Result<Vec<Row>> {
    let returns = project.root().join("target/rivals/returns.csv");
    rivals.run("returns.py", &[returns.as_os_str()])?;
    let ours = json(
        Command::new(examples.join("bench_garch"))
            .arg(&returns)
            .arg(FIT_SECONDS),
    )?;
    let theirs = rivals.json("garch.py", &[returns.as_os_str(), FIT_SECONDS.as_ref()])?;
    ["garch", "gjr"]
        .iter()
        .map(|model| {
            let seconds = |from: &Value| fit_seconds(from, model);
            let (ours, theirs) = (seconds(&ours)?, seconds(&theirs)?);
            Ok(Row {
                what: format!("{} fit with robust errors, 2,500 returns", model.to_uppercase()),
                rival: "arch",
                unit: "µs",
                theirs: theirs * 1e6,
                ours: ours * 1e6,
                factor: theirs / ours,
                target: 20.0,
            })
        })
        .collect()
}

/// The least seconds per fit: another process can only make one slower.
fn fit_seconds(from: &Value, model: &str) -> anyhow::Result<f64> {
    from["fits"]
        .as_array()
        .and_then(|fits| fits.iter().find(|fit| fit["model"] == model))
        .and_then(|fit| fit["fastest_seconds"].as_f64())
        .with_context(|| format!("the fit of {model} was not timed"))
}

fn simulations(rivals: &Rivals, examples: &Path) -> anyhow::Result<Vec<Row>> {
    let example = examples.join("bench_simulation");
    let accounts = rivals.folder().join("accounts.json");
    fs::write(
        &accounts,
        json(Command::new(&example).arg("accounts"))?.to_string(),
    )?;
    let ours = json(&mut Command::new(&example))?;
    let theirs = rivals.json("simulation.py", &[accounts.as_os_str()])?;
    let number = |from: &Value, key: &str| {
        from[key]
            .as_f64()
            .with_context(|| format!("`{key}` was not measured"))
    };
    let mut rows = Vec::new();
    for (case, what) in [
        ("merton_1", "Merton, one step"),
        ("merton_64", "Merton, 64 steps"),
        ("bates_1", "Bates, one step"),
        ("bates_64", "Bates, 64 steps"),
    ] {
        rows.push(throughput(
            format!("terminal simulation, {what}"),
            "QuantLib",
            number(&theirs, &format!("quantlib_terminal_{case}_paths_per_second"))?,
            number(&ours, &format!("terminal_{case}_paths_per_second"))?,
            10.0,
        ));
    }
    for (process, what) in [("merton", "Merton"), ("bates", "Bates")] {
        let own = number(&ours, &format!("engine_{process}_paths_per_second"))?;
        for (kind, rival, target) in [
            ("numpy_rows", "NumPy, a row for each path", 50.0),
            ("numpy", "NumPy, a row for each account", 50.0),
            ("numpy_sorted", "NumPy, accounts sorted", 1.0),
        ] {
            rows.push(throughput(
                format!("margin engine, {what}, 64 steps, 100 accounts"),
                rival,
                number(&theirs, &format!("{kind}_engine_{process}_paths_per_second"))?,
                own,
                target,
            ));
        }
        let one = number(&ours, &format!("engine_{process}_one_thread_wall_seconds"))?;
        let two = number(&ours, &format!("engine_{process}_two_threads_wall_seconds"))?;
        rows.push(Row {
            what: format!("margin engine, {what}, two threads, 1,000,000 paths"),
            rival: "one thread of ours",
            unit: "s",
            theirs: one,
            ours: two,
            factor: one / two,
            target: 1.8,
        });
    }
    let peak = number(&ours, "peak_mib")?;
    rows.push(Row {
        what: "peak memory of 1,000,000 paths, 64 steps, 100 accounts".to_owned(),
        rival: "the limit",
        unit: "MiB",
        theirs: 512.0,
        ours: peak,
        factor: 512.0 / peak,
        target: 1.0,
    });
    Ok(rows)
}

fn throughput(what: String, rival: &'static str, theirs: f64, ours: f64, target: f64) -> Row {
    Row {
        what,
        rival,
        unit: "paths per second of one core",
        theirs,
        ours,
        factor: ours / theirs,
        target,
    }
}

/// What a command prints, as JSON.
fn json(command: &mut Command) -> anyhow::Result<Value> {
    let shown = process::shown(command);
    let output = command
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    anyhow::ensure!(output.status.success(), "`{shown}` failed ({})", output.status);
    serde_json::from_slice(&output.stdout).with_context(|| format!("`{shown}` printed no JSON"))
}
