//! A fleet backtest as one self-contained HTML page.

use super::answer::{Answer, DayAnswer, PriceAnswer};
use crate::page::chart::{Chart, Series};
use crate::page::{document, escaped};

/// What the horizontal axis of the energy prices counts, quote per kWh.
const ENERGY_UNIT: f64 = 1e-9;

/// The page.
pub fn render(answer: &Answer) -> String {
    let charts = [
        by_price(answer).svg_over(ENERGY_UNIT),
        share_by_price(answer).svg_over(ENERGY_UNIT),
        running(answer).svg(),
        hashprice(answer).svg(),
        profit(answer).svg(),
    ]
    .concat();
    let body = format!(
        "<h1>Fleet backtest</h1>\n{charts}<pre class=\"small\">{}</pre>\n\
         <p class=\"small\">A type runs on a day on which its revenue covers pool fee and energy. Cash profit: the machines' \
         price is only what the return is related to.</p>\n",
        escaped(&answer.to_string())
    );
    document("Hurdle fleet backtest", &body)
}

fn chart(title: &'static str, unit: &'static str, series: Vec<Series>) -> Chart {
    Chart {
        from_zero: false,
        ..Chart::lines(title, unit, series)
    }
}

fn over_prices(name: &'static str, paint: u8, answer: &Answer, read: impl Fn(&PriceAnswer) -> f64) -> Series {
    Series::new(
        name,
        paint,
        answer
            .energy_prices
            .iter()
            .map(|price| {
                (
                    (price.energy_price / ENERGY_UNIT).round() as i64,
                    Some(read(price)),
                )
            })
            .collect(),
    )
}

fn over_days(name: &'static str, paint: u8, answer: &Answer, read: impl Fn(&DayAnswer) -> f64) -> Series {
    Series::of(name, paint, &answer.days, |day| (day.time, Some(read(day))))
}

fn by_price(answer: &Answer) -> Chart {
    let series = vec![
        over_prices("profit", 0, answer, |price| price.profit),
        over_prices("greatest drawdown", 7, answer, |price| price.drawdown),
    ];
    chart("Profit by energy price per kWh", "quote", series)
}

fn share_by_price(answer: &Answer) -> Chart {
    let series = vec![over_prices("hash rate that ran", 2, answer, |price| {
        100.0 * price.running_share
    })];
    chart("Running share by energy price per kWh", "%", series)
}

fn running(answer: &Answer) -> Chart {
    let series = vec![over_days("hash rate that ran", 2, answer, |day| {
        100.0 * day.running_share
    })];
    chart("Running share at the site's energy price", "%", series)
}

fn hashprice(answer: &Answer) -> Chart {
    let best = answer.break_even.iter().copied().fold(f64::INFINITY, f64::min);
    let worst = answer
        .break_even
        .iter()
        .copied()
        .fold(f64::NEG_INFINITY, f64::max);
    let series = vec![
        over_days("hashprice", 0, answer, |day| day.hashprice),
        over_days("best machines' break-even", 2, answer, |_| best),
        over_days("worst machines' break-even", 7, answer, |_| worst),
    ];
    chart("Hashprice and break-evens", "quote per PH/s and day", series)
}

fn profit(answer: &Answer) -> Chart {
    let series = vec![over_days("profit so far", 0, answer, |day| day.accumulated)];
    chart("Accumulated profit at the site's energy price", "quote", series)
}
