//! A migration backtest as one self-contained HTML page.

use super::answer::{Answer, DayAnswer};
use crate::page::chart::{Chart, Mark, Marks, Series};
use crate::page::{document, escaped};

/// The page.
pub fn render(answer: &Answer) -> String {
    let charts: String = [ratio(answer), gain(answer)].iter().map(Chart::svg).collect();
    let body = format!(
        "<h1>Hash migration</h1>\n{charts}<pre class=\"small\">{}</pre>\n\
         <p class=\"small\">Each day's chain was chosen from the days before.</p>\n",
        escaped(&answer.to_string())
    );
    document("Hurdle hash migration", &body)
}

/// The moves, marked.
fn moves(answer: &Answer) -> Marks {
    let at = answer
        .days
        .windows(2)
        .filter(|pair| pair[0].on_second != pair[1].on_second)
        .map(|pair| Mark {
            time: pair[1].time,
            label: format!(
                "to the {} chain",
                if pair[1].on_second { "second" } else { "first" }
            ),
        })
        .collect();
    Marks { name: "move", at }
}

fn line(name: &'static str, paint: u8, answer: &Answer, mut read: impl FnMut(&DayAnswer) -> f64) -> Series {
    Series::of(name, paint, &answer.days, |day| (day.time, Some(read(day))))
}

fn chart(title: &'static str, unit: &'static str, marks: Marks, series: Vec<Series>) -> Chart {
    Chart {
        marks,
        from_zero: false,
        ..Chart::lines(title, unit, series)
    }
}

fn ratio(answer: &Answer) -> Chart {
    let series = vec![
        line("second ÷ first", 4, answer, |day| 100.0 * day.log_ratio.exp_m1()),
        line("to the second above", 2, answer, |day| {
            100.0 * day.to_second.exp_m1()
        }),
        line("to the first below", 7, answer, |day| {
            100.0 * day.to_first.exp_m1()
        }),
    ];
    chart(
        "What a hash earns more on the second chain",
        "%",
        moves(answer),
        series,
    )
}

/// What the rule earned beyond staying, so far.
fn gain(answer: &Answer) -> Chart {
    let beyond = |name, paint, stay: fn(&DayAnswer) -> f64| {
        let mut sum = 0.0;
        line(name, paint, answer, move |day| {
            sum += day.earned - stay(day);
            sum
        })
    };
    let none = Marks::NONE;
    let series = vec![
        beyond("beyond the first chain", 0, |day| day.first),
        beyond("beyond the second chain", 1, |day| day.second),
        beyond("beyond the better chain of each day", 7, |day| {
            day.first.max(day.second)
        }),
    ];
    chart("Accumulated gain of the rule", "quote per PH/s", none, series)
}
