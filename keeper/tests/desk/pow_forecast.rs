//! `hurdle pow forecast`, `forward` and `hedge`, as a user runs them.

use crate::Desk;
use serde_json::Value;
use std::fmt::Write;
use std::fs;

/// Blocks between two retargets.
const PERIOD: u32 = 2016;

/// Days of a chain like Bitcoin from 2020-01-01: waves of hash rate around a growth, every block at its difficulty.
pub fn record(days: u32) -> String {
    let mut table = String::from("time,PriceUSD,BlkCnt,IssTotNtv,FeeTotNtv,HashRate\n");
    let (mut difficulty, mut height, mut since) = (1e13_f64, 0, 0.0_f64);
    for day in 0..days {
        let wave = (f64::from(day) / 40.0).sin() * 0.1 + 0.001 * f64::from(day);
        let luck = 1.0 + 0.05 * (f64::from(day * 37 % 23) / 23.0 - 0.5);
        let rate = 8e7 * wave.exp() * luck;
        // blocks one after the other, each at the pace of its difficulty
        let (mut blocks, mut sum, mut left) = (0_u32, 0.0, 86_400.0);
        loop {
            let interval = difficulty * 4_294_967_296.0 / (rate * 1e12);
            if interval > left {
                since += left;
                break;
            }
            (left, since) = (left - interval, since + interval);
            (blocks, height, sum) = (blocks + 1, height + 1, sum + difficulty);
            if height % PERIOD == 0 {
                difficulty *= (1_209_600.0 / since).clamp(0.25, 4.0);
                since = 0.0;
            }
        }
        let mean = sum / f64::from(blocks);
        let hash_rate = mean * 4_294_967_296.0 * f64::from(blocks) / 86_400.0 / 1e12;
        let coins = 6.25 * f64::from(blocks);
        writeln!(
            table,
            "{},9000,{blocks},{coins},50,{hash_rate}",
            1_577_836_800 + i64::from(day) * 86_400
        )
        .unwrap();
    }
    table
}

fn number(answer: &Value, key: &str) -> f64 {
    answer[key].as_f64().unwrap()
}

#[test]
fn retargets_are_forecast_tested_and_plotted() {
    let desk = Desk::new("pow-forecast");
    let days = desk.file("days.csv", &record(800));
    let html = days.replace("days.csv", "out/page.html");
    let command = ["pow", "forecast", "--days", &days, "--backtest", "--html", &html];
    let answer = desk.json(&command);
    let next = &answer["next"];
    assert!(number(next, "low") < number(next, "change") && number(next, "change") < number(next, "high"));
    assert!(
        number(next, "days_low") < number(next, "days") && number(next, "days") < number(next, "days_high")
    );
    let remaining = number(&answer, "remaining");
    assert!((0.0..=2016.0).contains(&remaining));
    assert_eq!(answer["ahead"].as_array().unwrap().len(), 6);
    let rows = answer["backtest"].as_array().unwrap();
    assert_eq!(rows.len(), 7);
    for row in rows.iter().filter(|row| row["retarget"] == 1) {
        assert!(number(row, "mae") < number(row, "mae_no_change"), "{row}");
    }
    let page = fs::read_to_string(&html).unwrap();
    assert_eq!(page.matches("<svg ").count(), 3);
    assert!(!page.contains("<script") && !page.contains("NaN"));
    let text = desk.text(&command);
    assert!(text.starts_with("at 2022-03-11 00:00 UTC\n"), "{text}");
    assert!(text.contains("days before ("), "{text}");
}

#[test]
fn what_a_node_knows_and_an_assumed_growth_take_the_record_s_place() {
    let desk = Desk::new("pow-forecast-stated");
    let days = desk.file("days.csv", &record(400));
    let stated = ["--found", "1000", "--elapsed", "500000", "--growth", "0"];
    let answer = desk.json(&[&["pow", "forecast", "--days", &days][..], &stated].concat());
    assert_eq!(number(&answer, "remaining"), 1016.0);
    assert_eq!(number(&answer, "growth"), 0.0);
    // without a record: blocks come at the pace of the hash rate, twice that on target
    let rate = (2.0 * 1e13 * 4_294_967_296.0 / 600.0 / 1e12).to_string();
    let line = [
        "pow",
        "forecast",
        "--difficulty",
        "1e13",
        "--hash-rate",
        &rate,
        "--steps",
        "1",
    ];
    let answer = desk.json(&line);
    assert!((number(&answer["next"], "days") - 7.0).abs() < 1e-6);
    assert!((number(&answer["next"], "change") - 1.0).abs() < 2e-3);
    assert!(desk.text(&line).starts_with("now\n"));
}

#[test]
fn difficulties_that_follow_every_block_have_days_ahead() {
    let desk = Desk::new("pow-forecast-blocks");
    let days = desk.file("days.csv", &record(300));
    for chain in ["bch", "doge", "etc"] {
        let line = [
            "pow", "forecast", "--days", &days, "--chain", chain, "--steps", "5",
        ];
        let answer = desk.json(&line);
        assert!(answer["next"].is_null());
        assert_eq!(answer["ahead"].as_array().unwrap().len(), 5);
        let tested = desk.json(
            &[
                &line[..],
                &["--backtest", "--warm-up", "100", "--days-before", "2,5"],
            ]
            .concat(),
        );
        let rows = tested["backtest"].as_array().unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["forecasts"], 99);
    }
}

