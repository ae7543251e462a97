//! Writes `benches/COMPUTE_UNITS.md`, or compares it with a fresh measurement.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use hurdle_tests::bench;
use hurdle_tests::cu::Table;

/// Growth that is not yet a regression.
const TOLERANCE_PERCENT: u64 = 1;

/// Measure the compute units of the compiled programs.
#[derive(Parser)]
struct Options {
    /// Compare with the committed table instead of writing it; fails on growth beyond 1 %
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/COMPUTE_UNITS.md");
    let measured = bench::measure()?;
    print!("{}", measured.markdown());
    if !options.check {
        let folder = file.parent().context("the table has no folder")?;
        return fs::create_dir_all(folder)
            .and_then(|()| fs::write(&file, measured.markdown()))
            .with_context(|| format!("cannot write {}", file.display()));
    }
    let committed = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let committed =
        Table::parse(&committed).with_context(|| format!("cannot compare with {}", file.display()))?;
    let differences = measured.differences(&committed, TOLERANCE_PERCENT);
    for difference in &differences {
        eprintln!("{difference}");
    }
    anyhow::ensure!(
        differences.is_empty(),
        "{} differences from {}: improve the code, or run `cargo xtask bench` and commit the table with the reason",
        differences.len(),
        file.display()
    );
    Ok(())
}
