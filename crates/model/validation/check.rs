//! One comparison of the library with something that is independent of it.

use std::fmt::Write;

/// How far a figure may lie from its reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tolerance {
    /// |ours − expected| ≤ t·|expected|.
    Relative(f64),
    /// |ours − expected| ≤ t.
    Absolute(f64),
    /// low ≤ ours ≤ high: an interval of confidence, or a published band.
    Within {
        /// Smallest admissible figure.
        low: f64,
        /// Largest admissible figure.
        high: f64,
    },
}

/// A comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What is compared.
    pub what: String,
    /// What it is compared with.
    pub reference: String,
    /// The reference's figure.
    pub expected: f64,
    /// The library's figure.
    pub ours: f64,
    /// How far they may lie apart.
    pub tolerance: Tolerance,
}

/// The checks of one subject.
pub struct Topic {
    /// The subject.
    pub title: &'static str,
    /// Its checks; fewer where recorded data is absent.
    pub checks: Vec<Check>,
}

impl Check {
    /// Whether the figures agree; NaN agrees with nothing.
    pub fn holds(&self) -> bool {
        let difference = (self.ours - self.expected).abs();
        match self.tolerance {
            Tolerance::Relative(t) => difference <= t * self.expected.abs(),
            Tolerance::Absolute(t) => difference <= t,
            Tolerance::Within { low, high } => (low..=high).contains(&self.ours),
        }
    }

    /// One row of the page.
    fn row(&self) -> String {
        let difference = match self.tolerance {
            Tolerance::Relative(_) => format!(
                "{} relative",
                small((self.ours - self.expected).abs() / self.expected.abs())
            ),
            Tolerance::Absolute(_) | Tolerance::Within { .. } => small((self.ours - self.expected).abs()),
        };
        let allowed = match self.tolerance {
            Tolerance::Relative(t) => format!("{t:e} relative"),
            Tolerance::Absolute(t) => format!("{t:e}"),
            Tolerance::Within { low, high } => format!("{} … {}", figure(low), figure(high)),
        };
        format!(
            "| {} | {} | {} | {} | {difference} | {allowed} | {} |",
            self.what,
            self.reference,
            figure(self.expected),
            figure(self.ours),
            if self.holds() { "yes" } else { "**no**" }
        )
    }
}

/// The page of all checks.
pub fn page(topics: &[Topic]) -> String {
    let all = || topics.iter().flat_map(|topic| &topic.checks);
    let (count, held) = (all().count(), all().filter(|check| check.holds()).count());
    let mut page = format!(
        "# Validation\n\nWritten by `cargo xtask validation`, which needs the recorded data; do not edit. Each row compares \
         a figure of `hurdle-model` with something independent of it. The test command checks every row.\n\n\
         {count} checks, {held} hold.\n"
    );
    for topic in topics {
        let _ = write!(
            page,
            "\n## {}\n\n| what | reference | reference's | ours | difference | allowed | holds |\n\
             |---|---|---:|---:|---:|---:|---|\n",
            topic.title
        );
        for check in &topic.checks {
            let _ = writeln!(page, "{}", check.row());
        }
    }
    page
}

/// Nine significant digits.
fn figure(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    if (-5.0..9.0).contains(&magnitude) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 13"
        )]
        let decimals = (8.0 - magnitude).max(0.0) as usize;
        let text = format!("{value:.decimals$}");
        if text.contains('.') {
            return text.trim_end_matches('0').trim_end_matches('.').to_owned();
        }
        return text;
    }
    format!("{value:.8e}")
}

/// A difference, of which only the magnitude is stable over machines.
fn small(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else {
        format!("{value:.0e}")
    }
}
