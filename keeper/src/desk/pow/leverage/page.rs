//! A cascade as one self-contained HTML page.

use crate::desk::Figures;
use crate::desk::pow::outlook::after;
use crate::page::chart::{Chart, Series};
use crate::page::{document, escaped};
use hurdle_model::pow::leverage::cascade::{StepRecord, Trajectory};

/// The page.
pub fn render(trajectory: &Trajectory, figures: &Figures) -> String {
    let steps = &trajectory.steps;
    let charts: String = [
        Chart::lines(
            "Price",
            "quote",
            vec![
                line("exogenous", 3, steps, |step| step.exogenous),
                line("with the miners' sales", 0, steps, |step| step.price),
            ],
        ),
        Chart::lines(
            "Hash rate and difficulty",
            "% of the start",
            vec![
                line("hash rate that runs", 2, steps, |step| 100.0 * step.hash_rate),
                line("difficulty", 4, steps, |step| 100.0 * step.difficulty),
            ],
        ),
        Chart::lines(
            "Coins sold so far",
            "coins",
            vec![
                line("by miners", 1, steps, |step| step.sold),
                line("by lenders", 7, steps, |step| step.seized),
            ],
        ),
        Chart::lines(
            "Debts",
            "quote",
            vec![
                line("owed", 0, steps, |step| step.debt),
                line("lost", 7, steps, |step| step.lost),
            ],
        ),
    ]
    .iter()
    .map(Chart::svg)
    .collect();
    let body = format!(
        "<h1>Cascade of forced sales</h1>\n{charts}<pre class=\"small\">{}</pre>\n\
         <p class=\"small\">The plots show the shock; its first day is drawn as 1 January.</p>\n",
        escaped(&figures.to_string())
    );
    document("Hurdle: cascade of forced sales", &body)
}

fn line(name: &'static str, paint: u8, steps: &[StepRecord], read: impl Fn(&StepRecord) -> f64) -> Series {
    Series::of(name, paint, steps, |step| (after(0, step.day), Some(read(step))))
}
