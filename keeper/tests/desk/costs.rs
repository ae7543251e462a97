//! Latency, options, bounty, carry and performance.

use crate::Desk;
use serde_json::Value;

fn figure(answer: &Value, key: &str) -> f64 {
    answer[key].as_f64().unwrap()
}

#[test]
fn late_quotes_feeds_and_pools_cost_what_the_models_say() {
    let desk = Desk::new("latency");
    let quote = [
        "model",
        "latency",
        "quote",
        "--volatility",
        "0.8",
        "--exposed",
        "1",
        "--delay",
        "3600",
    ];
    // E|x|/τ of a normal deviation over an hour
    let expected = 0.8 * (2.0 / core::f64::consts::PI / (3600.0 / 31_536_000.0)).sqrt();
    assert!((figure(&desk.json(&quote), "premium") / expected - 1.0).abs() < 1e-12);
    let feed = desk.json(&[
        "model",
        "latency",
        "feed",
        "--volatility",
        "0.8",
        "--deviation",
        "0.005",
        "--heartbeat",
        "1e9",
        "--exposed",
        "0.5",
    ]);
    // Without a heartbeat the band is left after δ²/σ² on average.
    let seconds = 0.005 * 0.005 / 0.64 * 31_536_000.0;
    assert!((figure(&feed, "mean_seconds") / seconds - 1.0).abs() < 1e-9);
    let pool = desk.json(&[
        "model",
        "latency",
        "pool",
        "--volatility",
        "0.8",
        "--fee",
        "0",
        "--block-time",
        "0.4",
        "--range",
        "1e-9",
        "1",
        "1e9",
    ]);
    let costly = desk.json(&[
        "model",
        "latency",
        "pool",
        "--volatility",
        "0.8",
        "--fee",
        "0.003",
        "--block-time",
        "0.4",
        "--pool-value",
        "1e6",
        "--arbitrage-cost",
        "1",
    ]);
    // V·e^{γ/2}·(cosh((z − γ)/2) − 1) = 1, the arbitrageur's profit, at the band's edge z
    let (fee, band) = (-(-0.003_f64).ln_1p(), figure(&costly, "arbitrage_band"));
    let profit = 1e6 * (fee / 2.0).exp() * (((band - fee) / 2.0).cosh() - 1.0);
    assert!((profit - 1.0).abs() < 1e-6, "{profit}");
    assert!((figure(&pool, "lvr") - 0.08).abs() < 1e-15);
    assert_eq!(figure(&pool, "retained_share"), 1.0);
    assert!((figure(&pool, "concentrated_lvr") / 0.08 - 1.0).abs() < 1e-4);
    assert_eq!(
        desk.refusal(&[
            "model",
            "latency",
            "quote",
            "--volatility",
            "0.8",
            "--exposed",
            "1",
            "--delay",
            "0"
        ]),
        "error: latency premium: delay must be greater than zero, got 0\n"
    );
}

#[test]
fn an_option_is_priced_and_its_volatility_recovered() {
    let desk = Desk::new("options");
    let option = [
        "model", "options", "--side", "call", "--spot", "60", "--strike", "65", "--days", "91.25", "--rate",
        "0.08",
    ];
    // Haug (2007), § 1.1.1: 2.1334
    let priced = desk.json(&[&option[..], &["--volatility", "0.3"]].concat());
    assert!((figure(&priced, "value") - 2.1334).abs() < 5e-5);
    let value = figure(&priced, "value").to_string();
    let solved = desk.json(&[&option[..], &["--price", &value]].concat());
    assert!((figure(&solved, "volatility") - 0.3).abs() < 1e-9);
    let text = desk.text(&[&option[..], &["--volatility", "0.3"]].concat());
    assert!(text.contains("vanna"), "{text}");
    let put = [
        "model", "options", "--side", "put", "--future", "60", "--strike", "65", "--days", "91.25",
    ];
    assert_eq!(
        desk.refusal(&[&put[..], &["--price", "5"]].concat()),
        "error: --price: it is what the option is worth without volatility, so that it implies none\n"
    );
    let dear = desk.refusal(&[&option[..], &["--price", "60"]].concat());
    assert!(
        dear.starts_with("error: option: option price must lie strictly between 0 and 60"),
        "{dear}"
    );
}

