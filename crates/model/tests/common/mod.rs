//! What the integration tests share.
#![allow(dead_code, unused_imports, clippy::expect_used, clippy::unwrap_used)]

pub mod economy;

pub mod arbitrary;
#[path = "../../src/testing.rs"]
mod testing;

pub use testing::{Rng, assert_close, derivative, integrate, reproducible};

/// A file of the recorded data that lives beside the repository, if it is there; says so on stderr where not.
pub fn recorded(path: &str) -> Option<String> {
    let root = std::env::var_os("HURDLE_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    match std::fs::read_to_string(root.join(path)) {
        Ok(text) => Some(text),
        Err(error) => {
            eprintln!("skipped: recorded data {path} is not beside the repository ({error})");
            None
        }
    }
}

/// One row of a CSV file.
pub struct Row<'a>(Vec<(&'a str, &'a str)>);

impl Row<'_> {
    /// The number in a column, or `None` if the field is empty or not a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.text(name).parse().ok()
    }

    /// The text in a column.
    pub fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(column, _)| *column == name)
            .expect("a known column")
            .1
    }
}

/// The rows of a plain CSV file with a header.
pub fn csv(text: &str) -> impl Iterator<Item = Row<'_>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines.map(move |line| Row(header.iter().copied().zip(line.split(',')).collect()))
}
