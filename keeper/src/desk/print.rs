//! Showing answers.

use super::DeskError;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::io::Write;
use std::path::Path;

/// Writes an answer: as text, or as one line of JSON.
///
/// # Errors
/// [`DeskError::Output`], [`DeskError::Json`].
pub fn print<A: Serialize + Display>(answer: &A, json: bool, out: &mut dyn Write) -> Result<(), DeskError> {
    if json {
        serde_json::to_writer(&mut *out, answer)?;
        writeln!(out)?;
    } else {
        write!(out, "{answer}")?;
    }
    out.flush()?;
    Ok(())
}

/// Writes a page, and the folder it goes to.
///
/// # Errors
/// [`DeskError::File`].
pub fn write_page(path: &Path, page: &str) -> Result<(), DeskError> {
    crate::page::write(path, page).map_err(|reason| DeskError::File {
        path: path.to_owned(),
        reason,
    })
}

/// Lines of a label and a value, in two columns; for the text of an answer.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    lines: Vec<(String, String)>,
}

impl Sheet {
    /// An empty sheet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A heading over the lines that follow.
    #[must_use]
    pub fn heading(mut self, title: impl Into<String>) -> Self {
        self.lines.push((title.into(), String::new()));
        self
    }

    /// A line of a label and a value.
    #[must_use]
    pub fn line(mut self, label: impl Into<String>, value: impl Display) -> Self {
        self.lines
            .push((format!("  {}", label.into()), value.to_string()));
        self
    }

    /// A line with a share or rate, in percent.
    #[must_use]
    pub fn percent(self, label: impl Into<String>, value: f64) -> Self {
        // a zero has no sign
        self.line(label, format_args!("{:.4} %", value * 100.0 + 0.0))
    }
}

impl Display for Sheet {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = self
            .lines
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(label, _)| label.chars().count())
            .max()
            .unwrap_or(0);
        for (label, value) in &self.lines {
            if value.is_empty() {
                writeln!(f, "{label}")?;
            } else {
                writeln!(f, "{label:width$}  {value}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_aligns_its_values() {
        let sheet = Sheet::new()
            .heading("volatility")
            .line("n", 3)
            .percent("realised", 0.5);
        assert_eq!(
            sheet.to_string(),
            "volatility\n  n         3\n  realised  50.0000 %\n"
        );
    }

    #[test]
    fn an_answer_is_one_line_of_json() {
        #[derive(Serialize)]
        struct Answer {
            x: f64,
        }
        impl Display for Answer {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                writeln!(f, "x is {}", self.x)
            }
        }
        let shown = |json| {
            let mut out = Vec::new();
            print(&Answer { x: 0.1 }, json, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown(true), "{\"x\":0.1}\n");
        assert_eq!(shown(false), "x is 0.1\n");
    }
}
