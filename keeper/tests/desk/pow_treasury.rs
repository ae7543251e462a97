use crate::Desk;
use crate::pow_forecast::record;

const STRATEGIES: [&str; 4] = ["policy", "sell everything", "hold everything", "sell to cover"];

#[test]
fn a_treasury_is_walked_explained_and_plotted() {
    let desk = Desk::new("pow-treasury");
    let days = desk.file("days.csv", &record(500));
    let html = desk.path("out/treasury.html");
    let command = ["pow", "treasury", "--days", &days, "--html", &html];
    let answer = desk.json(&command);
    let strategies = answer["strategies"].as_array().unwrap();
    let names: Vec<&str> = strategies
        .iter()
        .map(|strategy| strategy["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, STRATEGIES);
    for strategy in strategies {
        let days = strategy["days"].as_array().unwrap();
        assert_eq!(days.len(), 500);
        assert!(days.iter().all(|day| day["cash"].as_f64().unwrap() >= 0.0));
        assert_eq!(days[499]["wealth"], strategy["final_wealth"]);
        // every sale has a reason
        let sold = days.iter().filter(|day| day["sold"].as_f64().unwrap() > 0.0);
        for day in sold {
            let moves = day["moves"].as_array().unwrap();
            assert!(
                moves
                    .iter()
                    .any(|made| made.as_str().unwrap().contains(", because "))
            );
        }
    }
    let page = desk.read("out/treasury.html");
    assert_eq!(page.matches("<svg ").count(), 5);
    assert!(!page.contains("<script") && !page.contains("NaN"));
    let summary = desk.json(&[&command[..4], &["--summary"]].concat());
    assert!(summary["strategies"][0]["days"].as_array().unwrap().is_empty());
    let text = desk.text(&command[..4]);
    assert!(
        text.contains("the policy's last days") && text.contains(", because "),
        "{text}"
    );
}

#[test]
fn every_rule_answers_and_a_window_is_cut() {
    let desk = Desk::new("pow-treasury-rules");
    let days = desk.file("days.csv", &record(400));
    for rule in ["steady", "margin", "distance"] {
        let command = ["pow", "treasury", "--days", &days, "--rule", rule, "--summary"];
        assert!(
            desk.json(&command)["strategies"][0]["final_wealth"].is_f64(),
            "{rule}"
        );
    }
    let whole = desk.json(&["pow", "treasury", "--days", &days]);
    let first = whole["from"].as_i64().unwrap();
    let day = |number: i64| {
        time::OffsetDateTime::from_unix_timestamp(first + 86_400 * number)
            .unwrap()
            .date()
            .to_string()
    };
    let cut = [
        "pow",
        "treasury",
        "--days",
        &days,
        "--from",
        &day(10),
        "--to",
        &day(19),
    ];
    assert_eq!(
        desk.json(&cut)["strategies"][0]["days"].as_array().unwrap().len(),
        10
    );
}

#[test]
fn what_cannot_be_is_refused() {
    let desk = Desk::new("pow-treasury-refusals");
    let days = desk.file("days.csv", &record(100));
    let refused = |more: &[&str]| desk.refusal(&[&["pow", "treasury", "--days", &days][..], more].concat());
    let ltv = refused(&["--ltv", "0.6"]);
    assert!(
        ltv.contains("loan-to-value of the opening must lie between 0 and 0.5, got 0.6"),
        "{ltv}"
    );
    let call = refused(&["--call-ltv", "0.9"]);
    assert!(call.contains("loan-to-value of liquidation"), "{call}");
    let ramp = refused(&["--rise-to", "0.5"]);
    assert!(
        ramp.contains("length of a ramp must be greater than zero"),
        "{ramp}"
    );
    let window = refused(&["--from", "2100-01-01"]);
    assert!(
        window.contains("days of the backtest: at least 2 needed, got 0"),
        "{window}"
    );
    let early = desk.file(
        "early.csv",
        "time,PriceUSD,BlkCnt,IssTotNtv,FeeTotNtv,HashRate\n2010-07-18,0.09,160,8000,0,0.0015\n\
         2010-07-19,0.08,160,8000,0,0.0015\n",
    );
    let network = desk.refusal(&["pow", "treasury", "--days", &early]);
    assert!(
        network.contains("more than the whole network's 0.0015 on 2010-07-18; begin later with --from"),
        "{network}"
    );
    let broken = desk.file(
        "broken.csv",
        "time,PriceUSD,BlkCnt,IssTotNtv,FeeTotNtv,HashRate\n2020-01-01,x,144,900,10,1e8\n",
    );
    let refusal = desk.refusal(&["pow", "treasury", "--days", &broken]);
    assert!(
        refusal.contains("broken.csv:2:2 (PriceUSD): `x` is no finite number"),
        "{refusal}"
    );
}
