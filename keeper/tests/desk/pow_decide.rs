//! `hurdle pow decide`.

use crate::Desk;

const FLEET: &str = "[site]\nenergy_price = 0.0\n\n[[machine]]\nname = \"old\"\ncount = 10\nterahash = 100.0\n\
                     watts = 3000.0\nprice = 0.0\nlife_years = 1.0\n";

const SPOT: &str =
    "max_load = 1000.0\n[spot]\n[policy]\nhorizon = 2\nmemory = 24\ndays = 1\npersistence = 0.5\n";

/// Hours at these prices.
fn grid(prices: &[f64]) -> String {
    let row = |(hour, price): (usize, &f64)| format!("{},{price}\n", 3_600 * hour);
    let rows: String = prices.iter().enumerate().map(row).collect();
    format!("time,price\n{rows}")
}

#[test]
fn the_built_in_example_runs_sells_and_responds() {
    let desk = Desk::new("pow-decide");
    let page = desk.path("decide.html");
    let answer = desk.json(&["pow", "decide", "--html", &page]);
    let hours = answer["hours"].as_array().unwrap();
    assert_eq!(hours.len(), 336);
    for action in ["run", "run part", "sell", "respond"] {
        assert!(hours.iter().any(|hour| hour["action"] == action), "{action}");
    }
    // 0.12 for shedding and 0.001 for having been ready
    let paid = hours
        .iter()
        .flat_map(|hour| hour["machines"].as_array().unwrap())
        .filter(|machine| machine["reason"] == "response")
        .all(|machine| (machine["payment_per_kwh"].as_f64().unwrap() - 0.121).abs() < 1e-12);
    assert!(paid);
    let profit = |of: &str| answer[of]["profit"].as_f64().unwrap();
    assert!(profit("foresight") > profit("policy"));
    assert!(profit("policy") > profit("always_run"));
    let sum: f64 = hours.iter().map(|hour| hour["profit"].as_f64().unwrap()).sum();
    assert!((sum - profit("policy")).abs() < 1e-6 * sum.abs());
    assert!(answer["hour_of_calls"].as_f64().unwrap() > 0.0);
    let page = desk.read("decide.html");
    assert!(page.starts_with("<!doctype html>") && page.matches("<svg").count() == 3);
    assert!(!page.contains("NaN"));
    let summary = desk.json(&["pow", "decide", "--summary"]);
    assert_eq!(summary["hours"].as_array().unwrap().len(), 0);
    assert_eq!(summary["policy"], answer["policy"]);
}

#[test]
fn machines_run_below_their_break_even_and_the_schedule_says_why() {
    let desk = Desk::new("pow-decide-threshold");
    // 100 TH/s of 3 kW at 72 per PH/s and day earn 0.1 per kWh
    let grid = desk.file("grid.csv", &grid(&[0.05, 0.0999, 0.1001, -0.02]));
    let (fleet, contract) = (desk.file("fleet.toml", FLEET), desk.file("contract.toml", SPOT));
    let command = [
        "pow",
        "decide",
        "--grid",
        &grid,
        "--fleet",
        &fleet,
        "--contract",
        &contract,
        "--hashprice",
        "72",
    ];
    let answer = desk.json(&command);
    let hours = answer["hours"].as_array().unwrap();
    let seen: Vec<(&str, f64, &str)> = hours
        .iter()
        .map(|hour| {
            (
                hour["action"].as_str().unwrap(),
                hour["load"].as_f64().unwrap(),
                hour["machines"][0]["reason"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("run", 30.0, "profitable"),
            ("run", 30.0, "profitable"),
            ("curtail", 0.0, "unprofitable"),
            ("run", 30.0, "profitable"),
        ]
    );
    assert!((answer["policy"]["profit"].as_f64().unwrap() - 30.0 * (0.05 + 0.0001 + 0.12)).abs() < 1e-9);
    assert_eq!(answer["policy"], answer["foresight"]);
    let text = desk.text(&[&command[..], &["--schedule"]].concat());
    assert!(text.starts_with("policy, without foresight\n"));
    assert!(text.contains("7200    0.1001  curtail          0 kW        0.00  old: 0 kW, unprofitable (0.1000 against 0.1001 per kWh)\n"), "{text}");
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("pow-decide-refusals");
    let refuse = |more: &[&str]| desk.refusal(&[&["pow", "decide"], more].concat());
    let gap = desk.file("gap.csv", "time,price\n0,1\n3600,1\n10800,1\n");
    assert_eq!(
        refuse(&["--grid", &gap]),
        "error: gap.csv:4:1 (time): not one hour after the row before; give every hour a row\n"
    );
    let empty = desk.file("empty.csv", "time,price\n");
    assert_eq!(
        refuse(&["--grid", &empty]),
        "error: empty.csv: no rows under the header\n"
    );
    let unknown = desk.file(
        "unknown.toml",
        "max_load = 1.0\n[spot]\n[[block]]\nmachine = \"x\"\n",
    );
    assert_eq!(
        refuse(&["--contract", &unknown]),
        "error: unknown.toml: [block] `x` is no machine of the fleet; it has Antminer S19j Pro 104T, Whatsminer M20S 68T, \
         Antminer S9j 14.5T\n"
    );
    let dry = desk.file("dry.toml", "max_load = 1.0\n");
    assert_eq!(
        refuse(&["--contract", &dry]),
        "error: contracts: sources of power: at least 1 needed, got 0\n"
    );
    let typo = desk.file("typo.toml", "max_load = 1.0\n[spot]\nfees = 1\n");
    assert!(refuse(&["--contract", &typo]).starts_with("error: typo.toml:3:1: unknown field `fees`"));
    let short = desk.file(
        "short.toml",
        "max_load = 5000.0\n[spot]\n[response]\npower = 1.0\npayment = 1.0\nhours = 1\ncalls = 1\nperiod = 24\n\
         notice = 30\n",
    );
    assert_eq!(
        refuse(&["--contract", &short]),
        "error: schedule: hours planned at a time must lie between 31 and 168, got 24\n"
    );
    assert_eq!(
        refuse(&["--hashprice", "NaN"]),
        "error: schedule: hashprice must be a finite number, got NaN\n"
    );
}
