//! Cost of production as one self-contained HTML page.

use super::answer::{Answer, DayAnswer};
use crate::page::chart::{Chart, Series};
use crate::page::{document, escaped};

/// The page.
pub fn render(answer: &Answer) -> String {
    let charts: String = [
        chart(
            "Price and cost of a coin",
            "quote",
            vec![
                line("price", 0, answer, |day| day.price),
                line("cost, with hardware", 3, answer, |day| day.cost),
                line("marginal miner, without", 7, answer, |day| day.marginal),
            ],
            false,
        ),
        chart(
            "Cost of a coin, by part",
            "quote",
            vec![
                line("electricity", 3, answer, |day| day.electricity),
                line("operation", 2, answer, |day| day.operation),
                line("hardware", 1, answer, |day| day.hardware),
            ],
            true,
        ),
        chart(
            "Price ÷ cost",
            "ratio",
            vec![line("price ÷ cost", 0, answer, |day| day.price_to_cost)],
            false,
        ),
        chart(
            "Power of the network",
            "GW",
            vec![line("power", 3, answer, |day| day.power_gw)],
            false,
        ),
        chart(
            "Machines",
            "%",
            vec![
                line("of what is installed can run", 2, answer, |day| {
                    100.0 * day.running
                }),
                line("recorded hash rate ÷ that", 4, answer, |day| {
                    100.0 * day.utilisation
                }),
            ],
            false,
        ),
    ]
    .iter()
    .map(Chart::svg)
    .collect();
    let body = format!(
        "<h1>Cost of production</h1>\n{charts}<pre class=\"small\">{}</pre>\n\
         <p class=\"small\">Each day's figures are from what was recorded up to it. Hash rate is the recorded one; by which \
         machines and at which energy prices it was made is the model's.</p>\n",
        escaped(&answer.to_string())
    );
    document("Hurdle: cost of production", &body)
}

fn line(name: &'static str, paint: u8, answer: &Answer, read: impl Fn(&DayAnswer) -> f64) -> Series {
    Series::of(name, paint, &answer.days, |day| (day.time, Some(read(day))))
}

fn chart(title: &'static str, unit: &'static str, series: Vec<Series>, is_stacked: bool) -> Chart {
    Chart {
        is_stacked,
        ..Chart::lines(title, unit, series)
    }
}
