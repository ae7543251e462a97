//! A schedule as one self-contained HTML page.

use super::answer::{Answer, HourAnswer};
use crate::page::chart::{Chart, Series};
use crate::page::{document, escaped};

/// The page.
pub fn render(answer: &Answer) -> String {
    let charts: String = [prices(answer), load(answer), profit(answer)]
        .iter()
        .map(Chart::svg)
        .collect();
    let body = format!(
        "<h1>Run, curtail or sell power</h1>\n{charts}<pre class=\"small\">{}</pre>\n\
         <p class=\"small\">The policy knew no hour later than the one it decided; the bound knew all.</p>\n",
        escaped(&answer.to_string())
    );
    document("Hurdle dispatch", &body)
}

fn chart(title: &'static str, unit: &'static str, series: Vec<Series>, from_zero: bool) -> Chart {
    Chart {
        from_zero,
        ..Chart::lines(title, unit, series)
    }
}

fn line(name: &'static str, paint: u8, answer: &Answer, read: impl Fn(&HourAnswer) -> f64) -> Series {
    Series::of(name, paint, &answer.hours, |hour| (hour.time, Some(read(hour))))
}

fn prices(answer: &Answer) -> Chart {
    let series = vec![
        line("spot price", 4, answer, |hour| hour.price),
        line("best machines' break-even", 2, answer, |hour| {
            hour.thresholds.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        }),
        line("worst machines' break-even", 7, answer, |hour| {
            hour.thresholds.iter().copied().fold(f64::INFINITY, f64::min)
        }),
    ];
    chart("Grid price", "quote per kWh", series, false)
}

fn load(answer: &Answer) -> Chart {
    let series = vec![
        line("load", 0, answer, |hour| hour.load),
        line("resold", 3, answer, |hour| hour.resold),
        line("shed for demand response", 1, answer, |hour| {
            if hour.action == "respond" {
                answer.full_load - hour.load
            } else {
                0.0
            }
        }),
    ];
    chart("Load", "kW", series, true)
}

fn profit(answer: &Answer) -> Chart {
    let names = [("policy", 0), ("foresight", 2), ("always running", 7)];
    let series = names
        .iter()
        .zip(&answer.accumulated)
        .filter(|(_, values)| !values.is_empty())
        .map(|((name, paint), values)| {
            Series::new(
                name,
                *paint,
                answer
                    .hours
                    .iter()
                    .zip(values)
                    .map(|(hour, value)| (hour.time, Some(*value)))
                    .collect(),
            )
        })
        .collect();
    chart("Accumulated profit", "quote", series, false)
}
