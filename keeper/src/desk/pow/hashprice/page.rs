//! Hashprice over time as one self-contained HTML page.

use super::{DayAnswer, PastAnswer};
use crate::page::chart::{Chart, Series};
use crate::page::{document, escaped};

/// Below, differences are shown in parts per billion rather than percent.
const SMALL: f64 = 1e-5;

/// Below, they are the rounding of the numbers and not shown.
const ROUNDING: f64 = 1e-12;

/// The page.
pub fn render(answer: &PastAnswer) -> String {
    let difference = if answer.greatest_difference.abs() < SMALL {
        ("parts per billion", 1e9)
    } else {
        ("%", 100.0)
    };
    let mut charts = vec![
        Chart {
            series: vec![
                line("recorded flow", 4, answer, |day| day.recorded),
                line("from difficulty, height and fees", 0, answer, |day| day.hashprice),
            ],
            from_zero: true,
            ..empty("Hashprice", "quote per PH/s and day")
        },
        Chart {
            series: vec![line("hashprice", 0, answer, |day| day.hashprice.log10())],
            ..empty("Its decimal logarithm", "quote per PH/s and day")
        },
        Chart {
            series: vec![line("fees", 1, answer, |day| 100.0 * day.fee_share)],
            from_zero: true,
            ..empty("Share of the fees in what was paid", "%")
        },
    ];
    if answer.greatest_difference.abs() > ROUNDING {
        charts.push(Chart {
            series: vec![line("difference", 7, answer, |day| day.difference * difference.1)],
            ..empty("Difference to the recorded flow", difference.0)
        });
    }
    let charts: String = charts.iter().map(Chart::svg).collect();
    let body = format!(
        "<h1>Hashprice</h1>\n{charts}<pre class=\"small\">{}</pre>\n",
        escaped(&answer.to_string())
    );
    document("Hashprice", &body)
}

fn empty(title: &'static str, unit: &'static str) -> Chart {
    Chart {
        from_zero: false,
        ..Chart::lines(title, unit, Vec::new())
    }
}

fn line(name: &'static str, paint: u8, answer: &PastAnswer, read: impl Fn(&DayAnswer) -> f64) -> Series {
    let value = |day: &DayAnswer| Some(read(day)).filter(|value| value.is_finite());
    Series::of(name, paint, &answer.days, |day| (day.time, value(day)))
}
