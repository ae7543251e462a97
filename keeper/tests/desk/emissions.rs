use crate::Desk;

const YIELD: [&str; 6] = ["model", "emissions", "--advertised", "0.22", "--hurdle", "0.1"];

#[test]
fn tokens_issued_are_no_income_and_may_make_the_cost_of_capital_negative() {
    let desk = Desk::new("emissions");
    // ten million tokens at 0.30 over twenty million of capital
    let tokens = [
        "--tokens-per-year",
        "1e7",
        "--token-price",
        "0.3",
        "--capital",
        "2e7",
    ];
    let answer = desk.json(&[&YIELD[..], &tokens].concat());
    let number = |key: &str| answer[key].as_f64().unwrap();
    for (key, expected) in [
        ("emission", 0.15),
        ("organic", 0.07),
        ("organic_hurdle", -0.05),
        ("shortfall", 0.03),
        ("excess", 0.12),
    ] {
        assert!((number(key) - expected).abs() < 1e-12, "{key} {answer}");
    }
    assert_eq!(
        (&answer["pays_for_itself"], &answer["is_negative"]),
        (&false.into(), &true.into())
    );
    let stated = desk.json(&[&YIELD[..], &["--emissions", "0.15"]].concat());
    assert!((stated["organic"].as_f64().unwrap() - 0.07).abs() < 1e-12);
    let text = desk.text(&[&YIELD[..], &["--emissions", "0.02"]].concat());
    assert!(
        text.contains("holders are paid without emissions") && text.contains("yes"),
        "{text}"
    );
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("emissions-refusals");
    assert_eq!(
        desk.refusal(&[&YIELD[..], &["--emissions=-1"]].concat()),
        "error: emissions: emission rate must be at least 0, got -1\n"
    );
    let tokens = ["--tokens-per-year", "1", "--token-price", "1", "--capital", "0"];
    assert_eq!(
        desk.refusal(&[&YIELD[..], &tokens].concat()),
        "error: emissions: capital must be greater than zero, got 0\n"
    );
}
