use crate::Desk;

const COST: [&str; 10] = [
    "model",
    "wacc",
    "--equity-value",
    "300",
    "--borrowed",
    "100",
    "--cost-of-equity",
    "0.2",
    "--cost-of-debt",
    "0.06",
];
const RETURNS: &str =
    "time,internal,hurdle\n2024-01-01,0.20,0.12\n2024-01-11,0.07,0.12\n2024-01-25,0.07,0.12\n";

#[test]
fn the_cost_of_capital_and_what_emissions_hide() {
    let desk = Desk::new("wacc");
    let returns = desk.file("returns.csv", RETURNS);
    let more = ["--advertised", "0.3", "--emissions", "0.2", "--returns", &returns];
    let command = [&COST[..], &more].concat();
    let answer = desk.json(&command);
    let number = |key: &str| answer[key].as_f64().unwrap();
    assert!((number("wacc") - 0.165).abs() < 1e-15);
    assert!((number("organic_wacc") + 0.035).abs() < 1e-15);
    assert!((number("organic_excess") + 0.065).abs() < 1e-15);
    let flight = &answer["flight"];
    assert_eq!(flight["duration_seconds"], 14 * 86_400);
    // two half-lives of a week: three quarters of the way to ln(1 − outflow) = −4·0.05
    let outflow = flight["outflow"].as_f64().unwrap();
    assert!((outflow - (1.0 - (-0.15f64).exp())).abs() < 1e-12, "{outflow}");
    assert!(
        desk.text(&command)
            .contains("liquidity flight: capital is underpaid")
    );
    let plain = desk.json(&COST);
    assert!(plain["flight"].is_null() && plain["organic_wacc"].is_null());
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("wacc-refusals");
    let command = |borrowed| {
        let mut command = COST;
        command[3] = "0";
        command[5] = borrowed;
        command
    };
    assert_eq!(
        desk.refusal(&command("0")),
        "error: cost of capital: total capital must be greater than zero, got 0\n"
    );
    assert_eq!(
        desk.refusal(&command("NaN")),
        "error: cost of capital: borrowed value must be a finite number, got NaN\n"
    );
    let returns = desk.file("returns.csv", &RETURNS.replace("2024-01-11", "2023-01-11"));
    assert_eq!(
        desk.refusal(&[&COST[..], &["--returns", &returns]].concat()),
        "error: returns.csv:3:1 (time): not later than the row before; sort the rows and keep one for each time\n"
    );
}
