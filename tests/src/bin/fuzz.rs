//! Fuzzes the compiled program; `cargo xtask fuzz` builds it first.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use hurdle_tests::fuzz;

/// Random instructions in random order, with everything that must always hold checked after every one.
#[derive(Parser)]
struct Options {
    /// Steps to take
    #[arg(long, default_value_t = 100_000)]
    steps: u64,
    /// Seed of the run; the same seed gives the same steps
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let started = Instant::now();
    let outcome = fuzz::run(options.seed, options.steps, |summary| {
        eprintln!("{}", summary.line(options.steps, started));
    });
    match outcome {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
