use crate::Desk;

const HEADER: &str = "time,PriceUSD,BlkCnt,IssTotNtv,FeeTotNtv,HashRate,DiffMean\n";

/// Bitcoin's days around its second halving (Coin Metrics, from difficulty 2.1e11): 140 blocks a day of which the 61st of
/// the second day is the first at 12.5.
fn days() -> String {
    let hash_rate = |blocks: f64| 2.1e11 * 4_294_967_296.0 * blocks / 86_400.0 / 1e12;
    format!(
        "{HEADER}2016-07-08,650,140,3500,70,{0},2.1e11\n2016-07-09,655,140,{1},84,{0},2.1e11\n\
         2016-07-10,648,140,1750,56,{0},2.1e11\n2016-07-11,,140,1750,56,{0},2.1e11\n",
        hash_rate(140.0),
        60.0 * 25.0 + 80.0 * 12.5
    )
}

/// Height of the first block of the table, so that 420,000 is the 61st of its second day.
const HEIGHT: &str = "419800";

#[test]
fn hashprice_at_a_difficulty_is_reward_over_work() {
    let desk = Desk::new("pow-hashprice");
    let command = [
        "pow",
        "hashprice",
        "--difficulty",
        "86e12",
        "--height",
        "850000",
        "--fees",
        "0.2",
        "--price",
        "60000",
    ];
    let answer = desk.json(&command);
    let expected = 60_000.0 * 3.325 * 1e15 * 86_400.0 / (86e12 * 4_294_967_296.0);
    let hashprice = answer["hashprice"].as_f64().unwrap();
    assert!(
        (hashprice / expected - 1.0).abs() < 1e-12,
        "{hashprice} {expected}"
    );
    assert!(
        desk.text(&command)
            .starts_with("hashprice\n  hashprice, quote per PH/s and day  46.66")
    );
}

#[test]
fn the_expected_hashprice_falls_with_difficulty_and_at_a_halving() {
    let desk = Desk::new("pow-hashprice-expected");
    // 100 days at 144 blocks, of which 50 lie before block 1,050,000
    let command = [
        "pow",
        "hashprice",
        "--difficulty",
        "86e12",
        "--height",
        "1042800",
        "--price",
        "60000",
        "--horizon",
        "100",
    ];
    let answer = desk.json(&command);
    let spot = answer["hashprice"].as_f64().unwrap();
    assert!(
        (answer["expected"].as_f64().unwrap() / spot - 0.75).abs() < 1e-12,
        "{answer}"
    );
    assert!(
        (answer["expected_last"].as_f64().unwrap() / spot - 0.5).abs() < 1e-12,
        "{answer}"
    );
    assert_eq!(answer["expected_blocks"], 14_400.0);
    let harder = desk.json(&[&command[..], &["--difficulty-growth", "0.4"]].concat());
    let ratio = harder["expected_last"].as_f64().unwrap() / answer["expected_last"].as_f64().unwrap();
    assert!((ratio - (-0.4 * 99.5 / 365.0_f64).exp()).abs() < 1e-12, "{ratio}");
    let uncertain = [
        &command[..],
        &["--difficulty-volatility", "0.5", "--price-volatility", "0.8"],
    ]
    .concat();
    let raised = desk.json(&uncertain)["expected"].as_f64().unwrap();
    let followed = desk.json(&[&uncertain[..], &["--correlation", "1"]].concat());
    assert!(raised > 0.75 * spot && followed["expected"].as_f64().unwrap() < 0.75 * spot);
    assert_eq!(
        desk.refusal(&[&uncertain[..], &["--correlation", "2"]].concat()),
        "error: --correlation: `2` is no correlation between -1 and 1\n"
    );
}

