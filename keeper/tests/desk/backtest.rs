use crate::Desk;
use std::fmt::Write;
use std::fs;

/// Hourly bars of a price whose moves are drawn by Knuth's generator and grow in the middle.
fn prices(rows: usize) -> String {
    let mut text = "time,high,low,close\n".to_owned();
    let (mut state, mut log) = (1u64, 0.0f64);
    for row in 0..rows {
        let mut normal = -6.0;
        for _ in 0..12 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            normal += (state >> 11) as f64 / (1u64 << 53) as f64;
        }
        let before = log;
        let wild = (rows / 3..rows / 2).contains(&row);
        log += normal * if wild { 0.03 } else { 0.01 };
        let (high, low) = (log.max(before).exp(), log.min(before).exp());
        writeln!(text, "{},{high},{low},{}", 1_700_000_000 + row * 3600, log.exp()).unwrap();
    }
    text
}

const BARS: [&str; 4] = ["--high-column", "high", "--low-column", "low"];

#[test]
fn a_history_is_walked_and_plotted() {
    let desk = Desk::new("backtest");
    let prices = desk.file("prices.csv", &prices(3_000));
    let html = prices.replace("prices.csv", "out/page.html");
    let command = [
        &["backtest", "--prices", &prices, "--confidence", "0.95"][..],
        &BARS,
    ]
    .concat();
    let answer = desk.json(&[&command[..], &["--html", &html]].concat());
    let steps = answer["steps"].as_array().unwrap();
    let tested = answer["required"]["forecasts"].as_u64().unwrap();
    assert!(tested > 500 && steps.len() as u64 >= tested, "{tested}");
    assert!(answer["required"]["kupiec_p_value"].as_f64().unwrap() > 0.01);
    assert!(answer["maintenance"]["too_many_p_value"].as_f64().unwrap() > 0.01);
    // the hurdle rate rose with the wild third
    let range = answer["hurdle_range"].as_array().unwrap();
    assert!(range[1].as_f64() > range[0].as_f64());
    let page = fs::read_to_string(&html).unwrap();
    assert_eq!(page.matches("<svg ").count(), 5);
    assert!(!page.contains("<script") && !page.contains("NaN") && !page.contains("http-equiv"));
    let text = desk.text(&command);
    assert!(
        text.starts_with("margin at 0.95 over 14400 s, walking forward\n"),
        "{text}"
    );
    let summary = desk.json(&[&command[..], &["--summary"]].concat());
    assert!(summary["steps"].as_array().unwrap().is_empty());
    assert_eq!(summary["last"], *steps.last().unwrap());
}

#[test]
fn every_volatility_and_method_answers() {
    let desk = Desk::new("backtest-methods");
    let prices = desk.file("prices.csv", &prices(1_200));
    for (volatility, method, side) in [
        ("garch", "filtered", "long"),
        ("gjr", "peaks", "short"),
        ("ewma", "historical", "long"),
        ("ewma", "normal", "short"),
    ] {
        let command = [
            "backtest",
            "--prices",
            &prices,
            "--confidence",
            "0.9",
            "--initial-confidence",
            "0.95",
            "--volatility",
            volatility,
            "--method",
            method,
            "--tail-share",
            "0.2",
            "--side",
            side,
            "--move",
            "terminal",
            "--summary",
        ];
        let answer = desk.json(&command);
        assert!(
            answer["required"]["forecasts"].as_u64().unwrap() > 200,
            "{command:?}"
        );
    }
}

