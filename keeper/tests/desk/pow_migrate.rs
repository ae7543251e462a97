//! `hurdle pow migrate`.

use crate::Desk;

/// A chain whose hashprice swings by `swing` around 1,000 every 40 days.
fn chain(days: u32, swing: f64) -> String {
    let row = |day: u32| {
        let side = if (day / 20).is_multiple_of(2) {
            swing
        } else {
            -swing
        };
        format!("{},{},144,900,100,100000\n", 86_400 * day, 100.0 * (1.0 + side))
    };
    let rows: String = (0..days).map(row).collect();
    format!("time,PriceUSD,BlkCnt,IssTotNtv,FeeTotNtv,HashRate\n{rows}")
}

#[test]
fn the_miner_follows_lasting_swings_and_pays_for_its_moves() {
    let desk = Desk::new("pow-migrate");
    let (first, second) = (
        desk.file("first.csv", &chain(400, 0.0)),
        desk.file("second.csv", &chain(400, 0.1)),
    );
    let page = desk.path("migrate.html");
    let command = [
        "pow",
        "migrate",
        "--days",
        &first,
        "--other",
        &second,
        "--window",
        "100",
        "--html",
        &page,
        "--terahash",
        "1000",
    ];
    let answer = desk.json(&command);
    let revenue = |of: &str| answer[of]["revenue"].as_f64().unwrap();
    assert!(revenue("band") > revenue("first") && revenue("band") > revenue("second"));
    assert!(revenue("band") < answer["bound"].as_f64().unwrap());
    assert_eq!(answer["days"].as_array().unwrap().len(), 300);
    let sum: f64 = answer["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| day["earned"].as_f64().unwrap())
        .sum();
    assert!((sum / revenue("band") - 1.0).abs() < 1e-12);
    let split = &answer["split"];
    let whole = split["first"].as_f64().unwrap() + split["second"].as_f64().unwrap();
    assert!((whole - 1_000.0).abs() < 1e-6);
    let page = desk.read("migrate.html");
    assert!(page.matches("<svg").count() == 2 && !page.contains("NaN"));
    assert!(desk.text(&command).starts_with("two thresholds\n"));
    // what is merge-mined with the first chain keeps the miner there
    let merged = desk.json(&[&command[..], &["--merged", &second, "--summary"]].concat());
    assert_eq!(merged["band"]["days_on_second"], 0);
    assert_eq!(merged["days"].as_array().unwrap().len(), 0);
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("pow-migrate-refusals");
    let file = desk.file("chain.csv", &chain(50, 0.1));
    let refuse = |more: &[&str]| {
        desk.refusal(&[&["pow", "migrate", "--days", &file, "--other", &file], more].concat())
    };
    assert_eq!(
        refuse(&[]),
        "error: hash migration: days that both chains recorded: at least 181 needed, got 50\n"
    );
    assert_eq!(
        refuse(&["--window", "20", "--downtime", "100000"]),
        "error: hash migration: days of downtime must lie between 0 and 30, got 69.44444444444444\n"
    );
    assert_eq!(
        refuse(&["--discount", "NaN"]),
        "error: --discount: NaN does not lie between 0 and 10\n"
    );
    assert_eq!(
        refuse(&["--window", "20", "--terahash", "1", "--impact", "2"]),
        "error: split over the chains: price impact must lie between 0 and 0.5, got 2\n"
    );
    assert!(refuse(&["--price-column", "Price"]).starts_with("error: chain.csv: no column `Price`"));
}
