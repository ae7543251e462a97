//! `hurdle fit hazard` and `hurdle model hazard`: training of the smart-contract premium, and quotes from it.

mod fit;
mod quote;
mod records;

pub use fit::FitHazard;
pub use quote::Hazard;

use super::DeskError;
use std::path::Path;

/// The text of a file.
fn read(path: &Path) -> Result<String, DeskError> {
    std::fs::read_to_string(path).map_err(|reason| DeskError::File {
        path: path.to_owned(),
        reason,
    })
}

/// Writes a file.
fn write(path: &Path, text: &str) -> Result<(), DeskError> {
    std::fs::write(path, text).map_err(|reason| DeskError::File {
        path: path.to_owned(),
        reason,
    })
}