#[test]
fn a_bounty_is_told_with_the_dust_below_it() {
    let desk = Desk::new("bounty");
    let command = [
        "model",
        "bounty",
        "--size",
        "1000",
        "--fixed",
        "1",
        "--fees",
        "0.001",
        "--volatility",
        "0.8",
        "--exposure",
        "0",
        "--hurdle",
        "0.365",
        "--capital-days",
        "1",
    ];
    let answer = desk.json(&[&command[..], &["--offered", "0.004", "--maintenance", "0.05"]].concat());
    assert!((figure(&answer, "break_even") - (0.001 + 0.001 + 0.001)).abs() < 1e-12);
    assert!((figure(&answer, "smallest_size") - 500.0).abs() < 1e-6);
    assert!((figure(&answer, "affordable") - 0.05).abs() < 1e-12);
    let low = desk.json(&[&command[..], &["--offered", "0.001"]].concat());
    assert_eq!(low["smallest_size"], Value::Null);
    assert_eq!(
        desk.refusal(&[&command[..], &["--success", "0"]].concat()),
        "error: liquidator's bounty: probability of success must be greater than zero, got 0\n"
    );
}

#[test]
fn carry_is_told_per_notional_and_per_margin() {
    let desk = Desk::new("carry");
    let command = [
        "model",
        "carry",
        "--financing",
        "0.11",
        "--income",
        "0.05",
        "--margin-share",
        "0.2",
        "--hurdle",
        "0.15",
    ];
    let answer = desk.json(&[&command[..], &["--spot", "100", "--quoted", "101"]].concat());
    assert!((figure(&answer, "per_notional") - 0.09).abs() < 1e-12);
    assert!((figure(&answer, "per_margin") - 0.45).abs() < 1e-12);
    let implied = 1.01_f64.ln() * 365.0 / 30.0;
    assert!((figure(&answer, "implied_carry") - implied).abs() < 1e-12);
    assert_eq!(
        desk.refusal(&[
            "model",
            "carry",
            "--financing",
            "0.11",
            "--margin-share",
            "0",
            "--hurdle",
            "0.1"
        ]),
        "error: carry: margin share must be greater than zero, got 0\n"
    );
}

#[test]
fn performance_is_adjusted_for_volatility_and_autocorrelation() {
    let desk = Desk::new("performance");
    let mut rows = "time,close\n".to_owned();
    for day in 0..60_i32 {
        let price = 100.0 * (0.001 * f64::from(day) + 0.02 * (1.9 * f64::from(day)).sin()).exp();
        rows += &format!("{},{price}\n", 1_700_000_000 + day * 86_400);
    }
    let prices = desk.file("prices.csv", &rows);
    let command = ["model", "performance", "--prices", &prices, "--lags", "3"];
    let answer = desk.json(&command);
    assert_eq!(answer["returns"], 59);
    assert_eq!(figure(&answer, "periods_per_year"), 365.0);
    // Reversals make the naive annualisation too low.
    assert!(figure(&answer, "sharpe") > figure(&answer, "sharpe_uncorrected"));
    let flat = desk.file("flat.csv", "time,close\n1,5\n2,5\n3,5\n");
    assert_eq!(
        desk.refusal(&["model", "performance", "--prices", &flat, "--lags", "1"]),
        "error: performance: volatility of returns cannot be determined from these observations: they carry no \
         variation that would identify it\n"
    );
}

#[test]
fn periods_of_a_year_are_those_of_the_rows() {
    let desk = Desk::new("performance-periods");
    let rows = |seconds: i64, skipped: i64| {
        (0..200_i64)
            .filter(|i| *i != skipped)
            .fold("time,close\n".to_owned(), |rows, i| {
                rows + &format!("{},{}\n", 1_700_000_000 + i * seconds, 100 + i * 7919 % 17)
            })
    };
    let hours = desk.file("hours.csv", &rows(3600, -1));
    let command = |path| ["model", "performance", "--prices", path];
    let answer = desk.json(&command(&hours));
    assert_eq!(figure(&answer, "periods_per_year"), 8760.0);
    let gap = desk.file("gap.csv", &rows(3600, 5));
    assert_eq!(
        desk.refusal(&command(&gap)),
        "error: gap.csv:7:1 (time): 7200 s after the row before, where 3600 s are usual; leave gaps out with --max-gap, \
         or state --periods\n"
    );
    let without = desk.json(&[&command(&gap)[..], &["--max-gap", "3600"]].concat());
    assert_eq!(figure(&without, "periods_per_year"), 8760.0);
    assert_eq!(without["returns"], 197);
    let stated = desk.json(&[&command(&gap)[..], &["--periods", "252"]].concat());
    assert_eq!(figure(&stated, "periods_per_year"), 252.0);
    // Months are even enough.
    let months = desk.file(
        "months.csv",
        "time,close\n2024-01-31,5\n2024-02-29,6\n2024-03-31,5\n2024-04-30,7\n2024-05-31,6\n",
    );
    let answer = desk.json(&[&command(&months)[..], &["--lags", "1"]].concat());
    assert_eq!(figure(&answer, "periods_per_year"), 12.0);
    let alone = desk.file("alone.csv", "time,close\n1,5\n");
    assert_eq!(
        desk.refusal(&command(&alone)),
        "error: performance: returns: at least 2 needed, got 0\n"
    );
}
