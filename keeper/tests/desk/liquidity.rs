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
    let sum: f64 = amounts
        .iter()
        .map(|amount| amount["value"].as_f64().unwrap())
        .sum();
    assert!(amounts.len() == 2 && (sum - 8.0).abs() < 1e-9);
    assert_eq!(amounts[1]["name"], "pool 1");
    assert!(desk.text(&command).contains("liquidity premium (LACC)"));
}

#[test]
fn columns_have_the_titles_that_the_file_gives_them() {
    let desk = Desk::new("liquidity-titles");
    let bids = desk.file("bids.csv", "px,qty\n100,1\n99,4\n");
    let pools = desk.file("pools.csv", "sol,usdc,bp\n1000,99000,0.003\n");
    let order = ["model", "liquidity", "--order", "3"];
    let titles = ["--price-column", "px", "--size-column", "qty"];
    let book = desk.json(&[&order[..], &["--bids", &bids], &titles].concat());
    assert!((book["proceeds"].as_f64().unwrap() - 298.0).abs() < 1e-9);
    let titles = [
        "--base-column",
        "sol",
        "--quote-column",
        "usdc",
        "--fee-column",
        "bp",
    ];
    let pool = desk.json(&[&order[..], &["--pools", &pools], &titles].concat());
    let paid = 3.0 * 0.997;
    assert!((pool["proceeds"].as_f64().unwrap() - 99_000.0 * paid / (1000.0 + paid)).abs() < 1e-9);
}

#[test]
fn depth_by_distance_is_walked_and_extrapolated_where_it_ends() {
    let desk = Desk::new("liquidity-bands");
    let bands = desk.file("bands.csv", "distance,depth\n0.01,1000\n0.02,4000\n");
    let command = |order: &'static str| {
        let order = ["model", "liquidity", "--order", order, "--reference-price", "100"];
        [&order[..], &["--bands", &bands]].concat()
    };
    let figure = |answer: &serde_json::Value, key: &str| answer[key].as_f64().unwrap();
    // 1,000 at 1 % and 1,000 at 2 %
    let far = desk.json(&command("20"));
    assert!((figure(&far, "slippage") - 0.015).abs() < 1e-12);
    assert!((figure(&far, "premium") - 0.015).abs() < 1e-12);
    assert!(far.get("known_depth").is_none());
    // 1,000 at ½ % and 1,000 at 1 % + a sixth of a per cent, on average
    let even = desk.json(&[&command("20")[..], &["--placement", "even"]].concat());
    assert!((figure(&even, "slippage") - (0.005 + 0.01 + 0.01 / 6.0) / 2.0).abs() < 1e-12);
    let beyond = desk.json(&command("50"));
    assert_eq!(figure(&beyond, "known_depth"), 4000.0);
    assert!((figure(&beyond, "slippage_of_known") - 0.0175).abs() < 1e-12);
    // the last 1,000 from 2 % on at 1 % per 1,000
    assert!((figure(&beyond, "slippage") - (70.0 + 25.0) / 5000.0).abs() < 1e-12);
    assert!(desk.text(&command("50")).contains("beyond the known depth"));
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
        "error: --bids, --pools, --ranges, --stable, --bands: no venue; name at least one book or pool, or depth by \
         distance\n"
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
        "error: rising.csv:3:1 (price): not below the row before; the best bid comes first\n"
    );
    let dear = desk.file("dear.csv", "base,quote,fee\n10,1000,0.003\n10,1000,30\n");
    assert_eq!(
        with(&["--pools", &dear]),
        "error: dear.csv:3:3 (fee): 30: a fee is a share below 1\n"
    );
    let refuse_ranges = |name: &str, rows: &str| {
        let path = desk.file(name, &format!("lower,upper,liquidity\n{rows}"));
        with(&["--ranges", &path, "--pool-price", "100"])
    };
    assert_eq!(
        refuse_ranges("overlap.csv", "90,95,10\n94,99,10\n"),
        "error: overlap.csv:3:1 (lower): below the upper price of the row before; ranges rise and do not overlap\n"
    );
    assert_eq!(
        refuse_ranges("turned.csv", "95,90,10\n"),
        "error: turned.csv:2:2 (upper): not above the lower price of the range\n"
    );
    assert_eq!(
        refuse_ranges("short.csv", "90,95,-1\n"),
        "error: short.csv:2:3 (liquidity): -1: liquidity is not negative\n"
    );
    let refuse_bands = |name: &str, rows: &str| {
        let path = desk.file(name, &format!("distance,depth\n{rows}"));
        with(&["--bands", &path, "--reference-price", "100"])
    };
    assert_eq!(
        refuse_bands("percent.csv", "1,1000\n2,3000\n"),
        "error: percent.csv:3:1 (distance): 2: a distance is a share of mid, at most 1\n"
    );
    assert_eq!(
        refuse_bands("apart.csv", "0.01,1000\n0.02,600\n"),
        "error: apart.csv:3:2 (depth): not above the row before; depth adds up from mid\n"
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
