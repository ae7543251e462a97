use crate::Desk;

#[test]
fn an_order_is_split_over_books_and_pools() {
    let desk = Desk::new("liquidity");
    let bids = desk.file("bids.csv", "price,size\n100,1\n99,4\n90,10\n");
    let pools = desk.file("pools.csv", "base,quote,fee\n1000,99000,0.003\n");
    let command = ["model", "liquidity", "--order", "8", "--bids", &bids];
    let alone = desk.json(&[&command[..], &["--turnover", "2"]].concat());
    let proceeds = 100.0 + 4.0 * 99.0 + 3.0 * 90.0;
    assert!((alone["proceeds"].as_f64().unwrap() - proceeds).abs() < 1e-9);
    let slippage = 1.0 - proceeds / 800.0;
    assert!((alone["premium"].as_f64().unwrap() - 2.0 * slippage).abs() < 1e-9);
    let both = desk.json(&[&command[..], &["--pools", &pools]].concat());
    assert!(both["proceeds"].as_f64().unwrap() > proceeds);
    let amounts = both["amounts"].as_array().unwrap();
    let sum: f64 = amounts.iter().map(|amount| amount.as_f64().unwrap()).sum();
    assert!(amounts.len() == 2 && (sum - 8.0).abs() < 1e-9);
    assert!(desk.text(&command).contains("liquidity premium (LACC)"));
}

#[test]
fn a_book_that_refills_lets_the_order_wait() {
    let desk = Desk::new("liquidity-waiting");
    let ranges = desk.file("ranges.csv", "lower,upper,liquidity\n80,99,3000\n99,101,9000\n");
    let command = [
        "model",
        "liquidity",
        "--order",
        "30",
        "--ranges",
        &ranges,
        "--pool-price",
        "100",
        "--pool-fee",
        "0.0005",
    ];
    let at_once = desk.json(&command);
    let patient = desk.json(&[&command[..], &["--refill-half-life", "5", "--volatility", "0.6"]].concat());
    let premium = |answer: &serde_json::Value| answer["premium"].as_f64().unwrap();
    assert!(premium(&patient) < premium(&at_once));
    assert!(patient["window_seconds"].as_f64().unwrap() > 0.0);
}

#[test]
fn what_is_wrong_with_a_venue_is_named() {
    let desk = Desk::new("liquidity-refusals");
    let order = ["model", "liquidity", "--order", "5"];
    let with = |more: &[&str]| desk.refusal(&[&order[..], more].concat());
    assert_eq!(
        with(&[]),
        "error: --bids, --pools, --ranges, --stable: no venue; name at least one book or pool\n"
    );
    let thin = desk.file("thin.csv", "price,size\n100,1\n");
    assert_eq!(
        with(&["--bids", &thin]),
        "error: liquidity: order must lie between 0 and 1, got 5\n"
    );
    let empty = desk.file("gap.csv", "price,size\n100,\n");
    assert_eq!(
        with(&["--bids", &empty]),
        "error: gap.csv:2:2 (size): `` is no finite number\n"
    );
    let rising = desk.file("rising.csv", "price,size\n100,1\n101,1\n");
    assert_eq!(
        with(&["--bids", &rising]),
        "error: bids: distance of the bids must strictly increase, but entry 1 does not exceed the one before it\n"
    );
    assert_eq!(
        with(&["--stable", "1000"]),
        "error: stable-swap pool: coins of a pool: at least 2 needed, got 1\n"
    );
    assert_eq!(
        with(&["--stable", "1000,1000", "--amplification", "0.5"]),
        "error: stable-swap pool: amplification must lie between 1 and 1000000, got 0.5\n"
    );
}
