//! What a waiting person sees: one line per step, with the time it takes.

use std::time::{Duration, Instant};

use console::style;
use indicatif::{ProgressBar, ProgressStyle};

/// A step under way. On a terminal it spins and shows the latest output; elsewhere it prints its start and end.
pub struct Step {
    title: String,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Step {
    /// Announces a step.
    pub fn start(title: impl Into<String>) -> Self {
        let title = title.into();
        let bar = console::user_attended_stderr().then(|| {
            let bar = ProgressBar::new_spinner()
                .with_message(String::new())
                .with_prefix(title.clone());
            if let Ok(look) = ProgressStyle::with_template("{spinner} {prefix} ({elapsed}) {wide_msg:.dim}") {
                bar.set_style(look);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() {
            eprintln!("{} {title} ...", style("..").dim());
        }
        Self {
            title,
            started: Instant::now(),
            bar,
        }
    }

    /// Shows what the step is doing now.
    pub fn show(&self, line: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(line.trim().to_owned());
        }
    }

    /// Ends the step well.
    pub fn done(self) {
        self.end(&style("ok").green().to_string());
    }

    /// Ends the step badly; the error itself is reported by whoever handles it.
    pub fn failed(self) {
        self.end(&style("failed").red().bold().to_string());
    }

    /// Ends a step that cannot be taken here and is not needed.
    pub fn skipped(self) {
        self.end(&style("skipped").yellow().to_string());
    }

    fn end(self, verdict: &str) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        eprintln!("{verdict} {} ({})", self.title, shown(self.started.elapsed()));
    }
}

/// A duration as a person reads it.
pub fn shown(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(60) {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else {
        format!("{} min {:02} s", elapsed.as_secs() / 60, elapsed.as_secs() % 60)
    }
}
