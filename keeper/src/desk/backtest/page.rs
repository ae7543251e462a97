//! A backtest as one self-contained HTML page.

use super::answer::{Answer, StepAnswer};
use crate::page::chart::{Chart, Mark, Marks, Series};
use crate::page::{document, escaped};

/// The page.
pub fn render(answer: &Answer) -> String {
    let charts: String = [
        price(answer),
        margin(answer),
        hurdle(answer),
        volatility(answer),
        breaches(answer),
    ]
    .iter()
    .map(Chart::svg)
    .collect();
    let body = format!(
        "<h1>Margin backtest</h1>\n{charts}<pre class=\"small\">{}</pre>\n\
         <p class=\"small\">Every margin was computed from what was known at its time. Tests leave out steps whose horizons \
         overlap.</p>\n",
        escaped(&answer.to_string())
    );
    document("Hurdle backtest", &body)
}

fn base(answer: &Answer, title: &'static str, unit: &'static str) -> Chart {
    let at = answer
        .steps
        .iter()
        .filter(|step| step.breach == Some(true))
        .map(|step| Mark {
            time: step.time,
            label: format!(
                "lost {:.2} % with a margin of {:.2} %",
                100.0 * step.adverse.unwrap_or_default(),
                100.0 * step.required
            ),
        })
        .collect();
    Chart {
        marks: Marks { name: "breach", at },
        ..Chart::lines(title, unit, Vec::new())
    }
}

fn line(name: &'static str, paint: u8, answer: &Answer, read: impl Fn(&StepAnswer) -> Option<f64>) -> Series {
    Series::of(name, paint, &answer.steps, |step| (step.time, read(step)))
}

fn price(answer: &Answer) -> Chart {
    Chart {
        series: vec![line("price", 0, answer, |step| Some(step.price))],
        from_zero: false,
        ..base(answer, "Price", "quote")
    }
}

fn margin(answer: &Answer) -> Chart {
    let percent = |share: f64| 100.0 * share;
    Chart {
        series: vec![
            line("adverse move", 4, answer, |step| {
                step.adverse.map(|adverse| percent(adverse.max(0.0)))
            }),
            line("maintenance, by class", 3, answer, |step| {
                step.maintenance.map(percent)
            }),
            line("initial, by class", 1, answer, |step| step.initial.map(percent)),
            line("margin at the confidence", 0, answer, |step| {
                Some(percent(step.required))
            }),
        ],
        ..base(
            answer,
            "Margin, and the adverse move over the horizon",
            "% of value",
        )
    }
}

fn hurdle(answer: &Answer) -> Chart {
    Chart {
        series: vec![line("hurdle rate", 0, answer, |step| Some(100.0 * step.hurdle))],
        ..base(answer, "Hurdle rate", "% per year")
    }
}

fn volatility(answer: &Answer) -> Chart {
    Chart {
        series: vec![line("forecast over the horizon", 2, answer, |step| {
            Some(100.0 * step.volatility)
        })],
        ..base(answer, "Volatility", "% per √year")
    }
}

/// Breaches so far, and as many as the confidence lets expect.
fn breaches(answer: &Answer) -> Chart {
    let rate = 1.0 - answer.confidence;
    let (mut so_far, mut steps) = (0.0, 0.0);
    let (mut counted, mut expected) = (Vec::new(), Vec::new());
    for step in answer.steps.iter().filter(|step| step.breach.is_some()) {
        steps += 1.0;
        so_far += f64::from(u8::from(step.breach == Some(true)));
        counted.push((step.time, Some(so_far)));
        expected.push((step.time, Some(rate * steps)));
    }

    Chart {
        series: vec![
            Series::new("breaches", 7, counted),
            Series::new("expected", 4, expected),
        ],
        ..base(answer, "Breaches so far", "steps")
    }
}
