mod models;

use crate::Desk;

const PRICES: &str =
    "date,price\n2024-01-01,100\n2024-01-02,110\n2024-01-03,\n2024-01-04,99\n2024-01-05,108.9\n";

#[test]
fn volatility_of_a_table_is_told_as_text_and_as_json() {
    let desk = Desk::new("volatility");
    let prices = desk.file("prices.csv", PRICES);
    let command = [
        "model",
        "volatility",
        "--prices",
        &prices,
        "--time-column",
        "date",
        "--price-column",
        "price",
        "--skip-empty",
    ];
    let answer = desk.json(&command);
    assert_eq!(answer["returns"], 3);
    // ln 1.1 in a day, ln 0.9 in two, ln 1.1 in a day
    let variation: f64 = [1.1f64, 0.9, 1.1].iter().map(|x| x.ln() * x.ln()).sum();
    let expected = (variation / (4.0 / 365.0)).sqrt();
    let realised = answer["realised"].as_f64().unwrap();
    assert!((realised / expected - 1.0).abs() < 1e-12, "{realised} {expected}");
    let text = desk.text(&command);
    assert!(
        text.starts_with("volatility of 3 returns, per √year\n  realised, close to close"),
        "{text}"
    );
}

#[test]
fn what_is_wrong_is_named_by_file_line_and_column() {
    let desk = Desk::new("volatility-refusals");
    let prices = desk.file("prices.csv", PRICES);
    let command = ["model", "volatility", "--prices", &prices];
    assert_eq!(
        desk.refusal(&command),
        "error: prices.csv: no column `close`; its columns are date, price\n"
    );
    let columns = ["--time-column", "date", "--price-column", "price"];
    assert_eq!(
        desk.refusal(&[&command[..], &columns].concat()),
        "error: prices.csv:4:2 (price): `` is no finite number\n"
    );
    let short = desk.file("short.csv", "time,close\n1,2\n2,3\n");
    assert_eq!(
        desk.refusal(&["model", "volatility", "--prices", &short]),
        "error: volatility: returns: at least 2 needed, got 1\n"
    );
}
