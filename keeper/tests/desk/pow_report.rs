//! `hurdle pow report`: one page of what the other commands say.

use crate::Desk;
use crate::pow_forecast::record;
use serde_json::Value;
use std::fmt::Write;

/// The forecast's days from 2020-01-01, with a price in waves and the hash rate in such a unit.
fn days_in(desk: &Desk, count: u32, unit: f64) -> String {
    let record = record(count);
    let mut rows = record.lines();
    let mut table = format!("{}\n", rows.next().unwrap());
    for (day, row) in (0_u32..).zip(rows) {
        let (rest, hash_rate) = row.rsplit_once(',').unwrap();
        let price = 9_000.0 * (1.0 + 0.2 * (f64::from(day) / 30.0).sin());
        let rest = rest.replace(",9000,", &format!(",{price},"));
        writeln!(table, "{rest},{}", hash_rate.parse::<f64>().unwrap() / unit).unwrap();
    }
    desk.file("days.csv", &table)
}

fn days(desk: &Desk, count: u32) -> String {
    days_in(desk, count, 1.0)
}

fn number(answer: &Value, key: &str) -> f64 {
    // no number equals none
    answer[key].as_f64().unwrap_or(f64::NAN)
}

fn close(ours: f64, theirs: f64, what: &str) {
    assert!(
        (ours - theirs).abs() <= 1e-9 * theirs.abs(),
        "{what}: {ours} {theirs}"
    );
}

#[test]
fn the_report_says_what_each_command_says_alone() {
    let desk = Desk::new("pow-report");
    let days = days(&desk, 300);
    let page = desk.path("out/page.html");
    let answer = desk.json(&["pow", "report", "--days", &days, "--html", &page]);
    let alone = |command: &str| desk.json(&["pow", command, "--days", &days]);

    let cost = alone("cost");
    let day = &cost["at"]["day"];
    for (ours, theirs) in [
        ("price", "price"),
        ("power", "power_gw"),
        ("annual_energy", "annual_twh"),
        ("cost", "cost"),
        ("marginal_cost", "marginal"),
        ("price_to_cost", "price_to_cost"),
    ] {
        close(number(&answer, ours), number(day, theirs), ours);
    }
    assert_eq!(answer["time"], day["time"]);

    let floor = alone("floor");
    close(
        number(&answer, "floor_distance"),
        number(&floor, "distance"),
        "floor",
    );
    let quantile = |level: f64| {
        let quantiles = floor["quantiles"].as_array().unwrap();
        let found = quantiles
            .iter()
            .find(|quantile| quantile["level"] == level)
            .unwrap();
        number(found, "price")
    };
    close(number(&answer, "floor_low"), quantile(0.05), "low");
    close(number(&answer, "floor_median"), quantile(0.5), "median");
    close(number(&answer, "floor_high"), quantile(0.95), "high");

    let forecast = alone("forecast");
    close(
        number(&answer, "difficulty"),
        number(&forecast, "difficulty"),
        "difficulty",
    );
    for (ours, theirs) in [
        ("retarget_days", "days"),
        ("retarget_low", "low"),
        ("retarget_high", "high"),
        ("probability_of_rise", "probability_of_rise"),
    ] {
        close(number(&answer, ours), number(&forecast["next"], theirs), ours);
    }

    let fleet = alone("backtest");
    close(
        number(&answer, "profit"),
        number(&fleet["site"], "profit"),
        "profit",
    );
    close(
        number(&answer, "drawdown"),
        number(&fleet["site"], "drawdown"),
        "drawdown",
    );

    let even = desk.json(&["pow", "breakeven"]);
    let levels = &even["fleet"]["hashprice"];
    close(
        number(&answer, "break_even_energy"),
        number(levels, "cash"),
        "energy",
    );
    close(
        number(&answer, "break_even_hurdle"),
        number(levels, "hurdle"),
        "hurdle",
    );

    let opportunity = alone("opportunity");
    close(
        number(&answer, "operating_return"),
        number(&opportunity, "operating_return"),
        "return",
    );
    close(
        number(&answer, "hashprice"),
        number(&opportunity, "hashprice"),
        "hashprice",
    );
    let haircut = alone("haircut");
    close(
        number(&answer, "haircut"),
        number(&haircut["now"], "haircut"),
        "haircut",
    );
}

