//! The backtest of a treasury as one self-contained HTML page.

use super::answer::{Answer, DayAnswer};
use crate::page::chart::{Chart, Mark, Marks, Series};
use crate::page::{document, escaped};

/// Colours of the strategies.
const PAINTS: [u8; 4] = [0, 3, 7, 2];

/// The page.
pub fn render(answer: &Answer) -> String {
    let policy = answer.strategies.first().map_or(&[][..], |policy| &policy.days);
    let charts: String = [
        chart("Wealth", "quote", all(answer, |day| Some(day.wealth)), false),
        Chart {
            marks: Marks {
                name: "policy at a call",
                at: calls(policy),
            },
            ..chart(
                "Loan-to-value when the lender looked",
                "%",
                all(answer, |day| day.ltv.map(|ltv| 100.0 * ltv)),
                true,
            )
        },
        chart(
            "Coins of the policy",
            "coins",
            vec![
                line("free", 2, policy, |day| Some(day.coins)),
                line("pledged", 0, policy, |day| Some(day.collateral)),
            ],
            true,
        ),
        chart(
            "Cash and debt of the policy",
            "quote",
            vec![
                line("cash", 2, policy, |day| Some(day.cash)),
                line("debt", 7, policy, |day| Some(day.debt)),
            ],
            true,
        ),
        chart(
            "Price",
            "quote",
            vec![line("price", 0, policy, |day| Some(day.price))],
            true,
        ),
    ]
    .iter()
    .map(Chart::svg)
    .collect();
    let body = format!(
        "<h1>Treasury of a miner</h1>\n{charts}<pre class=\"small\">{}</pre>\n\
         <p class=\"small\">Every day was decided from what was known on it. All strategies begin with the same machines, loan, \
         cash and coins.</p>\n",
        escaped(&answer.to_string())
    );
    document("Hurdle: treasury of a miner", &body)
}

fn calls(days: &[DayAnswer]) -> Vec<Mark> {
    let made = |day: &DayAnswer| {
        day.moves
            .iter()
            .find(|made| made.contains("the lender calls"))
            .cloned()
    };
    days.iter()
        .filter_map(|day| {
            made(day).map(|label| Mark {
                time: day.time,
                label: escaped(&label),
            })
        })
        .collect()
}

fn all(answer: &Answer, read: impl Fn(&DayAnswer) -> Option<f64>) -> Vec<Series> {
    answer
        .strategies
        .iter()
        .zip(PAINTS)
        .map(|(strategy, paint)| line(strategy.name, paint, &strategy.days, &read))
        .collect()
}

fn chart(title: &'static str, unit: &'static str, series: Vec<Series>, from_zero: bool) -> Chart {
    Chart {
        from_zero,
        ..Chart::lines(title, unit, series)
    }
}

fn line(
    name: &'static str,
    paint: u8,
    days: &[DayAnswer],
    read: impl Fn(&DayAnswer) -> Option<f64>,
) -> Series {
    Series::of(name, paint, days, |day| (day.time, read(day)))
}
