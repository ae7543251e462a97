use crate::Desk;
use serde_json::Value;
use std::fmt::Write;
use std::fs;

/// Days from 2018-01-01 of a growing network whose price halves on day 300.
pub fn days(rows: u32) -> String {
    let mut text = "time,PriceUSD,BlkCnt,IssTotNtv,FeeTotNtv,HashRate\n".to_owned();
    for row in 0..rows {
        let hash_rate = 2e7 * (0.002 * f64::from(row.min(300))).exp();
        let price = if row < 300 { 6_000.0 } else { 3_000.0 };
        let time = 1_514_764_800 + i64::from(row) * 86_400;
        writeln!(text, "{time},{price},144,1800,30,{hash_rate}").unwrap();
    }
    text
}

fn figure(answer: &Value, key: &str) -> f64 {
    answer[key].as_f64().unwrap()
}

#[test]
fn a_networks_cost_is_split_plotted_and_shown_for_a_day() {
    let desk = Desk::new("pow-cost");
    let record = desk.file("days.csv", &days(400));
    let html = record.replace("days.csv", "out/page.html");
    let command = ["pow", "cost", "--days", &record];
    let answer = desk.json(&[&command[..], &["--html", &html]].concat());
    let each = answer["days"].as_array().unwrap();
    assert_eq!(each.len(), 400);
    for day in each {
        let parts = figure(day, "electricity") + figure(day, "operation") + figure(day, "hardware");
        assert!((parts / figure(day, "cost") - 1.0).abs() < 1e-12);
        let watts = figure(day, "hash_rate") * figure(day, "efficiency") * 1.1;
        assert!((watts / 1e9 / figure(day, "power_gw") - 1.0).abs() < 1e-9);
        assert!(
            (figure(day, "price") / figure(day, "cost") / figure(day, "price_to_cost") - 1.0).abs() < 1e-12
        );
    }
    let years: Vec<i64> = answer["years"]
        .as_array()
        .unwrap()
        .iter()
        .map(|year| year["year"].as_i64().unwrap())
        .collect();
    assert_eq!(years, [2018, 2019]);
    assert_eq!(answer["at"]["day"], *each.last().unwrap());
    let shares: f64 = answer["at"]["machines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|machine| figure(machine, "share"))
        .sum();
    assert!(shares > 0.9 && shares <= 1.0 + 1e-9, "{shares}");
    let stops = answer["at"]["falls"].as_array().unwrap();
    assert!(
        stops
            .windows(2)
            .all(|pair| figure(&pair[0], "at_once") <= figure(&pair[1], "at_once"))
    );
    let supply = answer["at"]["supply"].as_array().unwrap();
    assert!(
        supply
            .windows(2)
            .all(|pair| figure(&pair[0], "hash_rate") <= figure(&pair[1], "hash_rate"))
    );
    let page = fs::read_to_string(&html).unwrap();
    assert_eq!(page.matches("<svg ").count(), 5);
    assert!(!page.contains("<script") && !page.contains("NaN"));
    let summary = desk.json(&[&command[..], &["--summary", "--at", "2018-06-01"]].concat());
    assert!(summary["days"].as_array().unwrap().is_empty());
    assert_eq!(summary["at"]["day"]["time"], 1_527_811_200);
    let text = desk.text(&command);
    assert!(text.starts_with("cost of production, means of years\n"), "{text}");
}

#[test]
fn a_recorded_fall_is_replayed() {
    let desk = Desk::new("pow-cost-fall");
    let record = desk.file("days.csv", &days(400));
    let fall = ["--fall-from", "2018-10-26", "--fall-to", "2019-01-20"];
    let answer = desk.json(&[&["pow", "cost", "--days", &record, "--summary"][..], &fall].concat());
    assert!(figure(&answer["fall"], "predicted") > 0.05);
    assert!(figure(&answer["fall"], "recorded") < 0.01);
    let early = ["--fall-from", "2017-10-26", "--fall-to", "2019-01-20"];
    assert_eq!(
        desk.refusal(&[&["pow", "cost", "--days", &record][..], &early].concat()),
        "error: recorded fall: days before an episode: at least 14 needed, got 0\n"
    );
}

#[test]
fn machines_and_assumptions_come_from_files() {
    let desk = Desk::new("pow-cost-files");
    let record = desk.file("days.csv", &days(100));
    let machines = desk.file(
        "machines.csv",
        "model,day,jgh\nold,2017-01-01,0.1\nnew,2018-02-01,0.05\n",
    );
    let columns = [
        "--name-column",
        "model",
        "--release-column",
        "day",
        "--efficiency-column",
        "jgh",
    ];
    let command = [
        &["pow", "cost", "--days", &record, "--machines", &machines][..],
        &columns,
    ]
    .concat();
    let answer = desk.json(&[&command[..], &["--efficiency-unit", "1000"]].concat());
    assert_eq!(answer["machine_types"], 2);
    let efficiency = figure(&answer["at"]["day"], "efficiency");
    assert!((50.0..=100.0).contains(&efficiency), "{efficiency}");
    // half the cost of energy is half of what electricity costs, machines aside
    let network = desk.file(
        "network.toml",
        "[[energy]]\nshare = 1\nfloor = 0.01\nmedian = 0.0235\ndeviation = 0.5\n[terms]\noperation = 0.0\n",
    );
    let cheap = desk.json(&[
        "pow",
        "cost",
        "--days",
        &record,
        "--network",
        &network,
        "--summary",
    ]);
    let usual = desk.json(&["pow", "cost", "--days", &record, "--summary"]);
    let ratio = figure(&cheap["at"]["day"], "electricity") / figure(&usual["at"]["day"], "electricity");
    assert!((0.4..0.6).contains(&ratio), "{ratio}");

    let negative = desk.file("negative.csv", "name,release,efficiency\nx,2017-01-01,-1\n");
    assert_eq!(
        desk.refusal(&["pow", "cost", "--days", &record, "--machines", &negative]),
        "error: negative.csv:2:3 (efficiency): `-1` is not above zero\n"
    );
    let unknown = desk.file("unknown.toml", "[terms]\npue = 1.1\n");
    let refusal = desk.refusal(&["pow", "cost", "--days", &record, "--network", &unknown]);
    assert!(
        refusal.starts_with("error: unknown.toml:2:1: unknown field `pue`"),
        "{refusal}"
    );
    let impossible = desk.file("impossible.toml", "[terms]\noverhead = 0.5\n");
    assert_eq!(
        desk.refusal(&["pow", "cost", "--days", &record, "--network", &impossible]),
        "error: network: overhead of mining sites must lie between 1 and 10, got 0.5\n"
    );
    let later = desk.file("later.csv", "name,release,efficiency\nx,2030-01-01,10\n");
    assert_eq!(
        desk.refusal(&["pow", "cost", "--days", &record, "--machines", &later]),
        "error: cost of production: days on which a machine was sold: at least 1 needed, got 0\n"
    );
}

#[test]
fn other_chains_have_machines_of_their_own_and_merged_mining_pays_twice() {
    let desk = Desk::new("pow-cost-chains");
    // a scrypt network of 300 TH/s
    let scrypt = days(120).replace("20000000,", "300,");
    let rows: String = scrypt
        .lines()
        .enumerate()
        .map(|(row, line)| match row {
            0 => format!("{line}\n"),
            _ => format!("{},100,576,14400,30,300\n", line.split(',').next().unwrap()),
        })
        .collect();
    let record = desk.file("ltc.csv", &rows);
    let partner = desk.file("doge.csv", &rows);
    let alone = desk.json(&["pow", "cost", "--days", &record, "--chain", "ltc", "--summary"]);
    let name = alone["at"]["machines"][0]["name"].as_str().unwrap().to_owned();
    assert!(
        name.contains("L3") || name.contains("A4") || name.contains("Titan"),
        "{name}"
    );
    let both = desk.json(&[
        "pow",
        "cost",
        "--days",
        &record,
        "--chain",
        "ltc",
        "--merged",
        &partner,
        "--summary",
    ]);
    let ratio = figure(&both["at"]["day"], "hashprice") / figure(&alone["at"]["day"], "hashprice");
    assert!((ratio - 2.0).abs() < 1e-9, "{ratio}");
}
