//! The play as one self-contained HTML page.

use super::borrowers::Verdict;
use super::scenario::{Story, gate_name};
use super::summary::Summary;
use super::table::{sentence, why};
use crate::clock::moment;
use crate::page::chart::{Chart, Mark, Marks, Paint, Series, Shade};
use crate::page::{document, escaped};
use crate::record::RecordError;
use std::fmt::Write;
use std::path::Path;

/// Writes the page, and the folder it goes to.
///
/// # Errors
/// [`RecordError`].
pub fn write(path: &Path, market: &str, story: &Story, summary: &Summary) -> Result<(), RecordError> {
    crate::page::write(path, &render(market, story, summary)).map_err(|reason| RecordError {
        path: path.to_owned(),
        reason,
    })
}

/// The page.
pub fn render(market: &str, story: &Story, summary: &Summary) -> String {
    let charts: String = [
        price(story),
        hurdle(story),
        components(story),
        multipliers(story),
        utilisation(story),
    ]
    .iter()
    .map(Chart::svg)
    .collect();
    let first = story
        .hours
        .first()
        .map(|hour| moment(hour.time))
        .unwrap_or_default();
    let last = story
        .hours
        .last()
        .map(|hour| moment(hour.time))
        .unwrap_or_default();
    let name = escaped(market);
    let body = format!(
        "<h1>{name}</h1>\n\
         <p>{first} to {last} UTC. {} reports published on an embedded cluster, each signed by at least two of three \
         keepers and recomputed by the program. Hurdle rate {:.1} % to {:.1} %; initial margin multiplier up to \
         {:.2}.</p>\n{charts}<h2>What the borrowers saw</h2>\n{}\
         <p class=\"small\">Measured: price of SOL, borrow rates and borrowed amounts of USDC on Aave v2 and Compound \
         v2; utilisation follows from the measured rate. Assumed by a stated rule: exchange rate of the liquid staking \
         token, depth, hazards, equity value, emissions. Simulated: the keepers' outage and the hours that each keeper \
         misses. The data file's header gives sources and dates.</p>\n",
        summary.publications,
        100.0 * summary.min_hurdle,
        100.0 * summary.max_hurdle,
        summary.max_im_multiplier,
        events(story),
    );
    document(&format!("Hurdle demo: {market}"), &body)
}

fn events(story: &Story) -> String {
    let mut rows = String::new();
    for attempt in &story.attempts {
        let refused = attempt.verdict != Verdict::Granted;
        let class = if refused { "refused" } else { "granted" };
        let at_spike = refused && story.spike.is_some_and(|spike| spike.time == attempt.time);
        let why = if at_spike {
            format!("<br>{}", why(story))
        } else {
            String::new()
        };
        let _ = writeln!(rows, "<li class=\"{class}\">{}{why}</li>", sentence(attempt));
    }
    format!("<ul>\n{rows}</ul>\n")
}

/// A chart over the play's hours, with refusals and outage marked.
fn base(story: &Story, title: &'static str, unit: &'static str) -> Chart {
    let marks = story
        .attempts
        .iter()
        .filter(|attempt| attempt.verdict != Verdict::Granted)
        .map(|attempt| Mark {
            time: attempt.time,
            label: format!(
                "{} refused to borrow {:.0} ({})",
                attempt.borrower,
                attempt.amount,
                gate_name(attempt.gate)
            ),
        })
        .collect();
    Chart {
        title,
        unit,
        series: Vec::new(),
        is_stacked: false,
        marks: Marks {
            name: "refusal",
            at: marks,
        },
        shade: story.outage.map(|(from, to)| Shade {
            name: "keepers' outage",
            from,
            to,
        }),
        from_zero: true,
    }
}

fn line(
    name: &'static str,
    paint: Paint,
    story: &Story,
    read: impl Fn(&super::Hour) -> Option<f64>,
) -> Series {
    let points = story.hours.iter().map(|hour| (hour.time, read(hour))).collect();
    Series { name, paint, points }
}

fn price(story: &Story) -> Chart {
    let series = vec![line("SOL", Paint(0), story, |hour| Some(hour.price))];
    Chart {
        series,
        from_zero: false,
        ..base(story, "Price of SOL", "USD")
    }
}

fn hurdle(story: &Story) -> Chart {
    let read = |read: fn(&crate::record::PublicationRecord) -> f64| {
        move |hour: &super::Hour| hour.record.as_ref().map(|record| 100.0 * read(record))
    };
    let series = vec![
        line("solved", Paint(3), story, read(|record| record.raw_hurdle)),
        line(
            "in force, after the rate limit",
            Paint(0),
            story,
            read(|record| record.hurdle),
        ),
        line("baseline", Paint(1), story, read(|record| record.baseline)),
    ];
    Chart {
        series,
        ..base(story, "Hurdle rate", "% per year")
    }
}

/// The parts of the composed rate at the solution. What remains are the spread multipliers on the cost of capital, and
/// what the debt costs more or less where utilisation has answered.
fn components(story: &Story) -> Chart {
    let part = |read: fn(&crate::record::ComponentsRecord) -> f64| {
        move |hour: &super::Hour| {
            hour.record
                .as_ref()
                .map(|record| 100.0 * read(&record.components))
        }
    };
    let rest = |hour: &super::Hour| {
        let record = hour.record.as_ref()?;
        let c = &record.components;
        let capital =
            c.equity_weight * (c.staking + c.contract + c.systematic) + (1.0 - c.equity_weight) * c.debt;
        let named = capital + c.liquidity + c.latency + hour.tail?;
        Some(100.0 * (record.raw_hurdle - named).max(0.0))
    };
    let series = vec![
        line(
            "staking s",
            Paint(0),
            story,
            part(|c| c.equity_weight * c.staking),
        ),
        line(
            "contract risk p",
            Paint(1),
            story,
            part(|c| c.equity_weight * c.contract),
        ),
        line(
            "systematic b",
            Paint(2),
            story,
            part(|c| c.equity_weight * c.systematic),
        ),
        line(
            "debt d",
            Paint(3),
            story,
            part(|c| (1.0 - c.equity_weight) * c.debt),
        ),
        line("spreads on capital", Paint(4), story, rest),
        line("liquidity l", Paint(5), story, part(|c| c.liquidity)),
        line("oracle latency o", Paint(6), story, part(|c| c.latency)),
        line("liquidation tail q(h)", Paint(7), story, |hour| {
            Some(100.0 * hour.tail?)
        }),
    ];
    let title = "Solved hurdle rate by component, capital at its weights";
    Chart {
        series,
        is_stacked: true,
        ..base(story, title, "% per year")
    }
}

fn multipliers(story: &Story) -> Chart {
    let series = vec![
        line("initial", Paint(0), story, |hour| Some(hour.im_multiplier)),
        line("maintenance", Paint(3), story, |hour| Some(hour.mm_multiplier)),
    ];
    Chart {
        series,
        from_zero: false,
        ..base(story, "Margin multiplier in force", "×")
    }
}

fn utilisation(story: &Story) -> Chart {
    let read = |hour: &super::Hour| {
        hour.record
            .as_ref()
            .map(|record| 100.0 * record.components.utilisation)
    };
    let series = vec![line("utilisation", Paint(2), story, read)];
    Chart {
        series,
        from_zero: false,
        ..base(story, "Utilisation of the USDC market", "%")
    }
}