#[test]
fn the_page_stands_alone_and_draws_no_number_that_is_none() {
    let desk = Desk::new("pow-report-page");
    let days = days(&desk, 200);
    let text = desk.text(&[
        "pow",
        "report",
        "--days",
        &days,
        "--html",
        &desk.path("page.html"),
    ]);
    assert!(
        text.contains("written to") && text.contains("page.html"),
        "{text}"
    );
    assert!(
        text.contains("btc on 2020-07-18") && text.contains("GW"),
        "{text}"
    );
    let page = desk.read("page.html");
    assert_eq!(page.matches("<svg").count(), 10);
    for title in [
        "Hashprice and break-evens",
        "Price and cost of a coin",
        "Price ÷ cost",
        "Price and floor",
        "Power of the network",
        "Difficulty ahead",
        "Accumulated profit of the fleet",
        "Operating return of one who enters",
        "Haircut of the coin as collateral",
        "<table>",
    ] {
        assert!(page.contains(title), "{title}");
    }
    for none in ["NaN", "inf", "<script", "http"] {
        assert!(!page.contains(none), "{none}");
    }
}

#[test]
fn nothing_after_the_last_day_is_used() {
    let desk = Desk::new("pow-report-to");
    let (long, html) = (days(&desk, 200), desk.path("page.html"));
    let run = |days: &str, more: &[&str]| {
        desk.json(&[&["pow", "report", "--days", days, "--html", &html], more].concat())
    };
    let cut = run(&long, &["--to", "2020-05-29"]);
    let short = run(&days(&desk, 150), &[]);
    assert_eq!(cut, short);
    // the first day moves what is shown, not what is known
    let later = run(&long, &["--from", "2020-05-01"]);
    assert_eq!(later["from"].as_i64(), Some(1_588_291_200));
    assert_ne!(later["profit"], short["profit"]);
}

#[test]
fn a_chain_without_a_built_in_entrant_has_no_return() {
    let desk = Desk::new("pow-report-ltc");
    let line = [
        "pow",
        "report",
        "--chain",
        "ltc",
        "--html",
        &desk.path("page.html"),
        "--days",
    ];
    let days = days_in(&desk, 100, 1e5);
    let answer = desk.json(&[&line[..], &[&days]].concat());
    assert!(answer["operating_return"].is_null() && answer["haircut"].is_number());
    assert!(
        !desk
            .read("page.html")
            .contains("Operating return of one who enters</")
    );
}

#[test]
fn what_is_wrong_with_a_report_is_named() {
    let desk = Desk::new("pow-report-refused");
    let (days, html) = (days(&desk, 100), desk.path("page.html"));
    let refuse =
        |more: &[&str]| desk.refusal(&[&["pow", "report", "--days", &days, "--html", &html], more].concat());
    assert_eq!(
        refuse(&["--to", "2019-12-31"]),
        "error: --to: the record begins later\n"
    );
    assert_eq!(
        refuse(&["--from", "2030-01-01"]),
        "error: --from: the record, up to --to, ends before\n"
    );
    assert_eq!(
        refuse(&["--level", "1.5"]),
        "error: --level: 1.5 is no probability between 0 and 1\n"
    );
    assert!(refuse(&["--to", "2020-01-20"]).contains("haircut of a proof-of-work coin: "));
    let broken = desk.file("broken.toml", "[site]\nenergy_price = \"dear\"\n");
    let message = refuse(&["--fleet", &broken]);
    assert!(message.starts_with("error: broken.toml:2:16"), "{message}");
    let misuse = desk.misuse(&["pow", "report", "--days", &days]);
    assert!(misuse.contains("--html <HTML>"), "{misuse}");
}
