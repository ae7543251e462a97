use crate::Desk;

const MARKET: &str = include_str!("../../data/desk-market.toml");
const TELEMETRY: &str = "time,utilisation,liquidity,risk,hurdle\n\
    2024-01-01T00:00:00Z,0.8,1,0,0.1\n\
    2024-01-01T01:00:00Z,0.95,0.4,0.03,0.1\n\
    2024-01-01T02:00:00Z,0.95,0.4,0.03,0.05\n";

#[test]
fn the_rate_follows_its_telemetry_with_inertia_and_lies_under_the_hurdle_rate() {
    let desk = Desk::new("policy");
    let telemetry = desk.file("telemetry.csv", TELEMETRY);
    let command = [
        "model",
        "policy",
        "--telemetry",
        &telemetry,
        "--hurdle-column",
        "hurdle",
    ];
    let answer = desk.json(&command);
    let steps = answer["steps"].as_array().unwrap();
    let of = |step: usize, key: &str| steps[step][key].as_f64().unwrap();
    // no time has passed at the first row; then a tenth of the way to 5 % + 0.3·0.15 + 0.1·0.6 + 2·0.03, each hour
    let target = 0.05 + 0.3 * 0.15 + 0.1 * 0.6 + 2.0 * 0.03;
    let second = 0.9 * 0.05 + 0.1 * target;
    for (found, expected) in [
        (of(0, "rate"), 0.05),
        (of(1, "rate"), second),
        (of(1, "target"), target),
        (of(2, "rate"), 0.9 * second + 0.1 * target),
        (of(1, "hurdle"), 0.1),
        (of(2, "hurdle"), 0.9 * second + 0.1 * target),
    ] {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
    assert_eq!((&answer["raised_steps"], &answer["last"]), (&1.into(), &steps[2]));
    let text = desk.text(&command);
    assert!(text.contains("now, at 2024-01-01 02:00 UTC"), "{text}");
    assert!(
        text.contains("half of a gap is closed in        6.58 h"),
        "{text}"
    );
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("policy-refusals");
    let refuse = |table: &str| {
        let telemetry = desk.file("telemetry.csv", table);
        desk.refusal(&["model", "policy", "--telemetry", &telemetry])
    };
    assert_eq!(
        refuse(&TELEMETRY.replace(",0.8,", ",1.8,")),
        "error: telemetry.csv:2:2 (utilisation): `1.8` is no share between 0 and 1\n"
    );
    assert_eq!(
        refuse(&TELEMETRY.replace("0.03,0.05", "-0.03,0.05")),
        "error: telemetry.csv:4:4 (risk): `-0.03` is below zero\n"
    );
    assert_eq!(
        refuse("time,utilisation,liquidity,risk\n"),
        "error: telemetry.csv: no rows under the header\n"
    );
    let ruleless = desk.file("market.toml", MARKET.split_once("# The inertial").unwrap().0);
    let telemetry = desk.file("telemetry.csv", TELEMETRY);
    assert_eq!(
        desk.refusal(&[
            "model",
            "policy",
            "--telemetry",
            &telemetry,
            "--market",
            &ruleless
        ]),
        "error: --market: the file has no section [policy] with a rule\n"
    );
    let perverse = desk.file("market.toml", &MARKET.replace("by_risk = 2.0", "by_risk = -2.0"));
    assert_eq!(
        desk.refusal(&[
            "model",
            "policy",
            "--telemetry",
            &telemetry,
            "--market",
            &perverse
        ]),
        "error: market.toml:71:11: response to systemic risk must be at least 0, got -2\n"
    );
}
