use crate::Desk;
use serde_json::Value;

const MARKET: [&str; 8] = [
    "--difficulty",
    "86e12",
    "--height",
    "850000",
    "--fees",
    "0.2",
    "--price",
    "90000",
];

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn the_account_adds_up_and_its_derivatives_are_those_of_the_command_itself() {
    let desk = Desk::new("pow-margin");
    let at = |price: &str| {
        let market = [&["pow", "margin"], &MARKET[..7], &[price]].concat();
        desk.json(&[&market[..], &["--cash", "50000"]].concat())
    };
    let answer = at("90000");
    let total = &answer["total"];
    let of = |key: &str| number(&total[key]);
    assert!((of("revenue") - of("pool_fee") - of("energy") - of("operation") - of("ebitda")).abs() < 1e-6);
    assert!((of("ebitda") - of("depreciation") - of("operating_profit")).abs() < 1e-6);
    let machines = answer["machines"].as_array().unwrap();
    let sum: f64 = machines
        .iter()
        .map(|one| number(&one["account"]["operating_profit"]))
        .sum();
    assert!((sum - of("operating_profit")).abs() < 1e-6);
    assert!((of("return_on_capital") - 365.0 * of("operating_profit") / of("capital")).abs() < 1e-12);
    // The profit is linear in the price while the same machines run.
    let slope = number(&answer["operating_profit"]["gradient"][0]);
    let moved = number(&at("90100")["operating_profit"]["value"]);
    assert!((moved - of("operating_profit") - 100.0 * slope).abs() < 1e-6);
    for key in ["ebitda_margin", "break_even_distance", "rewards", "solvency"] {
        assert!(answer[key].is_object(), "{key}");
    }
    let payouts = answer["rewards"]["payouts"].as_array().unwrap();
    let schemes: Vec<&str> = payouts
        .iter()
        .map(|payout| payout["scheme"].as_str().unwrap())
        .collect();
    assert_eq!(schemes, ["solo", "proportional", "pplns", "pps", "fpps"]);
    assert!(number(&payouts[0]["deviation"]) > number(&payouts[1]["deviation"]));
}

#[test]
fn the_text_tells_the_same() {
    let desk = Desk::new("pow-margin-text");
    let text = desk.text(
        &[
            &["pow", "margin"],
            &MARKET[..],
            &["--cash", "50000", "--age", "1"],
        ]
        .concat(),
    );
    for part in [
        "a day at a hashprice of 69.9986 per PH/s, quote\n",
        "Antminer S19j Pro 104T: runs\n",
        "operating profit of a day\n",
        "distance to break-even\n",
        "orphans\n",
        "payouts: mean, standard deviation, none\n",
        "cash runs out by luck alone\n",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_fleet_that_stands_still_has_no_margin_and_no_rewards() {
    let desk = Desk::new("pow-margin-still");
    let poor = [&["pow", "margin"], &MARKET[..7], &["1000", "--cash", "5"]].concat();
    let answer = desk.json(&poor);
    assert_eq!(number(&answer["total"]["revenue"]), 0.0);
    assert!(answer["ebitda_margin"].is_null() && answer["rewards"].is_null() && answer["solvency"].is_null());
    assert!(desk.text(&poor).contains("nothing runs"));
}

#[test]
fn a_missing_market_and_an_impossible_pool_are_refused() {
    let desk = Desk::new("pow-margin-refusals");
    assert_eq!(
        desk.refusal(&["pow", "margin"]),
        "error: --difficulty: required, with --height and --price\n"
    );
    let refusal = |more: &[&str]| desk.refusal(&[&["pow", "margin"], &MARKET[..], more].concat());
    assert_eq!(
        refusal(&["--pool-share", "0.0001"]),
        "error: --pool-share: `0.0001` must lie below 1 and not below the fleet's own share of 0.000217\n"
    );
    assert_eq!(
        refusal(&["--improvement", "1"]),
        "error: machines: improvement of efficiency per year must lie between 0 and 0.99, got 1\n"
    );
    assert_eq!(
        refusal(&["--fee-variation", "30"]),
        "error: rewards: variation of fees must lie between 0 and 20, got 30\n"
    );
}
