use crate::Desk;

const MARKET: &str = include_str!("../../data/desk-market.toml");

#[test]
fn the_built_in_market_is_solved_explained_and_stable() {
    let desk = Desk::new("equilibrium");
    let command = ["model", "equilibrium", "--steps", "200"];
    let answer = desk.json(&command);
    assert_eq!(answer["regime"], "calm");
    let hurdle = answer["hurdle"].as_f64().unwrap();
    assert!((answer["organic_hurdle"].as_f64().unwrap() - (hurdle - 0.02)).abs() < 1e-15);
    assert_eq!(answer["effects"].as_array().unwrap().len(), 34);
    let feedback = &answer["feedback"];
    assert!(feedback["spectral_radius"].as_f64().unwrap() < 1.0);
    let path = feedback["path"].as_array().unwrap();
    assert_eq!(path.len(), 201);
    let (last, rest) = (
        path[200][0].as_f64().unwrap(),
        feedback["rest_hurdle"].as_f64().unwrap(),
    );
    assert!((last - rest).abs() < 1e-5, "{last} {rest}");
    let policy = &answer["policy"];
    // 0.9 of 5 %, a tenth of 5 % + 0.1·0.2 + 2·0.01
    assert!((policy["rate"].as_f64().unwrap() - 0.054).abs() < 1e-12);
    let part = |name: &str| answer["parts"][name].as_f64().unwrap();
    let sum = part("adjusted_cost") + part("liquidity") + part("oracle") + part("tail");
    assert!((sum - hurdle).abs() < 1e-9 && (part("asked") - hurdle).abs() < 1e-9);
    // 0.4 of 7 + 2 + 3 %, and the rest of the debt
    let average = 0.4 * 0.12 + 0.6 * part("cost_of_debt");
    assert!((part("weighted_cost") - average).abs() < 1e-12);
    assert!((part("coverage_multiplier") - 1.05).abs() < 1e-12);
    let text = desk.text(&["model", "equilibrium"]);
    assert!(
        text.contains("= what capital asks for at this rate") && !text.contains("-0.0000"),
        "{text}"
    );
    assert!(
        text.starts_with("calm: one equilibrium, proved by the bound on the slope\n"),
        "{text}"
    );
}

#[test]
fn a_run_is_stressed_and_hyper_inflation_leaves_the_margin() {
    let desk = Desk::new("equilibrium-run");
    let run = desk.file("run.toml", &MARKET.replace("tail = 0.01", "tail = 3.0"));
    let answer = desk.json(&["model", "equilibrium", "--market", &run]);
    assert_eq!(
        (&answer["regime"], &answer["hurdle"]),
        (&"stressed".into(), &2.0.into())
    );
    assert!(answer["effects"].as_array().unwrap().is_empty());
    assert!(answer["parts"]["asked"].as_f64().unwrap() > 2.0);
    let inflated = desk.file(
        "inflated.toml",
        &MARKET.replace("emissions = 0.02", "emissions = 1.5"),
    );
    let inflated = desk.json(&["model", "equilibrium", "--market", &inflated]);
    assert!(inflated["organic_hurdle"].as_f64().unwrap() < -1.0);
    assert!(inflated["multiplier"].as_f64().unwrap() >= 1.0);
}

#[test]
fn what_is_wrong_is_named_by_file_line_and_column() {
    let desk = Desk::new("equilibrium-refusals");
    let refuse = |from: &str, to: &str| {
        let file = desk.file("market.toml", &MARKET.replace(from, to));
        desk.refusal(&["model", "equilibrium", "--market", &file])
    };
    let line = MARKET.lines().position(|line| line.starts_with("kink")).unwrap() + 1;
    assert_eq!(
        refuse("kink = 0.9", "kink = high"),
        format!("error: market.toml:{line}:8: string values must be quoted, expected literal string\n")
    );
    let unknown = refuse("kink = 0.9", "kinks = 0.9");
    assert!(
        unknown.starts_with(&format!("error: market.toml:{line}:1: unknown field `kinks`")),
        "{unknown}"
    );
    assert_eq!(
        refuse("kink = 0.9", "kink = 1.0"),
        format!("error: market.toml:{line}:8: kink must lie strictly between 0 and 1, got 1\n")
    );
    assert_eq!(
        refuse("utilisation = 0.8\n", "utilisation = 1.8\n"),
        "error: market.toml:15:15: utilisation must lie between 0 and 1, got 1.8\n"
    );
    // three multipliers have a cap
    assert_eq!(
        refuse("cap = 0.3", "cap = -0.3"),
        "error: market.toml:32:7: cap of the coverage multiplier must be at least 0, got -0.3\n"
    );
    assert_eq!(
        refuse("rise_per_day = 0.5\nfall", "rise_per_day = 0.0\nfall"),
        "error: market.toml:58:16: largest rise per day must be greater than zero, got 0\n"
    );
    assert_eq!(
        desk.refusal(&["model", "equilibrium", "--market", "none.toml"]),
        "error: none.toml: No such file or directory (os error 2); check the path and its permissions\n"
    );
}
