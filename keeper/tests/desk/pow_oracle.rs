//! `hurdle pow opportunity` and `hurdle pow haircut`: what proof of work says to the oracle.

use crate::Desk;
use std::fmt::Write;

/// Days of a chain like Bitcoin from 2018-01-01: a price that falls by half over two years in waves, a constant hash rate.
fn days(desk: &Desk, count: u32) -> String {
    let mut table = String::from("time,PriceUSD,BlkCnt,IssTotNtv,FeeTotNtv,HashRate\n");
    for i in 0..count {
        let price = 9_000.0 * (-f64::from(i) / 1_000.0).exp() * (1.0 + 0.05 * (f64::from(i) / 9.0).sin());
        writeln!(
            table,
            "{},{price},144,1800,20,4e7",
            1_514_764_800 + i64::from(i) * 86_400
        )
        .unwrap();
    }
    desk.file("days.csv", &table)
}

#[test]
fn the_opportunity_is_the_day_accounts_return_where_hashprice_stands_still() {
    let desk = Desk::new("pow-opportunity");
    let days = days(&desk, 100);
    let still = include_str!("../../data/pow-entrant.toml")
        .replace("decline = 0.46 ", "decline = 0.0 ")
        .replace("decline_error = 0.2 ", "decline_error = 0.0 ");
    let still = desk.file("entrant.toml", &still);
    let line = [
        "pow",
        "opportunity",
        "--days",
        &days,
        "--entrant",
        &still,
        "--at",
        "2018-01-01",
    ];
    let answer = desk.json(&line);
    let hashprice = 9_000.0 * 1820.0 / 4e4;
    assert!((answer["hashprice"].as_f64().unwrap() - hashprice).abs() < 1e-9);
    let a_day = 0.97 * (0.104 * 0.99 * hashprice - 3.068 * 24.0 * 1.05 * 0.05) - 0.5;
    let expected = (365.0 * a_day - 2125.0) / 9000.0;
    let found = answer["operating_return"].as_f64().unwrap();
    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    let raw = answer["raw_rate"].as_f64().unwrap();
    assert!(
        (expected * 1e8..expected * 1e8 + 1.0 + 1e-3).contains(&raw),
        "{raw}"
    );
    assert!((answer["capital"].as_f64().unwrap() - 4e7 / 104.0 * 9000.0).abs() < 1.0);
    assert!(desk.text(&line).contains("on-chain Rate"));
}

#[test]
fn what_is_wrong_with_an_entrant_is_named() {
    let desk = Desk::new("pow-opportunity-refused");
    let days = days(&desk, 10);
    let refuse = |more: &[&str]| desk.refusal(&[&["pow", "opportunity", "--days", &days], more].concat());
    assert_eq!(
        refuse(&["--at", "2017-12-31"]),
        "error: --at: the record begins later\n"
    );
    assert_eq!(
        refuse(&["--chain", "ltc"]),
        "error: --entrant: describes a miner of btc, but --chain is ltc\n"
    );
    let example = include_str!("../../data/pow-entrant.toml");
    let broken = desk.file(
        "broken.toml",
        &example.replace("watts = 3068.0", "watts = \"many\""),
    );
    let message = refuse(&["--entrant", &broken]);
    assert!(message.starts_with("error: broken.toml:7:9"), "{message}");
    let idle = desk.file("idle.toml", &example.replace("uptime = 0.97", "uptime = 0.0"));
    assert!(refuse(&["--entrant", &idle]).contains("uptime must be greater than zero"));
}

