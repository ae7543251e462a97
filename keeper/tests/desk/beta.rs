use crate::Desk;
use std::fmt::Write;

/// A share that returns 0.6 of the market's log-return, and a gas price that spikes every tenth hour.
fn table(rows: usize) -> String {
    let mut text = "hour,value,market,gas\n".to_owned();
    let mut market = 0.0f64;
    for row in 0..rows {
        market += 0.02 * ((row * 7919 % 13) as f64 - 6.0) / 6.0;
        let noise = 1e-4 * ((row * 104_729 % 7) as f64 - 3.0);
        let gas = if row % 10 == 0 {
            80.0
        } else {
            20.0 + (row % 3) as f64
        };
        let (value, market) = ((0.6 * market + noise).exp(), market.exp());
        writeln!(text, "{row},{value},{market},{gas}").unwrap();
    }
    text
}

#[test]
fn a_loading_is_recovered_shrunk_and_priced() {
    let desk = Desk::new("beta");
    let returns = desk.file("returns.csv", &table(400));
    let command = [
        "model",
        "beta",
        "--returns",
        &returns,
        "--prior",
        "1:0.1",
        "--prior",
        "0:1",
        "--prior",
        "0:1",
        "--premium",
        "0.08",
        "--premium",
        "0",
        "--premium",
        "-0.5",
        "--rolling",
        "100",
    ];
    let answer = desk.json(&command);
    assert_eq!(answer["observations"], 400 - 1 - 24);
    let market = &answer["factors"][0];
    let (beta, shrunk) = (
        market["beta"].as_f64().unwrap(),
        market["shrunk"].as_f64().unwrap(),
    );
    assert!((beta - 0.6).abs() < 0.01 && shrunk >= beta, "{market}");
    let of_gas = -0.5 * answer["factors"][2]["shrunk"].as_f64().unwrap();
    let premium = answer["premium"].as_f64().unwrap();
    assert!((premium - 0.08 * shrunk - of_gas).abs() < 1e-12);
    let windows = answer["rolling"].as_array().unwrap();
    assert_eq!((windows.len(), &windows[2]["last_row"]), (3, &400.into()));
    let text = desk.text(&command);
    assert!(
        text.starts_with("factor model of 375 returns, standard errors over "),
        "{text}"
    );
    assert!(text.contains("systematic premium b per year"), "{text}");
}

#[test]
fn peers_are_the_belief_where_they_differ() {
    let desk = Desk::new("beta-peers");
    let returns = desk.file("returns.csv", &table(400));
    // market betas 0.8, 1.0 and 1.2; the others' spread is within their errors
    let mut peers = "factor,beta,standard_error\n".to_owned();
    for step in [-1.0, 0.0, 1.0f64] {
        writeln!(peers, "market,{},0.05", 1.0 + 0.2 * step).unwrap();
        writeln!(peers, "volatility change,{},5\ngas spike,{},5", step, step).unwrap();
    }
    let peers = desk.file("peers.csv", &peers);
    let command = ["model", "beta", "--returns", &returns, "--peers", &peers];
    let answer = desk.json(&command);
    let of = |factor: usize, key: &str| answer["factors"][factor][key].as_f64().unwrap();
    // what is left of the variance 0.04 without the sampling error 0.0025
    let (error, deviation) = (of(0, "standard_error").powi(2), 0.04 - 0.0025);
    let expected = (of(0, "beta") * deviation + error) / (deviation + error);
    assert!((of(0, "shrunk") - expected).abs() < 1e-9, "{answer}");
    assert_eq!(of(1, "shrunk"), of(1, "beta"));
    let few = desk.file("few.csv", "factor,beta,standard_error\nmarket,1,0.1\n");
    assert_eq!(
        desk.refusal(&["model", "beta", "--returns", &returns, "--peers", &few]),
        "error: market: loadings of peers: at least 3 needed, got 1\n"
    );
    let wrong = desk.file("wrong.csv", "factor,beta,standard_error\nsize,1,0.1\n");
    assert_eq!(
        desk.refusal(&["model", "beta", "--returns", &returns, "--peers", &wrong]),
        "error: wrong.csv:2:1 (factor): `size` is none of market, volatility change, gas spike\n"
    );
}

#[test]
fn rows_at_uneven_times_are_refused_where_times_are_given() {
    let desk = Desk::new("beta-times");
    let returns = desk.file("returns.csv", &table(400));
    let command = ["model", "beta", "--time-column", "hour", "--returns"];
    desk.json(&[&command[..], &[&returns]].concat());
    let gap = desk.file("gap.csv", &table(400).replace("\n7,", "\n70,"));
    let lines = table(400)
        .lines()
        .filter(|line| !line.starts_with("7,"))
        .collect::<Vec<_>>()
        .join("\n");
    let missing = desk.file("missing.csv", &lines);
    assert_eq!(
        desk.refusal(&[&command[..], &[&missing]].concat()),
        "error: missing.csv:9:1 (hour): 2 s after the row before, but the first two rows lie 1 s apart; bring the rows to \
         even times\n"
    );
    assert_eq!(
        desk.refusal(&[&command[..], &[&gap]].concat()),
        "error: gap.csv:10:1 (hour): not later than the row before; sort the rows and keep one for each time\n"
    );
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("beta-refusals");
    let returns = desk.file("returns.csv", &table(400));
    let command = ["model", "beta", "--returns", &returns];
    assert_eq!(
        desk.refusal(&[&command[..], &["--value-column", "nav"]].concat()),
        "error: returns.csv: no column `nav`; its columns are hour, value, market, gas\n"
    );
    assert_eq!(
        desk.refusal(&[&command[..], &["--premium", "0.1"]].concat()),
        "error: --premium: 1 given; give one for each of market, volatility change, gas spike\n"
    );
    let calm = desk.file("calm.csv", &table(400).replace(",80\n", ",20\n"));
    assert_eq!(
        desk.refusal(&["model", "beta", "--returns", &calm]),
        "error: factor model: regression coefficients cannot be determined from these observations: they carry no \
         variation that would identify it\n"
    );
    let broken = desk.file("broken.csv", "value,market,gas\n1,2,3\n1,-2,3\n");
    assert_eq!(
        desk.refusal(&["model", "beta", "--returns", &broken]),
        "error: broken.csv:3:2 (market): `-2` is not above zero\n"
    );
    let short = desk.file("short.csv", &table(20));
    assert_eq!(
        desk.refusal(&["model", "beta", "--returns", &short]),
        "error: factor model: observations of the factors: at least 27 needed, got 20\n"
    );
}
