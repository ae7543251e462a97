use crate::Desk;
use serde_json::Value;
use std::fmt::Write;

/// Utilisation falls by 1.5 and supply by 3 % for every point that the hurdle rate rose: the one an hour later, the other
/// at once.
fn history() -> String {
    let mut text = "hurdle,internal,utilisation,supply\n".to_owned();
    let (mut hurdle, mut utilisation, mut before) = (0.1f64, 0.7f64, 0.0);
    for hour in 0..200u32 {
        let change = 0.001 * (f64::from(hour * 7919 % 11) - 5.0);
        hurdle += change;
        utilisation -= 1.5 * before;
        before = change;
        let supply = 1e6 * (-3.0 * hurdle).exp();
        writeln!(text, "{hurdle},0.08,{utilisation},{supply}").unwrap();
    }
    text
}

fn number(answer: &Value, key: &str) -> f64 {
    answer[key].as_f64().unwrap()
}

#[test]
fn responses_are_recovered_shrunk_and_bounded() {
    let desk = Desk::new("response");
    let history = desk.file("history.csv", &history());
    let of = |kind: &str, more: &[&str]| {
        desk.json(&[&["model", "response", kind, "--history", &history], more].concat())
    };
    let utilisation = of("utilisation", &[]);
    assert!(
        (number(&utilisation, "response") + 1.5).abs() < 1e-6,
        "{utilisation}"
    );
    let supply = of("supply", &[]);
    assert!((number(&supply, "response") - 3.0).abs() < 1e-6, "{supply}");
    let changes = number(&supply, "changes");
    let shrunk = of("supply", &["--prior", "1", "--prior-strength", "100"]);
    let expected = (changes * 3.0 + 100.0) / (changes + 100.0);
    assert!((number(&shrunk, "response") - expected).abs() < 1e-6, "{shrunk}");
    let bounded = of("supply", &["--most", "2"]);
    assert_eq!(
        (number(&bounded, "response"), &bounded["clipped"]),
        (2.0, &true.into())
    );
    let flat = desk.file("flat.csv", "hurdle,utilisation\n0.1,0.5\n0.1,0.6\n0.1,0.7\n");
    let command = [
        "model",
        "response",
        "utilisation",
        "--history",
        &flat,
        "--prior=-0.5",
    ];
    let flat = desk.json(&command);
    assert_eq!((number(&flat, "response"), &flat["raw"]), (-0.5, &Value::Null));
    assert!(
        desk.text(&command)
            .contains("they identify none: the belief stands")
    );
}

#[test]
fn the_tail_premium_is_told_with_its_response() {
    let desk = Desk::new("response-tail");
    let of = |margin: &str| {
        let command = [
            "model",
            "response",
            "tail",
            "--volatility",
            "0.9",
            "--jumps",
            "12",
            "--jump-mean=-0.05",
            "--jump-deviation",
            "0.08",
            "--horizon",
            "86400",
            "--margin",
            margin,
        ];
        desk.json(&command)
    };
    let (here, more, less) = (of("0.05"), of("0.0501"), of("0.0499"));
    let slope = (number(&more, "premium") - number(&less, "premium")) / 0.0002;
    assert!(
        (number(&here, "by_margin") / slope - 1.0).abs() < 1e-4,
        "{here} {slope}"
    );
    assert!((number(&here, "response") - 0.05 * number(&here, "by_margin")).abs() < 1e-12);
    // the premium of a day's horizon falls by the probability of a breach, 365 times a year
    assert!((number(&here, "by_margin") + 365.0 * number(&here, "breach_probability")).abs() < 1e-9);
    assert!(number(&here, "expected_shortfall") > number(&here, "value_at_risk"));
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("response-refusals");
    let history = desk.file("history.csv", "hurdle,internal,supply\n0.1,0.1,5\n0.1,0.1,0\n");
    let supply = ["model", "response", "supply", "--history", &history];
    assert_eq!(
        desk.refusal(&supply),
        "error: history.csv:3:3 (supply): `0` is not above zero\n"
    );
    let history = desk.file("history.csv", "hurdle,utilisation\n0.1,0.5\n");
    let utilisation = ["model", "response", "utilisation", "--history", &history];
    assert_eq!(
        desk.refusal(&utilisation),
        "error: response of utilisation: observations of a response: at least 3 needed, got 1\n"
    );
    assert_eq!(
        desk.refusal(&[&utilisation[..], &["--least", "3", "--most", "2"]].concat()),
        "error: bounds of the response: lower bound must be at most 2, got 3\n"
    );
    assert_eq!(
        desk.refusal(&["model", "response", "tail", "--volatility=-1", "--margin", "0.1"]),
        "error: tail premium: volatility must be at least 0, got -1\n"
    );
}
