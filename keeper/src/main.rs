//! `hurdle`: the keeper and its command line.

mod cli;

use clap::Parser;
use std::io::{self, ErrorKind, IsTerminal};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_env("HURDLE_LOG").unwrap_or_else(|_| EnvFilter::new(cli.log_level())),
        )
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match cli.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // a reader that has seen enough (`hurdle demo --json | head`) needs no message
            if !is_broken_pipe(&error) {
                eprintln!("error: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
