use crate::Desk;
use serde_json::Value;

const FEW: [&str; 4] = ["--paths", "4096", "--levels", "0.9,0.99"];

fn number(answer: &Value, path: &[&str]) -> f64 {
    path.iter().fold(answer, |at, key| &at[*key]).as_f64().unwrap()
}

fn hourly(desk: &Desk) -> String {
    let rows = (0..400u32).fold("time,close\n".to_owned(), |table, i| {
        let price = 100.0 + f64::from(i * 7919 % 41) * 0.1 - if i % 97 == 0 { 9.0 } else { 0.0 };
        table + &format!("{},{price}\n", i * 3600)
    });
    desk.file("hourly.csv", &rows)
}

#[test]
fn the_engine_s_tail_is_told_as_text_and_as_json() {
    let desk = Desk::new("tail");
    let command = [
        &["model", "tail", "--depth", "300000", "--refill-half-life", "900"],
        &FEW[..],
    ]
    .concat();
    let answer = desk.json(&command);
    assert_eq!(
        (&answer["process"], &answer["paths"]),
        (&"merton".into(), &4096.into())
    );
    let bad_debt = number(&answer, &["bad_debt", "mean", "value"]);
    assert!(bad_debt > 0.0 && number(&answer, &["socialised", "mean", "value"]) <= bad_debt);
    let (low, high) = (
        number(&answer, &["ruin", "low"]),
        number(&answer, &["ruin", "high"]),
    );
    assert!(low <= number(&answer, &["ruin", "value"]) && number(&answer, &["ruin", "value"]) <= high);
    assert!(number(&answer, &["response", "value"]) <= 0.0);
    // a tenth of the capital for every ruin, each day of the year
    let loaded = desk.json(&[&command[..], &["--loss-given-ruin", "0.1"]].concat());
    let loading = 36.5 * number(&answer, &["ruin", "value"]);
    assert!((number(&loaded, &["ruin_loading", "value"]) - loading).abs() < 1e-12);
    assert_eq!(
        desk.refusal(&[&command[..], &["--loss-given-ruin", "2"]].concat()),
        "error: --loss-given-ruin: `2` is no share between 0 and 1\n"
    );
    let classes = answer["bad_debt"]["histogram"].as_array().unwrap();
    let seen: u64 = classes.iter().map(|class| class["paths"].as_u64().unwrap()).sum();
    assert_eq!(seen + answer["bad_debt"]["none"].as_u64().unwrap(), 4096);
    assert_eq!(answer["bad_debt"]["levels"].as_array().unwrap().len(), 2);
    // a minute's delay is a whole step of 1,350 s, and said to be
    assert_eq!(number(&answer, &["oracle_delay_seconds"]), 1350.0);
    assert_eq!(number(&answer, &["step_seconds"]), 1350.0);
    assert!((number(&answer, &["capital"]) - 1e6).abs() < 1e-6);
    let text = desk.text(&command);
    assert!(
        text.starts_with("margin engine, 4096 paths of merton\n"),
        "{text}"
    );
    assert!(
        text.contains("oracle 1350 s, liquidators 1350 s") && text.contains("quote units"),
        "{text}"
    );
    assert!(
        text.contains("tail premium per year of a capital of 1000000.00"),
        "{text}"
    );
}

#[test]
fn the_answer_does_not_depend_on_the_threads_but_on_the_seed() {
    let desk = Desk::new("tail-threads");
    let of = |more: &[&str]| desk.json(&[&["model", "tail", "--process", "bates"], &FEW[..], more].concat());
    let one = of(&["--threads", "1"]);
    assert_eq!(one, of(&["--threads", "3"]));
    assert_ne!(one, of(&["--seed", "2"]));
}

