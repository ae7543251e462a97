//! `benches/SPEED.md`.

use std::fmt::Write;
use std::fs;

/// A figure beside its rival's.
pub struct Row {
    /// What is measured.
    pub what: String,
    /// With what it is compared.
    pub rival: &'static str,
    /// The unit of both figures.
    pub unit: &'static str,
    /// The rival's figure.
    pub theirs: f64,
    /// Ours.
    pub ours: f64,
    /// How many times better ours is.
    pub factor: f64,
    /// What the factor must be at least.
    pub target: f64,
}

impl Row {
    /// Whether the target is met.
    pub fn holds(&self) -> bool {
        self.factor >= self.target
    }
}

/// The page.
pub fn markdown(rows: &[Row], versions: &[String]) -> String {
    let mut page = format!(
        "# Speed\n\nWritten by `cargo xtask bench`; do not edit. Each figure and its rival's were measured one after the \
         other in one run{}, in the release profile, ours against {}. Both sides use one core, except where threads are \
         compared. What each side computes stands in `crates/model/examples` and `xtask/rivals`.\n\n\
         | what | rival | unit | rival's | ours | factor | target |\n|---|---|---|---:|---:|---:|---:|\n",
        processor().map_or_else(String::new, |name| format!(" on one machine ({name})")),
        versions.join(", "),
    );
    for row in rows {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {:.1} | {}{:.1} |",
            row.what,
            row.rival,
            row.unit,
            figure(row.theirs),
            figure(row.ours),
            row.factor,
            if row.holds() { "" } else { "**missed** " },
            row.target
        );
    }
    page
}

/// Three significant digits, with separators.
fn figure(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_which_targets_are_missed() {
        let row = |factor| Row {
            what: "a fit".to_owned(),
            rival: "arch",
            unit: "µs",
            theirs: 12_345.6,
            ours: 99.5,
            factor,
            target: 20.0,
        };
        let page = markdown(&[row(20.0), row(19.9)], &["arch 8".to_owned()]);
        assert!(page.contains("| a fit | arch | µs | 12,346 | 99.50 | 20.0 | 20.0 |"));
        assert!(page.contains("| 19.9 | **missed** 20.0 |"));
    }
}
