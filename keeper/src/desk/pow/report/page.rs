//! The report as one self-contained HTML page.

use super::answer::Answer;
use super::parts::Parts;
use crate::desk::date;
use crate::desk::pow::forecast::ahead;
use crate::page::chart::{Chart, Series};
use crate::page::{document, escaped};
use std::fmt::Write;

/// Largest over least amount beyond which a chart shows logarithms.
const WIDE: f64 = 100.0;
/// Units of charts that may: of the amounts, and of their logarithms.
const HASHPRICE: [&str; 2] = [
    "quote per PH/s and day",
    "decimal logarithm of quote per PH/s and day",
];
const COIN: [&str; 2] = ["quote per coin", "decimal logarithm of quote per coin"];

/// The page.
pub fn render(answer: &Answer, parts: &Parts) -> String {
    let title = format!("Proof of work: {}, {}", answer.chain, date::show(answer.time));
    let mut body = format!("<h1>{}</h1>\n{}", escaped(&title), table(answer));
    for (chart, note) in charts(parts) {
        let _ = writeln!(body, "{}<p class=\"small\">{note}</p>", chart.svg());
    }
    let _ = writeln!(
        body,
        "<p class=\"small\">Days shown: {} to {}, one of every {}. Every figure of a day but the fleet's and the entrant's \
         terms, which are the files', is from what was recorded up to it.</p>",
        date::show(parts.from),
        date::show(parts.to),
        parts.stride
    );
    document(&title, &body)
}

fn table(answer: &Answer) -> String {
    let mut table = String::from("<table>\n");
    for section in &answer.sections {
        let _ = writeln!(
            table,
            "<tr><th colspan=\"3\">{}</th></tr>",
            escaped(section.title)
        );
        for line in &section.lines {
            let unit = line.value.map_or_else(String::new, |_| line.shown_unit());
            let _ = writeln!(
                table,
                "<tr><td>{}</td><td class=\"number\">{}</td><td>{}</td></tr>",
                escaped(line.label),
                escaped(&line.shown()),
                escaped(&unit)
            );
        }
    }
    table.push_str("</table>\n");
    table
}

/// The charts, each with what it is and the command that says more.
fn charts(parts: &Parts) -> Vec<(Chart, &'static str)> {
    let mut charts = vec![
        (
            hashprice(parts),
            "What a PH/s earned a day, beside what the fleet needs (hurdle pow hashprice, hurdle pow breakeven). The best and \
             the worst machines' energy; the fleet's further costs each include what stands before them.",
        ),
        (
            cost(parts),
            "What a coin cost the network, with hardware, and the marginal miner, without (hurdle pow cost).",
        ),
        (
            ratio(parts),
            "Above 1, mining paid on average, hardware included.",
        ),
        (
            floor(parts),
            "The price at which miners stop, as quantiles of what is known of it on the day (hurdle pow floor).",
        ),
        (
            power(parts),
            "At the meter, of the machines that made the recorded hash rate.",
        ),
        (difficulty(parts), "As recorded; of hash rate and blocks."),
        (
            ahead(&parts.forecast),
            "A step at each retarget, at its expected time (hurdle pow forecast).",
        ),
        (
            profit(parts),
            "Cash profit at the fleet's own energy price, since the first day shown; machines stop on days that do not pay \
             their energy (hurdle pow backtest).",
        ),
    ];
    if !parts.returns.is_empty() {
        charts.push((
            returns(parts),
            "What one who had entered on the day would earn by the entrant's machine, price and outlook, which are today's \
             on every day (hurdle pow opportunity). Below zero, mining competes for no capital.",
        ));
    }
    charts.push((
        haircut(parts),
        "What the coin loses as collateral, by volatility and by the distance to the floor (hurdle pow haircut).",
    ));
    charts
}

fn chart(title: &'static str, unit: &'static str, from_zero: bool, series: Vec<Series>) -> Chart {
    Chart {
        from_zero,
        ..Chart::lines(title, unit, series)
    }
}

/// A chart of positive amounts: by their decimal logarithms where they span more than two powers of ten.
fn wide(title: &'static str, units: [&'static str; 2], mut series: Vec<Series>) -> Chart {
    let known = || {
        series
            .iter()
            .flat_map(|series| series.points.iter().filter_map(|point| point.1))
    };
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(0.0, f64::max));
    let [unit, logarithm] = units;
    if low <= 0.0 || high <= WIDE * low {
        return chart(title, unit, true, series);
    }
    for (_, value) in series.iter_mut().flat_map(|series| &mut series.points) {
        *value = value.map(f64::log10);
    }
    chart(title, logarithm, false, series)
}