#[test]
fn recorded_days_are_priced_from_height_and_difficulty_across_a_halving() {
    let desk = Desk::new("pow-hashprice-days");
    let table = desk.file("days.csv", &days());
    let command = ["pow", "hashprice", "--days", &table, "--height", HEIGHT];
    let answer = desk.json(&command);
    assert_eq!(answer["count"], 3);
    assert!(
        answer["greatest_difference"].as_f64().unwrap().abs() < 1e-12,
        "{answer}"
    );
    let coins = |day: usize| answer["days"][day]["coins"].as_f64().unwrap();
    assert!((coins(0) / coins(2) - (3570.0 / 1806.0)).abs() < 1e-12);
    let given = desk.json(
        &[
            &command[..],
            &["--difficulty-column", "DiffMean", "--from", "2016-07-09"],
        ]
        .concat(),
    );
    assert_eq!(given["count"], 2);
    assert!(given["greatest_difference"].as_f64().unwrap().abs() < 1e-12);
    let fees = answer["fees"]["mean"].as_f64().unwrap();
    assert!((fees - 0.5).abs() < 1e-12);
    assert!(
        desk.text(&command)
            .starts_with("hashprice of 3 days, quote per PH/s and day\n")
    );
    let short = desk.json(&[&command[..], &["--summary"]].concat());
    assert_eq!(short["days"].as_array().unwrap().len(), 0);
}

#[test]
fn a_wrong_height_shows_as_a_difference_and_the_page_plots_it() {
    let desk = Desk::new("pow-hashprice-page");
    let table = desk.file("days.csv", &days());
    let page = desk.path("hashprice.html");
    let command = [
        "pow",
        "hashprice",
        "--days",
        &table,
        "--height",
        "419790",
        "--html",
        &page,
    ];
    let answer = desk.json(&command);
    // ten blocks of the second day at 25 instead of 12.5
    let expected = 125.0 / (2500.0 + 84.0);
    let difference = answer["greatest_difference"].as_f64().unwrap();
    assert!(
        (difference / expected - 1.0).abs() < 1e-9,
        "{difference} {expected}"
    );
    let page = desk.read("hashprice.html");
    assert!(page.contains("Difference to the recorded flow (%)"));
    assert_eq!(page.matches("<svg").count(), 4);
    assert!(!page.contains("NaN") && !page.contains("<script") && !page.contains("http"));
}

#[test]
fn a_record_that_begins_later_than_its_chain_needs_its_height() {
    let desk = Desk::new("pow-hashprice-height");
    let table = desk.file("days.csv", &days());
    // at 50 coins a block instead of 12.5, with half a coin of fees
    assert_eq!(
        desk.refusal(&["pow", "hashprice", "--days", &table]),
        "error: --height: if the record began with the chain, its subsidy would make hashprice on 2016-07-10 +290.7 % off \
         what is recorded; give the height of the record's first block, or leave days out by --from and --to\n"
    );
    let text = desk.text(&["pow", "hashprice", "--days", &table, "--height", "419790"]);
    assert!(
        text.contains("greatest difference to the recorded flow  4.837e-2, 2016-07-09\n"),
        "{text}"
    );
}

#[test]
fn what_is_wrong_with_a_record_is_named() {
    let desk = Desk::new("pow-hashprice-refusals");
    let table = desk.file("days.csv", &days());
    let command = ["pow", "hashprice", "--days", &table];
    assert_eq!(
        desk.refusal(&[&command[..], &["--from", "2020-01-01"]].concat()),
        "error: --from and --to: no complete day of the record lies between them\n"
    );
    assert_eq!(
        desk.refusal(&[&command[..], &["--difficulty-column", "difficulty"]].concat()),
        "error: days.csv: no column `difficulty`; its columns are time, PriceUSD, BlkCnt, IssTotNtv, FeeTotNtv, HashRate, \
         DiffMean\n"
    );
    let negative = desk.file(
        "negative.csv",
        &format!("{HEADER}2016-07-08,650,-3,3500,70,1,1\n"),
    );
    assert_eq!(
        desk.refusal(&["pow", "hashprice", "--days", &negative]),
        "error: negative.csv:2:3 (BlkCnt): no number of blocks of a day\n"
    );
    let broken = [
        "pow",
        "hashprice",
        "--difficulty",
        "0",
        "--height",
        "1",
        "--price",
        "1",
    ];
    assert_eq!(
        desk.refusal(&broken),
        "error: hashprice: difficulty must be greater than zero, got 0\n"
    );
}
