use crate::Desk;
use std::fmt::Write;

const DIFFUSION: [&str; 10] = [
    "model",
    "simulated-margin",
    "--volatility",
    "0.8",
    "--jumps",
    "0",
    "--move",
    "terminal",
    "--steps",
    "1",
];

#[test]
fn a_diffusion_s_margin_is_that_of_its_quantile() {
    let desk = Desk::new("simulated-margin");
    let more = [
        "--sampling",
        "quasi",
        "--sureness",
        "0.5",
        "--slippage",
        "0.01",
        "--largest-size",
        "4",
    ];
    let answer = desk.json(&[&DIFFUSION[..], &more].concat());
    let value = |name: &str| answer[name]["value"].as_f64().unwrap();
    // four hours at 99 %, eight at 99.5 %: −ln(1 − margin) = σ²T/2 + z·σ√T
    for (name, hours, z) in [("maintenance", 4.0, 2.326_348), ("initial", 8.0, 2.575_829)] {
        let deviation = 0.8 * f64::sqrt(hours / 8_760.0);
        let margin = -(-(0.5 * deviation * deviation + z * deviation)).exp_m1();
        assert!(
            (value(name) / margin - 1.0).abs() < 0.01,
            "{name} {margin} {answer}"
        );
    }
    assert!((answer["simulated_volatility"].as_f64().unwrap() - 0.8).abs() < 0.01);
    assert!((value("size_cap") / value("size_coefficient") - 2.0).abs() < 1e-6);
    // the limit at a sureness is never below the quantile
    let sure = desk.json(&[&DIFFUSION[..], &["--sampling", "quasi", "--sureness", "0.99"]].concat());
    assert!(sure["maintenance"]["raw"].as_i64() >= answer["maintenance"]["raw"].as_i64());
    let text = desk.text(&DIFFUSION);
    assert!(
        text.starts_with(
            "risk class at 0.99 over 14400 s by 65536 paths of merton, rounded against the holder\n"
        ),
        "{text}"
    );
}

#[test]
fn resampled_prices_give_a_class_too() {
    let desk = Desk::new("simulated-margin-bootstrap");
    let mut prices = "time,close\n".to_owned();
    for hour in 0..600u32 {
        let price = 100.0 + f64::from(hour * 7919 % 41) * 0.1 - if hour % 97 == 0 { 9.0 } else { 0.0 };
        writeln!(prices, "{},{price}", hour * 3600).unwrap();
    }
    let prices = desk.file("prices.csv", &prices);
    let command = [
        "model",
        "simulated-margin",
        "--process",
        "bootstrap",
        "--prices",
        &prices,
    ];
    let answer = desk.json(&[&command[..], &["--steps", "4", "--paths", "4096"]].concat());
    assert!(answer["initial"]["raw"].as_i64() > answer["maintenance"]["raw"].as_i64());
    assert_eq!(answer["returns"], 599);
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("simulated-margin-refusals");
    let refuse = |more: &[&str]| desk.refusal(&[&["model", "simulated-margin"], more].concat());
    assert_eq!(
        refuse(&["--volatility", "0", "--jumps", "0"]),
        "error: --process: its prices do not move, and margins are in units of their volatility\n"
    );
    assert_eq!(
        refuse(&["--warning", "0.5"]),
        "error: --warning: `0.5` horizons of 64 steps are not between one horizon and 16384 steps\n"
    );
    let few = refuse(&["--paths", "256", "--confidence", "0.999"]);
    assert!(
        few.starts_with("error: --paths: 256 paths do not show the quantile at 0.999; give "),
        "{few}"
    );
    assert_eq!(
        refuse(&["--confidence", "1"]),
        "error: margin calibration: confidence level must lie strictly between 0 and 1, got 1\n"
    );
}
