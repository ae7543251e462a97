//! `hurdle pow backtest`.

use crate::Desk;

const FLEET: &str = "[site]\nenergy_price = 0.05\noperation_per_day = 1.0\n\n[[machine]]\nname = \"one\"\ncount = 1\n\
                     terahash = 100.0\nwatts = 3000.0\nprice = 1000.0\nlife_years = 3.0\n";

/// Days of these hashprices.
fn days(hashprices: &[f64]) -> String {
    let row = |(day, hashprice): (usize, &f64)| format!("{},{hashprice},144,0.9,0.1,1000\n", 86_400 * day);
    let rows: String = hashprices.iter().enumerate().map(row).collect();
    format!("time,PriceUSD,BlkCnt,IssTotNtv,FeeTotNtv,HashRate\n{rows}")
}

#[test]
fn a_fleet_runs_on_the_days_that_pay() {
    let desk = Desk::new("pow-backtest");
    // one machine breaks even at 36 per PH/s and day: 3.6 of energy a day
    let file = desk.file("days.csv", &days(&[46.0, 36.0, 26.0, 56.0]));
    let (fleet, page) = (desk.file("fleet.toml", FLEET), desk.path("backtest.html"));
    let command = [
        "pow",
        "backtest",
        "--days",
        &file,
        "--fleet",
        &fleet,
        "--energy-prices",
        "0:0.1:3",
        "--html",
        &page,
    ];
    let answer = desk.json(&command);
    let site = &answer["site"];
    let close = |value: &serde_json::Value, expected: f64| {
        assert!(
            (value.as_f64().unwrap() - expected).abs() < 1e-9,
            "{value} {expected}"
        );
    };
    close(&site["revenue"], 13.8);
    close(&site["energy"], 10.8);
    close(&site["operation"], 4.0);
    close(&site["profit"], -1.0);
    close(&site["curtailed_days"][0], 1.0);
    close(&site["running_share"], 0.75);
    close(&site["annual_return"], -1.0 / 1_000.0 * 365.0 / 4.0);
    // 0, −1, −2 after the third day
    close(&site["drawdown"], 2.0);
    close(&answer["break_even"][0], 36.0);
    let shares: Vec<f64> = answer["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| day["running_share"].as_f64().unwrap())
        .collect();
    assert_eq!(shares, [1.0, 1.0, 0.0, 1.0]);
    assert_eq!(answer["energy_prices"].as_array().unwrap().len(), 3);
    close(&answer["energy_prices"][0]["profit"], 16.4 - 4.0);
    assert_eq!(answer["energy_prices"][1]["profit"], site["profit"]);
    let delayed = desk.json(
        &[
            &command[..],
            &["--restart-delay", "1", "--last", "2", "--summary"],
        ]
        .concat(),
    );
    close(&delayed["site"]["curtailed_days"][0], 2.0);
    assert_eq!(delayed["recorded_days"], 2);
    let page = desk.read("backtest.html");
    assert!(page.matches("<svg").count() == 5 && !page.contains("NaN"));
    assert!(
        desk.text(&command)
            .starts_with("fleet over 4 days at 0.05 per kWh\n")
    );
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("pow-backtest-refusals");
    let (file, fleet) = (
        desk.file("days.csv", &days(&[46.0, 36.0])),
        desk.file("fleet.toml", FLEET),
    );
    let command = ["pow", "backtest", "--days", &file];
    let refuse = |more: &[&str]| desk.refusal(&[&command[..], &["--fleet", &fleet], more].concat());
    assert_eq!(
        desk.refusal(&command),
        "error: --fleet: hashes 149600 TH/s, more than the whole network's 1000 on 1970-01-01; begin later with --last, \
         or take a smaller fleet\n"
    );
    assert_eq!(
        refuse(&["--last", "0"]),
        "error: mining history: days of a mining history: at least 1 needed, got 0\n"
    );
    assert_eq!(
        refuse(&["--restart-margin", "NaN"]),
        "error: fleet backtest: margin at which machines restart must be a finite number, got NaN\n"
    );
    let broken = desk.file("broken.csv", &days(&[46.0, 0.0]));
    assert_eq!(
        desk.refusal(&["pow", "backtest", "--days", &broken]),
        "error: broken.csv:3:2 (PriceUSD): `0` is not above zero\n"
    );
}

#[test]
fn energy_prices_are_a_range() {
    let desk = Desk::new("pow-backtest-range");
    let file = desk.file("days.csv", &days(&[46.0, 36.0]));
    for (range, reason) in [
        ("0.1", "write FROM:TO:N, such as 0.02:0.12:51"),
        ("0.1:0.05:3", "0.05 does not exceed 0.1"),
        ("0:1:1", "`1` is no count from 2 to 10000"),
        ("0:x:3", "`x` is no finite number"),
    ] {
        let message = desk.misuse(&["pow", "backtest", "--days", &file, "--energy-prices", range]);
        assert!(message.contains(reason), "{message}");
    }
}
