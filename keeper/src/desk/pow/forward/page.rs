//! A forward curve as one self-contained HTML page.

use super::answer::{Answer, Day};
use crate::desk::pow::outlook::after;
use crate::page::chart::{Chart, Series};
use crate::page::{document, escaped};

/// The page.
pub fn render(answer: &Answer) -> String {
    let reference = answer.days.first().map_or(1.0, |day| day.difficulty);
    let charts: String = [
        Chart::lines(
            "Forward hashprice",
            "quote per PH/s and day",
            vec![
                line("lower end of the band", 4, answer, |day| day.low),
                line("upper end", 3, answer, |day| day.high),
                line("expected", 0, answer, |day| day.hashprice),
            ],
        ),
        Chart::lines(
            "Coins",
            "per EH/s and day",
            vec![
                line("lower end of the band", 4, answer, |day| 1e3 * day.coins_low),
                line("upper end", 3, answer, |day| 1e3 * day.coins_high),
                line("expected", 0, answer, |day| 1e3 * day.coins),
            ],
        ),
        Chart::lines(
            "Difficulty",
            "% of now",
            vec![line("median", 0, answer, move |day| {
                100.0 * day.difficulty / reference
            })],
        ),
        Chart::lines(
            "Reward of a block",
            "coins",
            vec![
                line("subsidy", 0, answer, |day| day.subsidy),
                line("expected fees", 2, answer, |day| day.fees),
            ],
        ),
    ]
    .iter()
    .map(Chart::svg)
    .collect();
    let body = format!(
        "<h1>Forward hashprice</h1>\n{charts}<pre class=\"small\">{}</pre>\n",
        escaped(&answer.to_string())
    );
    document("Hurdle: forward hashprice", &body)
}

fn line(name: &'static str, paint: u8, answer: &Answer, read: impl Fn(&Day) -> f64) -> Series {
    let start = answer.time.unwrap_or(0);
    Series::of(name, paint, &answer.days, |day| {
        (after(start, day.days), Some(read(day)))
    })
}
