use crate::Desk;

/// One type of machine on a plain site: 95 TH/s at 3,250 W, that is 821.05 kWh per PH/s and day.
const FLEET: &str = "[site]\nenergy_price = 0.05\n\n[[machine]]\nname = \"S19\"\ncount = 10\nterahash = 95.0\nwatts = 3250.0\n\
                     price = 1460.0\nlife_years = 4.0\n";

#[test]
fn a_fleet_breaks_even_at_its_costs_per_petahash() {
    let desk = Desk::new("pow-breakeven");
    let fleet = desk.file("fleet.toml", FLEET);
    let command = [
        "pow",
        "breakeven",
        "--fleet",
        &fleet,
        "--hashprice",
        "60",
        "--hurdle",
        "0.25",
    ];
    let answer = desk.json(&command);
    let close = |value: &serde_json::Value, expected: f64| {
        let value = value.as_f64().unwrap();
        assert!((value / expected - 1.0).abs() < 1e-9, "{value} {expected}");
    };
    // a day of one: 3.90 of energy, 1.00 of depreciation, 1.00 of the hurdle rate, over 0.095 PH/s
    let even = &answer["machines"][0]["hashprice"];
    close(&even["cash"], 3.9 / 0.095);
    close(&even["operation"], 3.9 / 0.095);
    close(&even["depreciation"], 4.9 / 0.095);
    close(&even["hurdle"], 5.9 / 0.095);
    close(&answer["fleet"]["hashprice"]["hurdle"], 5.9 / 0.095);
    // 5.70 of revenue over 78 kWh
    close(&answer["fleet"]["energy_price"]["cash"], 5.7 / 78.0);
    close(&answer["all_running"]["energy_price"]["hurdle"], 3.7 / 78.0);
    assert_eq!(answer["machines"][0]["runs"], true);
    let text = desk.text(&command);
    assert!(
        text.starts_with("break-even hashprice, quote per PH/s and day\n"),
        "{text}"
    );
    assert!(text.contains("runs\n") && text.contains("break-even energy price at a hashprice of 60.0000"));
}

#[test]
fn the_market_may_be_a_difficulty_or_be_left_out() {
    let desk = Desk::new("pow-breakeven-market");
    let market = ["--difficulty", "86e12", "--height", "850000", "--price", "60000"];
    let answer = desk.json(&[&["pow", "breakeven"], &market[..]].concat());
    assert!(
        (answer["hashprice"].as_f64().unwrap() - 43.86).abs() < 0.01,
        "{answer}"
    );
    assert_eq!(answer["machines"].as_array().unwrap().len(), 3);
    let bare = desk.json(&[
        "pow",
        "breakeven",
        "--depreciation",
        "declining-balance",
        "--age",
        "1",
    ]);
    assert!(bare["hashprice"].is_null() && bare["fleet"]["energy_price"].is_null());
    assert!(bare["machines"][0]["runs"].is_null());
    assert!(!desk.text(&["pow", "breakeven"]).contains("energy price at"));
}

#[test]
fn impossible_books_and_prices_are_refused() {
    let desk = Desk::new("pow-breakeven-refusals");
    let refusal = |more: &[&str]| desk.refusal(&[&["pow", "breakeven"], more].concat());
    assert_eq!(
        refusal(&["--hashprice", "0"]),
        "error: break-even: price of a coin must be greater than zero, got 0\n"
    );
    assert_eq!(
        refusal(&["--hurdle", "50"]),
        "error: break-even: hurdle rate must lie between -0.99 and 40, got 50\n"
    );
    assert_eq!(
        refusal(&["--depreciation", "declining-balance", "--declining-factor", "0.5"]),
        "error: books: factor of the declining balance must lie between 1 and 10, got 0.5\n"
    );
    let broken = desk.file("fleet.toml", &FLEET.replace("95.0", "0.0"));
    assert_eq!(
        refusal(&["--fleet", &broken]),
        "error: break-even: hash rate of a machine must be greater than zero, got 0\n"
    );
}
