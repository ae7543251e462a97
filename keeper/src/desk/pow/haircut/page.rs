//! The haircut as one self-contained HTML page.

use super::answer::{Answer, DayAnswer};
use crate::desk::date;
use crate::page::chart::{Chart, Mark, Marks, Series};
use crate::page::{document, escaped};

/// The page.
pub fn render(answer: &Answer) -> String {
    let breached = answer.days.iter().filter_map(|day| {
        let loss = day.loss.filter(|loss| *loss > day.haircut)?;
        Some(Mark {
            time: day.time,
            label: format!(
                "{}: lost {:.2} % with a haircut of {:.2} %",
                date::show(day.time),
                100.0 * loss,
                100.0 * day.haircut
            ),
        })
    });
    let charts: String = [
        chart(
            "Haircut",
            "share",
            vec![
                line("haircut", 0, answer, |day| Some(day.haircut)),
                line("from volatility alone", 3, answer, |day| Some(day.by_volatility)),
                line("largest loss within the horizon", 6, answer, |day| day.loss),
            ],
            Marks {
                name: "loss beyond the haircut",
                at: breached.collect(),
            },
        ),
        chart(
            "Price and cost to the marginal miner, logarithms",
            "ln quote",
            vec![
                line("price", 0, answer, |day| Some(day.price.ln())),
                line("cost", 6, answer, |day| Some(day.cost.ln())),
            ],
            Marks::NONE,
        ),
        chart(
            "Probability that miners capitulate",
            "share",
            vec![line("probability", 2, answer, |day| {
                Some(day.capitulation_probability)
            })],
            Marks::NONE,
        ),
    ]
    .iter()
    .map(Chart::svg)
    .collect();
    let body = format!(
        "<h1>Haircut of a proof-of-work coin</h1>\n{charts}<pre class=\"small\">{}</pre>\n\
         <p class=\"small\">Every haircut was computed from what was known on its day.</p>\n",
        escaped(&answer.to_string())
    );
    document("Hurdle: haircut of a proof-of-work coin", &body)
}

fn chart(title: &'static str, unit: &'static str, series: Vec<Series>, marks: Marks) -> Chart {
    Chart {
        marks,
        from_zero: false,
        ..Chart::lines(title, unit, series)
    }
}

fn line(name: &'static str, paint: u8, answer: &Answer, read: impl Fn(&DayAnswer) -> Option<f64>) -> Series {
    Series::of(name, paint, &answer.days, |day| (day.time, read(day)))
}
