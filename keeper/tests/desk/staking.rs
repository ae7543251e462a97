use crate::Desk;
use serde_json::Value;

/// A figure of a JSON answer.
fn figure(answer: &Value, key: &str) -> f64 {
    answer[key].as_f64().unwrap()
}

#[test]
fn the_growth_of_an_exchange_rate_is_its_yield() {
    let desk = Desk::new("staking-growth");
    let mut rows = "day,rate\n".to_owned();
    for day in 1..=28 {
        rows += &format!(
            "2024-02-{day:02},{}\n",
            1.1 * 1.07_f64.powf(f64::from(day) / 365.0)
        );
    }
    let rates = desk.file("rates.csv", &rows);
    let command = [
        "model",
        "staking",
        "growth",
        "--prices",
        &rates,
        "--time-column",
        "day",
        "--price-column",
        "rate",
    ];
    let answer = desk.json(&command);
    assert!((figure(&answer, "simple_yield") - 0.07).abs() < 1e-9);
    assert_eq!(answer["samples"], 28);
    // more days than u32 has seconds
    assert_eq!(
        desk.json(&[&command[..], &["--window-days", "65535"]].concat()),
        answer
    );
    assert!(
        desk.text(&command)
            .starts_with("growth of the exchange rate, per year\n")
    );
    let short = desk.file("short.csv", "time,close\n2024-02-01,1.1\n");
    assert_eq!(
        desk.refusal(&["model", "staking", "growth", "--prices", &short]),
        "error: growth of the exchange rate: exchange-rate samples in the window: at least 2 needed, got 1\n"
    );
}

#[test]
fn each_chain_pays_by_its_own_rules() {
    let desk = Desk::new("staking-chains");
    let solana = desk.json(&[
        "model",
        "staking",
        "solana",
        "--epoch",
        "150",
        "--staked-share",
        "0.8",
        "--commission",
        "0",
    ]);
    assert_eq!(figure(&solana, "inflation"), 0.08);
    // The schedule's year has 365.242199 days of 0.4 s slots.
    assert!((figure(&solana, "simple") - 0.1 * 365.0 / 365.242_199).abs() < 1e-12);
    let ethereum = desk.json(&[
        "model",
        "staking",
        "ethereum",
        "--staked",
        "32000000",
        "--supply",
        "120000000",
        "--participation",
        "1",
        "--uptime",
        "1",
    ]);
    // 166.3·√stake in a year of 365.25 days
    assert!((figure(&ethereum, "issuance") * 365.25 / 365.0 / 32e6_f64.sqrt() - 166.3).abs() < 0.05);
    let cosmos = desk.json(&[
        "model",
        "staking",
        "cosmos",
        "--inflation",
        "0.1",
        "--bonded-ratio",
        "0.625",
    ]);
    assert!((figure(&cosmos, "nominal") - 0.16 * 0.98 * 0.95).abs() < 1e-12);
    assert_eq!(
        desk.refusal(&[
            "model",
            "staking",
            "solana",
            "--epoch",
            "700",
            "--staked-share",
            "1.2"
        ]),
        "error: Solana's staking yield: staked share must lie between 0 and 1, got 1.2\n"
    );
    assert_eq!(
        desk.refusal(&["model", "staking", "ethereum", "--staked", "nan", "--supply", "1"]),
        "error: Ethereum's staking yield: stake must be a finite number, got NaN\n"
    );
}

#[test]
fn a_hedged_yield_adds_its_funding() {
    let desk = Desk::new("staking-carry");
    let payments = desk.file(
        "funding.csv",
        "time,funding\n1700000000,0.0001\n1700028800,0.0001\n1700057600,0.0001\n",
    );
    let answer = desk.json(&[
        "model",
        "staking",
        "carry",
        "--yield",
        "0.07",
        "--payments",
        &payments,
        "--margin-share",
        "0.25",
    ]);
    assert!((figure(&answer, "funding") - 0.1095).abs() < 1e-12);
    assert!((figure(&answer, "rate") - 0.1795 / 1.25).abs() < 1e-12);
    let fixed = desk.json(&[
        "model",
        "staking",
        "carry",
        "--yield",
        "0.07",
        "--funding",
        "-0.0001",
    ]);
    assert!((figure(&fixed, "rate") - (0.07 - 0.1095) / 1.2).abs() < 1e-12);
    let damaged = desk.file("damaged.csv", "time,funding\n1700000000,0.0001\n1700028800,x\n");
    assert_eq!(
        desk.refusal(&[
            "model",
            "staking",
            "carry",
            "--yield",
            "0.07",
            "--payments",
            &damaged
        ]),
        "error: damaged.csv:3:2 (funding): `x` is no finite number\n"
    );
}

#[test]
fn chains_are_put_together_and_a_silent_one_lowers_the_confidence() {
    let desk = Desk::new("staking-aggregate");
    let all = desk.file("all.csv", "stake,yield,age\n3,0.06,0\n3,0.06,0\n");
    let silent = desk.file("silent.csv", "stake,yield,age\n3,0.06,0\n3,,\n");
    let command = |path| desk.json(&["model", "staking", "aggregate", "--sources", path]);
    assert_eq!(figure(&command(&all), "confidence"), 1.0);
    assert_eq!(figure(&command(&silent), "confidence"), 0.5);
    assert_eq!(
        desk.refusal(&[
            "model",
            "staking",
            "aggregate",
            "--sources",
            &silent,
            "--quorum",
            "2"
        ]),
        "error: aggregate yield: usable yield readings: at least 2 needed, got 1\n"
    );
    let negative = desk.file("negative.csv", "stake,yield,age\n-3,0.06,0\n");
    assert_eq!(
        desk.refusal(&["model", "staking", "aggregate", "--sources", &negative]),
        "error: negative.csv:2:1 (stake): `-3` is not above zero\n"
    );
    // An age that is not told is not zero, nor is a confidence one.
    let refuse = |name: &str, rows: &str| {
        let path = desk.file(name, &format!("stake,yield,age,trust\n{rows}"));
        let command = ["model", "staking", "aggregate", "--sources", &path];
        desk.refusal(&[&command[..], &["--confidence-column", "trust"]].concat())
    };
    assert_eq!(
        refuse("ageless.csv", "3,0.06,0,1\n3,,,\n3,0.07,,1\n"),
        "error: ageless.csv:4:3 (age): beside a yield there must be a number of seconds, at least 0\n"
    );
    assert_eq!(
        refuse("early.csv", "3,0.06,-5,1\n"),
        "error: early.csv:2:3 (age): beside a yield there must be a number of seconds, at least 0\n"
    );
    assert_eq!(
        refuse("sure.csv", "3,0.06,5,2\n"),
        "error: sure.csv:2:4 (trust): beside a yield there must be a number between 0 and 1\n"
    );
}
