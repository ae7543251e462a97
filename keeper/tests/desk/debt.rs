use crate::Desk;
use std::fmt::Write;

/// Rates of one curve, then of another.
fn rates() -> String {
    let mut text = "time,utilisation,rate\n".to_owned();
    for row in 0..400u32 {
        let u = f64::from(row * 37 % 100) / 100.0;
        let (kink, slope1, slope2) = if row < 200 {
            (0.8, 0.04, 0.75)
        } else {
            (0.9, 0.055, 0.6)
        };
        let rate = if u <= kink {
            slope1 * u / kink
        } else {
            slope1 + slope2 * (u - kink) / (1.0 - kink)
        };
        writeln!(text, "{},{u},{rate}", 1_700_000_000 + row * 3600).unwrap();
    }
    text
}

#[test]
fn both_regimes_are_found_and_the_last_one_is_used() {
    let desk = Desk::new("debt");
    let rates = desk.file("rates.csv", &rates());
    let fit = desk.json(&["fit", "debt", "--rates", &rates, "--time-column", "time"]);
    let regimes = fit["regimes"].as_array().unwrap();
    assert_eq!((regimes.len(), &regimes[1]["first"]), (2, &201.into()));
    assert_eq!(regimes[1]["first_time"], 1_700_000_000 + 200 * 3600);
    for (regime, [kink, slope1, slope2]) in regimes.iter().zip([[0.8, 0.04, 0.75], [0.9, 0.055, 0.6]]) {
        for (name, expected) in [("kink", kink), ("slope1", slope1), ("slope2", slope2)] {
            let found = regime["curve"][name].as_f64().unwrap();
            assert!((found - expected).abs() < 1e-6, "{name} {found} {expected}");
        }
    }
    let answer = desk.json(&["model", "debt", "--rates", &rates, "--utilisation", "0.95"]);
    assert!((answer["rate"].as_f64().unwrap() - 0.355).abs() < 1e-6);
    let text = desk.text(&["fit", "debt", "--rates", &rates]);
    let timed = desk.text(&["fit", "debt", "--rates", &rates, "--time-column", "time"]);
    assert!(
        timed.contains("observations 1 to 200, 2023-11-14 22:13 to 2023-11-23 05:13 UTC"),
        "{timed}"
    );
    assert!(
        text.starts_with("400 observations\nobservations 1 to 200\n"),
        "{text}"
    );
}

#[test]
fn a_stated_curve_needs_no_file_and_completes_one_side() {
    let desk = Desk::new("debt-stated");
    let curve = ["--kink", "0.9", "--slope1", "0.04", "--slope2", "0.6"];
    let stated = [&["model", "debt", "--utilisation", "0.95"][..], &curve].concat();
    assert!((desk.json(&stated)["rate"].as_f64().unwrap() - 0.34).abs() < 1e-12);
    assert!(desk.text(&stated).starts_with("cost of debt per year\n  rate"));
    let mut below = "utilisation,rate\n".to_owned();
    for u in 1..40u32 {
        writeln!(below, "{},{}", f64::from(u) / 50.0, 0.05 * f64::from(u) / 50.0).unwrap();
    }
    let below = desk.file("below.csv", &below);
    let command = ["model", "debt", "--utilisation", "0.95", "--rates", &below];
    assert_eq!(
        desk.refusal(&command),
        "error: --rates: the last regime shows one side of the kink only; state a curve by --kink, --slope1 and --slope2 \
         to complete it\n"
    );
    // 0.05·0.9 at the kink, and half of the stated upper slope
    let completed = desk.json(&[&command[..], &curve].concat());
    assert!((completed["rate"].as_f64().unwrap() - 0.345).abs() < 1e-9);
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new("debt-refusals");
    let file = desk.file("rates.csv", "borrowed,supplied,rate\n1,2,0.1\n3,2,0.1\n");
    let command = ["fit", "debt", "--rates", &file];
    assert_eq!(
        desk.refusal(&command),
        "error: rates.csv: no column `utilisation`; its columns are borrowed, supplied, rate\n"
    );
    let columns = ["--borrowed-column", "borrowed", "--supplied-column", "supplied"];
    assert_eq!(
        desk.refusal(&[&command[..], &columns].concat()),
        "error: rates.csv:3:2 (supplied): borrowed ÷ supplied is 1.5, not between 0 and 1\n"
    );
    // a market before its first deposit has no utilisation
    let mut young = "borrowed,supplied,rate\n0,0,0\n0,0.0,0\n".to_owned();
    for row in 0..20u32 {
        writeln!(young, "{row},40,{}", 0.001 * f64::from(row)).unwrap();
    }
    let young = desk.file("young.csv", &young);
    let command = [&["fit", "debt", "--rates", &young][..], &columns].concat();
    assert_eq!(
        desk.refusal(&command),
        "error: young.csv:2:2 (supplied): `0` is not above zero\n"
    );
    let fit = desk.json(&[&command[..], &["--skip-empty"]].concat());
    assert_eq!(fit["observations"], 20);
    let few = desk.file("few.csv", "utilisation,rate\n0.5,0.1\n1.5,0.1\n");
    assert_eq!(
        desk.refusal(&["fit", "debt", "--rates", &few]),
        "error: few.csv:3:1 (utilisation): `1.5` is no share between 0 and 1\n"
    );
    let few = desk.file("few.csv", "utilisation,rate\n0.5,0.1\n");
    assert_eq!(
        desk.refusal(&["fit", "debt", "--rates", &few]),
        "error: borrow-rate curve: observations of the borrow rate: at least 8 needed, got 1\n"
    );
    assert_eq!(
        desk.refusal(&[
            "model",
            "debt",
            "--utilisation",
            "2",
            "--kink",
            "0.9",
            "--slope1",
            "0.1",
            "--slope2",
            "0.1"
        ]),
        "error: cost of debt: utilisation must lie between 0 and 1, got 2\n"
    );
}