#[test]
fn a_class_is_calibrated_in_the_programs_units() {
    let desk = Desk::new("margin");
    let prices = desk.file("prices.csv", &prices(2_000));
    let arguments = [
        "model",
        "margin",
        "--prices",
        &prices,
        "--confidence",
        "0.95",
        "--slippage",
        "0.01",
    ];
    let command = [&arguments[..], &["--largest-size", "16"], &BARS].concat();
    let answer = desk.json(&command);
    let raw = |name: &str| answer[name]["raw"].as_i64().unwrap();
    assert!(0 < raw("maintenance") && raw("maintenance") < raw("initial"));
    // slippage of the reference size in units of the maintenance margin, and four times that at sixteen sizes
    let coefficient = 0.01 / answer["maintenance"]["value"].as_f64().unwrap();
    assert!((answer["size_coefficient"]["value"].as_f64().unwrap() - coefficient).abs() < 1e-5);
    assert!((raw("size_cap") - 4 * raw("size_coefficient")).abs() <= 4);
    assert!(raw("multiplier_cap") >= 100_000_000);
    assert_eq!(answer["size_reference"], 1_000_000_000_000u64);
    let tests = |of: &str, test: &str| answer[of][test].as_f64().unwrap();
    assert!(tests("maintenance_tests", "too_many_p_value") > 0.01);
    for test in ["kupiec_p_value", "independence_p_value", "conditional_p_value"] {
        assert!(tests("quantile_tests", test) > 0.01, "{test}");
    }
    let sure = desk.json(
        &[
            &command[..],
            &["--sureness", "0.95", "--initial-confidence", "0.97"],
        ]
        .concat(),
    );
    assert!(sure["maintenance"]["raw"].as_i64().unwrap() > raw("maintenance"));
    assert_eq!(
        desk.refusal(&[&command[..], &["--bounty", "20"]].concat()),
        "error: --bounty: `20` is no share between 0 and 1\n"
    );
    let wide = ["--side", "short", "--horizon", "864000", "--warning", "5"];
    let wide = desk.refusal(&[&command[..], &wide].concat());
    assert!(
        wide.starts_with("error: --prices: the program takes no class with an initial margin of "),
        "{wide}"
    );
    assert!(
        desk.text(&command)
            .starts_with("risk class at 0.95 over 14400 s, rounded against the holder\n")
    );
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("backtest-refusals");
    let file = desk.file("prices.csv", &prices(300));
    let refuse = |more: &[&str]| desk.refusal(&[&["backtest", "--prices", &file][..], more].concat());
    assert_eq!(
        refuse(&[]),
        "error: backtest: prices of a backtest: at least 503 needed, got 300\n"
    );
    assert_eq!(
        refuse(&["--window", "50"]),
        "error: --window: 50 past moves do not show the quantile; the confidence needs 199\n"
    );
    assert_eq!(
        refuse(&["--method", "peaks", "--tail-share", "0"]),
        "error: --tail-share: `0` is no share between 0 and 1\n"
    );
    assert_eq!(
        refuse(&["--method", "normal", "--sureness", "0.9", "--warm-up", "250"]),
        "error: backtest: sureness of the quantile cannot be combined with a method that does not read the quantile off \
         past moves\n"
    );
    assert_eq!(
        refuse(&["--confidence", "1"]),
        "error: confidence: confidence level must lie strictly between 0 and 1, got 1\n"
    );
    assert_eq!(
        refuse(&["--horizon", "60"]),
        "error: --horizon: 60 s is shorter than the 3600 s that usually lie between prices; no move would be seen\n"
    );
    let swapped = refuse(&["--high-column", "low", "--low-column", "high"]);
    assert!(
        swapped.starts_with("error: prices.csv:2:4 (close): ") && swapped.contains(" is outside low "),
        "{swapped}"
    );
    let broken = desk.file("broken.csv", "time,close\n2024-01-01,1\n2024-01-02,x\n");
    assert_eq!(
        desk.refusal(&["backtest", "--prices", &broken]),
        "error: broken.csv:3:2 (close): `x` is no finite number\n"
    );
    let bare = "[latency]";
    let market = include_str!("../../data/desk-market.toml");
    let cut = desk.file("market.toml", market.split_once(bare).unwrap().0);
    assert_eq!(
        refuse(&["--market", &cut, "--warm-up", "250"]),
        "error: --market: the file lacks [latency] or [liquidation], by which the hurdle rate follows volatility\n"
    );
    let wrong = |from: &str, to: &str| {
        let file = desk.file("market.toml", &market.replace(from, to));
        refuse(&["--market", &file, "--warm-up", "250"])
    };
    assert_eq!(
        wrong("jump_deviation = 0.04", "jump_deviation = -0.04"),
        "error: market.toml:93:18: deviation of the log-jump must lie between 0 and 10, got -0.04\n"
    );
    assert_eq!(
        wrong("delay_seconds = 30.0", "delay_seconds = 0.0"),
        "error: market.toml:81:17: delay must be greater than zero, got 0\n"
    );
    assert_eq!(
        desk.refusal(&[
            "model",
            "margin",
            "--prices",
            &file,
            "--size-reference",
            "0",
            "--warm-up",
            "250",
            "--confidence",
            "0.9",
            "--initial-confidence",
            "0.95"
        ]),
        "error: --size-reference: must be above zero\n"
    );
}
