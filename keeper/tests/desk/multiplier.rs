use crate::Desk;
use std::fmt::Write;

#[test]
fn utilisation_costs_what_being_locked_in_costs() {
    let desk = Desk::new("multiplier-utilisation");
    // of every ten hours the last two, after a warning at 0.9, are locked
    let mut history = "time,utilisation\n".to_owned();
    for hour in 0..500u32 {
        let u = match hour % 10 {
            7 => 0.9,
            8 | 9 => 1.0,
            _ => 0.5,
        };
        writeln!(history, "{},{u}", hour * 3600).unwrap();
    }
    let history = desk.file("history.csv", &history);
    let command = [
        "model",
        "multiplier",
        "utilisation",
        "--history",
        &history,
        "--time-column",
        "time",
        "--limit",
        "0.95",
        "--horizon",
        "2",
        "--cost",
        "0.2",
        "--base",
        "0.1",
        "--knee",
        "0.5",
    ];
    let answer = desk.json(&command);
    // after 0.9 both hours are locked, 1 + 0.2/0.1; after 1.0 a quarter is: the line caps at the mean over the three
    let expected = (2.0 + 1.0 + 0.0) / 3.0;
    assert!(
        (answer["cap"].as_f64().unwrap() - expected).abs() < 0.02,
        "{answer}"
    );
    assert_eq!(answer["samples"], 498);
    assert!((answer["multiplier"].as_f64().unwrap() - 1.0 - answer["cap"].as_f64().unwrap()).abs() < 1e-12);
    assert!(desk.text(&command).starts_with("utilisation multiplier (M_u)\n"));
    let broken = desk.file("broken.csv", "time,utilisation\n2,0.5\n1,1.5\n");
    let refused = |more: &[&str]| {
        let command = [
            "model",
            "multiplier",
            "utilisation",
            "--history",
            &broken,
            "--cost",
            "0.1",
            "--base",
            "0.1",
        ];
        desk.refusal(&[&command[..], more].concat())
    };
    assert_eq!(
        refused(&[]),
        "error: broken.csv:3:2 (utilisation): `1.5` is no share between 0 and 1\n"
    );
    assert_eq!(
        refused(&["--time-column", "time"]),
        "error: broken.csv:3:1 (time): not later than the row before; sort the rows and keep one for each time\n"
    );
}

#[test]
fn missing_insurance_costs_what_losses_beyond_the_fund_cost() {
    let desk = Desk::new("multiplier-insurance");
    // losses of 0 and 1, half and half: beyond a fund of c they cost (1 − c)/2, which is a line
    let losses = desk.file("losses.csv", "loss\n0\n1\n0\n1\n");
    let command = [
        "model",
        "multiplier",
        "insurance",
        "--losses",
        &losses,
        "--required",
        "1",
        "--base",
        "2",
        "--coverage",
        "0.33",
    ];
    let answer = desk.json(&command);
    for (key, expected) in [("slope", 0.25), ("multiplier", 1.1675), ("observed", 1.1675)] {
        assert!(
            (answer[key].as_f64().unwrap() - expected).abs() < 1e-9,
            "{key} {answer}"
        );
    }
    assert!(desk.text(&command).contains("by the losses themselves"));
    let negative = desk.file("negative.csv", "loss\n1\n-1\n");
    assert_eq!(
        desk.refusal(&[
            "model",
            "multiplier",
            "insurance",
            "--losses",
            &negative,
            "--required",
            "1",
            "--base",
            "2"
        ]),
        "error: negative.csv:3:1 (loss): `-1` is below zero\n"
    );
    assert_eq!(
        desk.refusal(&[
            "model",
            "multiplier",
            "insurance",
            "--losses",
            &losses,
            "--required",
            "1",
            "--base",
            "0"
        ]),
        "error: insurance multiplier: base cost of capital must be greater than zero, got 0\n"
    );
}