#[test]
fn a_known_future_has_its_hashprice_and_a_halving() {
    let desk = Desk::new("pow-forward");
    let html = desk.path("page.html");
    let line = [
        "pow",
        "forward",
        "--difficulty",
        "1e14",
        "--height",
        "833000",
        "--price",
        "60000",
        "--volatility",
        "0",
        "--horizon",
        "120",
        "--html",
        &html,
    ];
    let answer = desk.json(&line);
    let day = &answer["days"][0];
    // 6.25 coins at difficulty 1e14
    let expected = 60_000.0 * 6.25 * 1e15 * 86_400.0 / (1e14 * 4_294_967_296.0);
    assert!((number(day, "hashprice") / expected - 1.0).abs() < 1e-12, "{day}");
    assert_eq!(number(&answer["days"][119], "subsidy"), 3.125);
    let period = &answer["period"];
    let mean: f64 = answer["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| number(day, "hashprice") / 120.0)
        .sum();
    assert!((number(period, "fair") / mean - 1.0).abs() < 1e-12);
    assert!((number(period, "swap_rate") / mean - 1.0).abs() < 1e-12);
    let fair = number(period, "fair").to_string();
    let valued = desk.json(&[&line[..], &["--fixed", &fair, "--summary"]].concat());
    assert!(number(&valued["period"], "swap_value").abs() < 1e-6);
    assert!(valued["days"].as_array().unwrap().is_empty());
    let page = fs::read_to_string(&html).unwrap();
    assert_eq!(page.matches("<svg ").count(), 4);
    assert!(!page.contains("NaN"));
    assert!(desk.text(&line).starts_with("days 0 to 120\n"));
}

#[test]
fn a_fleet_without_basis_risk_is_hedged_to_nothing_and_limits_leave_the_rest() {
    let desk = Desk::new("pow-hedge");
    let days = desk.file("days.csv", &record(500));
    let line = [
        "pow",
        "hedge",
        "--days",
        &days,
        "--height",
        "650000",
        "--price",
        "9000",
        "--energy-volatility",
        "0.4",
    ];
    let answer = desk.json(&line);
    assert!(number(&answer, "deviation") < 1e-6 * number(&answer, "deviation_unhedged"));
    assert!((number(&answer, "hashprice_ratio") - 1.0).abs() < 1e-6);
    assert!((number(&answer, "energy_ratio") - 1.0).abs() < 1e-6);
    assert_eq!(number(&answer, "cost"), 0.0);
    let coins = desk.json(&[&line[..], &["--hashprice-limit", "0"]].concat());
    assert!((0.2..1.0).contains(&number(&coins, "effectiveness")), "{coins}");
    assert!(number(&coins, "shortfall") < number(&coins, "shortfall_unhedged"));
    let dear = desk.json(
        &[
            &line[..],
            &[
                "--hashprice-premium",
                "0.5",
                "--aversion",
                "1e-9",
                "--coin-limit",
                "0",
            ],
        ]
        .concat(),
    );
    assert_eq!(number(&dear, "hashprice_sold"), 0.0);
    // of the built-in fleet, only the newest machines pay for their energy between 37.5 and 62.9 per PH/s and day
    let running = number(&answer, "running");
    let all = 104.0 * 1000.0 + 68.0 * 500.0 + 14.5 * 800.0;
    let hashprice = number(&answer, "hashprice");
    assert!((37.6..62.8).contains(&hashprice), "{hashprice}");
    assert!((running - 104.0 * 1000.0 / all).abs() < 1e-9, "{running}");
    assert!(desk.text(&line).starts_with("hedge over 90 days\n"));
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("pow-forecast-refusals");
    let days = desk.file("days.csv", &record(60));
    let forecast = |more: &[&str]| desk.refusal(&[&["pow", "forecast", "--days", &days], more].concat());
    assert_eq!(
        forecast(&["--level", "1"]),
        "error: --level: 1 is no probability between 0 and 1\n"
    );
    assert_eq!(
        forecast(&["--steps", "0"]),
        "error: forecast: retargets ahead must lie between 1 and 120, got 0\n"
    );
    assert_eq!(
        forecast(&["--backtest"]),
        "error: backtest: forecasts of a backtest: at least 2 needed, got 0\n"
    );
    let broken = desk.file("broken.csv", "time,BlkCnt,HashRate\n2024-01-01,144,x\n");
    assert_eq!(
        desk.refusal(&["pow", "forecast", "--days", &broken]),
        "error: broken.csv:2:3 (HashRate): `x` is no finite number\n"
    );
    let flat = (0..40).fold(String::from("time,BlkCnt,HashRate\n"), |table, day| {
        format!("{table}{},144,1e6\n", 1_577_836_800 + day * 86_400)
    });
    let flat = desk.file("flat.csv", &flat);
    assert_eq!(
        desk.refusal(&["pow", "forecast", "--days", &flat]),
        "error: difficulty: blocks at which the difficulty changes cannot be determined from these observations: they carry \
         no variation that would identify it\n"
    );
    let cut = record(90)
        .lines()
        .enumerate()
        .fold(String::new(), |table, (row, line)| {
            if (1..20).contains(&row) {
                table
            } else {
                format!("{table}{line}\n")
            }
        });
    let cut = desk.file("cut.csv", &cut);
    assert_eq!(
        desk.refusal(&["pow", "forward", "--days", &cut, "--price", "1"]),
        "error: --height: give the height of the next block, from which the subsidy follows; the record does not tell it\n"
    );
}
