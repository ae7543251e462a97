//! The floor as one self-contained HTML page.

use super::answer::{Answer, FloorPoint};
use crate::desk::date;
use crate::desk::pow::cost::amount::quote;
use crate::page::chart::{Chart, Mark, Marks, Series};
use crate::page::{document, escaped};

/// The page.
pub fn render(answer: &Answer) -> String {
    let charts: String = [
        Chart {
            marks: Marks {
                name: "price under the median",
                at: under(answer),
            },
            ..Chart::lines(
                "Price and floor",
                "quote",
                vec![
                    line("price", 0, answer, |point| point.price),
                    line("floor, 95 %", 6, answer, |point| point.high),
                    line("median", 3, answer, |point| point.median),
                    line("5 %", 7, answer, |point| point.low),
                ],
            )
        },
        Chart {
            from_zero: false,
            ..Chart::lines(
                "Distance of the price above the floor",
                "deviations",
                vec![line("distance", 2, answer, |point| point.distance)],
            )
        },
    ]
    .iter()
    .map(Chart::svg)
    .collect();
    let body = format!(
        "<h1>Floor of the price</h1>\n{charts}<pre class=\"small\">{}</pre>\n\
         <p class=\"small\">Every floor was computed from what was known on its day. A quantile is a bound: if the price never \
         goes under the floor, it goes under the quantile no more often than its level.</p>\n",
        escaped(&answer.to_string())
    );
    document("Hurdle: floor of the price", &body)
}

fn under(answer: &Answer) -> Vec<Mark> {
    answer
        .series
        .iter()
        .filter(|point| point.price < point.median)
        .map(|point| Mark {
            time: point.time,
            label: format!(
                "{}: {} under {}",
                date::show(point.time),
                quote(point.price),
                quote(point.median)
            ),
        })
        .collect()
}

fn line(name: &'static str, paint: u8, answer: &Answer, read: impl Fn(&FloorPoint) -> f64) -> Series {
    Series::of(name, paint, &answer.series, |point| {
        (point.time, Some(read(point)))
    })
}