#[test]
fn every_process_and_sampling_answers() {
    let desk = Desk::new("tail-processes");
    let prices = hourly(&desk);
    for process in ["merton", "kou", "bates"] {
        for sampling in ["pseudo", "antithetic", "quasi"] {
            let more = ["--process", process, "--sampling", sampling, "--replicates", "4"];
            let answer = desk.json(&[&["model", "tail"], &FEW[..], &more].concat());
            let quasi = answer["quasi_dimensions"].as_u64().unwrap();
            assert_eq!(quasi > 0, sampling == "quasi", "{process} {sampling}");
        }
    }
    let calibrated = desk.json(&[&["model", "tail", "--prices", &prices], &FEW[..]].concat());
    assert_eq!(calibrated["returns"], 399);
    assert!(calibrated["jumps"].as_f64().unwrap() > 0.0);
    let more = [
        "--process",
        "bootstrap",
        "--horizon",
        "86400",
        "--steps",
        "24",
        "--centred",
    ];
    let resampled = desk.json(&[&["model", "tail", "--prices", &prices], &FEW[..], &more].concat());
    assert_eq!(resampled["returns"], 399);
    assert!(resampled["mean_block"].as_f64().unwrap() >= 1.0);
}

#[test]
fn accounts_may_come_from_a_table() {
    let desk = Desk::new("tail-accounts");
    let book = desk.file(
        "book.csv",
        "side,notional,margin\nlong,1000,0.05\nshort,500,0.04\n",
    );
    let command = [&["model", "tail", "--book", &book, "--fund", "0"], &FEW[..]].concat();
    let answer = desk.json(&command);
    assert!(number(&answer, &["liquidated", "value"]) > 100.0);
    assert!(number(&answer, &["liquidated", "value"]) < 1500.0);
    let renamed = desk.file("renamed.csv", "way,size,equity\nlong,1000,0.05\nshort,500,0.04\n");
    let columns = [
        "--side-column",
        "way",
        "--notional-column",
        "size",
        "--margin-column",
        "equity",
    ];
    let command = ["model", "tail", "--book", &renamed, "--fund", "0"];
    assert_eq!(desk.json(&[&command[..], &FEW, &columns].concat()), answer);
    let wrong = desk.file(
        "wrong.csv",
        "side,notional,margin\nlong,1000,0.05\nflat,500,0.04\n",
    );
    assert_eq!(
        desk.refusal(&["model", "tail", "--book", &wrong]),
        "error: wrong.csv:3:1 (side): `flat` is no side; write long or short\n"
    );
    let negative = desk.file("negative.csv", "side,notional,margin\nlong,-1,0.05\n");
    assert_eq!(
        desk.refusal(&["model", "tail", "--book", &negative]),
        "error: negative.csv:2:2 (notional): `-1` is not above zero\n"
    );
}

#[test]
fn what_is_wrong_with_an_engine_is_named() {
    let desk = Desk::new("tail-refusals");
    let refusal = |more: &[&str]| desk.refusal(&[&["model", "tail"], more].concat());
    assert_eq!(
        refusal(&["--process", "bootstrap"]),
        "error: --process bootstrap: needs the returns to resample; name a table with --prices\n"
    );
    assert_eq!(
        refusal(&["--maintenance", "1.5"]),
        "error: margin engine: maintenance margin must lie between 0 and 1, got 1.5\n"
    );
    assert_eq!(
        refusal(&["--oracle-delay=-5"]),
        "error: --oracle-delay: `-5` seconds are no time within a million steps of 1350 seconds\n"
    );
    assert_eq!(
        refusal(&["--depth", "1000000", "--refill-half-life", "0"]),
        "error: --refill-half-life: `0` is no number above zero\n"
    );
    assert_eq!(
        refusal(&["--process", "kou", "--down-mean", "0"]),
        "error: --down-mean: `0` is no number above zero\n"
    );
    assert_eq!(
        refusal(&["--process", "kou", "--up-mean", "1"]),
        "error: --up-mean: `1` is not below 1: the mean price would be infinite\n"
    );
    let thin = refusal(&["--depth", "1"]);
    assert!(
        thin.starts_with(
            "error: margin engine: displacement of the log-price by the whole book must lie between 0 and 50"
        ),
        "{thin}"
    );
    assert_eq!(
        refusal(&["--levels", "2"]),
        "error: margin engine: level must lie between 0 and 1, got 2\n"
    );
    let prices = hourly(&desk);
    let bootstrap = [
        "--process",
        "bootstrap",
        "--prices",
        &prices,
        "--steps",
        "24",
        "--sampling",
        "quasi",
    ];
    assert_eq!(
        refusal(&bootstrap),
        "error: margin engine: antithetic or quasi-random sampling cannot be combined with a bootstrap of returns, which \
         draws no Gaussian numbers\n"
    );
    assert_eq!(
        refusal(&["--process", "bootstrap", "--prices", &prices]),
        "error: --steps: a step has 1350 s, but usually 3600 s lie between prices; ask for a longer --horizon or fewer \
         steps\n"
    );
    let gap = desk.file("gap.csv", "time,close\n1,100\n2,\n");
    assert_eq!(
        refusal(&["--prices", &gap]),
        "error: gap.csv:3:2 (close): `` is no finite number\n"
    );
}

