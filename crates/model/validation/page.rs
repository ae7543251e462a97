//! The page of all checks.

use super::validation::{Check, Tolerance, Topic};
use std::fmt::Write;

/// `docs/validation.md`.
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
            let _ = writeln!(page, "{}", row(check));
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

/// One row of the page.
fn row(check: &Check) -> String {
    let difference = match check.tolerance {
        Tolerance::Relative(_) => format!(
            "{} relative",
            small((check.ours - check.expected).abs() / check.expected.abs())
        ),
        Tolerance::Absolute(_) | Tolerance::Within { .. } => small((check.ours - check.expected).abs()),
    };
    let allowed = match check.tolerance {
        Tolerance::Relative(t) => format!("{t:e} relative"),
        Tolerance::Absolute(t) => format!("{t:e}"),
        Tolerance::Within { low, high } => format!("{} … {}", figure(low), figure(high)),
    };
    format!(
        "| {} | {} | {} | {} | {difference} | {allowed} | {} |",
        check.what,
        check.reference,
        figure(check.expected),
        figure(check.ours),
        if check.holds() { "yes" } else { "**no**" }
    )
}
