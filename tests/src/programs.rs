//! Where the compiled programs are.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// A program that has not been compiled.
#[derive(Debug, Error)]
#[error("{} is missing: run `cargo xtask build-sbf` first", path.display())]
pub struct NotBuilt {
    path: PathBuf,
}

/// Names another folder of compiled programs than the build's own: how `cargo xtask mutants` runs the tests against a
/// program without one of its guards.
const FOLDER: &str = "HURDLE_PROGRAMS";

/// The compiled file of a program, by its library's name.
///
/// # Errors
/// When it has not been compiled yet; the message names the command.
pub fn compiled(name: &str) -> Result<PathBuf, NotBuilt> {
    let folder = std::env::var_os(FOLDER).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../programs/target/deploy"),
        PathBuf::from,
    );
    let path = folder.join(format!("{name}.so"));
    if path.is_file() {
        Ok(path)
    } else {
        Err(NotBuilt { path })
    }
}