#[test]
fn a_haircut_is_told_in_the_units_of_a_risk_class_with_its_backtest() {
    let desk = Desk::new("pow-haircut");
    let days = days(&desk, 500);
    let market = desk.file("market.toml", include_str!("../../data/market.toml"));
    let line = [
        "pow",
        "haircut",
        "--days",
        &days,
        "--market",
        &market,
        "--html",
        &desk.path("page.html"),
    ];
    let answer = desk.json(&line);
    let haircut = answer["now"]["haircut"].as_f64().unwrap();
    let parts = ["by_volatility", "by_reversion", "by_capitulation"]
        .map(|part| 1.0 - answer["now"][part].as_f64().unwrap())
        .iter()
        .product::<f64>();
    assert!((haircut - (1.0 - parts).clamp(0.05, 0.6)).abs() < 1e-12);
    let raw = answer["raw_haircut"].as_f64().unwrap();
    assert!(
        (haircut * 1e8..=haircut * 1e8 + 1.0).contains(&raw),
        "{raw} {haircut}"
    );
    assert_eq!(answer["class"]["raw_haircut"], 5_000_000);
    assert!(answer["class"]["route"].as_str().unwrap().starts_with("tightens"));
    let steps = answer["days"].as_array().unwrap();
    let test = &answer["backtest"];
    let with_loss = steps.iter().filter(|day| !day["loss"].is_null()).count();
    assert_eq!(test["steps"].as_u64().unwrap(), with_loss as u64);
    let breaches = steps
        .iter()
        .filter(|day| day["loss"].as_f64() > day["haircut"].as_f64())
        .count();
    assert_eq!(test["breaches"].as_u64().unwrap(), breaches as u64);
    assert!(desk.read("page.html").contains("Haircut of a proof-of-work coin"));
    let short = desk.json(&[&line[..], &["--summary"]].concat());
    assert!(short["days"].as_array().unwrap().is_empty() && short["now"] == answer["now"]);
}

#[test]
fn what_is_earned_on_a_merged_chain_enters_the_haircut_s_cost() {
    let desk = Desk::new("pow-haircut-merged");
    let days = days(&desk, 100);
    let cost = |more: &[&str]| {
        let answer = desk.json(&[&["pow", "haircut", "--days", &days], more].concat());
        answer["now"]["cost"].as_f64().unwrap()
    };
    // a partner like itself doubles what a hash earns
    assert!(cost(&["--merged", &days]) < cost(&[]));
}

#[test]
fn the_larger_of_two_haircuts_tightens_and_the_smaller_waits_for_the_timelock() {
    let desk = Desk::new("pow-haircut-route");
    let days = days(&desk, 200);
    let market = include_str!("../../data/market.toml");
    let route = |haircut: &str| {
        let market = desk.file("market.toml", &market.replace("haircut = 0.05", haircut));
        let answer = desk.json(&[
            "pow", "haircut", "--days", &days, "--market", &market, "--base", "0.3", "--cap", "0.3",
        ]);
        answer["class"]["route"].as_str().unwrap().to_owned()
    };
    assert!(route("haircut = 0.29").starts_with("tightens"));
    assert!(route("haircut = 0.3").starts_with("nothing"));
    assert!(route("haircut = 0.31").starts_with("loosens"));
}

#[test]
fn what_is_wrong_with_a_haircut_is_named() {
    let desk = Desk::new("pow-haircut-refused");
    let (short, market) = (
        days(&desk, 50),
        desk.file("market.toml", include_str!("../../data/market.toml")),
    );
    let refuse = |more: &[&str]| desk.refusal(&[&["pow", "haircut", "--days", &short], more].concat());
    assert!(refuse(&[]).contains("days with enough returns before them: at least 1 needed, got 0"));
    let enough = ["--returns", "20"];
    assert!(refuse(&[&enough[..], &["--cap", "1.5"]].concat()).contains("cap of a haircut must lie"));
    assert_eq!(
        refuse(&[&enough[..], &["--since", "2030-01-01"]].concat()),
        "error: --since: the record ends before\n"
    );
    assert_eq!(
        refuse(&[&enough[..], &["--market", &market, "--class", "7"]].concat()),
        "error: --class: the market defines 1 classes, counted from 0\n"
    );
}
