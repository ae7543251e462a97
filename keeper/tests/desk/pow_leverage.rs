use crate::Desk;
use crate::pow_forecast::record;
use serde_json::Value;

const LOAN: &str = include_str!("../../data/pow-loan.toml");
const CASCADE: &str = include_str!("../../data/pow-cascade.toml");
const FEW: [&str; 4] = ["pow", "leverage", "--paths", "1024"];

fn number(answer: &Value, key: &str) -> f64 {
    answer[key].as_f64().unwrap_or(f64::NAN)
}

#[test]
fn the_built_in_miner_is_told_its_distances_and_probabilities() {
    let desk = Desk::new("pow-leverage");
    let answer = desk.json(&FEW);
    // 1.5 m against 90 coins at 35,000
    let close = |key: &str, expected: f64| assert!((number(&answer, key) - expected).abs() < 1e-9, "{key}");
    close("ltv", 1.5e6 / (90.0 * 35_000.0));
    close("call_price", 1.5e6 / (90.0 * 0.7));
    close("liquidation_price", 1.5e6 / (90.0 * 0.8));
    close("call_fall", 1.0 - number(&answer, "call_price") / 35_000.0);
    let (call, liquidation) = (
        number(&answer, "call_probability"),
        number(&answer, "liquidation_probability"),
    );
    assert!(0.0 < liquidation && liquidation < call && call < 1.0);
    assert!(number(&answer, "call_probability_at_rest") > 0.0);
    assert!(number(&answer, "stock_gain") < 1.0 && number(&answer, "amplification") > 1.0);
    assert_eq!(answer, desk.json(&[&FEW[..], &["--threads", "3"]].concat()));
    let text = desk.text(&FEW);
    assert!(
        text.contains("within 90 days, if nothing is done (simulated)"),
        "{text}"
    );
    assert!(text.contains("while difficulty lags it dies out"), "{text}");
}

#[test]
fn a_lower_price_is_nearer_to_the_lender_and_a_record_tells_the_market() {
    let desk = Desk::new("pow-leverage-market");
    let of = |more: &[&str]| desk.json(&[&FEW[..], more].concat());
    let (near, far) = (of(&["--price", "28000"]), of(&["--price", "60000"]));
    assert!(number(&near, "call_deviations") < number(&far, "call_deviations"));
    assert!(number(&near, "call_probability") > number(&far, "call_probability"));
    // the record's price does not move: a wave is put in its place
    let wave = |row: usize| 9_000.0 + 300.0 * (row as f64 * 0.7).sin() + 200.0 * (row as f64 * 1.9).cos();
    let moving: String = record(500)
        .lines()
        .enumerate()
        .map(|(row, line)| line.replace(",9000,", &format!(",{},", wave(row))) + "\n")
        .collect();
    let days = desk.file("days.csv", &moving);
    let recorded = of(&["--days", &days, "--horizon-days", "10"]);
    assert!(number(&recorded, "volatility") > 0.0 && number(&recorded, "price") > 0.0);
}

#[test]
fn a_loan_s_file_is_refused_with_its_place() {
    let desk = Desk::new("pow-leverage-refusals");
    let refused = |text: &str, more: &[&str]| {
        let path = desk.file("loan.toml", text);
        desk.refusal(&[&["pow", "leverage", "--loan", &path][..], more].concat())
    };
    let typo = refused(&LOAN.replace("call_ltv = 0.7", "call_ltv = high"), &[]);
    assert!(typo.contains("loan.toml:21:12:"), "{typo}");
    let unknown = refused(&LOAN.replace("covenant_cover", "covenant_colour"), &[]);
    assert!(unknown.contains("unknown field `covenant_colour`"), "{unknown}");
    let swapped = refused(
        &LOAN.replace("liquidation_ltv = 0.8", "liquidation_ltv = 0.6"),
        &[],
    );
    assert!(
        swapped.contains("loan-to-value of liquidation must lie between 0.7 and 1, got 0.6"),
        "{swapped}"
    );
    let (head, rest) = LOAN.split_once("[market]").unwrap();
    let without = format!("{head}{}", &rest[rest.find("[miner]").unwrap()..]);
    let none = refused(&without, &[]);
    assert!(none.contains("--days: the loan's file has no [market]"), "{none}");
    let long = desk.refusal(&["pow", "leverage", "--horizon-days", "5000"]);
    assert!(long.contains("days must lie between 1 and 1825"), "{long}");
    let idle = desk.refusal(&["pow", "leverage", "--sampling", "quasi"]);
    assert!(idle.contains("antithetic or quasi-random sampling"), "{idle}");
}

#[test]
fn a_cascade_is_told_and_plotted_and_its_books_balance() {
    let desk = Desk::new("pow-leverage-cascade");
    let file = desk.file(
        "cascade.toml",
        &CASCADE
            .replace("count = 200", "count = 40")
            .replace("days = 180.0", "days = 60.0"),
    );
    let html = desk.path("out/cascade.html");
    let command = [
        "pow",
        "leverage",
        "--cascade",
        &file,
        "--paths",
        "256",
        "--html",
        &html,
    ];
    let answer = desk.json(&command);
    assert!(number(&answer, "shock_fall") >= 0.5);
    assert!(number(&answer, "shock_excess_fall") > 0.0 && number(&answer, "shock_liquidations") > 0.0);
    assert_eq!(number(&answer, "paths"), 256.0);
    for residual in ["residual", "shock_residual"] {
        assert!(number(&answer, residual) < 1e-9, "{residual}");
    }
    assert!(number(&answer, "fall_50") <= number(&answer, "fall_99"));
    let page = desk.read("out/cascade.html");
    assert_eq!(page.matches("<svg ").count(), 4);
    assert!(!page.contains("<script") && !page.contains("NaN"));
    let refused = desk.file(
        "dear.toml",
        &CASCADE.replace(
            "energy_price = 0.05       # per kWh, ov",
            "energy_price = 99.0 # ov",
        ),
    );
    let refusal = desk.refusal(&["pow", "leverage", "--cascade", &refused]);
    assert!(
        refusal.contains("hash rate that runs at a profit cannot be determined"),
        "{refusal}"
    );
    let long = desk.refusal(&["pow", "leverage", "--cascade", "--paths", "10000000"]);
    assert!(
        long.contains("--paths: ") && long.contains("would take too long"),
        "{long}"
    );
}

#[test]
fn the_built_in_cascade_runs_as_it_is() {
    let desk = Desk::new("pow-leverage-built-in");
    let answer = desk.json(&["pow", "leverage", "--cascade"]);
    assert_eq!(number(&answer, "paths"), 4096.0);
    assert!(number(&answer, "residual") < 1e-9);
}

#[test]
fn the_chain_says_when_difficulty_follows() {
    let desk = Desk::new("pow-leverage-chain");
    let sales = |chain: &str| {
        let answer = desk.json(&["pow", "leverage", "--paths", "256", "--chain", chain]);
        number(&answer, "sales")
    };
    // the same coins a block, four times as often
    assert!((sales("ltc") / sales("btc") - 4.0).abs() < 1e-9);
    assert_eq!(
        desk.refusal(&["pow", "leverage", "--chain", "doge"]),
        "error: --chain: its difficulty follows with every block; what is told here lives on one that lags\n"
    );
}
