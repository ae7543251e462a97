//! Prints `docs/validation.md`; fails where a check does not hold.

mod page;
#[path = "mod.rs"]
mod validation;

use std::process::ExitCode;

fn main() -> ExitCode {
    let topics = validation::topics();
    print!("{}", page::page(&topics));
    let mut failed = 0;
    for check in topics.iter().flat_map(|topic| &topic.checks) {
        if !check.holds() {
            failed += 1;
            eprintln!("does not hold: {}: {:?}", check.what, check);
        }
    }
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
