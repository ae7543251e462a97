use crate::Desk;
use crate::pow_cost::days;
use serde_json::Value;
use std::fs;

fn figure(answer: &Value, key: &str) -> f64 {
    answer[key].as_f64().unwrap()
}

#[test]
fn a_floor_is_a_distribution_tested_on_the_record_and_plotted() {
    let desk = Desk::new("pow-floor");
    let record = desk.file("days.csv", &days(400));
    let html = record.replace("days.csv", "out/page.html");
    let command = ["pow", "floor", "--days", &record];
    let answer = desk.json(&[&command[..], &["--html", &html]].concat());
    let quantiles = answer["quantiles"].as_array().unwrap();
    assert_eq!(quantiles.len(), 7);
    assert!(
        quantiles
            .windows(2)
            .all(|pair| figure(&pair[0], "price") < figure(&pair[1], "price"))
    );
    let median = figure(&quantiles[3], "price");
    assert!(figure(&answer, "mean") > 0.0 && figure(&answer, "left") == 0.9);
    assert_eq!(
        figure(&answer, "distance") > 0.0,
        figure(&answer, "probability_below") > 0.5
    );
    let tested = answer["coverage"].as_array().unwrap();
    assert_eq!(tested[3]["windows"], 13);
    // the price halves once, from a floor of its time
    assert!(tested[6]["breaches"].as_u64().unwrap() >= tested[0]["breaches"].as_u64().unwrap());
    assert_eq!(answer["series"].as_array().unwrap().len(), 58);
    let page = fs::read_to_string(&html).unwrap();
    assert_eq!(page.matches("<svg ").count(), 2);
    assert!(!page.contains("<script") && !page.contains("NaN"));

    let held = desk.json(&[&command[..], &["--price", &median.to_string(), "--summary"]].concat());
    assert!((figure(&held, "probability_below") - 0.5).abs() < 1e-6);
    assert!(held["series"].as_array().unwrap().is_empty());
    let text = desk.text(&command);
    assert!(text.starts_with("floor of the price on 2019-02-04\n"), "{text}");
}

#[test]
fn the_best_stop_last_and_difficulty_lowers_the_floor() {
    let desk = Desk::new("pow-floor-rank");
    let record = desk.file("days.csv", &days(200));
    let mean = |miner: &str, difficulty: &str| {
        let answer = desk.json(&[
            "pow",
            "floor",
            "--days",
            &record,
            "--summary",
            "--miner",
            miner,
            "--difficulty",
            difficulty,
        ]);
        figure(&answer, "mean")
    };
    let marginal = mean("marginal", "static");
    assert!(mean("best-quartile", "static") < mean("average", "static"));
    assert!(mean("average", "static") < marginal);
    assert!(mean("marginal", "dynamic") < mean("marginal", "uncertain"));
    assert!(mean("marginal", "uncertain") < marginal);
}

#[test]
fn what_is_no_level_or_price_is_refused() {
    let desk = Desk::new("pow-floor-refusals");
    let record = desk.file("days.csv", &days(100));
    let refused = |more: &[&str]| desk.refusal(&[&["pow", "floor", "--days", &record][..], more].concat());
    assert_eq!(
        refused(&["--levels", "1.5"]),
        "error: floor of the price: probability must lie between 0 and 1, got 1.5\n"
    );
    assert_eq!(
        refused(&["--price", "0"]),
        "error: floor of the price: price of a coin must be greater than zero, got 0\n"
    );
    assert_eq!(
        refused(&["--window", "0"]),
        "error: floor of the price: days of a window must lie between 1 and 3660, got 0\n"
    );
    assert_eq!(
        refused(&["--at", "2010-01-01"]),
        "error: floor of the price: days on which a machine was sold, by the time asked for: at least 1 needed, got 0\n"
    );
}