#[test]
fn ruin_is_simulated_beside_its_closed_form() {
    let desk = Desk::new("ruin");
    let fund = [
        "model", "ruin", "--fund", "2", "--income", "1.2", "--paths", "20000",
    ];
    let claims = [
        "--claims",
        "2",
        "--claim-mean",
        "0.5",
        "--years",
        "10",
        "--loss-given-ruin",
        "0.5",
    ];
    let answer = desk.json(&[&fund[..], &claims].concat());
    let closed = answer["closed_form"].as_f64().unwrap();
    assert!((closed - 0.302_215_380_865_574).abs() < 1e-9);
    assert!(answer["low"].as_f64().unwrap() < closed && closed < answer["high"].as_f64().unwrap());
    assert!((answer["loading"].as_f64().unwrap() - closed * 0.05).abs() < 1e-12);
    let brownian = desk.json(&[&fund[..], &["--volatility", "1.5"]].concat());
    let closed = brownian["closed_form"].as_f64().unwrap();
    assert!(brownian["low"].as_f64().unwrap() < closed && closed < brownian["high"].as_f64().unwrap());
    assert_eq!(brownian["ever"], Value::Null);
    let seen = desk.file("claims.csv", "amount\n0.2\n3\n0.1\n");
    let observed = desk.json(&[&fund[..], &["--claims", "2", "--claim-table", &seen]].concat());
    assert_eq!(observed["closed_form"], Value::Null);
    let told = desk.text(&[&fund[..], &claims].concat());
    assert!(
        told.contains("probability, closed form               30.2215 %\n"),
        "{told}"
    );
    // an empty fund that only earns is ruined in neither
    let empty = desk.json(&["model", "ruin", "--fund", "0", "--income", "1", "--paths", "256"]);
    assert_eq!(
        (&empty["simulated"], &empty["closed_form"]),
        (&0.0.into(), &0.0.into())
    );
    let text = desk.text(
        &[
            &fund[..],
            &["--claims", "1", "--claim-scale", "1", "--claim-shape", "1.5"],
        ]
        .concat(),
    );
    assert!(text.contains("none for these claims"), "{text}");
}

#[test]
fn what_is_wrong_with_a_fund_is_named() {
    let desk = Desk::new("ruin-refusals");
    let refusal = |more: &[&str]| desk.refusal(&[&["model", "ruin", "--income", "1"], more].concat());
    assert_eq!(
        refusal(&["--fund", "1", "--claims", "2", "--claim-mean", "0"]),
        "error: ruin of the fund: mean claim must be greater than zero, got 0\n"
    );
    let claims = desk.file("claims.csv", "amount\n1\nmany\n");
    assert_eq!(
        refusal(&["--fund", "1", "--claim-table", &claims]),
        "error: claims.csv:3:1 (amount): `many` is no finite number\n"
    );
    assert_eq!(
        refusal(&["--fund", "1", "--loss-given-ruin", "2"]),
        "error: --loss-given-ruin: `2` is no share between 0 and 1\n"
    );
    assert_eq!(
        refusal(&["--fund", "1", "--sampling", "antithetic"]),
        "error: ruin of the fund: antithetic or quasi-random sampling cannot be combined with paths whose number of random \
         numbers is itself random\n"
    );
}