fn line<T>(name: &'static str, paint: u8, days: &[T], read: impl Fn(&T) -> (i64, f64)) -> Series {
    let point = |day: &T| {
        let (time, value) = read(day);
        (time, Some(value).filter(|value| value.is_finite()))
    };
    Series::new(name, paint, days.iter().map(point).collect())
}

fn level(name: &'static str, paint: u8, parts: &Parts, value: f64) -> Series {
    line(name, paint, &[parts.from, parts.to], |time| (*time, value))
}

fn hashprice(parts: &Parts) -> Chart {
    let even = &parts.break_even;
    let energy = || even.units.iter().map(|unit| unit.cash);
    let series = vec![
        line("hashprice", 0, &parts.hashprices, |day| *day),
        level(
            "best machines' energy",
            2,
            parts,
            energy().fold(f64::INFINITY, f64::min),
        ),
        level(
            "worst machines' energy",
            7,
            parts,
            energy().fold(f64::NEG_INFINITY, f64::max),
        ),
        level("fleet, operation", 5, parts, even.fleet.operation),
        level("fleet, depreciation", 3, parts, even.fleet.depreciation),
        level("fleet, hurdle", 1, parts, even.fleet.hurdle),
    ];
    wide("Hashprice and break-evens", HASHPRICE, series)
}

fn cost(parts: &Parts) -> Chart {
    let series = vec![
        line("price", 0, &parts.cost, |day| (day.time, day.price)),
        line("cost, with hardware", 3, &parts.cost, |day| (day.time, day.cost)),
        line("marginal miner, without", 7, &parts.cost, |day| {
            (day.time, day.marginal)
        }),
    ];
    wide("Price and cost of a coin", COIN, series)
}

fn ratio(parts: &Parts) -> Chart {
    let series = vec![
        line("price ÷ cost", 0, &parts.cost, |day| {
            (day.time, day.price_to_cost)
        }),
        level("1", 4, parts, 1.0),
    ];
    chart("Price ÷ cost", "ratio", true, series)
}

fn floor(parts: &Parts) -> Chart {
    let series = vec![
        line("price", 0, &parts.floor, |day| (day.time, day.price)),
        line("floor, 95 %", 5, &parts.floor, |day| (day.time, day.high)),
        line("median", 3, &parts.floor, |day| (day.time, day.median)),
        line("5 %", 7, &parts.floor, |day| (day.time, day.low)),
    ];
    wide("Price and floor", COIN, series)
}

fn power(parts: &Parts) -> Chart {
    let series = vec![line("power", 3, &parts.cost, |day| (day.time, day.power_gw))];
    chart("Power of the network", "GW", true, series)
}

fn difficulty(parts: &Parts) -> Chart {
    let (scale, unit) = match parts.forecast.difficulty {
        difficulty if difficulty >= 1e12 => (1e12, "10¹², as the chain states it"),
        difficulty if difficulty >= 1e9 => (1e9, "10⁹, as the chain states it"),
        difficulty if difficulty >= 1e6 => (1e6, "10⁶, as the chain states it"),
        _ => (1.0, "as the chain states it"),
    };
    let series = vec![line("difficulty", 0, &parts.difficulty, |day| {
        (day.time, day.difficulty / scale)
    })];
    chart("Difficulty", unit, true, series)
}

fn profit(parts: &Parts) -> Chart {
    let series = vec![line("profit so far", 0, &parts.fleet, |day| {
        (day.time, day.accumulated / 1e6)
    })];
    chart(
        "Accumulated profit of the fleet",
        "millions of the quote",
        false,
        series,
    )
}

fn returns(parts: &Parts) -> Chart {
    let series = vec![
        line("operating return", 0, &parts.returns, |day| {
            (day.0, 100.0 * day.1.rate)
        }),
        level("0", 4, parts, 0.0),
    ];
    chart("Operating return of one who enters", "% per year", false, series)
}

fn haircut(parts: &Parts) -> Chart {
    let series = vec![
        line("haircut", 0, &parts.haircuts, |day| {
            (day.time, 100.0 * day.haircut)
        }),
        line("from volatility alone", 3, &parts.haircuts, |day| {
            (day.time, 100.0 * day.by_volatility)
        }),
    ];
    chart("Haircut of the coin as collateral", "% of value", true, series)
}
